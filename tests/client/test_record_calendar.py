"""When an answer is due: by the clock, and by the hours that people work."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agency_client.record.calendar import Length, Unit, Zone, due_at, length
from agency_client.record.calendar_file import load_calendar
from agency_client.record.shipped import shipped, shipped_calendar, shipped_catalogue
from phoenix_protocol.errors import UsageError
from phoenix_protocol.identifiers import Seconds
from tests.client.record_values import edited

CALENDAR = shipped_calendar()


def at(text: str) -> Seconds:
    return Seconds(int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()))


def due(asked: str, within: str) -> str:
    """When it is due in UTC, for what was asked in UTC."""
    found = length(within)
    assert found is not None
    moment = due_at(CALENDAR, at(asked), found)
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("asked", "within", "expected"),
    [
        # By the clock, through the night and the weekend.
        ("2026-11-20T16:30", "4h", "2026-11-20T20:30"),
        ("2026-11-20T23:30", "4h", "2026-11-21T03:30"),
        # One working day: the same time on the next one.
        ("2026-11-17T11:00", "1 working day", "2026-11-18T11:00"),
        ("2026-11-20T11:00", "1 working day", "2026-11-23T11:00"),
        # Asked when nobody works: it begins when they do.
        ("2026-11-20T18:00", "1 working day", "2026-11-23T17:00"),
        ("2026-11-21T03:00", "2 working hours", "2026-11-23T11:00"),
        ("2026-11-23T07:00", "1 working hour", "2026-11-23T10:00"),
        # Over Christmas 2026: Friday is off, and Monday in place of Saturday.
        ("2026-12-24T16:00", "1 working day", "2026-12-29T16:00"),
        ("2026-12-24T16:00", "3 working days", "2026-12-31T16:00"),
        # In summer the wall's clock is an hour ahead of UTC.
        ("2026-07-01T08:00", "1 working hour", "2026-07-01T09:00"),
        ("2026-07-01T15:30", "1 working hour", "2026-07-02T08:30"),
        # Asked before the clocks change, due after: Friday in winter time, Monday in summer time, and back.
        ("2026-03-27T16:00", "2 working hours", "2026-03-30T09:00"),
        ("2026-10-23T15:00", "2 working hours", "2026-10-26T10:00"),
    ],
)
def test_when_it_is_due(asked: str, within: str, expected: str) -> None:
    assert due(asked, within) == expected


@pytest.mark.parametrize(
    "text", ["", "4", "h", "0h", "0 working days", "1 workingday", "-1h", "4 h h"]
)
def test_what_is_no_length(text: str) -> None:
    assert length(text) is None


@settings(max_examples=30)
@given(
    start=st.integers(at("2026-01-01T00:00"), at("2028-06-01T00:00")),
    hours=st.integers(1, 20),
)
def test_working_time_is_only_counted_while_people_work(start: int, hours: int) -> None:
    """Counting five minutes after five minutes comes to the same."""
    ends = due_at(CALENDAR, Seconds(start), Length(count=hours, unit=Unit.WORKING_HOURS))
    counted, moment = 0, start
    while counted < hours * 3600:
        shown = CALENDAR.local(Seconds(moment))
        seconds = shown.hour * 3600 + shown.minute * 60 + shown.second
        is_open = CALENDAR.works_on(shown.date()) and 9 * 3600 <= seconds < 17 * 3600
        step = 300 - moment % 300
        step = min(step, hours * 3600 - counted) if is_open else step
        counted += step if is_open else 0
        moment += step
    assert ends == moment


def easter(year: int) -> date:
    """Easter Sunday, by the method of Meeus, Jones and Butcher."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    w = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * w) // 433
    month = (h + w - 7 * m + 90) // 25
    return date(year, month, (h + w - 7 * m + 33 * month + 19) % 32)


def by_the_rules(year: int) -> set[date]:
    """The days off of a year by the Act and by custom, with substitutes for weekends."""
    one = timedelta(days=1)

    def monday(month: int, last: bool = False) -> date:
        days = [d for n in range(31) if (d := date(year, month, 1) + n * one).month == month]
        mondays = [d for d in days if d.weekday() == 0]
        return mondays[-1 if last else 0]

    found = {easter(year) - 2 * one, easter(year) + one}
    found |= {monday(5), monday(5, last=True), monday(8, last=True)}
    for day in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        while day.weekday() > 4 or day in found:
            day += one
        found.add(day)
    return found


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_the_days_off_are_those_of_england_and_wales(year: int) -> None:
    assert {day for day in CALENDAR.holidays if day.year == year} == by_the_rules(year)


def test_every_urgency_has_its_time() -> None:
    urgencies = {*shipped_catalogue().enumerations["urgency"], "not_stated"}
    assert set(CALENDAR.within) == urgencies
    assert CALENDAR.within["red"] == Length(count=4 * 3600, unit=Unit.SECONDS)


def test_what_lies_behind_the_list_is_not_known() -> None:
    assert CALENDAR.is_known_at(at("2028-12-31T23:59"))
    assert not CALENDAR.is_known_at(at("2029-01-01T00:00"))


def test_a_calendar_in_utc_has_no_summer_time() -> None:
    plain = dataclasses.replace(CALENDAR, zone=Zone.UTC)
    hour = Length(count=1, unit=Unit.WORKING_HOURS)
    assert due_at(plain, at("2026-07-01T08:00"), hour) == at("2026-07-01T10:00")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("format = 1", "format = 2"),
        ("format = 1\n", ""),
        ('zone = "united_kingdom"', 'zone = "mars"'),
        ('from = "09:00"', 'from = "18:00"'),
        ('from = "09:00"', 'from = "9 o\'clock"'),
        ('from = "09:00"\n', ""),
        ('"monday", "tuesday"', '"moonday", "tuesday"'),
        ('within = "4h"', 'within = "soon"'),
        ('urgency = "not_stated"', 'urgency = "blue"'),
        ("2026-01-01, name", "2026-04-03, name"),
        ("2028-12-26, name", "2029-01-01, name"),
        ("day = 2026-01-01", 'day = "2026-01-01"'),
        ("confirmed = false\n", ""),
        ("until = 2028-12-31", "unti = 2028-12-31"),
    ],
)
def test_a_broken_calendar_is_refused_with_line_and_reason(old: str, new: str) -> None:
    text = edited((old, new), text=shipped("calendar.toml").decode())
    with pytest.raises(UsageError) as caught:
        load_calendar(text.encode())
    assert caught.value.code == "E_CALENDAR"
    assert caught.value.problems[0].code == "E_CALENDAR"
    assert caught.value.problems[0].message
