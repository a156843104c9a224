"""What is erased, seen from everywhere: later words about it, evidence, register, chronology. Nothing else is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from agency_client.ports.vault import EraseReason
from agency_client.use_cases.chronicling import Stretch
from agency_client.use_cases.document_options import Options
from agency_client.use_cases.evidence import Choice
from agency_client.use_cases.registering import Sought
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import ObjectHash
from tests.client.quillmere_homes import Desk, Desks, desks
from tests.end_to_end.documents import package
from tests.end_to_end.test_surface_json import ANSWER, QUESTION

SECRET = "Calder Wharf"


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Desks]:
    async with desks(tmp_path, "front door", "mash 1", "mash 2", "nurse") as made:
        yield made


async def shared(here: Desks) -> tuple[str, ObjectHash]:
    """A package that both machines of the police and the nurses have stored."""
    id_ = await here["front door"].send(package("Erased later"))
    for label in ("mash 1", "mash 2", "nurse"):
        await here[label].accept(id_)
    return id_, here["mash 1"].client.find_received(id_)


async def erase(desk: Desk, core: ObjectHash, *sections: str) -> None:
    await desk.client.erase(core, sections, EraseReason.IN_OWN_RECORD)


async def refusal(doing: Awaitable[Any]) -> RefusedError:
    with pytest.raises(RefusedError) as refused:
        await doing
    return refused.value


# -- later words ------------------------------------------------------------------------------------------------------


async def test_colleagues_later_words_leave_nothing_and_their_steps_are_seen(here: Desks) -> None:
    _, core = await shared(here)
    first, second = here["mash 1"], here["mash 2"]
    await erase(first, core)
    await second.client.acknowledge(core, "Sergeant", f"A discussion about {SECRET}")
    await second.client.outcome(core, f"Somebody waits at {SECRET}")
    assert await first.hear() == []
    (line,) = await first.client.inbox()
    assert [event.kind.value for event in line.colleagues][-2:] == ["acknowledged", "outcome"]
    assert line.package.state.value == "erased"
    assert line.cover.purpose == "erased"
    assert SECRET not in repr(line)
    with first.home.vault.reading() as view:
        assert all(SECRET.encode() not in (e.detail or b"") for e in view.events.of(core))
    _, problems = await first.client.verify_audit()
    assert problems == ()


async def test_what_this_machine_has_erased_it_says_nothing_more_of(here: Desks) -> None:
    id_, core = await shared(here)
    mash = here["mash 1"]
    await erase(mash, core)
    for doing in (
        mash.client.acknowledge(core, "Sergeant", "A discussion"),
        mash.client.outcome(core, "It was discussed"),
        mash.client.dispute(id_, "1", "It is wrong"),
        mash.client.open_package(core),
        mash.client.accept(core),
    ):
        assert (await refusal(doing)).code == "E_ERASED"


async def test_a_correction_of_something_erased_still_reaches_a_person(here: Desks) -> None:
    id_, core = await shared(here)
    mash = here["mash 1"]
    await erase(mash, core)
    given = await here["front door"].client.correct(id_, "1", "Absent 12", "Late entry")
    assert await mash.hear() == ["N_CORRECTED"], "their own records may have it"
    (notice,) = await mash.client.notices()
    assert notice.owed
    assert notice.correction is not None
    await mash.client.settle(given.notice.hex(), "erased", "We have it nowhere")
    assert await mash.alerts() == []


@pytest.mark.parametrize("whole", [True, False])
async def test_that_something_erased_is_disputed_is_told_once(here: Desks, whole: bool) -> None:
    id_, core = await shared(here)
    mash, nurse = here["mash 1"], here["nurse"]
    await erase(mash, core, *(() if whole else ("attendance",)))
    await nurse.client.dispute(id_, "attendance.1", f"Never at {SECRET}")
    for _ in range(2):
        assert await mash.hear() == ["N_NOTICE_ERASED"]
    (alert,) = await mash.client.alerts()
    assert alert.core == core
    await mash.client.see_alert(alert.number)
    assert await mash.hear() == []


# -- the sender's own -------------------------------------------------------------------------------------------------


async def test_a_sender_who_erased_it_hears_on_and_is_told_what_to_do_instead(
    here: Desks, tmp_path: Path
) -> None:
    id_, _ = await shared(here)
    door, nurse = here["front door"], here["nurse"]
    core = door.client.find_sent(id_)
    await erase(door, core)
    await nurse.client.acknowledge(core, "School nurse", "A health check")
    await nurse.client.dispute(id_, "attendance.1", "One was entered late")
    assert await door.hear() == ["N_NOTICE_ERASED"]
    status = await door.client.status(core)
    assert {"acknowledged", "committed"} <= {a.state.value for a in status.addresses}
    out = tmp_path / "never.evidence"
    for doing, then in (
        (door.client.reread(core), "phoenix register"),
        (door.client.export(core, out, Choice()), "can export it"),
        (door.client.correct(id_, "1", "Otherwise"), "supersedes"),
        (door.client.withdraw(id_, "1", "Wrong"), "supersedes"),
    ):
        refused = await refusal(doing)
        assert (refused.code, then in refused.next) == ("E_ERASED", True)
        assert "Ask the sender" not in refused.next
    assert not out.exists()
    later = await door.send(f'supersedes = "{id_}"\n{package("As it is now")}')
    await nurse.accept(later)
    replaced = {line.package.package.hex(): line.replaced for line in await nurse.client.inbox()}
    assert [p.hex() for p in replaced[id_].replaced_by] == [later]


async def test_what_is_owed_of_an_erased_package_can_still_be_answered(here: Desks) -> None:
    door = here["front door"]
    text = package("Owed").replace('consent = "not_sought"\n', "")
    text = text.replace('consent_not_sought_reason = ["would_place_someone_at_risk"]\n', "")
    sent = await door.client.send(text.encode(), Options())
    core = door.client.find_sent(sent.result.package.hex())
    await erase(door, core)
    done = await door.client.answer(core, "legal.consent", ["not_sought"])
    assert "KM5:legal.consent" not in done.owed
    assert "CF1:section[1].confidential" in done.owed


# -- evidence, register, chronology -----------------------------------------------------------------------------------


async def test_evidence_of_what_came_and_is_erased_is_refused_and_of_the_rest_is_made(
    here: Desks, tmp_path: Path
) -> None:
    id_, core = await shared(here)
    mash = here["mash 1"]
    await erase(mash, core, "observed")
    part = tmp_path / "part.evidence"
    done = await mash.client.export(core, part, Choice())
    assert done.package.hex() == id_
    made = part.read_bytes()
    assert b"Said in attendance" in made
    assert b"Said in observed" not in made
    await erase(mash, core)
    gone = tmp_path / "gone.evidence"
    assert (await refusal(mash.client.export(core, gone, Choice()))).code == "E_ERASED"
    assert not gone.exists()


async def test_register_and_chronology_say_that_it_was_here(here: Desks) -> None:
    id_, core = await shared(here)
    mash, door = here["mash 1"], here["front door"]
    (before,) = await door.client.register(Sought())
    assert not before.erased
    await erase(mash, core)
    await erase(door, door.client.find_sent(id_))
    for desk, kind in ((mash, "received"), (door, "sent")):
        (line,) = await desk.client.register(Sought(subject="999 041 7008"))
        assert (line.line.kind, line.reference, line.erased) == (kind, id_, True)
        assert line.said("people") == ("Jordan T",), "the record of disclosure outlives the content"
        told = await desk.client.chronology(Stretch(subject="999 041 7008"))
        assert told.found.entries == ()
        assert [each.package.hex() for each in told.erased] == [id_]
    told = await here["mash 2"].client.chronology(Stretch(subject="999 041 7008"))
    assert len(told.found.entries) == 4, "a colleague's machine keeps its own"


async def test_an_erased_request_reminds_no_more_and_its_answer_still_counts(here: Desks) -> None:
    door, mash = here["front door"], here["mash 1"]
    asked = await door.client.request(QUESTION.encode(), Options())
    await door.client.told(asked.result.package)
    id_ = asked.result.package.hex()
    for label in ("mash 1", "mash 2"):
        await here[label].accept(id_)
    core = mash.client.find_received(id_)
    await erase(mash, core)
    assert (await refusal(mash.client.response_template(core))).code == "E_ERASED"
    (line,) = (await mash.client.requests()).owed
    assert (line.package.hex(), line.said) == (id_, None)
    due, _ = await mash.client.review(line.request.due)
    assert "request_answer" not in {item.kind for item in due}, "nobody can answer it here"
    await here["mash 2"].client.respond(core, ANSWER.encode(), Options())
    await door.client.catch_up()
    (answer,) = await door.client.inbox()
    await door.accept(answer.package.package.hex())
    (found,) = (await door.client.requests()).asked
    assert {recipient.stands.value for recipient in found.recipients} == {"answered"}
