"""Evidence between homes over a real relay: what is kept for it, what goes in, what is left out, what is refused."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from agency_client.cli.verdict_text import tell_verdict
from agency_client.ports.vault import EraseReason
from agency_client.record.shipped import shipped_catalogue
from agency_client.record.verdict_words import DID, what
from agency_client.record.verdicts import findings
from agency_client.use_cases import erasing
from agency_client.use_cases.document_options import Options
from agency_client.use_cases.evidence import Choice, Exported
from agency_client.verifying import save_attachment, verify_file
from agency_client.web.verdict_view import verdict
from phoenix_protocol.errors import PhoenixError, TamperError, UnavailableError, UsageError
from phoenix_protocol.evidence.verify import VerifiedBundle
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.package.notices import AnswerKind, NoticeAnswer
from phoenix_protocol.sealing.notices import Notice, NoticeAction
from tests.client.quillmere_homes import Desk, Desks, desks
from tests.end_to_end.documents import package
from tests.protocol.evidence_values import verified, world
from tests.protocol.quillmere import FRONT_DOOR, MASH

FIRST, SECOND = "Said in attendance", "Thought in attendance"
REGISTER = b"a register of sessions\n" * 100_000


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Desks]:
    async with desks(tmp_path, "front door", "mash 1", "nurse") as made:
        yield made


class Attached:
    """A file for a section."""

    section, name, size = "attendance", "register.txt", len(REGISTER)

    def read(self) -> Iterator[bytes]:
        return (REGISTER[n : n + 500_000] for n in range(0, len(REGISTER), 500_000))


async def sent(here: Desks, *accepting: str, attached: bool = False) -> str:
    door = here["front door"]
    options = Options(attachments=(Attached(),) if attached else ())
    done = await door.client.send(package("Evidence").encode(), options)
    await door.client.told(done.result.package)
    for label in accepting:
        await here[label].accept(done.result.package.hex())
    await here.everybody()
    return str(done.result.package.hex())


async def export(desk: Desk, id_: str, out: Path, *redact: str, **how: object) -> Exported:
    choice = Choice(redact=redact, **how)  # type: ignore[arg-type]
    exported: Exported = await desk.client.export(desk.client.find_package(id_), out, choice)
    return exported


async def proved(desk: Desk, id_: str, out: Path, *redact: str, **how: object) -> VerifiedBundle:
    """What somebody proves who has the file and the anchor alone."""
    await export(desk, id_, out, *redact, **how)
    anchor = desk.home.content.anchor
    assert anchor is not None
    return verify_file(out, anchor)


# -- what goes in -----------------------------------------------------------------------------------------------------


async def test_sender_and_recipient_prove_the_same_package(here: Desks, tmp_path: Path) -> None:
    id_ = await sent(here, "mash 1", "nurse")
    bundles = {
        label: await proved(here[label], id_, tmp_path / f"{label}.evidence")
        for label in ("front door", "mash 1", "nurse")
    }
    cores = {bundle.core_hash for bundle in bundles.values()}
    assert len(cores) == 1
    assert [len(bundle.parts.sections) for bundle in bundles.values()] == [5, 3, 3]
    assert {bundle.sender.address for bundle in bundles.values()} == {FRONT_DOOR}
    assert all(bundle.log.whole for bundle in bundles.values())
    sealed_to = bundles["front door"].epoch_keys
    assert len(sealed_to) == len(bundles["front door"].parties)


async def test_files_come_out_as_they_were_sealed_on_either_side(
    here: Desks, tmp_path: Path
) -> None:
    id_ = await sent(here, "mash 1", attached=True)
    for label in ("front door", "mash 1"):
        out, saved = tmp_path / f"{label}.evidence", tmp_path / f"{label}.txt"
        (file,) = (await proved(here[label], id_, out)).parts.attachments
        save_attachment(out, file, saved)
        assert saved.read_bytes() == REGISTER


async def test_a_file_is_not_saved_out_of_a_bundle_that_was_exchanged(
    here: Desks, tmp_path: Path
) -> None:
    id_ = await sent(here, "mash 1", attached=True)
    out, saved = tmp_path / "out.evidence", tmp_path / "saved.txt"
    (file,) = (await proved(here["mash 1"], id_, out)).parts.attachments
    assert file.offset is not None
    data = bytearray(out.read_bytes())
    data[file.offset + 10] ^= 1
    out.write_bytes(data)
    with pytest.raises(TamperError):
        save_attachment(out, file, saved)
    assert [path for path in tmp_path.iterdir() if path.name.startswith("saved")] == []


async def test_words_are_kept_with_their_keys_by_both_sides(here: Desks, tmp_path: Path) -> None:
    id_ = await sent(here, "mash 1")
    mash = here["mash 1"].client
    await mash.acknowledge(mash.find_received(id_), "Duty sergeant", "Strategy discussion")
    await mash.outcome(mash.find_received(id_), "Found safe and well")
    await here.everybody()
    for label in ("front door", "mash 1"):
        bundle = await proved(here[label], id_, tmp_path / f"{label}.evidence")
        said = {what(s): s.detail for s in bundle.said if s.detail is not None}
        assert said["acknowledged"].owner == "Duty sergeant"
        assert said["outcome"].words == "Found safe and well"
        assert len(said["committed"].opened) == 3


async def test_a_recall_and_the_relays_answer_are_in_it(here: Desks, tmp_path: Path) -> None:
    id_ = await sent(here, "mash 1")
    door = here["front door"].client
    await door.recall(door.find_sent(id_), "Sent too early")
    await here.everybody()
    for label in ("front door", "mash 1"):
        bundle = await proved(here[label], id_, tmp_path / f"{label}.evidence")
        kinds = [what(saying) for saying in bundle.said]
        assert kinds.count("recall") == kinds.count("verdict") == 1
        recall = next(saying for saying in bundle.said if what(saying) == "recall")
        assert recall.detail is not None
        assert recall.detail.reason == "Sent too early"


async def test_a_correction_and_what_was_done_about_it_are_in_it(
    here: Desks, tmp_path: Path
) -> None:
    id_ = await sent(here, "mash 1")
    given = await here["front door"].client.correct(id_, "1", "Absent 12", "Entered late")
    await here.everybody()
    await here["mash 1"].client.settle(given.notice.hex(), "rectified")
    await here.everybody()
    bundle = await proved(here["front door"], id_, tmp_path / "out.evidence")
    (notice,) = [s.message for s in bundle.said if isinstance(s.message, Notice)]
    assert (notice.action, notice.words) == (NoticeAction.CORRECT, "Entered late")
    answers = [s for s in bundle.said if isinstance(s.message, NoticeAnswer)]
    by = here["mash 1"].endpoint.id
    done = [s for s in answers if s.message.answer is AnswerKind.DONE and s.maker == by]
    assert [s.detail is not None for s in done] == [True]


async def test_what_is_said_of_a_statement_is_left_out_with_it(here: Desks, tmp_path: Path) -> None:
    id_ = await sent(here, "mash 1")
    await here["front door"].client.correct(id_, "1", "Absent 12", "Entered late")
    await here.everybody()
    out = tmp_path / "out.evidence"
    bundle = await proved(here["front door"], id_, out, "attendance.1")
    assert not any(isinstance(s.message, Notice | NoticeAnswer) for s in bundle.said)
    for words in (FIRST, "Absent 12", "Entered late"):
        assert words.encode() not in out.read_bytes()
    assert SECOND.encode() in out.read_bytes()


async def test_a_person_is_left_out_by_section_and_id(here: Desks, tmp_path: Path) -> None:
    id_ = await sent(here, "mash 1")
    read = await here["mash 1"].open(id_)
    items = read.contents.sections[0].items
    person = next(item for item in items if item.type.value == "person")
    out = tmp_path / "out.evidence"
    names = [f"{name}.{person.id.hex()[:12]}" for name in ("attendance", "observed")]
    bundle = await proved(here["mash 1"], id_, out, *names)
    assert b"Jordan" not in out.read_bytes()
    assert [section.left_out for section in bundle.parts.sections] == [1, 1, 0]


async def test_a_file_is_left_out_with_what_describes_it(here: Desks, tmp_path: Path) -> None:
    id_ = await sent(here, "mash 1", attached=True)
    read = await here["mash 1"].open(id_)
    item = read.contents.attachments[0].item.hex()[:6]
    out = tmp_path / "out.evidence"
    bundle = await proved(here["mash 1"], id_, out, f"attendance/{item}")
    assert (bundle.parts.attachments, bundle.parts.withheld) == ((), 1)
    assert b"register.txt" not in out.read_bytes()
    assert REGISTER[:40] not in out.read_bytes()


async def test_whoever_is_left_out_and_still_named_is_told_with_place_and_way_out(
    here: Desks, tmp_path: Path
) -> None:
    first, then, rest = package("Ask about Alex Q").partition('id = "observed"')
    then += rest.replace('["child"]', '["mother"]', 1)
    person = '[[people]]\nid = "mother"\nname = "Alex Q"\nrole = "parent"\n\n[[people]]'
    text = first.replace("[[people]]", person, 1) + then
    text = text.replace("[decision]\n", '[decision]\nrelevance = "Alex Q may be angry"\n')
    door = here["front door"]
    done = await door.client.send(text.encode(), Options())
    await door.client.told(done.result.package)
    id_ = done.result.package.hex()
    await door.client.correct(id_, "attendance.1", "Alex Q rang", "She said so")
    whole = await export(door, id_, tmp_path / "whole.evidence")
    assert whole.still_named == ()
    left = await export(door, id_, tmp_path / "left.evidence", "observed")
    (people,) = (e.leave_out for e in left.still_named if e.place == "the people of decision")
    assert {(each.name, each.place, each.leave_out) for each in left.still_named} == {
        ("Alex Q", "the cover", "--without cover"),
        ("Alex Q", "the people of decision", people),
        ("Alex Q", "decision", "--redact decision"),
        ("Alex Q", "what was said later of attendance.1", "--redact attendance.1"),
    }
    wordless = await export(door, id_, tmp_path / "w.evidence", "observed", without=("words",))
    assert wordless.still_named == left.still_named, "what a notice says is signed with it"
    single = await export(door, id_, tmp_path / "single.evidence", "observed.1", "observed.2")
    (person_,) = (e for e in single.still_named if e.place == "the people of observed")
    choice = [person_.leave_out.split()[1], "observed.1", "observed.2", "decision", "attendance.1"]
    none = await export(door, id_, tmp_path / "none.evidence", *choice, without=("cover",))
    assert none.still_named == ()


async def test_a_first_name_that_still_stands_is_told_and_what_is_left_out_is_listed(
    here: Desks, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    door = here["front door"]
    text = package("Left out by name").replace(
        "[decision]\n", '[decision]\nrelevance = "Jordan\'s safety comes first"\n', 1
    )
    done = await door.client.send(text.encode(), Options())
    await door.client.told(done.result.package)
    id_, core = done.result.package.hex(), door.client.find_sent(done.result.package.hex())
    people = [
        item.name
        for section in await door.client.leavable(core)
        for item in section.items
        if item.kind == "person"
    ]
    left = await export(door, id_, tmp_path / "left.evidence", *people)
    (found,) = (each for each in left.still_named if each.place == "decision")
    assert (found.name, found.part, found.leave_out) == (
        "Jordan T",
        "Jordan",
        "--redact decision",
    )
    assert found.told(found.where) == (
        "Jordan T is left out, and a part of the name, Jordan, still stands in the answers in the section Decision."
    )
    assert "The person Jordan T, in the section Title of observed" in left.left_out
    assert len(left.left_out) == len(people)
    page = verdict(left.proved, shipped_catalogue())
    said = {
        (fact.name, fact.words)
        for s in page.sections
        for each in s.statements
        for fact in each.facts
    }
    assert {words for name, words in said if name == "About"} == {"a person who was left out"}
    assert {f.words for s in page.sections for f in s.facts if f.name == "Marking"} == {
        "Official, sensitive"
    }
    tell_verdict(left.proved, {})
    assert "about a person who was left out" in capsys.readouterr().out
    part = await export(door, id_, tmp_path / "part.evidence", "attendance.1", "observed")
    assert "The section Title of observed" in part.left_out
    assert any(line.startswith("Statement 1 (") and FIRST in line for line in part.left_out)


# -- what is refused --------------------------------------------------------------------------------------------------


async def code(attempt: object) -> str:
    try:
        await attempt  # type: ignore[misc]
    except PhoenixError as error:
        return error.code
    return ""


async def test_what_this_home_never_had_or_has_no_more_is_refused(
    here: Desks, tmp_path: Path
) -> None:
    id_ = await sent(here, "mash 1")
    out = tmp_path / "out.evidence"
    mash, nurse = here["mash 1"], here["nurse"]
    await nurse.client.catch_up()
    assert await code(export(nurse, id_, out)) == "E_NOT_ACCEPTED"
    await nurse.client.give_back(nurse.client.find_received(id_), "Not ours")
    assert await code(export(nurse, id_, out)) == "E_RETURNED"
    assert await code(export(mash, "00" * 16, out)) == "E_NOT_FOUND"
    core = mash.client.find_received(id_)
    await erasing.erase(mash.home, core, (), EraseReason.IN_OWN_RECORD)
    assert await code(export(mash, id_, out)) in {"E_ERASED", "E_RECEIPT_STATE"}
    assert not out.exists()


async def test_words_are_erased_with_their_package(here: Desks) -> None:
    id_ = await sent(here, "mash 1")
    mash = here["mash 1"]
    core = mash.client.find_received(id_)
    with mash.home.vault.reading() as view:
        said = [event.hash for event in view.events.of(core)]
        kept = [view.said_words.of(each) for each in said]
    assert [words is not None for words in kept] == [False, True]
    await erasing.erase(mash.home, core, (), EraseReason.IN_OWN_RECORD)
    with mash.home.vault.reading() as view:
        assert [view.said_words.of(each) for each in said] == [None, None]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("nowhere", "E_NOT_FOUND"),
        ("attendance.7", "E_NOT_FOUND"),
        ("attendance.", "E_NOT_FOUND"),
        (".1", "E_NOT_FOUND"),
        ("attendance.abc", "E_NOT_FOUND"),
        ("attendance.ffffffffffff", "E_NOT_FOUND"),
        ("", "E_NOT_FOUND"),
    ],
)
async def test_names_of_nothing_are_refused(
    here: Desks, tmp_path: Path, name: str, wanted: str
) -> None:
    id_ = await sent(here, "mash 1")
    out = tmp_path / "out.evidence"
    assert await code(export(here["mash 1"], id_, out, name)) == wanted
    assert not out.exists()


async def test_a_title_is_not_left_out_alone(here: Desks, tmp_path: Path) -> None:
    id_ = await sent(here, "mash 1")
    read = await here["mash 1"].open(id_)
    head = read.contents.sections[0].items[0].id.hex()
    with pytest.raises(UsageError):
        await export(here["mash 1"], id_, tmp_path / "out.evidence", f"attendance.{head[:8]}")


async def test_what_fails_leaves_nothing_behind(here: Desks, tmp_path: Path) -> None:
    """A vault whose file is damaged hands out no evidence, and no part of any."""
    id_ = await sent(here, "mash 1", attached=True)
    mash, out = here["mash 1"], tmp_path / "out.evidence"
    (blob,) = [p for p in (mash.home.vault.blobs._directory).iterdir() if p.is_file()]  # type: ignore[attr-defined]
    data = bytearray(blob.read_bytes())
    data[100] ^= 1
    blob.write_bytes(data)
    assert await code(export(mash, id_, out)) == "E_STORE_INTEGRITY"
    assert not out.exists()


async def test_that_it_was_handed_out_is_in_the_audit_record(here: Desks, tmp_path: Path) -> None:
    id_ = await sent(here, "mash 1")
    out = tmp_path / "out.evidence"
    exported = await export(here["mash 1"], id_, out, "observed")
    (row,) = await here["mash 1"].client.show_audit(1)
    digest = hashlib.sha256(out.read_bytes()).digest()
    assert exported.written.digest == digest
    assert row.action == "evidence.exported"
    assert dict(row.detail) == {"digest": digest.hex(), "redacted": "1", "log": "whole"}


# -- the verdict ------------------------------------------------------------------------------------------------------


def test_there_are_words_for_everything_that_can_be_said() -> None:
    kinds = {kind.value for kind in EventKind} | {action.value for action in NoticeAction}
    kinds |= {f"answer_{answer.value}" for answer in AnswerKind}
    kinds |= {"recall", "verdict", "void", "tombstone", "handed_on"}
    assert set(DID) == kinds


def test_a_verdict_shows_what_others_wrote_and_obeys_none_of_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    bundle = verified(world().file())
    hostile = replace(bundle.partnership, name="Quill\x1b[2Jmere\u202e")
    tell_verdict(replace(bundle, partnership=hostile), {})
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "<U+001B>" in told


def test_a_receipt_of_something_else_than_was_signed_is_a_finding() -> None:
    bundle = verified(world().file())
    said = tuple(
        replace(s, detail=replace(s.detail, opened=(bytes(32),)))
        if s.detail is not None and s.detail.opened
        else s
        for s in bundle.said
    )
    assert [f.code for f in findings(bundle)] == []
    (found,) = findings(replace(bundle, said=said))
    assert (found.code, found.about) == ("A_EQUIVOCATION", MASH)


def test_who_links_it_needs_no_home(tmp_path: Path) -> None:
    out = tmp_path / "out.evidence"
    out.write_bytes(world().file())
    assert verify_file(out, world().town.anchor) == verified(out.read_bytes())
    with pytest.raises(UsageError):
        verify_file(tmp_path / "nowhere", world().town.anchor)


async def test_a_send_that_is_not_kept_leaves_no_files(
    here: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full when the package is to be kept."""
    door = here["front door"]
    before = door.home.vault.blobs.names()

    def full(*_: object) -> None:
        raise UnavailableError("E_STORE_FULL", "The disk takes no more.")

    with monkeypatch.context() as patch:
        patch.setattr("agency_client.use_cases.sealing.keep_sealing_keys", full)
        assert await code(sent(here, attached=True)) == "E_STORE_FULL"
    assert door.home.vault.blobs.names() == before
    id_ = await sent(here, attached=True)
    assert len(door.home.vault.blobs.names()) == len(before) + 1
    assert door.client.find_sent(id_)


def test_everything_said_names_the_key_that_signed_it() -> None:
    bundle = verified(world().file())
    keys = {what(saying): saying.signer for saying in bundle.said}
    assert keys["verdict"] == keys["tombstone"] == bundle.receipt_key
    assert keys["recall"] == bundle.sender.signer
    mash = bundle.parties[world().endpoint("mash 1").id]
    assert keys["accepted"] == mash.signer


def test_findings_stand_in_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    tell_verdict(verified(world().file(whole=False)), {})
    told = capsys.readouterr().out
    assert "What you have to know" in told
    assert "N_PROOF_BRIEF, log." in told
    assert "WITHDRAWN" not in told
    assert "CORRECTED: Got into a dark blue hatchback" in told
