"""Where something stands in a document: a path of names and positions, and the line that it is on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from agency_client.record.plain import plain

#: Names of fields and zero-based positions in lists, from the outside in; empty for the whole document.
Place = tuple[str | int, ...]
#: The line (from 1) of every place that the file writes down.
Lines = Mapping[Place, int]

_BARE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONGEST_NAME: Final = 80


def written(place: Place) -> str:
    """``place`` as people read it, counting from one: ``section[2].statement[1].author``."""
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += ("." if text else "") + _name(part)
    return text


def line_of(place: Place, lines: Lines) -> int | None:
    """The line of ``place``, or of the nearest thing around it that the file writes down."""
    for length in range(len(place), 0, -1):
        line = lines.get(place[:length])
        if line is not None:
            return line
    return None


def _name(part: str) -> str:
    if _BARE.fullmatch(part):
        return part
    shown = plain(part)
    clipped = shown if len(shown) <= _LONGEST_NAME else shown[:_LONGEST_NAME] + "…"
    return f'"{clipped}"'
