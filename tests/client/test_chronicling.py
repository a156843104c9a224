"""The chronology of homes over a real relay: what each may read, in order, with what was said since and erased."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from agency_client.ports.vault import EraseReason
from agency_client.record.chronology_copies import chronology_csv, chronology_page
from agency_client.record.shipped import shipped_catalogue
from agency_client.use_cases.chronicling import Stretch, Told, people_in
from tests.client.quillmere_homes import Desk, Desks, desks
from tests.end_to_end.documents import package
from tests.protocol.quillmere import FRONT_DOOR, MASH

MORE = 'do_not_alert = ["All household contacts"]'


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Desks]:
    async with desks(tmp_path, "front door", "mash 1", "nurse") as made:
        yield made


async def told(desk: Desk, **wanted: Any) -> Told:
    found: Told = await desk.client.chronology(Stretch(**wanted))
    return found


def said(found: Told) -> list[tuple[str, str]]:
    """Who says what, in order."""
    return [(e.statement.said.origin, e.statement.said.text) for e in found.found.entries]


async def onward(here: Desks, id_: str, repository: Path) -> str:
    """The police pass on to the nurses what the council said."""
    text = (repository / "config" / "demo" / "onward.toml").read_text("utf-8")
    return await here["mash 1"].send(text.replace("ID OF THE PACKAGE", id_))


async def test_each_sees_what_was_granted_and_not_how_much_was_not(here: Desks) -> None:
    id_ = await here["front door"].send(package("Chronology", more=MORE))
    for label in ("mash 1", "nurse"):
        await here[label].accept(id_)
    for label, sections in (
        ("front door", ("attendance", "observed", "health")),
        ("mash 1", ("attendance", "observed")),
        ("nurse", ("attendance", "health")),
    ):
        found = await told(here[label], subject="999 041 7008")
        # What has a day comes first, in the order of the sections; opinions have none here.
        assert [text for _, text in said(found)] == [
            *(f"Said in {name}" for name in sections),
            *(f"Thought in {name}" for name in sections),
        ]
        assert {e.carrier.is_own for e in found.found.entries} == {label == "front door"}
        assert found.found.do_not_alert == ("All household contacts",)
        assert (found.erased, found.unreadable, found.unread) == ((), (), ())
    shown = repr(await told(here["nurse"]))
    assert "observed" not in shown


async def test_it_is_found_by_thread_subject_and_day(here: Desks) -> None:
    door = here["front door"]
    await door.send(package("One"))
    await door.send(package("Two").replace('thread = "QM-0417"', 'thread = "QM-0418"'))
    await door.send(package("Three", mark="X"))
    assert len(said(await told(door))) == 18
    assert len(said(await told(door, thread="qm 0417"))) == 6
    assert len(said(await told(door, subject="Jordan T"))) == 12
    assert len(said(await told(door, subject="Jordan T", thread="QM-0418"))) == 6
    assert said(await told(door, subject="Jordan T", thread="XQM-0417")) == []
    assert said(await told(door, subject="...")) == [], "what says nothing finds nothing"
    assert said(await told(door, subject="Jor")) == [], "a subject is whole"
    near = await door.client.near_names("Jor")
    assert "Jordan T" in near.names, "what was meant is told instead of nothing"
    by_name = await told(door, person="JORDÁN")
    assert len(said(by_name)) == 12
    assert set(people_in(by_name, "jordan")) == set(near.names)
    assert said(await told(door, person="Jordan", thread="QM-0418"))
    assert said(await told(door, person="-")) == []
    first = 1_796_000_000  # after the day of every statement
    later = await told(door, thread="QM-0417", since=first)
    assert [text for _, text in said(later)] == [
        f"Thought in {name}" for name in ("attendance", "observed", "health")
    ], "what has no day may lie anywhere"


async def test_what_was_passed_on_keeps_its_agency_and_both_voices_stay(
    here: Desks, repository: Path
) -> None:
    id_ = await here["front door"].send(package("From the council"))
    await here["mash 1"].accept(id_)
    await here["nurse"].accept(id_)
    passed = await onward(here, id_, repository)
    await here["nurse"].accept(passed)
    found = await told(here["nurse"])
    twice = [e for e in found.found.entries if e.statement.said.text == "Said in attendance"]
    assert {(e.carrier.sent_from, e.statement.said.chain_depth) for e in twice} == {
        (FRONT_DOOR, 0),
        (MASH, 1),
    }
    assert len(twice) == 2
    assert {e.statement.said.origin for e in twice} == {"quillmere-council"}


async def test_a_correction_and_a_withdrawal_are_marked_where_they_stand(here: Desks) -> None:
    door, mash = here["front door"], here["mash 1"]
    id_ = await door.send(package("Corrected"))
    await mash.accept(id_)
    core = mash.client.find_received(id_)
    await mash.client.acknowledge(core, "Duty sergeant", "Strategy discussion")
    await door.client.catch_up()
    await door.client.correct(id_, "1", "Absent 12", "One was entered late")
    await door.client.withdraw(id_, "observed.2", "It was somebody else")
    await mash.client.catch_up()
    for desk in (door, mash):
        found = await told(desk)
        for entry in found.found.entries:
            expected = [] if entry.called.startswith("health") else [MASH]
            assert [response.by for response in entry.responses] == expected, "readers alone"
        (response,) = found.found.entries[0].responses
        assert response.words == ("Duty sergeant", "Strategy discussion")
        marked = {e.called: e.marks for e in found.found.entries if e.marks}
        assert marked == {"attendance.1": ("corrected",), "observed.2": ("withdrawn",)}
        data = chronology_csv(found.found, shipped_catalogue()).decode("utf-8-sig")
        assert "CORRECTED. It said: Said in attendance | Now: Absent 12" in data
        assert "(why: One was entered late)" in data
        assert "WITHDRAWN. It said: Thought in observed" in data


async def test_what_was_erased_is_named_and_not_there(here: Desks) -> None:
    door, mash = here["front door"], here["mash 1"]
    whole = await door.send(package("Erased"))
    part = await door.send(package("In part"))
    for id_ in (whole, part):
        await mash.accept(id_)
    core = mash.client.find_received(part)
    await mash.client.erase(core, ["observed"], EraseReason.NOT_NEEDED)
    await mash.client.erase(mash.client.find_received(whole), [], EraseReason.IN_OWN_RECORD)
    found = await told(mash, subject="Jordan T")
    assert {e.carrier.package.hex() for e in found.found.entries} == {part}
    assert [text for _, text in said(found)] == ["Said in attendance", "Thought in attendance"]
    assert [(e.package.hex(), e.stone.section is None, e.stone.reason) for e in found.erased] == [
        (whole, True, EraseReason.IN_OWN_RECORD),
        (part, False, EraseReason.NOT_NEEDED),
    ]
    assert len(said(await told(door, subject="Jordan T"))) == 12, "elsewhere nothing is lost"


async def test_looking_is_in_the_audit_record_and_so_is_every_copy(here: Desks) -> None:
    door = here["front door"]
    await door.send(package("Looked at"))
    await told(door)
    await door.client.chronology(Stretch(), exported=("page",))
    with door.home.vault.reading() as view:
        read, exported = view.audit.rows()[-2:]
    assert (read.action, dict(read.detail)) == ("chronology.read", {"entries": "6"})
    assert (exported.action, dict(exported.detail)) == (
        "chronology.exported",
        {"entries": "6", "page": "yes"},
    )


async def test_the_page_shows_whom_not_to_alert_before_anything_else(here: Desks) -> None:
    door = here["front door"]
    await door.send(package("On paper", more=MORE))
    found = (await told(door)).found
    page = chronology_page(found, shipped_catalogue(), {"Kept by": "x"}, ["Left out"]).decode()
    assert page.index("Do not alert: All household contacts") < page.index("<table>")
    assert page.index("</table>") < page.index("Left out")
