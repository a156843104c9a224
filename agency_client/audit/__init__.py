"""The audit chain of everything done here: pure values and their verification."""
