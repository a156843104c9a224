"""Days and times that somebody wrote in a document, in the one style in which people read them. Pure."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from agency_client.record.zones import clock_words

_DAY: Final = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")


def written_day(text: str) -> str:
    """``2026-11-20`` as 20 Nov 2026, ``2026-11`` as Nov 2026, a time with its zone's name; anything else as it is."""
    found = _DAY.fullmatch(text)
    if found is None:
        return clock_words(text)
    year, month, day = found.groups()
    try:
        words = f"{date(int(year), int(month), int(day or 1)):%b %Y}"
    except ValueError:
        return text
    return f"{int(day)} {words}" if day else words
