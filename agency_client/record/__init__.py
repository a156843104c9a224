"""The practitioner's record: package documents, the rules they keep, drafts for sealing, and reading sections back."""
