"""Times as the app shows them, and when something is late."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agency_client.record.dues import is_overdue
from agency_client.web.statement_words import dated
from agency_client.web.when import due, moment, to_the_second


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def test_times_are_by_the_clock_of_the_united_kingdom_wherever_the_machine_is() -> None:
    assert moment(at("2026-12-04T17:00")) == "5:00pm GMT on 4 December 2026"
    assert moment(at("2026-07-04T23:30")) == "12:30am BST on 5 July 2026"
    assert to_the_second(at("2026-07-04T11:00:09")) == "12:00:09pm BST on 4 July 2026"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-11-20", "20 November 2026"),
        ("2026-11", "November 2026"),
        ("2026-11-20T15:20:00+00:00", "3:20pm GMT on 20 November 2026"),
        ("2026-07-20T15:20", "3:20pm BST on 20 July 2026"),
        ("not known: nobody said", "not known: nobody said"),
    ],
)
def test_what_somebody_wrote_is_shown_in_the_same_style(text: str, words: str) -> None:
    assert dated(text) == words


NOON = at("2026-12-04T12:00")


@pytest.mark.parametrize(
    ("when", "words", "late"),
    [
        ("2026-12-04T00:00:00", "today", False),
        ("2026-12-04T23:59:59", "today", False),
        ("2026-12-03T23:59:59", "3 December 2026", True),
        ("2026-12-04T11:00:00", "11:00am GMT today", True),
        ("2026-12-05T17:00:00", "5:00pm GMT on 5 December 2026", False),
    ],
)
def test_a_day_is_over_when_it_has_passed_and_a_time_when_it_comes(
    when: str, words: str, late: bool
) -> None:
    assert due(at(when), NOON) == words
    assert is_overdue(at(when), NOON) is late
