"""Training of whoever works in a home: recorded, listed, renewed, warned of when it has ended, and never waited for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agency_client.use_cases.falling_due import review
from agency_client.use_cases.home import Home
from agency_client.use_cases.reviewing import Outcome, Reviewed, reviewed
from agency_client.use_cases.showing import show_record
from agency_client.use_cases.training import (
    Training,
    record_training,
    training_has_ended,
    trainings,
)
from phoenix_protocol.identifiers import Seconds
from tests.client.record_homes import opened_home

DAY = 86_400


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with opened_home(tmp_path / "home") as home:
        yield home


def later(home: Home, days: int) -> Seconds:
    return Seconds(home.clock.now() + days * DAY)


def turn(home: Home, seconds: int) -> None:
    home.clock.time += seconds  # type: ignore[attr-defined]


def train(home: Home, days: int, person: str | None = None) -> int:
    new = Training(what="Level 2", valid_until=later(home, days), person=person, held="2026-11")
    return record_training(home, new)


def ended(home: Home) -> bool:
    return training_has_ended(home, home.clock.now())


def test_a_training_is_a_record_of_its_own_and_holds_to_its_last_second(home: Home) -> None:
    assert (trainings(home), ended(home)) == ((), False), "nobody was trained, and nothing is said"
    number = train(home, 10)
    (line,) = trainings(home)
    assert (line.record, line.ended, line.is_newest) == (number, False, True)
    assert line.training == Training(what="Level 2", valid_until=later(home, 10), held="2026-11")
    shown = show_record(home, number)
    assert (shown.record.kind, shown.record.summary) == ("training", "Level 2")
    assert shown.signer is not None
    turn(home, 10 * DAY)
    assert not ended(home)
    turn(home, 1)
    assert ended(home)
    assert trainings(home)[0].ended


def test_a_newer_one_of_the_same_person_takes_its_place(home: Home) -> None:
    train(home, 1)
    train(home, 1, "Night desk")
    turn(home, 2 * DAY)
    renewed = train(home, 365)
    assert ended(home), "the night desk's has ended too"
    assert [(line.record, line.is_newest) for line in trainings(home)] == [
        (renewed, True),
        (2, True),
        (1, False),
    ]
    train(home, 365, "Night desk")
    assert not ended(home)


async def test_its_end_is_listed_and_can_be_put_off_by_somebody_who_says_so(home: Home) -> None:
    train(home, 1)
    (due,), _ = review(home, later(home, 2), 10)
    assert (due.kind, due.record, due.overdue) == ("training_end", 1, False)
    turn(home, 2 * DAY)
    assert ended(home)
    said = Reviewed(outcome=Outcome.KEEP, until=later(home, 7), words="The course is next week")
    assert await reviewed(home, "r1", said) == 2
    assert not ended(home)
    turn(home, 8 * DAY)
    assert ended(home)
    assert await reviewed(home, "r1", Reviewed(outcome=Outcome.DONE, words="Has left")) == 3
    assert not ended(home)
