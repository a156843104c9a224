"""Data only: annotated settings, clauses and demonstration packages, shipped in the wheel."""
