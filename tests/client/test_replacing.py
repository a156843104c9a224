"""A package that replaces an earlier one: both sides see it, and nobody who was told is left out unknowingly."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from agency_client.record.opened import read_section
from agency_client.use_cases.chronicling import Stretch
from agency_client.use_cases.disclosing import Disclosure
from agency_client.use_cases.document_options import Options
from agency_client.use_cases.replacing import replacements
from agency_client.use_cases.reviewing import Outcome, Reviewed
from phoenix_protocol.errors import UsageError
from phoenix_protocol.identifiers import Seconds
from tests.client.quillmere_homes import Desk, Desks, desks
from tests.end_to_end.documents import package
from tests.protocol.quillmere import DAY, MASH, NURSE

TO_MASH = {"attendance": (MASH,)}


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Desks]:
    async with desks(tmp_path, "front door", "mash 1", "nurse") as made:
        yield made


def replacing(id_: str, **how: Any) -> str:
    return f'supersedes = "{id_}"\n{package("As it is now", **how)}'


async def left_out(desk: Desk, document: str) -> str | None:
    """What is said of those who were told before and would not be told now."""
    findings = await desk.client.check(document.encode(), Options())
    said = [w for w in findings.warnings if w.code == "W_DOC_TOLD"]
    assert findings.problems == (), "it stops nothing"
    assert all(w.clause == "KM4" for w in said)
    return said[0].message if said else None


async def listed(desk: Desk) -> dict[str, tuple[str | None, list[str]]]:
    """Of every package in the inbox what it replaces and what replaced it."""
    return {
        line.package.package.hex(): (
            line.replaced.replaces.hex() if line.replaced.replaces else None,
            [package.hex() for package in line.replaced.replaced_by],
        )
        for line in await desk.client.inbox()
    }


async def test_both_sides_show_what_replaces_and_what_was_replaced(here: Desks) -> None:
    door, mash = here["front door"], here["mash 1"]
    first = await door.send(package("The first"))
    await mash.accept(first)
    second = await door.send(replacing(first))
    await mash.client.catch_up()
    assert await listed(mash) == {first: (None, []), second: (None, [])}, "not known before"
    await mash.accept(second)
    assert await listed(mash) == {first: (None, [second]), second: (first, [])}
    opened = await mash.open(first)
    assert [p.hex() for p in opened.replaced.replaced_by] == [second]
    own = await door.client.reread(door.client.find_sent(second))
    assert own.replaced.replaces.hex() == first
    told = (await mash.client.chronology(Stretch())).found.entries
    by = {e.carrier.package.hex(): [p.hex() for p in e.carrier.replaced_by] for e in told}
    assert by == {first: [second], second: []}
    assert await mash.alerts() == ["N_REPLACED"]
    (alert,) = await mash.client.alerts()
    assert alert.about == first
    await mash.client.see_alert(alert.number)
    assert await mash.alerts() == []


async def test_whoever_has_only_the_later_one_sees_no_earlier_one(here: Desks) -> None:
    door, nurse = here["front door"], here["nurse"]
    first = await door.send(package("The first", sections=TO_MASH))
    second = await door.send(replacing(first))
    await nurse.accept(second)
    assert await listed(nurse) == {second: (None, [])}
    assert await nurse.alerts() == []


async def test_nobody_replaces_what_another_said(here: Desks) -> None:
    mash, nurse = here["mash 1"], here["nurse"]
    first = await here["front door"].send(package("The first"))
    other = await mash.send(package("Another agency's", sections={"health": (NURSE,)}))
    for id_ in (first, other):
        await nurse.accept(id_)
    cores = [nurse.client.find_received(id_) for id_ in (other, first)]
    with nurse.home.vault.transaction() as tx:
        tx.replacements.add(cores[0], cores[1])  # as a package could claim
        assert replacements(nurse.home, tx, cores) == {}
    assert await listed(nurse) == {first: (None, []), other: (None, [])}


async def test_who_was_told_and_is_not_among_the_recipients_is_named(here: Desks) -> None:
    door, mash = here["front door"], here["mash 1"]
    first = await door.send(package("The first"))
    assert await left_out(door, replacing(first)) is None
    said = await left_out(door, replacing(first, sections=TO_MASH))
    assert said == f"These were told of the earlier package and are not told of this: {NURSE}."
    second = await door.send(replacing(first, sections=TO_MASH))
    third = await left_out(door, replacing(second, sections=TO_MASH))
    assert third is not None, "whoever was told of the first was not told of the second either"
    assert NURSE in third
    outside = Disclosure(package=second, to="The GP", how="phone", why="Now", approved_by="DSL")
    await door.client.disclosed(outside)
    third = await left_out(door, replacing(second))
    assert third is not None
    assert third.endswith(": The GP.")
    await mash.accept(second)


async def test_who_returned_it_was_told_nothing(here: Desks) -> None:
    door, nurse = here["front door"], here["nurse"]
    first = await door.send(package("The first"))
    await nurse.client.catch_up()
    await nurse.client.give_back(nurse.client.find_received(first), "Not ours")
    await door.client.catch_up()
    assert await left_out(door, replacing(first, sections=TO_MASH)) is None


async def test_those_it_was_passed_on_to_are_named_as_far_as_known(
    here: Desks, repository: Path
) -> None:
    door, mash, nurse = (here[label] for label in ("front door", "mash 1", "nurse"))
    onward = (repository / "config" / "demo" / "onward.toml").read_text("utf-8")
    first = await door.send(package("The first", sections=TO_MASH))
    await mash.accept(first)
    passed = await mash.send(onward.replace("ID OF THE PACKAGE", first))
    await nurse.accept(passed)
    assert await left_out(door, replacing(first, sections=TO_MASH)) is None, "nobody knows yet"
    await door.client.correct(first, "1", "Absent 12", "Late entry")
    await here.everybody()
    await door.client.catch_up()
    said = await left_out(door, replacing(first, sections=TO_MASH))
    assert said is not None
    assert NURSE in said
    second = await door.send(replacing(first, sections=TO_MASH))
    await mash.accept(second)
    again = onward.replace("ID OF THE PACKAGE", second)
    assert await left_out(mash, again) is None, "the nurses get it again"
    others = again.replace(NURSE, "front.door@quillmere-council")
    said = await left_out(mash, others)
    assert said is not None
    assert said.endswith(f"who are not told of this: {NURSE}.")


async def test_what_is_looked_at_again_falls_due_and_recipients_see_the_day(here: Desks) -> None:
    door, mash = here["front door"], here["mash 1"]
    text = package("Again").replace("[decision]", "[decision]\nreview_at = 2026-12-05")
    id_ = await door.send(f"next_review = 2026-12-04\n{text}")
    await mash.accept(id_)
    now = here.town.clock()
    due, _ = await door.client.review(Seconds(now + 400 * DAY))
    found = {d.kind: d for d in due if d.kind in ("package_review", "decision_review")}
    assert {kind: (d.package.hex(), d.place) for kind, d in found.items()} == {
        "package_review": (id_, "next_review"),
        "decision_review": (id_, "decision.review_at"),
    }
    read = [read_section(s.items).answers for s in (await mash.open(id_)).contents.sections]
    assert [a["next_review"] for a in read if "next_review" in a] == [("2026-12-04",)]
    assert "2026-12-05" not in repr(read), "when the decision is reviewed stays with its agency"
    with pytest.raises(UsageError, match="Several") as several:
        await door.client.reviewed(id_, Reviewed(outcome=Outcome.DONE))
    assert "decision_review, package_review" in several.value.next
    said = Reviewed(outcome=Outcome.DONE, kind="next_review")
    await door.client.reviewed(id_, said)
    due, _ = await door.client.review(Seconds(now + 400 * DAY))
    assert "package_review" not in {d.kind for d in due}
    await door.client.reviewed(id_, Reviewed(outcome=Outcome.DONE))
    due, _ = await door.client.review(Seconds(now + 400 * DAY))
    assert "decision_review" not in {d.kind for d in due}, "the only one that is left is meant"
