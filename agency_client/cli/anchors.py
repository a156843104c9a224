"""An anchor on the command line."""

from __future__ import annotations

from phoenix_protocol.errors import UsageError
from phoenix_protocol.identifiers import Anchor


def read_anchor(text: str) -> Anchor:
    """An anchor as it was handed over: 64 hexadecimal digits. Raises UsageError ``E_USAGE``."""
    try:
        anchor = bytes.fromhex(text.strip())
    except ValueError:
        anchor = b""
    if len(anchor) != 32:
        raise UsageError(
            "E_USAGE",
            "An anchor is 64 hexadecimal digits.",
            next="Copy it from whoever governs the partnership.",
        )
    return Anchor(anchor)
