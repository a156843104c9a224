"""The parts of a package that the relay reads:

core, delivery, held, events, recall, verdict (docs/protocol.md §5, §6).
"""
