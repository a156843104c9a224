"""The protocol that the partnership signed: its text kept where it matches, its review, who adopted which version."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from agency_client.client import Client
from agency_client.record.opened import read_section
from agency_client.use_cases.document_options import Options
from agency_client.use_cases.needing import Need
from agency_client.use_cases.protocol_review import NewText, review_protocol
from phoenix_protocol.errors import PhoenixError, RefusedError, UnavailableError
from phoenix_protocol.identifiers import Address, ObjectHash, Seconds
from phoenix_protocol.signed import parse_signed
from phoenix_protocol.suite.hashing import sha256
from tests.client.founded_homes import COUNCIL, MASH, POLICE, PROTOCOL, YEAR, Founded, founding
from tests.end_to_end.documents import package

OTHER = b"The welfare of a child comes second.\n"
SECOND = b"The welfare of a child comes first, always.\n"
FRONT = Address("front.door@quillmere-council")
#: Held on the day before the clock's; the next is due within twelve months.
REVIEW = b'held = 2026-11-23\nattended_by = ["All"]\nnext_due = 2027-11-23\n'
CHANGED = b'[[changes]]\nwhat = "Always"\nbecause = "lessons"\n'


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Founded]:
    async with founding(tmp_path) as town:
        yield town


async def refused(work: object) -> str:
    with pytest.raises(PhoenixError) as caught:
        await work  # type: ignore[misc]
    return caught.value.code


# -- the text ----------------------------------------------------------------------------------------------------------


async def test_every_home_shows_the_protocol_and_keeps_the_text_that_was_signed(
    town: Founded,
) -> None:
    for name in ("council", "police", "desk"):
        client = town[name]
        found = await client.protocol()
        assert (found.newest.name, found.newest.number) == ("Sharing protocol", 1)
        assert found.newest.text == sha256(PROTOCOL)
        assert found.text == (PROTOCOL if name == "council" else None)
        assert await refused(client.protocol(OTHER)) == "E_PROTOCOL_TEXT"
        assert await refused(client.protocol(PROTOCOL[:-1])) == "E_PROTOCOL_TEXT"
        assert (await client.protocol(PROTOCOL)).text == PROTOCOL
        assert (await client.protocol(offline=True)).text == PROTOCOL
        rows = [row.action for row in await client.show_audit(100)]
        assert rows.count("protocol.kept") == 1


async def test_a_new_text_is_a_new_version_and_the_old_copy_no_longer_its_text(
    town: Founded,
) -> None:
    desk = town["desk"]
    await desk.protocol(PROTOCOL)
    said = await town["council"].amend(text=SECOND)
    assert (said.version, said.protocol_version) == (2, 2)
    found = await desk.protocol()
    assert found.text is None
    assert [(v.number, v.text) for v in found.versions] == [
        (1, sha256(PROTOCOL)),
        (2, sha256(SECOND)),
    ]
    with pytest.raises(RefusedError, match="the text of version 1") as caught:
        await desk.protocol(PROTOCOL)
    assert caught.value.code == "E_PROTOCOL_TEXT"
    assert (await desk.protocol(SECOND)).text == SECOND
    assert (await town["council"].protocol(offline=True)).text == SECOND


async def test_what_is_no_protocols_text_changes_no_version(town: Founded) -> None:
    council = town["council"]
    said = await council.amend(name="Quillmere and Ardenfold")
    assert (said.version, said.protocol_version) == (2, 1)
    assert (await council.amend(name="Quillmere and Ardenfold")).version == 2, "nothing changes"
    assert (await council.amend(protocol="Sharing protocol, revised")).protocol_version == 2


async def test_a_partnership_that_names_no_text_takes_none_and_is_adopted_without(
    tmp_path: Path,
) -> None:
    async with founding(tmp_path, protocol_text=None) as town:
        assert (await town["desk"].protocol()).newest.text is None
        assert await refused(town["desk"].protocol(PROTOCOL)) == "E_PROTOCOL_TEXT"
        assert (await town["police"].adopt_protocol()).version.number == 1
        await town["council"].amend(text=PROTOCOL)
        status = await town["council"].partnership_status()
        assert status.protocol.number == 2
        assert status.not_adopted == (COUNCIL, POLICE)


async def test_a_package_cites_the_protocol_that_it_was_written_under(town: Founded) -> None:
    await town.join("front", FRONT, "council")
    front, desk = town["front"], town["desk"]
    text = package("Cites", sections={"attendance": (MASH,)})
    first = (await front.send(text.encode(), Options())).result.package
    await front.told(first)
    await town["council"].amend(text=SECOND)
    second = (await front.send(text.encode(), Options())).result.package
    assert first != second
    await desk.catch_up()
    for id_, number, digest in ((first, "1", PROTOCOL), (second, "2", SECOND)):
        core = desk.find_received(id_.hex())
        await desk.accept(core)
        answers = await legal_of(desk, core)
        assert answers["protocol"] == ("Sharing protocol",)
        assert answers["protocol.version"] == (number,)
        assert answers["protocol.hash"] == (sha256(digest).hex(),)


async def legal_of(client: Client, core: ObjectHash) -> dict[str, tuple[str, ...]]:
    contents = (await client.open_package(core)).contents
    sections = [read_section(section.items) for section in contents.sections]
    return {k: v for s in sections if s.kind == "legal" for k, v in s.answers.items()}


# -- adopting ----------------------------------------------------------------------------------------------------------


async def test_each_agency_signs_each_version_and_everybody_sees_who_has(town: Founded) -> None:
    council, police, desk = town["council"], town["police"], town["desk"]
    assert (await desk.partnership_status()).not_adopted == (COUNCIL, POLICE)
    assert not (await council.adopt_protocol()).again
    status = await desk.partnership_status()
    assert status.not_adopted == (POLICE,)
    (line,) = [line for line in status.agencies if line.id == COUNCIL]
    assert line.adopted is not None
    assert (line.adopted.version, line.adopted.text) == (1, sha256(PROTOCOL))
    assert line.adopted.time == town.clock()
    await police.adopt_protocol(PROTOCOL)
    assert (await desk.partnership_status()).not_adopted == ()
    await council.amend(text=SECOND)
    status = await desk.partnership_status()
    assert status.not_adopted == (COUNCIL, POLICE)
    assert [line.adopted.version for line in status.agencies if line.adopted] == [1, 1]
    await council.adopt_protocol()
    assert (await desk.partnership_status()).not_adopted == (POLICE,)


async def test_a_manager_signs_what_is_here_and_says_it_once(town: Founded) -> None:
    police, desk = town["police"], town["desk"]
    assert await refused(police.adopt_protocol()) == "E_PROTOCOL_TEXT"
    assert await refused(police.adopt_protocol(OTHER)) == "E_PROTOCOL_TEXT"
    for work in (desk.adopt_protocol(PROTOCOL), desk.declare_assurances(DSPT)):
        assert await refused(work) == "E_KEY_MISSING", "a desk does not speak for its agency"
    assert POLICE in (await police.partnership_status()).not_adopted
    assert (await police.adopt_protocol(PROTOCOL)).agency == POLICE
    size = (await police.partnership_status()).log_size
    assert (await police.adopt_protocol()).again
    assert (await police.partnership_status()).log_size == size


# -- what agencies assure ----------------------------------------------------------------------------------------------

DSPT = b'[[assurances]]\nscheme = "DSPT"\nstatus = "met"\nvalid_to = 2026-11-30\n'
NO_LONGER = b'[[assurances]]\nscheme = "none"\n'


async def test_what_an_agency_declares_is_seen_and_warned_of_when_it_ends(town: Founded) -> None:
    await town.join("front", FRONT, "council")
    front, police = town["front"], town["police"]
    text = package("Assured", sections={"attendance": (MASH,)}).encode()

    async def warned() -> dict[str, str]:
        found = await front.check(text, Options())
        assert found.problems == ()
        return {w.place: w.message for w in found.warnings if w.code == "W_DOC_ASSURANCE"}

    (told,) = (await warned()).values()
    assert "your agency, The police (has not declared" in told, "nobody has, and it is said once"
    await police.declare_assurances(DSPT)
    await town["council"].declare_assurances(NO_LONGER)
    await front.catch_up()
    assert list((await warned()).values()) == [
        "Your agency says that it holds no assurance of its security."
    ]
    town.clock.turn(7 * 86_400)
    await front.catch_up()
    (told,) = (await warned()).values()
    assert "The police (declared" in told
    assert "has ended (DSPT, 2026-11-30)" in told
    sent = await front.send(text, Options())
    assert {w.code for w in sent.findings.warnings} >= {"W_DOC_ASSURANCE"}, "and it goes"
    (line,) = (await front.directory(MASH)).agencies
    assert (line.id, [a.scheme for a in line.assurances]) == (POLICE, ["DSPT"])
    assert line.doubt is not None


async def test_what_is_declared_and_adopted_stays_beside_each_other(town: Founded) -> None:
    police = town["police"]
    wrong = b'[[assurances]]\nscheme = "DSTP"\n[[assurances]]\nstatus = "met"\n'
    looked = await police.look_at_assurances(wrong)
    assert {p.place for p in looked.findings.problems} == {
        "assurances[1].scheme",
        "assurances[1].status",
        "assurances[2].scheme",
        "assurances[2].valid_to",
    }
    assert await refused(police.declare_assurances(wrong)) == "E_DOCUMENT"
    await police.adopt_protocol(PROTOCOL)
    (line,) = [a for a in (await police.partnership_status()).agencies if a.id == POLICE]
    assert (line.assurances, line.is_current) == ((), True)
    await police.declare_assurances(DSPT)
    (line,) = [a for a in (await police.partnership_status()).agencies if a.id == POLICE]
    assert line.is_current
    assert [a.scheme for a in line.assurances] == ["DSPT"]
    await town.join("night", MASH, "police")  # the manager is who it was
    size = (await police.partnership_status()).log_size
    await police.declare_assurances(DSPT)
    assert (await police.partnership_status()).log_size == size, "nothing new was said"
    await police.declare_assurances(NO_LONGER)
    (line,) = [a for a in (await police.partnership_status()).agencies if a.id == POLICE]
    assert [(a.scheme, a.status) for a in line.assurances] == [("none", "not_met")]
    assert line.is_current


# -- reviews -----------------------------------------------------------------------------------------------------------


def no_relay(*_: object) -> NoReturn:
    raise UnavailableError("E_RELAY", "There is no relay.")


async def test_a_review_is_recorded_and_amends_the_partnership(town: Founded) -> None:
    council, desk = town["council"], town["desk"]
    cut_off = replace(council.home, connect=no_relay)
    with pytest.raises(UnavailableError):
        await review_protocol(cut_off, REVIEW + CHANGED, NewText(text=SECOND))
    done = await council.review_protocol(REVIEW + CHANGED, NewText(text=SECOND))
    assert done.record == 1, "the one that was recorded before it was cut off"
    shown = await council.show_record(1)
    assert shown.document == REVIEW + CHANGED
    assert shown.record.signed is not None
    status = await desk.partnership_status()
    assert status.review == parse_signed(shown.record.signed).hash
    assert status.review_due == Seconds(1_826_928_000)  # 2027-11-23
    assert (status.version, status.protocol.number) == (2, 2)
    assert status.not_adopted == (COUNCIL, POLICE)
    assert (await council.protocol(offline=True)).text == SECOND

    again = await council.review_protocol(REVIEW + CHANGED, NewText(text=SECOND))
    assert (again.record, again.partnership.version) == (1, 2), "said once"
    later = REVIEW.replace(b"2026-11-23", b"2026-11-24", 1)
    again = await council.review_protocol(later, NewText())
    assert (again.record, again.partnership.version) == (2, 3)
    assert again.partnership.protocol_version == 2, "nothing of the protocol changed"


async def test_a_review_with_problems_or_by_others_changes_nothing(town: Founded) -> None:
    council, police = town["council"], town["police"]
    assert await refused(police.review_protocol(REVIEW, NewText())) == "E_KEY_MISSING"
    assert await refused(police.show_record(1)) == "E_NOT_FOUND"
    late = REVIEW.replace(b"2027-11-23", b"2027-11-24")
    looked = await council.look_at_review(late, NewText())
    assert [p.place for p in looked.findings.problems] == ["next_due"]
    assert await refused(council.review_protocol(late, NewText(text=SECOND))) == "E_DOCUMENT"
    assert (await council.partnership_status()).version == 1
    assert await refused(council.show_record(1)) == "E_NOT_FOUND"


async def test_an_overdue_review_and_no_signature_stop_nothing(town: Founded) -> None:
    await town.join("front", FRONT, "council")
    town.clock.turn(YEAR + 86_401)
    status = await town["front"].partnership_status()
    assert status.overdue
    assert status.not_adopted == (COUNCIL, POLICE)
    await town["desk"].catch_up()
    text = package("Goes all the same", sections={"attendance": (MASH,)}, expires="2d")
    sent = await town["front"].send(text.encode(), Options())
    assert "W_DOC_REVIEW" in {w.code for w in sent.findings.warnings}


async def test_whoever_governs_or_manages_sees_what_is_due(town: Founded) -> None:
    council, police = town["council"], town["police"]
    await police.declare_assurances(DSPT)
    soon = Seconds(town.clock() + 30 * 86_400)

    async def due(client: Client, until: Seconds = soon) -> set[tuple[str, str, bool]]:
        found, _ = await client.review(until)
        return {(item.kind, item.place, item.overdue) for item in found}

    async def needed(client: Client) -> dict[Need, int]:
        found = (await client.needs_me()).needed
        return {n.need: n.pressing for n in found if n.need in (Need.ADOPTION, Need.ASSURANCES)}

    assert ("assurance_end", "DSPT", False) in await due(police)
    assert ("protocol_adoption", "", True) in await due(police)
    assert "protocol_review" not in {kind for kind, *_ in await due(council)}
    assert ("protocol_review", "", False) in await due(council, Seconds(town.clock() + 2 * YEAR))
    assert await needed(police) == {Need.ADOPTION: 1, Need.ASSURANCES: 0}
    await police.adopt_protocol(PROTOCOL)
    assert await needed(police) == {Need.ASSURANCES: 0}
    await council.adopt_protocol(PROTOCOL)
    assert await needed(council) == {}
    await council.amend(text=SECOND)
    assert ("protocol_adoption", "version 2", False) in await due(council)
    assert await needed(council) == {Need.ADOPTION: 0}
    town.clock.turn(8 * 86_400)
    assert await due(police) == {("assurance_end", "DSPT", True)}
    assert not {kind for kind, *_ in await due(town["desk"])} & {
        "assurance_end",
        "protocol_adoption",
        "protocol_review",
    }
