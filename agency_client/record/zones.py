"""Times that were written without their zone: they are UK time, and say so from then on (docs/document.md). Pure.

A practitioner who notes 15:20 means the clock on the wall. Somebody elsewhere, or in summer, must be able to tell.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from agency_client.record.calendar import Zone, ahead, in_utc

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: What the clock of the United Kingdom is called, by how many seconds it is ahead of UTC.
_NAMES: Final = {0: "GMT", 3600: "BST"}


def without_zone(text: str) -> datetime | None:
    """The clock time that ``text`` gives without a zone; None for a day, for a time with its zone, and otherwise."""
    found = _time(text)
    return found if found is not None and found.tzinfo is None else None


def with_zone(text: str) -> str | None:
    """``text`` with the zone of the United Kingdom on that day, if it is a time without one; None if it is not."""
    found = without_zone(text)
    return _in_uk(found).isoformat() if found is not None else None


def in_uk(found: datetime) -> datetime:
    """A time as it is: without a zone, on the clock of the United Kingdom (the later of two in October)."""
    return found if found.tzinfo is not None else _in_uk(found)


def uk_clock(seconds: int) -> datetime:
    """POSIX seconds on the clock of the United Kingdom, with the name of its zone."""
    offset = ahead(Zone.UNITED_KINGDOM, seconds)
    zone = timezone(timedelta(seconds=offset), _NAMES[offset])
    return (_EPOCH + timedelta(seconds=seconds)).astimezone(zone)


def clock_words(text: str) -> str:
    """A time with the name of its zone: ``19 Nov 2026 15:20 GMT``. Anything else as it is."""
    found = _time(text)
    if found is None:
        return text
    try:
        moment = in_uk(found)
        offset = moment.utcoffset() or timedelta()
        is_uk = ahead(Zone.UNITED_KINGDOM, _seconds(moment)) == offset.total_seconds()
    except (OverflowError, ValueError):
        return text
    clock = moment.strftime("%b %Y %H:%M:%S" if moment.second else "%b %Y %H:%M")
    return (
        f"{moment.day} {clock} {_NAMES[int(offset.total_seconds())] if is_uk else moment.tzname()}"
    )


def said_of(text: str) -> str:
    """A sentence for the author of a time without a zone: as what it is taken, also where the clock shows it twice."""
    found = without_zone(text)
    if found is None:
        raise ValueError("This is no time without a zone.")
    name = _NAMES[int((_in_uk(found).utcoffset() or timedelta()).total_seconds())]
    taken = f"{found:%H:%M} is taken as UK time ({name})."
    if not is_twice(found):
        return taken
    return (
        f"{taken} The clock showed it twice that night, first in BST, and this is the second time."
    )


def _time(text: str) -> datetime | None:
    if not text.isascii() or not ("T" in text or " " in text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _in_uk(clock: datetime) -> datetime:
    shown = _seconds(clock.replace(tzinfo=UTC))
    return clock.replace(tzinfo=timezone(timedelta(seconds=shown - in_utc(_UK, shown))))


def is_shown(clock: datetime) -> bool:
    """Whether the clock of the United Kingdom shows this time at all: in spring it leaves out an hour."""
    moment = _seconds(_in_uk(clock))
    return moment + ahead(_UK, moment) == _seconds(clock.replace(tzinfo=UTC))


def is_twice(clock: datetime) -> bool:
    """Whether the clock goes back over this time, so that it comes in summer time and once more after it."""
    shown = _seconds(clock.replace(tzinfo=UTC))
    moments = {shown - offset for offset in _NAMES if ahead(_UK, shown - offset) == offset}
    return len(moments) > 1


_UK: Final = Zone.UNITED_KINGDOM


def _seconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(seconds=1)
