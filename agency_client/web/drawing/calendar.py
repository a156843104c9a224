"""Four weeks and a bit as cells, each with what expires on its day. Pure; days are those of the United Kingdom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from agency_client.record.zones import in_uk, uk_clock
from agency_client.use_cases.overviews import Expiring
from phoenix_protocol.identifiers import Seconds

_WEEKS: Final = 5
_DAYS: Final = 7
_WIDE: Final = 150
_HIGH: Final = 96
_TOP: Final = 34
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One day: how many of ours and of what waits here expire on it."""

    x: int
    y: int
    day: date
    label: str
    own: int
    came: int
    is_today: bool
    is_past: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Weeks from the one that today is in."""

    width: int
    height: int
    wide: int
    high: int
    heads: tuple[tuple[int, str], ...]
    cells: tuple[Cell, ...]


def first_day(now: int) -> date:
    """The Monday of the week of ``now``."""
    today = _day_of(now)
    return today - timedelta(days=today.weekday())


def end_of_calendar(now: int) -> Seconds:
    """The first second after the last day."""
    end = first_day(now) + timedelta(days=_WEEKS * _DAYS)
    return Seconds(int(in_uk(datetime.combine(end, time.min)).timestamp()))


def _day_of(seconds: int) -> date:
    return uk_clock(seconds).date()


def calendar(expiring: Sequence[Expiring], now: int) -> Calendar:
    """The picture of what expires."""
    monday, today = first_day(now), _day_of(now)
    days = [(each, _day_of(each.at)) for each in expiring]
    cells = [_cell(n, monday + timedelta(days=n), today, days) for n in range(_WEEKS * _DAYS)]
    return Calendar(
        width=_DAYS * _WIDE + 4,
        height=_TOP + _WEEKS * _HIGH + 4,
        wide=_WIDE,
        high=_HIGH,
        heads=tuple((2 + n * _WIDE, name) for n, name in enumerate(WEEKDAYS)),
        cells=tuple(cells),
    )


def _cell(n: int, day: date, today: date, days: Sequence[tuple[Expiring, date]]) -> Cell:
    own = [each.own for each, its in days if its == day]
    label = f"{day.day} {day:%b}" if day.day == 1 or n == 0 else str(day.day)
    return Cell(
        x=2 + n % _DAYS * _WIDE,
        y=_TOP + n // _DAYS * _HIGH,
        day=day,
        label=label,
        own=sum(own),
        came=len(own) - sum(own),
        is_today=day == today,
        is_past=day < today,
    )
