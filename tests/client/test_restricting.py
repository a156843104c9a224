"""Restricting: what is kept as evidence alone is shown to nobody day by day, and whoever reads it says why."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from agency_client.cli.pages import package_json, tell_package
from agency_client.ports.vault import EraseReason, RestrictReason
from agency_client.record.register_csv import register_csv
from agency_client.record.register_page import register_page
from agency_client.record.shipped import shipped_catalogue
from agency_client.use_cases.chronicling import Stretch
from agency_client.use_cases.evidence import Choice
from agency_client.use_cases.registering import Sought
from phoenix_protocol.errors import RefusedError
from tests.client.quillmere_homes import Desk, Desks, desks
from tests.end_to_end.documents import package
from tests.end_to_end.test_surface_json import QUESTION
from tests.protocol.quillmere import MASH, NURSE

EVIDENCE = RestrictReason.EVIDENCE
#: Words of the two sections.
ATTENDANCE = ("Said in attendance", "Thought in attendance")
OBSERVED = ("Said in observed", "Thought in observed")
SECTIONS = {"attendance": (MASH, NURSE), "observed": (MASH,)}
#: Who is not to know stands in a section for everybody.
ALERT = 'do_not_alert = ["The household"]\n'


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Desks]:
    async with desks(tmp_path, "front door", "mash 1") as made:
        yield made


async def sent(here: Desks) -> str:
    """A package of the council's front door that the police have accepted."""
    id_ = await here["front door"].send(package("A night bus", sections=SECTIONS, more=ALERT))
    await here["mash 1"].accept(id_)
    return id_


async def everything(desk: Desk, id_: str, capsys: Any, why: str | None = None) -> str:
    """All that opening a package prints, for people and for programs."""
    core = desk.client.find_package(id_)
    own = id_ in {line.package.package.hex() for line in await desk.client.sent()}
    opened = await (desk.client.reread(core, why) if own else desk.client.open_package(core, why))
    tell_package(opened, opened.sections, {}, shipped_catalogue())
    return f"{capsys.readouterr().out}{package_json(opened, opened.sections, {})}"


def on(text: str, *words: str) -> set[str]:
    return {word for word in words if word in text}


async def restrict(desk: Desk, id_: str, *names: str, words: str | None = None) -> Any:
    return await desk.client.restrict(desk.client.find_package(id_), names, EVIDENCE, words)


# -- what is shown -----------------------------------------------------------------------------------------------------


async def test_a_whole_package_is_shown_without_its_words(here: Desks, capsys: Any) -> None:
    id_, mash = await sent(here), here["mash 1"]
    assert on(await everything(mash, id_, capsys), *ATTENDANCE, *OBSERVED, "Jordan T")
    done = await restrict(mash, id_, words="The inquiry may ask for it")
    assert [(p.place, p.restriction.reason) for p in done.parts] == [(None, EVIDENCE)]
    said = await everything(mash, id_, capsys)
    assert on(said, *ATTENDANCE, *OBSERVED, "Jordan T", "A night bus", "Title of") == set()
    assert "kept as evidence alone: The inquiry may ask for it" in said
    assert "DO NOT ALERT: The household" in said, "that protects somebody"
    assert "--restricted --reason" in said
    (line,) = await mash.client.inbox()
    assert "A night bus" not in f"{line.package.purpose}{line.cover.purpose}"
    assert line.restricted is not None
    assert on(await everything(here["front door"], id_, capsys), *ATTENDANCE) == set(ATTENDANCE)


async def test_a_section_or_a_statement_alone_is_shown_without_its_words(
    here: Desks, capsys: Any
) -> None:
    id_, mash = await sent(here), here["mash 1"]
    await restrict(mash, id_, "observed")
    said = await everything(mash, id_, capsys)
    assert on(said, *ATTENDANCE, *OBSERVED) == set(ATTENDANCE)
    assert "Title of observed" not in said
    await restrict(mash, id_, "attendance.1")
    said = await everything(mash, id_, capsys)
    assert on(said, *ATTENDANCE, *OBSERVED) == {"Thought in attendance"}
    assert "attendance.1  restricted" in said
    assert "A night bus" in said, "the cover is not restricted"
    opened = await mash.open(id_)
    marked = [s.id in opened.covered for section in opened.sections for s in section.statements]
    assert marked == [True, False, True, True]


async def test_the_senders_own_copy_can_be_restricted(here: Desks, capsys: Any) -> None:
    id_, door = await sent(here), here["front door"]
    await restrict(door, id_)
    assert on(await everything(door, id_, capsys), *ATTENDANCE, "The child comes first") == set()
    (line,) = await door.client.sent()
    assert "A night bus" not in line.package.purpose
    assert line.package.purpose.startswith("Restricted since ")


