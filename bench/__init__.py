"""Measurements, each beside its baseline and its rivals in the same run: ``python -m bench``."""
