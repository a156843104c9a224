"""Days and times as people in the United Kingdom write them: read as they are meant, or refused with words."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency_client.cli.times import to_come
from agency_client.record.as_people_write import clock, in_code
from agency_client.record.date_words import written_day
from agency_client.record.when import expiry, is_length
from agency_client.record.zones import clock_words, in_uk
from phoenix_protocol.errors import RefusedError, UsageError
from phoenix_protocol.identifiers import Seconds

_FIRST, _LAST = (datetime.fromisoformat(f"{year}-01-01") for year in (1980, 2090))
_WINTER = "2026-12-04T17:00+00:00"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4 December 2026", "2026-12-04"),
        ("4th Dec 2026", "2026-12-04"),
        ("Friday, 4 December 2026", "2026-12-04"),
        ("December 4, 2026", "2026-12-04"),
        ("4/12/2026", "2026-12-04"),
        ("04.12.2026", "2026-12-04"),
        ("4 Dec 2026 5pm", _WINTER),
        ("4 December 2026 at 5.00pm", _WINTER),
        ("04/12/2026 17:00", _WINTER),
        ("4/12/2026 1700hrs", _WINTER),
        ("5pm on 4 December 2026", _WINTER),
        ("4 Dec 2026 17:00 GMT", _WINTER),
        ("4 December 2026, midday", "2026-12-04T12:00+00:00"),
        ("4 August 2026 5pm", "2026-08-04T17:00+01:00"),
        ("25/10/2026 01:30 BST", "2026-10-25T01:30+01:00"),
        ("25/10/2026 01:30 GMT", "2026-10-25T01:30+00:00"),
        ("in 36 hours", "36h"),
        ("36 Hours", "36h"),
        ("90 min", "90m"),
        ("14 days", "14d"),
        ("2 weeks", "2w"),
        ("a fortnight", "2w"),
        ("in 2 working days", "2 working days"),
        ("1 working hour", "1 working hour"),
    ],
)
def test_what_people_write_is_read_as_it_is_meant(text: str, code: str) -> None:
    assert in_code(text) == code


@pytest.mark.parametrize(
    "text",
    [
        *(
            "36h",
            "14d",
            "2026",
            "2026-12",
            "2026-12-04",
            "2026-12-04T17:00",
            "2026-12-04T17:00:00Z",
        ),
        *(
            "2 working days",
            "soon",
            "tomorrow",
            "",
            "not known: nobody asked",
            "2026-13-40",
            "۴/۱۲/۲۰۲۶",
        ),
    ],
)
def test_codes_and_what_is_no_day_stay_as_they_are(text: str) -> None:
    assert in_code(text) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("12/31/2026", "day comes before the month"),
        ("30 February 2026", "no such day"),
        ("4/12/26", "four digits"),
        ("4 Dec", "which year"),
        ("Monday 4 December 2026", "Friday"),
        ("4 December 2026 5:30", "morning or afternoon"),
        ("4 December 2026 12pm", "midday or midnight"),
        ("4 December 2026 midnight", "beginning or the end"),
        ("25 October 2026 01:30", "twice that night"),
        ("29 March 2026 01:30", "go forward"),
        ("1 month", "not always equally long"),
        ("1700 hours", "a time of day, or a length"),
    ],
)
def test_what_can_be_meant_in_two_ways_is_refused_with_words(text: str, words: str) -> None:
    with pytest.raises(RefusedError, match=words) as refused:
        in_code(text)
    assert refused.value.code == "E_DOC_TIME"
    assert refused.value.next


@given(st.dates(min_value=date(1900, 1, 1)))
def test_a_day_comes_back_however_it_is_written(day: date) -> None:
    iso = day.isoformat()
    long = f"{day.day} {day:%B} {day.year:04}"
    for text in (
        written_day(iso),
        long,
        f"{day:%A} {long}",
        f"{day.day}/{day.month}/{day.year:04}",
    ):
        assert in_code(text) == iso


@given(st.datetimes(min_value=_FIRST, max_value=_LAST))
def test_a_time_comes_back_however_it_is_written(moment: datetime) -> None:
    shown = in_uk(moment.replace(second=0, microsecond=0))
    code = shown.isoformat(timespec="minutes")
    assert datetime.fromisoformat(in_code(clock_words(code))) == shown
    half = f"{shown.hour % 12 or 12}:{shown:%M}{'am' if shown.hour < 12 else 'pm'}"
    zone = "BST" if shown.utcoffset() else "GMT"
    assert in_code(f"{shown.day}/{shown.month}/{shown.year} {half} {zone}") == code


@pytest.mark.parametrize("text", ["25:00", "17:60", "5", "17", "0pm", "13pm", "soon"])
def test_what_is_no_time_of_day_is_none(text: str) -> None:
    assert clock(text) is None


def test_a_command_takes_what_people_write_and_says_what_is_not_clear() -> None:
    assert to_come(None, 10**9, "3 days") is None
    in_days = to_come("in 3 days", 10**9, "3 days")
    assert in_days is not None
    assert abs(in_days - time.time() - 3 * 86400) < 60
    with pytest.raises(UsageError, match="four digits"):
        to_come("4/12/26", 10**9, "3 days")
    with pytest.raises(UsageError, match="not a time to come"):
        to_come("soon", 10**9, "3 days")


def test_the_end_of_a_package_is_read_from_what_people_write() -> None:
    now = Seconds(int(datetime(2026, 12, 1, tzinfo=UTC).timestamp()))
    assert expiry("in 36 hours", now) == now + 36 * 3600
    assert expiry("4/12/2026 5pm", now) == now + timedelta(days=3, hours=17).total_seconds()
    assert is_length("2 weeks")
    assert not is_length("4 December 2026")
    assert not is_length("4 December")
    with pytest.raises(RefusedError, match="which year"):
        expiry("4 December", now)
