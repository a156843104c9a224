"""The register on both sides of a real relay: packages, and what is said of them later, stand beside each other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from agency_client.use_cases.document_options import Options
from agency_client.use_cases.registering import Sought
from phoenix_protocol.errors import RefusedError
from tests.client.quillmere_homes import Desk, Desks, desks
from tests.end_to_end.documents import package
from tests.protocol.quillmere import FRONT_DOOR, MASH, NURSE


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Desks]:
    async with desks(tmp_path, "front door", "mash 1", "nurse") as made:
        yield made


async def lines(desk: Desk, **sought: Any) -> list[tuple[str, str]]:
    """Kind and reference of every line that a desk finds."""
    found = await desk.client.register(Sought(**sought))
    return [(entry.line.kind, entry.reference) for entry in found]


async def test_each_side_has_its_line_and_what_is_said_later_stands_beside_it(here: Desks) -> None:
    door, mash, nurse = here["front door"], here["mash 1"], here["nurse"]
    id_ = await door.send(package("Registered"))
    await mash.accept(id_)
    assert await lines(door) == [("sent", id_)]
    assert await lines(mash) == [("received", id_)]
    assert await lines(nurse) == [], "what was not accepted was not received"
    await door.client.correct(id_, "1", "Absent 12", "One session was entered late")
    await mash.client.catch_up()
    for desk, kind in ((door, "sent"), (mash, "received")):
        assert await lines(desk, subject="QM-0417") == [(kind, id_), ("notice_correct", id_)]
        (_, corrected) = await desk.client.register(Sought(person="jordan"))
        assert corrected.said("purpose") == ("One session was entered late",)
        with_whom = [MASH, NURSE] if desk is door else [FRONT_DOOR]
        assert [p.name for p in corrected.parties if "records" not in p.name] == with_whom
        assert corrected.said("said_by") == (FRONT_DOOR,)
        by_address = await lines(desk, agency=MASH if desk is door else FRONT_DOOR)
        assert ("notice_correct", id_) in by_address
    await mash.client.catch_up()
    assert len(await lines(mash)) == 2, "a notice that comes again has one line"


async def test_the_register_says_who_got_which_section(here: Desks) -> None:
    id_ = await here["front door"].send(package("Registered"))
    (sent,) = await here["front door"].client.register(Sought())
    assert {s.title: s.readers for s in sent.line.sections} == {
        "Title of attendance": (MASH, NURSE),
        "Title of observed": (MASH,),
        "Title of health": (NURSE,),
    }
    await here["nurse"].accept(id_)
    (came,) = await here["nurse"].client.register(Sought())
    assert [s.title for s in came.line.sections] == ["Title of attendance", "Title of health"]
    assert [(s.facts, s.opinions) for s in came.line.sections] == [(1, 1), (1, 1)]


async def test_what_is_owed_of_a_package_is_answered_and_contradictions_are_refused(
    here: Desks,
) -> None:
    door = here["front door"]
    text = package("Owed").replace('consent = "not_sought"\n', "")
    text = text.replace('consent_not_sought_reason = ["would_place_someone_at_risk"]\n', "")
    sent = await door.client.send(text.encode(), Options())
    core = door.client.find_sent(sent.result.package.hex())
    owed = {f"{p.clause}:{p.place}" for p in sent.findings.owed}
    assert "KM5:legal.consent" in owed
    for place, said in (
        ("legal.consent", "perhaps"),
        ("legal.consent", "not known"),
        ("legal.article_6", "a_consent"),
        ("section[1].statement[9].as_of", "2026"),
    ):
        with pytest.raises(RefusedError) as refused:
            await door.client.answer(core, place, [said])
        assert refused.value.code == "E_ANSWER", place
    done = await door.client.answer(core, "legal.consent", ["not_sought"])
    assert "KM5:legal.consent" not in done.owed
    assert "KM5:legal.consent_not_sought_reason" in done.owed, "an answer may bring up another"
    words = ["would_place_someone_at_risk", "unjustifiable_delay"]
    last = await door.client.answer(core, "legal.consent_not_sought_reason", words)
    assert set(last.owed) == owed - {"KM5:legal.consent"}
    with door.home.vault.reading() as view:
        package_now, record = view.sent.get(core), view.sent.record(core)
        due = {d.place for d in view.dues.of(core=core) if d.kind == "owed_answer" and not d.closed}
    assert package_now is not None
    assert record is not None
    assert set(package_now.owed) == set(last.owed) == due
    assert record.document == text.encode()
    (line,) = await door.client.register(Sought())
    assert line.answered == (
        "legal.consent: not_sought",
        "legal.consent_not_sought_reason: would_place_someone_at_risk; unjustifiable_delay",
    )


async def test_a_rule_for_keeping_that_is_answered_later_holds_from_then_on(here: Desks) -> None:
    door = here["front door"]
    text = package("Urgent").replace('retention = "safeguarding_default"', "")
    sent = await door.client.send(text.encode(), Options(urgent=True))
    core = door.client.find_sent(sent.result.package.hex())
    with door.home.vault.reading() as view:
        assert [kept.rule for kept in view.retention.of(core) if kept.section is None] == [None]
    done = await door.client.answer(core, "legal.retention", ["safeguarding_default"])
    assert "RT1:legal.retention" not in done.owed
    with door.home.vault.reading() as view:
        rules = [kept.rule for kept in view.retention.of(core) if kept.section is None]
    assert rules == ["safeguarding_default"]
