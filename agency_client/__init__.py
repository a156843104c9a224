"""What a practitioner's machine runs: the record, its rules, the vault, the CLI and the web."""
