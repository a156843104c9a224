"""Times and sizes in words, in this machine's zone, which is named."""

from __future__ import annotations

import time
from typing import Final

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86400
_KIB: Final = 1024


def moment(seconds: int | None) -> str:
    """20 November 2026, 3:20pm GMT."""
    if seconds is None:
        return ""
    at = time.localtime(seconds)
    hour = at.tm_hour % 12 or 12
    half = "am" if at.tm_hour < 12 else "pm"
    return f"{at.tm_mday} {time.strftime('%B %Y', at)}, {hour}:{at.tm_min:02}{half} {at.tm_zone}"


def day(seconds: int | None) -> str:
    """20 November 2026, of a day that was given as a day (UTC)."""
    if seconds is None:
        return ""
    at = time.gmtime(seconds)
    return f"{at.tm_mday} {time.strftime('%B %Y', at)}"


def short_day(seconds: int) -> str:
    """20 Nov 2026, in this machine's zone."""
    at = time.localtime(seconds)
    return f"{at.tm_mday} {time.strftime('%b %Y', at)}"


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
