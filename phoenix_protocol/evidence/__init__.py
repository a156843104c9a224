"""Evidence: one file that proves offline who said what to whom, when, under which keys (docs/protocol.md §6.11)."""
