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
