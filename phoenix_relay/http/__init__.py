"""The relay over HTTP: one module for each family of messages (docs/protocol.md §8, §9)."""
