"""Loading the working calendar, strictly: one with anything wrong in it is refused whole, with each fault's line."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from agency_client.record.calendar import Calendar, Length, Zone, length
from agency_client.record.faults import Faults
from agency_client.record.fields import CODE, LINE, ListOf, Number, YesNo
from agency_client.record.places import Place
from agency_client.record.syntax import parse
from agency_client.record.tables import Many, One, read_table, said
from phoenix_protocol.errors import UsageError

#: The newest format of a calendar that this program understands.
FORMAT: Final = 1

_NEXT: Final = "Restore the calendar as it was shipped, or correct that line."
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")
_NAMES: Final = ListOf(CODE, 16)


class _Day:
    """A day, as TOML writes it."""

    def read(self, value: object, at: Place, faults: Faults) -> date | None:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        faults.add("E_DOC_TYPE", at, "This should be a day, such as 2026-12-25, without quotes.")
        return None


class _TimeOfDay:
    """A time on the wall's clock, in seconds since midnight."""

    def read(self, value: object, at: Place, faults: Faults) -> int | None:
        if isinstance(value, str) and _TIME.fullmatch(value):
            return int(value[:2]) * 3600 + int(value[3:]) * 60
        faults.add("E_DOC_TYPE", at, 'This should be a time such as "09:00".')
        return None


class _Length:
    """A length, by the clock or of working time."""

    def read(self, value: object, at: Place, faults: Faults) -> Length | None:
        found = length(value) if isinstance(value, str) else None
        if found is None:
            message = 'This should be a length such as "4h" or "1 working day".'
            faults.add("E_DOC_TYPE", at, message)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Working:
    days: tuple[str, ...] = said(_NAMES, default=())
    from_: int | None = said(_TimeOfDay())
    until: int | None = said(_TimeOfDay())
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    urgency: str | None = said(CODE)
    within: Length | None = said(_Length())
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Holiday:
    day: date | None = said(_Day())
    name: str | None = said(LINE)
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Holidays:
    source: str | None = said(LINE)
    confirmed: bool | None = said(YesNo())
    until: date | None = said(_Day())
    days: tuple[_Holiday, ...] = said(Many(_Holiday, 512), default=())
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    format: int | None = said(Number())
    version: str | None = said(CODE)
    jurisdiction: tuple[str, ...] = said(_NAMES, default=())
    zone: str | None = said(CODE)
    working: _Working = said(One(_Working), default=_Working(at=("working",)))
    due: tuple[_Due, ...] = said(Many(_Due, 16), default=())
    bank_holidays: _Holidays = said(One(_Holidays), default=_Holidays(at=("bank_holidays",)))
    at: Place = ()


def load_calendar(data: bytes) -> Calendar:
    """The calendar in a TOML file. Raises UsageError ``E_CALENDAR`` with every fault and its line."""
    parsed = parse(data, code="E_CALENDAR")
    faults = Faults({tuple(map(_name, place)): line for place, line in parsed.lines.items()})
    file = read_table(_File, _renamed(parsed.values), (), faults)
    _check(file, faults)
    if faults.problems:
        raise _refusal(faults)
    working, off = file.working, file.bank_holidays
    return Calendar(
        version=file.version or "",
        jurisdiction=frozenset(file.jurisdiction),
        zone=Zone(file.zone),
        weekdays=frozenset(_DAYS.index(name) for name in working.days),
        opens=working.from_ or 0,
        closes=working.until or 0,
        holidays={each.day: each.name or "" for each in off.days if each.day},
        known_until=off.until or date.min,
        within={each.urgency or "": each.within for each in file.due if each.within},
    )


def _name(part: Any) -> Any:
    return "from_" if part == "from" else part


def _renamed(values: Any) -> Any:
    """``values`` with the field ``from`` called ``from_``, which Python allows as a name."""
    if not isinstance(values, dict):
        return values
    return {_name(name): _renamed(value) for name, value in values.items()}


def _check(file: _File, faults: Faults) -> None:
    if file.format is None:
        faults.add("E_DOC_MISSING", ("format",), "The calendar does not say its format.")
    elif file.format > FORMAT:
        faults.add(
            "E_DOC_CODE", ("format",), "The calendar is for a later version of this program."
        )
    if file.zone not in {zone.value for zone in Zone}:
        faults.add("E_DOC_CODE", ("zone",), "The zone should be united_kingdom or utc.")
    _check_working(file.working, faults)
    for each in file.due:
        if each.urgency is None or each.within is None:
            faults.add("E_DOC_MISSING", each.at, "This needs urgency and within.")
    if "not_stated" not in {each.urgency for each in file.due}:
        faults.add("E_DOC_MISSING", ("due",), "No time is given for the urgency not_stated.")
    _check_holidays(file.bank_holidays, faults)


def _check_working(working: _Working, faults: Faults) -> None:
    if not working.days or not set(working.days) <= set(_DAYS):
        faults.add("E_DOC_CODE", (*working.at, "days"), "These should be days of the week.")
    if working.from_ is None or working.until is None:
        faults.add("E_DOC_MISSING", working.at, "The working hours need from and until.")
    elif working.until <= working.from_:
        faults.add("E_DOC_TIME", (*working.at, "until"), "The working day ends before it begins.")


def _check_holidays(off: _Holidays, faults: Faults) -> None:
    for name in ("source", "confirmed", "until"):
        if getattr(off, name) is None:
            faults.add("E_DOC_MISSING", (*off.at, name), f"The days off have no {name}.")
    seen: set[date] = set()
    for each in off.days:
        if each.day is None or each.name is None:
            faults.add("E_DOC_MISSING", each.at, "A day off needs its day and its name.")
        elif each.day in seen or (off.until and each.day > off.until):
            message = "This day is there twice, or is after the last day of the list."
            faults.add("E_DOC_DUPLICATE", each.at, message)
        seen.add(each.day or date.min)


def _refusal(faults: Faults) -> UsageError:
    told = [
        dataclasses.replace(
            p, code="E_CALENDAR", next=_NEXT, place=p.place.replace("from_", "from")
        )
        for p in faults.problems
    ]
    message = f"The calendar cannot be used (line {told[0].line}): {told[0].message}"
    return UsageError("E_CALENDAR", message, next=_NEXT, problems=told)
