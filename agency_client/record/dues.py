"""When something that falls due is late. Pure; days are those in UTC, as documents write them."""

from __future__ import annotations

from agency_client.record.when import DAY


def is_of_a_day(at: int) -> bool:
    """Whether a time stands for the whole day in which it is: the first or the last second of it."""
    return at % DAY in (0, DAY - 1)


def is_overdue(at: int, now: int) -> bool:
    """Whether it is late: what was to be done on a day, once that day has passed; by a time, when it has come."""
    return at // DAY < now // DAY if is_of_a_day(at) else at <= now


def start_of_day(at: int) -> int:
    """The first second of the day in which a time is."""
    return at - at % DAY
