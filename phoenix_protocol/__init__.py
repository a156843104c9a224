"""Every message of the protocol, once: its fields, limits, encoding and checks; no I/O."""