async def test_the_register_says_that_it_is_restricted_and_nothing_else(here: Desks) -> None:
    id_, mash = await sent(here), here["mash 1"]
    await restrict(mash, id_, "observed")
    found = await mash.client.register(Sought(subject="QM-0417"))
    (entry,) = (e for e in found if e.line.kind == "received")
    assert {s.title for s in entry.line.sections} == {"Title of attendance", "Restricted"}
    await restrict(mash, id_)
    found = await mash.client.register(Sought(subject="QM-0417"))
    assert [e.line.kind for e in found] == ["received", "restriction", "restriction"]
    catalogue = shipped_catalogue()
    copies = register_page(found, catalogue, {}).decode() + register_csv(found, catalogue).decode()
    assert on(copies, "Jordan T", "A night bus", "Title of") == set()
    assert "kept as evidence alone" in copies


async def test_a_chronology_names_what_is_restricted_and_leaves_it_out(here: Desks) -> None:
    id_, mash = await sent(here), here["mash 1"]
    await restrict(mash, id_, "attendance.1", "observed")
    told = await mash.client.chronology(Stretch(subject="QM-0417"))
    assert [e.statement.said.text for e in told.found.entries] == ["Thought in attendance"]
    assert [each.part.place for each in told.restricted] == ["attendance.1", "observed"]


async def test_what_is_restricted_is_not_passed_on(here: Desks) -> None:
    id_, mash = await sent(here), here["mash 1"]
    await restrict(mash, id_, "observed")
    copying = "\n".join(
        [
            f'to = ["{NURSE}"]',
            'purpose = "Pass it on"',
            '[[section]]\nid = "on"',
            f'[section.need_to_know]\n"{NURSE}" = "x"',
            f'[[section.statement]]\ncopy_of = {{ package = "{id_}", statement = "observed.1" }}',
        ]
    )
    from agency_client.use_cases.document_options import Options

    found = await mash.client.check(copying.encode(), Options(urgent=True))
    (problem,) = (p for p in found.problems if p.code == "E_DOC_COPY")
    assert "restricted" in problem.message
    await mash.client.lift_restriction(mash.client.find_package(id_), ())
    found = await mash.client.check(copying.encode(), Options(urgent=True))
    assert "E_DOC_COPY" not in {p.code for p in found.problems}


async def test_a_request_is_listed_without_its_words_and_not_answered(here: Desks) -> None:
    from agency_client.use_cases.document_options import Options

    door, mash = here["front door"], here["mash 1"]
    document = QUESTION.replace('"Ask"', '"Ask about the bus"\nthread = "QM-0417"')
    asked = await door.client.request(document.encode(), Options())
    await mash.accept(asked.result.package.hex())
    core = mash.client.find_received(asked.result.package.hex())
    words = ("Was the child seen", "Ask about the bus", "QM-0417")
    assert on(repr_of((await mash.client.requests()).owed), *words) == set(words)
    assert "Was the child seen" in await mash.client.response_template(core)
    await mash.client.restrict(core, (), EVIDENCE)
    assert on(repr_of((await mash.client.requests()).owed), *words) == set()
    with pytest.raises(RefusedError) as refused:
        await mash.client.response_template(core)
    assert refused.value.code == "E_RESTRICTED"


def repr_of(lines: Any) -> str:
    """What a list of requests has to show."""
    return str(
        [
            (line.purpose, line.thread, [each.said.text for each in line.questions if each.said])
            for line in lines
        ]
    )


# -- reading it all the same ------------------------------------------------------------------------------------------


async def test_whoever_reads_it_says_why_and_that_is_recorded(here: Desks, capsys: Any) -> None:
    id_, mash = await sent(here), here["mash 1"]
    await restrict(mash, id_)
    said = await everything(mash, id_, capsys, "The court asks for it")
    assert on(said, *ATTENDANCE, *OBSERVED, "A night bus") == {
        *ATTENDANCE,
        *OBSERVED,
        "A night bus",
    }
    records = await mash.client.records_of(mash.client.find_package(id_))
    assert [each.record.kind for each in records] == ["restriction", "restricted_read"]
    assert b"The court asks for it" in records[1].document
    rows = await mash.client.show_audit(4)
    assert [row.action for row in rows if row.action == "restricted.opened"]
    assert on(await everything(mash, id_, capsys), *ATTENDANCE) == set(), (
        "the next one says why too"
    )


async def test_saying_why_is_recorded_only_where_something_is_restricted(
    here: Desks, capsys: Any
) -> None:
    id_, mash = await sent(here), here["mash 1"]
    assert on(await everything(mash, id_, capsys, "For nothing"), *ATTENDANCE)
    assert await mash.client.records_of(mash.client.find_package(id_)) == ()


async def test_files_of_what_is_restricted_are_not_written(here: Desks, tmp_path: Path) -> None:
    from agency_client.cli.files import read_options
    from agency_client.use_cases.document_options import Options

    attached = tmp_path / "register.txt"
    attached.write_text("a register", "utf-8")
    door, mash = here["front door"], here["mash 1"]
    options = Options(
        attachments=read_options((f"attendance={attached}",), None, False).attachments
    )
    document = package("With a file", sections=SECTIONS)
    result = await door.client.send(document.encode(), options)
    id_ = result.result.package.hex()
    await mash.accept(id_)
    assert [file.name for file in (await mash.open(id_)).files] == ["register.txt"]
    await restrict(mash, id_, "attendance")
    opened = await mash.open(id_)
    assert opened.files == ()
    assert [file.said.name for section in opened.sections for file in section.attachments] == [""]
    core = mash.client.find_package(id_)
    assert len((await mash.client.open_package(core, "The court")).files) == 1


