"""When something is due: lengths by the clock and by working time, on a calendar that is data (docs/requests.md).

A calendar says which hours of which days people work. A length by the clock runs day and night; a working length runs
only while people work: what is asked on a Friday evening begins to count on Monday morning. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import Final

from phoenix_protocol.identifiers import Seconds

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR: Final = 3600
_CLOCK: Final = re.compile(r"([0-9]{1,7}) ?([smhdw])")
_WORKING: Final = re.compile(r"([0-9]{1,3}) working (hour|day)s?")
_UNITS: Final = {"s": 1, "m": 60, "h": _HOUR, "d": 24 * _HOUR, "w": 7 * 24 * _HOUR}


class Unit(Enum):
    """What a length counts."""

    SECONDS = "seconds"  # by the clock, day and night
    WORKING_HOURS = "working hours"
    WORKING_DAYS = "working days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """So many of a unit, at least one."""

    count: int
    unit: Unit


class Zone(Enum):
    """The clock on the wall."""

    UNITED_KINGDOM = "united_kingdom"
    UTC = "utc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Working time. ``opens`` and ``closes`` are seconds since midnight on the wall, ``weekdays`` 0 for Monday to 6.

    ``within`` has the length for each urgency; ``known_until`` is the last day for which ``holidays`` is complete.
    """

    version: str
    jurisdiction: frozenset[str]
    zone: Zone
    weekdays: frozenset[int]
    opens: int
    closes: int
    holidays: Mapping[date, str]
    known_until: date
    within: Mapping[str, Length]

    def works_on(self, day: date) -> bool:
        """Whether people work on this day."""
        return day.weekday() in self.weekdays and day not in self.holidays

    def local(self, moment: Seconds) -> datetime:
        """The moment on the wall's clock, without zone."""
        shown = _EPOCH + timedelta(seconds=moment + ahead(self.zone, moment))
        return shown.replace(tzinfo=None)

    def is_known_at(self, moment: Seconds) -> bool:
        """Whether the holidays up to this moment are known."""
        return self.local(moment).date() <= self.known_until


def length(text: str) -> Length | None:
    """The length that ``text`` says (``90m``, ``4h``, ``2 working days``); None when it says none."""
    clock = _CLOCK.fullmatch(text.strip())
    if clock and int(clock[1]):
        return Length(count=int(clock[1]) * _UNITS[clock[2]], unit=Unit.SECONDS)
    working = _WORKING.fullmatch(text.strip())
    if working and int(working[1]):
        unit = Unit.WORKING_HOURS if working[2] == "hour" else Unit.WORKING_DAYS
        return Length(count=int(working[1]), unit=unit)
    return None


def due_at(calendar: Calendar, start: Seconds, within: Length) -> Seconds:
    """When a length that begins at ``start`` is over.

    A working day is as many working hours as a day has: what is asked at eleven is due at eleven.
    """
    if within.unit is Unit.SECONDS:
        return Seconds(start + within.count)
    each = _HOUR if within.unit is Unit.WORKING_HOURS else calendar.closes - calendar.opens
    left = within.count * each
    for opens, closes in _open_times(calendar, start):
        if left <= closes - opens:
            return Seconds(opens + left)
        left -= closes - opens
    raise AssertionError("A calendar has working days without end.")


def _open_times(calendar: Calendar, start: Seconds) -> Iterator[tuple[int, int]]:
    """The times at which people work from ``start`` on, in seconds."""
    day = calendar.local(start).date()
    while True:
        if calendar.works_on(day):
            midnight = (datetime.combine(day, time.min, UTC) - _EPOCH) // timedelta(seconds=1)
            opens = in_utc(calendar.zone, midnight + calendar.opens)
            closes = in_utc(calendar.zone, midnight + calendar.closes)
            if closes > start:
                yield max(opens, start), closes
        day += timedelta(days=1)


def in_utc(zone: Zone, shown: int) -> int:
    """The moment at which the wall's clock shows ``shown`` (the later one of two)."""
    return shown - ahead(zone, shown - ahead(zone, shown))


def ahead(zone: Zone, moment: int) -> int:
    """By how many seconds the wall's clock is ahead of UTC."""
    if zone is Zone.UTC:
        return 0
    year = (_EPOCH + timedelta(seconds=moment)).year
    return _HOUR if _last_sunday(year, 3) <= moment < _last_sunday(year, 10) else 0


def _last_sunday(year: int, month: int) -> int:
    """One o'clock in UTC on the last Sunday of a month of 31 days, when the clocks change."""
    last = date(year, month, 31)
    sunday = last - timedelta(days=(last.weekday() + 1) % 7)
    return (datetime.combine(sunday, time(1), UTC) - _EPOCH) // timedelta(seconds=1)
