"""Who is who: the statements of a partnership's directory and the pure fold over them (docs/protocol.md §4)."""
