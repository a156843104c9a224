"""The parts of the app that every page names."""

from __future__ import annotations

from typing import Final

#: Words, and the path at which the part begins.
NAVIGATION: Final = (
    ("Home", "/"),
    ("Share", "/share"),
    ("Inbox", "/inbox"),
    ("Sent", "/sent"),
    ("Requests", "/requests"),
    ("Register", "/register"),
    ("Reviews", "/reviews"),
    ("People", "/members"),
)
#: What belongs to a part of the app and has another path.
_BELONGS: Final = {"/evidence": "/register", "/decisions": "/register"}


def is_within(path: str, part: str) -> bool:
    """Whether a page belongs to a part of the app, named by the path at which it begins."""
    first = "/" + path[1:].partition("/")[0]
    return _BELONGS.get(first, first) == part
