"""Days and times that somebody wrote in a document, in the one style in which people read them. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final

_DAY: Final = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ].+(?:Z|[+-]\d{2}:\d{2})")


def written_day(text: str) -> str:
    """``2026-11-20`` as 20 Nov 2026, ``2026-11`` as Nov 2026, a time with its zone in UTC; anything else as it is."""
    try:
        if (found := _DAY.fullmatch(text)) is not None:
            year, month, day = found.groups()
            words = f"{date(int(year), int(month), int(day or 1)):%b %Y}"
            return f"{int(day)} {words}" if day else words
        if _TIME.fullmatch(text) is not None:
            at = datetime.fromisoformat(text).astimezone(UTC)
            return f"{at.day} {at:%b %Y %H:%M} UTC"
    except (ValueError, OverflowError):
        pass
    return text
