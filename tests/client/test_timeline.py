"""How far a package is with one address, step by step; how deliveries go; sending again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from agency_client.ports.vault import Journey
from agency_client.record.health import Took, health, took
from agency_client.record.timeline import Heard, Mark, Way, timeline
from agency_client.use_cases.document_options import Options
from agency_client.use_cases.drafts import tree_of
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Address, Seconds
from phoenix_protocol.package.events import Answer, EventKind
from phoenix_protocol.package.lifecycle import State
from tests.client.quillmere_homes import Desks, desks
from tests.end_to_end.documents import MASH, NURSE, package

SENT, HELD, EXPIRES = Seconds(100), Seconds(101), Seconds(1000)


def way(state: State, *heard: Heard, since: int = 500, **changes: Any) -> list[tuple[Any, ...]]:
    """The steps of one address: what, when, whether taken."""
    values: dict[str, Any] = {"held": HELD, "given_up": False, **changes}
    given = Way(
        state=state,
        since=Seconds(since),
        created=SENT,
        expires=EXPIRES,
        heard=heard,
        **values,
    )
    return [(step.mark, step.at, step.taken) for step in timeline(given)]


def said(kind: EventKind, at: int, counter: int = 1) -> Heard:
    return Heard(kind=kind, time=Seconds(at), counter=counter)


def to_come(*marks: Mark) -> list[tuple[Any, ...]]:
    return [(mark, None, False) for mark in marks]


REST = (Mark.OFFERED, Mark.ACCEPTED, Mark.COMMITTED, Mark.ACKNOWLEDGED, Mark.OUTCOME)


def test_what_was_taken_comes_before_what_is_to_come() -> None:
    assert way(State.SENT, held=None) == [(Mark.SENT, 100, True), *to_come(Mark.HELD, *REST)]
    begun = [(Mark.SENT, 100, True), (Mark.HELD, 101, True)]
    assert way(State.HELD) == [*begun, *to_come(*REST)]
    assert way(State.OFFERED, since=300) == [
        *begun,
        (Mark.OFFERED, 300, True),
        *to_come(*REST[1:]),
    ]


def test_machines_of_one_address_accept_it_once_and_the_newest_owner_stands() -> None:
    heard = (
        said(EventKind.ACCEPTED, 200),
        said(EventKind.ACCEPTED, 220),
        said(EventKind.COMMITTED, 210, 2),
        said(EventKind.COMMITTED, 230, 2),
        said(EventKind.ACKNOWLEDGED, 400, 4),
        said(EventKind.ACKNOWLEDGED, 300, 3),
    )
    given = Way(
        state=State.ACKNOWLEDGED,
        since=Seconds(300),
        created=SENT,
        expires=EXPIRES,
        held=HELD,
        given_up=False,
        heard=heard,
    )
    steps = timeline(given)
    assert [(s.mark, s.at, s.standing) for s in steps if s.taken][2:] == [
        (Mark.OFFERED, None, True),
        (Mark.ACCEPTED, 200, True),
        (Mark.COMMITTED, 210, True),
        (Mark.ACKNOWLEDGED, 300, False),
        (Mark.ACKNOWLEDGED, 400, True),
    ]
    assert [s.mark for s in steps if not s.taken] == [Mark.OUTCOME]


@pytest.mark.parametrize(
    ("state", "since", "heard", "last"),
    [
        (State.EXPIRED, 1000, (), (Mark.EXPIRED, 1000, True)),
        (State.EXPIRED, 900, (), (Mark.LOST, 900, True)),
        (State.RECALLED, 700, (), (Mark.RECALLED, 700, True)),
        (State.RETURNED, 600, (EventKind.RETURNED,), (Mark.RETURNED, 600, True)),
        (State.UNREADABLE, 600, (EventKind.UNREADABLE,), (Mark.UNREADABLE, 600, True)),
    ],
)
def test_an_end_is_the_last_step(
    state: State, since: int, heard: tuple[EventKind, ...], last: tuple[Any, ...]
) -> None:
    assert way(state, *(said(kind, since) for kind in heard), since=since)[-1] == last


def test_what_was_given_up_never_went() -> None:
    steps = way(State.SENT, held=None, given_up=True)
    assert steps == [(Mark.SENT, 100, True), (Mark.GIVEN_UP, 500, True)]


# -- how deliveries go -----------------------------------------------------------------------------------------------


def journey(agency: str, state: State, accepted: int | None = None) -> Journey:
    return Journey(
        address=Address(f"desk@{agency}"),
        state=state,
        created=SENT,
        accepted=None if accepted is None else Seconds(SENT + accepted),
        acknowledged=None,
    )


def test_deliveries_are_counted_by_agency_and_nobody_gets_a_score() -> None:
    police, nurses = health(
        [
            journey("police", State.OUTCOME, 10),
            journey("police", State.COMMITTED, 30),
            journey("police", State.EXPIRED),
            journey("nurses", State.HELD),
        ]
    )[::-1]
    assert (police.sent, police.owned, police.stored, police.failed, police.waiting) == (
        (3, 1, 1, 1, 0)
    )
    assert police.accepted_after == Took(count=2, half=10, longest=30)
    assert (nurses.waiting, nurses.waits_since, nurses.accepted_after.count) == (1, SENT, 0)


def test_half_of_the_times_is_the_middle_one() -> None:
    assert took([]) == Took(count=0)
    assert took([5, 1, 9]) == Took(count=3, half=5, longest=9)
    assert took([-4]) == Took(count=1, half=0, longest=0), "a clock that runs ahead"


# -- between homes ---------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Desks]:
    async with desks(tmp_path, "front door", "mash 1", "nurse") as made:
        yield made


async def test_a_package_is_followed_at_every_address_and_read_by_each(here: Desks) -> None:
    door = here["front door"]
    id_ = await door.send(package("Followed"))
    await here["mash 1"].accept(id_)
    await door.client.catch_up()
    core = door.client.find_sent(id_)
    await door.client.recall(core, "Sent too early")
    found = await door.client.follow(core)
    recipients = {each.address: each for each in found.recipients}
    assert set(recipients) == {MASH, NURSE}
    mash, nurse = recipients[MASH], recipients[NURSE]
    marks = [step.mark for step in mash.steps if step.taken]
    assert marks == [Mark.SENT, Mark.HELD, Mark.OFFERED, Mark.ACCEPTED, Mark.COMMITTED]
    assert (mash.recallable, nurse.recallable) == (False, False)
    assert nurse.steps[-1].mark is Mark.RECALLED
    [(_, answers)] = found.verdicts
    said_of = {each.address: each.answer for each in answers}
    assert (said_of[MASH], said_of[NURSE]) == (Answer.TOO_LATE, Answer.RECALLED)
    readers = {each.section.id: set(each.readers) for each in found.sections}
    assert readers["observed"] == {MASH}
    [of_police] = [
        each for each in await door.client.delivery_health(Seconds(0)) if "police" in each.agency
    ]
    assert (of_police.sent, of_police.stored) == (1, 1)
    assert of_police.accepted_after.count == 1


class Note:
    """A file for a section."""

    section, name, size = "observed", "note.txt", 16

    def read(self) -> Iterator[bytes]:
        return iter([b"seen at the gate"])


async def test_what_is_sent_again_says_the_same_and_has_its_files(here: Desks) -> None:
    client = here["front door"].client
    document = package("Again", sections={"observed": (MASH,)}, expires="90m")
    options = Options(attachments=(Note(),))
    sent = await client.send(document.encode(), options)
    core = client.find_sent(sent.result.package.hex())
    assert client.has_files(core)
    draft = client.new_draft("package", {"document": client.kept_document(core)})
    assert await client.attach_again(core, draft.id) == 1
    kept = tree_of(draft)["document"]
    assert (kept["purpose"], kept["to"], kept["expires"]) == ("Again", [MASH], "90m")
    assert kept["section"][0]["statement"][0]["as_of"] == "2026-11-20"
    [source] = client.draft_sources(draft.id)
    assert (source.section, source.name) == ("observed", "note.txt")
    assert b"".join(source.read()) == b"seen at the gate"


async def test_what_is_not_from_here_cannot_be_sent_again(here: Desks) -> None:
    id_ = await here["front door"].send(package("Theirs", sections={"observed": (MASH,)}))
    await here["mash 1"].accept(id_)
    client = here["mash 1"].client
    with pytest.raises(RefusedError) as refused:
        client.kept_document(client.find_received(id_))
    assert refused.value.code == "E_NOT_FOUND"
