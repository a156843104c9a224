"""Days and times as people write them, and when a package ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency_client.record.when import DAY, DEFAULT_LIFE, Span, expiry, span
from phoenix_protocol import limits
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Seconds
from tests.client.record_values import NOW


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30),
        ("90m", 5400),
        ("36h", 36 * 3600),
        ("14d", 14 * DAY),
        ("2w", 14 * DAY),
        ("2 w", 14 * DAY),
        (" 14d ", 14 * DAY),
        ("12w", limits.LIFE),
        ("2026-11-22T12:00:01Z", 1),
        ("2026-11-22T12:30:00+00:00", 1800),
        ("2026-11-22T13:30:00+01:00", 1800),
        ("2026-11-22", DAY // 2 - 1),
        ("2026-11-23", DAY * 3 // 2 - 1),
        (None, DEFAULT_LIFE),
    ],
)
def test_when_a_package_ends(text: str | None, seconds: int) -> None:
    assert expiry(text, NOW) == NOW + seconds


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "14", "d", "-1d", "1.5d", "14D", "١٤d", "0s", "0d"),
        *("13w", "85d", "9999999999w", "99999999999s", "2026", "2026-12", "2026-11-31"),
        *("2026-11-22T12:00:00Z", "2026-11-21", "1999-01-01T00:00:00Z", "9999-12-31"),
        *("10:00", "2026-11-30T25:00:00Z"),
    ],
)
def test_what_is_no_end_is_refused(text: str) -> None:
    with pytest.raises(RefusedError) as caught:
        expiry(text, NOW)
    assert caught.value.code == "E_DOC_TIME"
    assert caught.value.next


def test_a_partnership_can_shorten_the_life_of_packages() -> None:
    assert expiry(None, NOW, 3 * DAY) == NOW + 3 * DAY
    assert expiry("3d", NOW, 3 * DAY) == NOW + 3 * DAY
    with pytest.raises(RefusedError, match="longer than this partnership allows"):
        expiry("73h", NOW, 3 * DAY)


@given(st.text(max_size=40), st.integers(0, limits.LAST_TIME))
def test_any_text_is_an_end_to_come_or_refused(text: str, now: int) -> None:
    try:
        end = expiry(text, Seconds(now))
    except RefusedError:
        return
    assert now < end <= min(now + limits.LIFE, limits.LAST_TIME)


@given(st.datetimes(timezones=st.timezones()), st.integers(1, limits.LIFE - 1))
def test_any_time_with_a_zone_is_itself(now: datetime, ahead: int) -> None:
    start = (now - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    if not 0 <= start < limits.LAST_TIME - limits.LIFE:
        return
    end = datetime.fromtimestamp(start + ahead, UTC)
    assert expiry(end.isoformat(), Seconds(start)) == start + ahead


def seconds(*date: int) -> int:
    return int(datetime(*date, tzinfo=UTC).timestamp())  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", seconds(2026, 1, 1), seconds(2027, 1, 1) - 1),
        ("2026-02", seconds(2026, 2, 1), seconds(2026, 3, 1) - 1),
        ("2026-12", seconds(2026, 12, 1), seconds(2027, 1, 1) - 1),
        ("2026-11-20", seconds(2026, 11, 20), seconds(2026, 11, 21) - 1),
        ("1931-03-02", seconds(1931, 3, 2), seconds(1931, 3, 3) - 1),
        ("2026-11-20T15:20:00", seconds(2026, 11, 20, 15, 20), seconds(2026, 11, 20, 15, 20)),
        ("2026-11-20 15:20:00+01:00", seconds(2026, 11, 20, 14, 20), seconds(2026, 11, 20, 14, 20)),
    ],
)
def test_what_a_day_or_time_covers(text: str, first: int, last: int) -> None:
    assert span(text) == Span(first=first, last=last)


@pytest.mark.parametrize(
    "text", ["", "today", "20/11/2026", "2026-13", "0000", "26-11-20", "15:20", "２０２６"]
)
def test_what_is_neither_day_nor_time(text: str) -> None:
    assert span(text) is None


@given(st.text(max_size=40))
def test_any_text_is_a_span_or_none(text: str) -> None:
    found = span(text)
    assert found is None or found.first <= found.last
