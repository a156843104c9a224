"""Times and sizes in words: one style for the whole app, by the clock of the United Kingdom, whose zone is named."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from agency_client.record.dues import is_of_a_day
from agency_client.record.zones import uk_clock

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86400
_KIB: Final = 1024


def moment(seconds: int | None) -> str:
    """3:20pm GMT on 20 November 2026."""
    if seconds is None:
        return ""
    at = uk_clock(seconds)
    return f"{_clock(at)} on {_date(at)}"


def to_the_second(seconds: int | None) -> str | None:
    """3:20:09pm GMT on 20 November 2026, where somebody compares it; None for None."""
    if seconds is None:
        return None
    at = uk_clock(seconds)
    return f"{_clock(at, f':{at:%S}')} on {_date(at)}"


def day(seconds: int | None) -> str:
    """20 November 2026, of a day that was given as a day (UTC)."""
    return "" if seconds is None else _date(datetime.fromtimestamp(seconds, UTC))


def due(seconds: int | None, now: int | None = None) -> str:
    """By when: a day that was given as a day, or a time; ``today`` where the present is given and it is today."""
    if seconds is None:
        return ""
    if is_of_a_day(seconds):
        is_today = now is not None and seconds // _DAY == now // _DAY
        return "today" if is_today else day(seconds)
    at = uk_clock(seconds)
    is_today = now is not None and at.date() == uk_clock(now).date()
    return f"{_clock(at)} today" if is_today else moment(seconds)


def short_day(seconds: int) -> str:
    """20 Nov 2026, in the United Kingdom."""
    at = uk_clock(seconds)
    return f"{at.day} {at:%b %Y}"


def short_time(seconds: int) -> str:
    """3:20pm, in the United Kingdom."""
    at = uk_clock(seconds)
    return f"{at.hour % 12 or 12}:{at:%M}{'am' if at.hour < 12 else 'pm'}"


def _date(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def _clock(at: datetime, rest: str = "") -> str:
    half = "am" if at.hour < 12 else "pm"
    return f"{at.hour % 12 or 12}:{at:%M}{rest}{half} {at.tzname()}"


def lasting(seconds: int | None) -> str:
    """How long something took, roughly: 5 minutes, 2 days; empty for None."""
    if seconds is None:
        return ""
    for unit, length in (("day", _DAY), ("hour", _HOUR), ("minute", _MINUTE)):
        if seconds >= length:
            count = round(seconds / length)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "less than a minute"


def ago(seconds: int, now: int) -> str:
    """How long before ``now`` something was: 5 minutes ago."""
    passed = max(0, now - seconds)
    for unit, length in (("day", _DAY), ("hour", _HOUR), ("minute", _MINUTE)):
        if passed >= length:
            count = passed // length
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


def size(count: int) -> str:
    """How many bytes a file has, in words: 3.2 MB."""
    for unit in ("bytes", "KB", "MB"):
        if count < _KIB:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count = count / _KIB  # type: ignore[assignment]
    return f"{count:.1f} GB"
