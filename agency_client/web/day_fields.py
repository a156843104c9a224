"""The parts in which a day is typed, and a time of day with it; and what a draft has of them. Values in, values out."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Final

from agency_client.record.as_people_write import clock, in_code, month_number
from agency_client.record.zones import in_uk, uk_clock
from agency_client.web.forms import Form
from phoenix_protocol.errors import RefusedError

#: The parts of a day, in their order on a page.
PARTS: Final = ("day", "month", "year")
_DAY: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_WHOLE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}):00Z")


def typed_day(name: str, form: Form, *, with_time: bool) -> str | None:
    """The day that was typed, as a draft keeps it: a year or month where no more is there; None for none.

    What is no day stays as it was typed: the rules say so.
    """
    day, month, year = (form.text(f"{name}:{part}").strip() for part in PARTS)
    if not (day or month or year):
        return None
    if day and not (month or year):
        day = _whole(day)
    said = day if _WHOLE.fullmatch(day) else _put_together(day, month, year)
    at = form.text(f"{name}:time").strip() if with_time else ""
    return _in_utc(said, at) if at else said


def _put_together(day: str, month: str, year: str) -> str:
    number = month_number(month)
    month = str(number) if number is not None else month
    typed = [year, *(part.zfill(2) for part in (month, day) if part)]
    # A day without its month is no day: the rules say so, and what was typed stays.
    return "-".join(typed) if month or not day else f"{year}-?-{day}"


def _whole(typed: str) -> str:
    """A whole day that somebody wrote into its first part; anything else as it is."""
    try:
        return in_code(typed)
    except RefusedError:
        return typed


def _in_utc(day: str, typed: str) -> str:
    """A day and a time by the UK clock, as documents write them; as it was typed where it is none."""
    at = _clock(typed)
    try:
        there = datetime.combine(date.fromisoformat(day), at) if at is not None else None
    except ValueError:
        there = None
    if there is None:
        return f"{day}T{typed}"
    there = in_uk(there).astimezone(UTC)
    return f"{there:%Y-%m-%dT%H:%M}:00Z"


def _clock(typed: str) -> time | None:
    try:
        return clock(typed)
    except RefusedError:
        return None


def on_the_clock(text: str) -> tuple[str, str]:
    """The day and the time of what a draft has, by the clock of the United Kingdom."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        day, _, typed = text.partition("T")
        return day, typed
    there = uk_clock(int(datetime.fromisoformat(f"{found[1]}T{found[2]}+00:00").timestamp()))
    return f"{there:%Y-%m-%d}", f"{there:%H:%M}"


def parts_of(value: str) -> dict[str, str]:
    """What stands in each part of a day that a draft has."""
    empty = dict.fromkeys(PARTS, "")
    found = _DAY.fullmatch(value)
    if found is not None:
        year, month, day = found.groups()
        return {"day": day or "", "month": month or "", "year": year}
    pieces = dict(zip(("year", "month", "day"), value.split("-"), strict=False))
    return {**empty, **{part: text for part, text in pieces.items() if text != "?"}}