# -- lifting, erasing, evidence ----------------------------------------------------------------------------------------


async def test_it_is_lifted_in_part_or_whole_on_the_record(here: Desks, capsys: Any) -> None:
    id_, mash = await sent(here), here["mash 1"]
    core = mash.client.find_package(id_)
    await restrict(mash, id_, "observed", "attendance.1")
    done = await mash.client.lift_restriction(core, ("attendance.1",), "Looked at")
    assert [part.place for part in done.parts] == ["observed"]
    assert "Said in attendance" in await everything(mash, id_, capsys)
    done = await mash.client.lift_restriction(core, ())
    assert done.parts == ()
    assert on(await everything(mash, id_, capsys), *OBSERVED) == set(OBSERVED)
    with pytest.raises(RefusedError) as refused:
        await mash.client.lift_restriction(core, ())
    assert refused.value.code == "E_NOT_FOUND"
    kinds = [each.record.kind for each in await mash.client.records_of(core)]
    assert kinds == ["restriction", "restriction_lifted", "restriction_lifted"]


async def test_said_again_the_newest_reason_counts(here: Desks) -> None:
    id_, mash = await sent(here), here["mash 1"]
    await restrict(mash, id_)
    core = mash.client.find_package(id_)
    done = await mash.client.restrict(core, (), RestrictReason.CONTESTED)
    assert [p.restriction.reason for p in done.parts] == [RestrictReason.CONTESTED]


async def test_what_is_not_there_cannot_be_restricted(here: Desks) -> None:
    id_, mash = await sent(here), here["mash 1"]
    for name in ("nothing", "attendance.9"):
        with pytest.raises(RefusedError) as refused:
            await restrict(mash, id_, name)
        assert refused.value.code == "E_NOT_FOUND"
    assert await mash.client.records_of(mash.client.find_package(id_)) == ()


async def test_evidence_has_it_all_the_same(here: Desks, tmp_path: Path) -> None:
    from agency_client.verifying import verify_file

    id_, mash = await sent(here), here["mash 1"]
    await restrict(mash, id_)
    out = tmp_path / "bundle"
    await mash.client.export(mash.client.find_package(id_), out, Choice())
    assert verify_file(out, mash.home.content.anchor).partnership.name
    assert b"Said in observed" in out.read_bytes(), "a bundle is not encrypted"


async def test_what_is_erased_is_restricted_no_more(here: Desks) -> None:
    id_, mash = await sent(here), here["mash 1"]
    core = mash.client.find_package(id_)
    await restrict(mash, id_, "observed", "attendance.1")
    await mash.client.erase(core, ("observed",), EraseReason.NOT_NEEDED)
    opened = await mash.open(id_)
    assert [part.place for part in opened.restricted] == ["attendance.1"]
    await mash.client.erase(core, (), EraseReason.NOT_NEEDED)
    with mash.home.vault.reading() as view:
        assert view.restrictions.parts() == frozenset()


# -- as the outcome of a correction --------------------------------------------------------------------------------


async def test_whoever_says_restricted_has_restricted(here: Desks, capsys: Any) -> None:
    id_, mash = await sent(here), here["mash 1"]
    given = await here["front door"].client.correct(
        id_, "1", "Absent 12 of 30", "One was entered late"
    )
    await mash.hear()
    await mash.client.settle(given.notice.hex(), "restricted", "Kept for the inquiry")
    said = await everything(mash, id_, capsys)
    assert on(said, *ATTENDANCE) == {"Thought in attendance"}
    assert "Absent 12 of 30" in said, "what is right is used"
    (part,) = (await mash.open(id_)).restricted
    assert (part.place, part.restriction.reason) == ("attendance.1", EVIDENCE)
    assert part.restriction.words == "Kept for the inquiry"
    await mash.client.settle(given.notice.hex(), "restricted", "Kept for the inquiry")
    assert len(await mash.client.records_of(mash.client.find_package(id_))) == 1


async def test_what_is_erased_here_cannot_be_restricted_any_more(here: Desks) -> None:
    id_, mash = await sent(here), here["mash 1"]
    core = mash.client.find_package(id_)
    given = await here["front door"].client.correct(id_, "1", "Absent 12 of 30", "x")
    await mash.hear()
    await mash.client.erase(core, ("attendance",), EraseReason.INACCURATE)
    with pytest.raises(RefusedError) as refused:
        await mash.client.settle(given.notice.hex(), "restricted")
    assert refused.value.code == "E_NOT_FOUND", "erasing answered it"
