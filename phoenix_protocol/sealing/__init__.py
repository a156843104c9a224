"""Sealing and opening packages:

everything that can read content. The relay must not import this (docs/protocol.md §5).
"""
