"""Days, times and lengths as people in the United Kingdom write them, in the form that documents have. Pure.

"4 December 2026", "4/12/2026 5pm", "in 36 hours". What can be meant in two ways is refused with words, never guessed:
a day is day/month/year, a year has four digits, and an hour says whether it is morning or afternoon.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, time, timedelta, timezone
from typing import Final

from agency_client.record.zones import in_uk, is_shown, is_twice
from phoenix_protocol.errors import RefusedError

#: What people can copy.
EXAMPLES: Final = "Write 4 December 2026, 4/12/2026 5pm, 36 hours or 2 weeks."
_DAY_EXAMPLE: Final = "Write the day, the month and the whole year, such as 4 December 2026."

_UNITS: Final = {"second": "s", "minute": "m", "hour": "h", "day": "d", "week": "w"}
_SHORT: Final = {"sec": "second", "min": "minute", "hr": "hour", "wk": "week"}
_LENGTH: Final = re.compile(
    r"(?:in |within )?(\d{1,10}|an?|one) ?(working )?"
    r"(second|sec|minute|min|hour|hr|day|week|wk|fortnight|month|year)s?(?: from now)?"
)
_MONTHS: Final = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr, ("",) * 9 + ("Sept",))
    for number, name in enumerate(names)
    if name
}
_WEEKDAYS: Final = tuple(name.lower() for name in calendar.day_name)
_SIGN: Final = r"(?P<weekday>[a-z]{3,9}day|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)? ?"
_NAMED: Final = re.compile(
    _SIGN + r"(?P<day>\d{1,2})(?:st|nd|rd|th)? (?:of )?(?P<month>[a-z]{3,9})(?: (?P<year>\d+))?"
)
_MONTH_FIRST: Final = re.compile(
    _SIGN + r"(?P<month>[a-z]{3,9}) (?P<day>\d{1,2})(?:st|nd|rd|th)?(?: (?P<year>\d+))?"
)
_FIGURES: Final = re.compile(
    _SIGN + r"(?P<day>\d{1,2})(?P<sep>[/.-])(?P<month>\d{1,2})(?:(?P=sep)(?P<year>\d+))?"
)
_ISO: Final = re.compile(_SIGN + r"(?P<iso>\d{4}-\d{2}-\d{2})")
_CLOCK: Final = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?::(\d{2}))? ?([ap]m|hrs|hours)?")
_FOUR: Final = re.compile(r"(\d{2})(\d{2}) ?(?:hrs|hours|h)")
_T: Final = re.compile(r"^(\d{4}-\d{2}-\d{2})t(?=\d)")
_ZONES: Final = {"gmt": 0, "utc": 0, "bst": 3600}
_ENDS_IN_CLOCK: Final = re.compile(
    r"(?P<day>.*?(?:\d{4}|[a-z]|[/.-]\d{1,2}))(?: at | )(?P<clock>(?:\d[\d:.]*) ?(?:[ap]m|hrs|hours|h)?"
    r"|noon|midday|midnight)(?: (?P<zone>gmt|bst|utc))?"
)
_BEGINS_WITH_CLOCK: Final = re.compile(
    r"(?P<clock>(?:\d[\d:.]*) ?(?:[ap]m|hrs|hours|h)|\d{1,2}:\d{2}|noon|midday|midnight)"
    r"(?: (?P<zone>gmt|bst|utc))? (?:on )?(?P<day>.*)"
)


def in_code(text: str) -> str:
    """``text`` as documents write it: ``36h``, ``2026-12-04`` or ``2026-12-04T17:00+00:00``; as it is if it is none.

    Raises RefusedError ``E_DOC_TIME`` for a day, time or length that is not clear, with words on what to write.
    """
    plain = re.sub(r"\s+", " ", text.replace(",", " ")).strip().lower()
    if not plain.isascii() or _is_iso(text.strip()):
        return text
    plain = _T.sub(r"\1 ", plain)
    return _length(plain) or _moment(plain) or text


def _is_iso(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def clock(text: str) -> time | None:
    """A time of day: ``5pm``, ``5.30pm``, ``17:00``, ``1700 hrs``, ``midday``; None for anything else.

    Raises RefusedError ``E_DOC_TIME`` where it may be morning or afternoon.
    """
    plain = re.sub(r"\s+", " ", text).strip().lower()
    if plain in ("noon", "midday"):
        return time(12)
    if plain == "midnight":
        raise _unclear(
            "Midnight can be the beginning or the end of a day.", "Write 00:00 or 23:59."
        )
    four = _FOUR.fullmatch(plain)
    if four is not None:
        return _time(int(four[1]), int(four[2]))
    found = _CLOCK.fullmatch(plain)
    return _of_parts(*found.groups()) if found is not None else None


def month_number(text: str) -> int | None:
    """A month by its name, whole or short; None for anything else."""
    return _MONTHS.get(text.strip().lower())


# -- lengths ----------------------------------------------------------------------------------------------------------


def _length(plain: str) -> str | None:
    found = _LENGTH.fullmatch(plain)
    if found is None:
        return None
    count = int(found[1]) if found[1].isdecimal() else 1
    unit = _SHORT.get(found[3], found[3])
    if unit in ("month", "year"):
        raise _unclear(f"A {unit} is not always equally long.", "Write weeks, or a day.")
    if unit == "hour" and len(found[1]) == 4:
        raise _unclear("This may be a time of day, or a length in hours.", "Write the day too.")
    if found[2]:
        return f"{count} working {unit}{'' if count == 1 else 's'}"
    return f"{2 * count}w" if unit == "fortnight" else f"{count}{_UNITS[unit]}"


# -- days and times ---------------------------------------------------------------------------------------------------


def _moment(plain: str) -> str | None:
    day = _day(plain)
    if day is not None:
        return day.isoformat()
    for pattern in (_ENDS_IN_CLOCK, _BEGINS_WITH_CLOCK):
        found = pattern.fullmatch(plain)
        day = _day(found["day"].strip()) if found is not None else None
        at = clock(found["clock"]) if found is not None and day is not None else None
        if found is not None and day is not None and at is not None:
            return _placed(datetime.combine(day, at), found["zone"])
    return None


def _placed(shown: datetime, zone: str | None) -> str:
    """A time by the clock of the United Kingdom, with its zone."""
    if zone is not None:
        said = shown.replace(tzinfo=timezone(timedelta(seconds=_ZONES[zone])))
    elif not is_shown(shown):
        raise _unclear("The clocks go forward over this time.", "Write an hour later.")
    elif is_twice(shown):
        what = "The clock shows this time twice that night."
        raise _unclear(what, "Write BST behind it for the first, or GMT for the second.")
    else:
        said = in_uk(shown)
    return said.isoformat(timespec="seconds" if shown.second else "minutes")


def _day(plain: str) -> date | None:
    iso = _ISO.fullmatch(plain)
    if iso is not None:
        return _of_iso(iso["iso"], iso["weekday"])
    for pattern in (_NAMED, _MONTH_FIRST, _FIGURES):
        found = pattern.fullmatch(plain)
        month = _month(found["month"]) if found is not None else None
        if found is not None and month is not None:
            return _real(found["year"], month, int(found["day"]), found["weekday"])
    return None


def _month(text: str) -> int | None:
    return int(text) if text.isdecimal() else _MONTHS.get(text)


def _of_iso(text: str, weekday: str | None) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return _on(found, weekday)


def _real(year: str | None, month: int, day: int, weekday: str | None) -> date:
    if year is None:
        raise _unclear("This does not say which year.", _DAY_EXAMPLE)
    if len(year) != 4:
        raise _unclear("A year has four digits.", _DAY_EXAMPLE)
    try:
        found = date(int(year), month, day)
    except ValueError:
        raise _unclear(
            "There is no such day: the day comes before the month.", _DAY_EXAMPLE
        ) from None
    return _on(found, weekday)


def _on(found: date, weekday: str | None) -> date:
    name = _WEEKDAYS[found.weekday()]
    if weekday is not None and not name.startswith(weekday):
        raise _unclear(f"This day is a {name.capitalize()}.", "Look again which day you mean.")
    return found


def _of_parts(hour: str, minute: str | None, second: str | None, half: str | None) -> time | None:
    at, is_half = int(hour), half in ("am", "pm")
    if minute is None and not is_half:
        return None
    if is_half and not 1 <= at <= 12:
        return None
    if at == 12 and minute is None:
        raise _unclear("12am and 12pm can be midday or midnight.", "Write midday, or 00:00.")
    if not is_half and len(hour) == 1 and at != 0:
        raise _unclear("This may be morning or afternoon.", f"Write {at}am, {at}pm or {at:02}:00.")
    if is_half:
        at = at % 12 + (12 if half == "pm" else 0)
    return _time(at, int(minute or 0), int(second or 0))


def _time(hour: int, minute: int, second: int = 0) -> time | None:
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def _unclear(what: str, remedy: str) -> RefusedError:
    return RefusedError("E_DOC_TIME", what, next=remedy)
