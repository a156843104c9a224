"""Days and times as people write them, and when a package ends. Pure: the present is an argument.

Two kinds. Something that happened may be known roughly ("2026", "2026-11", "2026-11-20" or a time): it is kept as
written. The end of a package is one second in time: a length such as "14d", a day, or a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from agency_client.record.as_people_write import EXAMPLES, in_code
from agency_client.record.zones import in_uk
from phoenix_protocol import limits
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Seconds

DAY: Final = 86400
#: How long a package lives when its author does not say.
DEFAULT_LIFE: Final = 14 * DAY
#: No package ends sooner than this after it is made: nobody could receive it.
SHORTEST_LIFE: Final = 1

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": DAY, "w": 7 * DAY}
_LENGTH: Final = re.compile(r"([0-9]{1,10}) ?([smhdw])")
_YEAR: Final = re.compile(r"[0-9]{4}")
_MONTH: Final = re.compile(r"[0-9]{4}-[0-9]{2}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The first and last second that a day or time as written can mean: days in UTC, times without zone in the UK."""

    first: int
    last: int


def span(text: str) -> Span | None:
    """What ``text`` ("2026", "2026-11", "2026-11-20" or an ISO 8601 time) covers; None if it is none of these."""
    if not text.isascii():
        return None
    try:
        if _YEAR.fullmatch(text):
            return _days(date(int(text), 1, 1), date(int(text), 12, 31))
        if _MONTH.fullmatch(text):
            first = date.fromisoformat(f"{text}-01")
            return _days(first, _last_of_month(first))
        if _DAY.fullmatch(text):
            return _days(date.fromisoformat(text), date.fromisoformat(text))
        moment = _seconds(in_uk(datetime.fromisoformat(text)))
    except (ValueError, OverflowError):
        return None
    return Span(first=moment, last=moment) if "T" in text or " " in text else None


def _last_of_month(first: date) -> date:
    if first.month == 12:
        return first.replace(day=31)
    return first.replace(month=first.month + 1) - timedelta(days=1)


def _days(first: date, last: date) -> Span:
    return Span(
        first=_seconds(datetime.combine(first, time.min)),
        last=_seconds(datetime.combine(last, time.min)) + DAY - 1,
    )


def _seconds(moment: datetime) -> int:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(seconds=1)


def expiry(text: str | None, now: Seconds, longest: int = limits.LIFE) -> Seconds:
    """When a package made at ``now`` ends. ``text`` is as in the document; None means fourteen days.

    A length (``90m``, ``14d``), a day (to its end, UTC) or a time (UK time without a zone), or as people write them
    (:func:`~agency_client.record.as_people_write.in_code`).
    ``longest`` is the most seconds that the partnership lets a package live; the default life is shortened to it.
    Raises RefusedError ``E_DOC_TIME``.
    """
    if text is None:
        return Seconds(now + min(DEFAULT_LIFE, longest))
    end = _end(in_code(text.strip()), now)
    if end < now + SHORTEST_LIFE:
        raise _refusal(
            "The package would end before it is sent.", "Write a time to come, such as 14 days."
        )
    if end > now + longest or end > limits.LAST_TIME:
        raise _refusal(
            f"The package would live longer than this partnership allows ({_length(longest)}).",
            f"Write {_length(longest)} or less. You can send it again later.",
        )
    return Seconds(end)


def is_length(text: str) -> bool:
    """Whether ``text`` counts from now, such as ``14d``: said again later, it means another moment."""
    try:
        return _LENGTH.fullmatch(in_code(text.strip())) is not None
    except RefusedError:
        return False


def _end(text: str, now: Seconds) -> int:
    length = _LENGTH.fullmatch(text)
    if length:
        return now + int(length[1]) * _UNITS[length[2]]
    found = span(text) if not _YEAR.fullmatch(text) and not _MONTH.fullmatch(text) else None
    if found is None:
        raise _refusal(
            "This does not say when the package ends.",
            f"{EXAMPLES} Times are UK time.",
        )
    return found.last


def _length(seconds: int) -> str:
    for unit, size in (("w", 7 * DAY), ("d", DAY), ("h", 3600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _refusal(what: str, remedy: str) -> RefusedError:
    return RefusedError("E_DOC_TIME", what, next=remedy)
