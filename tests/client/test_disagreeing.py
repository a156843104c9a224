"""A professional disagreement between two agencies over a real relay: raised, answered, closed, and never a block."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from agency_client.ports.vault import EraseReason
from agency_client.record.disagreements import Ended, Step
from agency_client.use_cases.disagreeing import WITHIN, Raised, _send
from agency_client.use_cases.recording import ToRecord, keep
from agency_client.use_cases.registering import Sought
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Address, Seconds
from tests.client.quillmere_homes import Desk, Desks, desks
from tests.end_to_end.documents import package
from tests.protocol.quillmere import DAY, FRONT_DOOR, MASH, NURSE

SAID = Raised(
    what="That attendance alone is shared",
    why="The strategy discussion cannot weigh it without the observations",
    wanted="The observations, or why not",
    with_whom="Team manager",
    by="DS Hale",
)


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Desks]:
    async with desks(tmp_path, "front door", "mash 1", "nurse") as made:
        yield made


async def raised(here: Desks, said: Raised = SAID) -> tuple[str, Any]:
    """The police disagree with what the council has shared; the council has it."""
    door, mash = here["front door"], here["mash 1"]
    id_ = await door.send(package("Disagreed with"))
    await mash.accept(id_)
    done = await mash.client.raise_disagreement(mash.client.find_received(id_), said)
    await mash.client.told(done.sent.result.package)
    await door.accept(done.sent.result.package.hex())
    return id_, done


async def due(desk: Desk) -> list[str]:
    """The kinds of what is to be done about disagreements."""
    now = desk.home.clock.now()
    found, _ = await desk.client.review(Seconds(now + 400 * DAY))
    return sorted(item.kind for item in found if item.kind.startswith("disagreement"))


async def only(desk: Desk) -> Any:
    (found,) = await desk.client.disagreements()
    return found


async def answered(here: Desks) -> Any:
    """The council answers, and the police have it."""
    door, mash = here["front door"], here["mash 1"]
    done = await door.client.answer_disagreement((await only(door)).record, "We have looked", "TM")
    await door.client.told(done.sent.result.package)
    await mash.accept(done.sent.result.package.hex())
    return done


async def closed(here: Desks, ended: Ended = Ended.CHANGED) -> Any:
    door, mash = here["front door"], here["mash 1"]
    done = await mash.client.close_disagreement((await only(mash)).record, ended, "They shared it")
    await mash.client.told(done.sent.result.package)
    await door.accept(done.sent.result.package.hex())
    return done


async def test_it_goes_to_their_contact_and_is_due_on_both_sides(here: Desks) -> None:
    id_, done = await raised(here)
    assert [r.address for r in done.sent.result.recipients] == [FRONT_DOOR], "whoever sent it"
    ours, theirs = await only(here["mash 1"]), await only(here["front door"])
    for found in (ours, theirs):
        assert found.about.hex() == id_
        assert found.package == done.sent.result.package
        assert found.words == {
            "what": SAID.what,
            "why": SAID.why,
            "wanted": SAID.wanted,
            "with_whom": "Team manager",
            "by": "DS Hale",
        }
        assert (found.answers, found.closed) == ((), None)
        assert found.due == here.town.clock() + WITHIN
    assert (ours.raised_by, ours.parties) == (None, (FRONT_DOOR,))
    assert (theirs.raised_by, theirs.parties) == (MASH, (MASH,))
    assert await due(here["mash 1"]) == ["disagreement_open"]
    assert await due(here["front door"]) == ["disagreement_owed"]
    assert await here["nurse"].client.disagreements() == ()


async def test_it_is_answered_and_closed_and_both_sides_know_how(here: Desks) -> None:
    await raised(here)
    await answered(here)
    door, mash = here["front door"], here["mash 1"]
    assert await due(door) == []
    assert await due(mash) == ["disagreement_open"], "whoever raised it closes it"
    for desk in (door, mash):
        (reply,) = (await only(desk)).answers
        assert reply.words == {"text": "We have looked", "by": "TM"}
    await closed(here)
    for desk in (door, mash):
        end = (await only(desk)).closed
        assert end.words == {"text": "They shared it", "outcome": "changed"}
        assert await due(desk) == []


async def test_it_can_be_closed_without_an_answer(here: Desks) -> None:
    await raised(here)
    await closed(here, Ended.TAKEN_FURTHER)
    assert await due(here["front door"]) == []
    assert (await only(here["front door"])).closed.words["outcome"] == "taken_further"


async def test_each_does_what_is_theirs(here: Desks) -> None:
    await raised(here)
    door, mash = here["front door"], here["mash 1"]
    for refused in (
        mash.client.answer_disagreement((await only(mash)).record, "We answer ourselves"),
        door.client.close_disagreement((await only(door)).record, Ended.KEPT, "It is over"),
    ):
        with pytest.raises(RefusedError) as error:
            await refused
        assert error.value.code == "E_ANSWER"
    await closed(here)
    with pytest.raises(RefusedError) as error:
        await mash.client.close_disagreement((await only(mash)).record, Ended.KEPT, "Again")
    assert error.value.code == "E_ANSWER"
    with mash.home.vault.reading() as view:
        assert view.sent.unfinished() == (), "nothing of the refused package is left"


async def test_it_stops_nothing_and_what_sharing_needs_is_owed(here: Desks) -> None:
    id_, done = await raised(here)
    assert done.sent.findings.problems == ()
    assert {p.clause for p in done.sent.findings.owed} >= {"SH6", "OB1"}
    await here["mash 1"].send(package("Goes on", sections={"health": (NURSE,)}))
    await here["front door"].send(package("Goes on too"))
    opened = await here["mash 1"].open(id_)
    assert opened.contents.sections


async def test_it_is_in_the_register_beside_the_package_and_its_people(here: Desks) -> None:
    id_, _ = await raised(here)
    for desk, first in ((here["mash 1"], "received"), (here["front door"], "sent")):
        found = await desk.client.register(Sought(subject="999 041 7008"))
        assert [entry.line.kind for entry in found] == [first, "disagreement"]
        assert found[0].reference == id_
        assert found[1].people == (("Jordan T", "child"),)


async def test_another_contact_can_be_named_and_hears_nothing_of_the_package(here: Desks) -> None:
    door, mash, nurse = (here[label] for label in ("front door", "mash 1", "nurse"))
    id_ = await door.send(package("Disagreed with", sections={"observed": (MASH,)}))
    await mash.accept(id_)
    said = Raised(what="The threshold", why="It is higher", to=Address(NURSE), due="2d")
    done = await mash.client.raise_disagreement(mash.client.find_received(id_), said)
    await nurse.accept(done.sent.result.package.hex())
    found = await only(nurse)
    assert (found.about, found.words["what"]) == (None, "The threshold")
    assert found.due == here.town.clock() + 2 * DAY
    core = nurse.client.find_received(done.sent.result.package.hex())
    with nurse.home.vault.reading() as view:
        contents = view.contents.get(core)
    assert contents is not None
    assert b"Said in observed" not in b"".join(
        i.content for s in contents.sections for i in s.items
    )


async def test_an_answer_of_somebody_it_was_not_raised_with_is_a_finding(here: Desks) -> None:
    _, done = await raised(here)
    nurse, mash = here["nurse"], here["mash 1"]
    core = mash.client.find_sent(done.sent.result.package.hex())
    words = {"core": core.hex(), "text": "We answer for them"}

    def noted(_facts: Any, tx: Any, package_: Any) -> None:
        _noted(nurse, tx, package_)

    for step in (Step.ANSWERED, Step.CLOSED):
        stray = _send(nurse.home, (Address(MASH),), step, words, noted, ())
        package_ = (await stray).sent.result.package
        await mash.accept(package_.hex())
    assert await mash.alerts() == ["N_STRAY_ANSWER", "N_STRAY_ANSWER"]
    found = await only(mash)
    assert (found.answers, found.closed) == ((), None)


def _noted(desk: Desk, tx: Any, package_: Any) -> None:
    """Something is recorded of every step."""
    new = ToRecord(kind="stray", document=b"{}", summary="", cores=(package_.core,))
    keep(desk.home, tx, new, package_.created)


async def test_words_that_came_go_with_their_package_and_the_record_stays(here: Desks) -> None:
    _, done = await raised(here)
    door = here["front door"]
    core = door.client.find_received(done.sent.result.package.hex())
    await door.client.erase(core, [], EraseReason.NOT_NEEDED)
    found = await only(door)
    assert (found.words, found.raised_by) == ({}, MASH)
    assert await due(door) == ["disagreement_owed"]
    await answered(here)
    assert (await only(here["mash 1"])).answers[0].words["text"] == "We have looked"
