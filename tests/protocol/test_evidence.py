"""An evidence bundle proves what it shows, whatever is left out of it, and nothing when a bit is changed (§6.11)."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phoenix_protocol import schema
from phoenix_protocol.directory.statements import EndReason, Standing, Witness
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.evidence.build import pieces
from phoenix_protocol.evidence.damage import DamagedError
from phoenix_protocol.evidence.messages import FIRST_LINE
from phoenix_protocol.evidence.parts import VerifiedSection
from phoenix_protocol.evidence.records import framed
from phoenix_protocol.evidence.redaction import Redaction, show
from phoenix_protocol.evidence.sayings import VerifiedSaying
from phoenix_protocol.evidence.verify import VerifiedBundle, verify_bundle
from phoenix_protocol.identifiers import Anchor, EndpointId, ObjectHash, Seconds
from phoenix_protocol.notes import WitnessSigner, cosign
from phoenix_protocol.package.envelope import Core, Delivery, Granted
from phoenix_protocol.package.events import Event, EventKind
from phoenix_protocol.package.notices import NoticeAnswer
from phoenix_protocol.record import Person, Statement
from phoenix_protocol.sealing.contents import Detail
from phoenix_protocol.sealing.notices import Notice, NoticeAction
from phoenix_protocol.sealing.open_body import parse_item
from phoenix_protocol.signed import hash_of, sign, signer_id
from tests.protocol.evidence_attacks import File
from tests.protocol.evidence_values import (
    CREATED,
    FILE,
    FRIEND,
    POLICE_DESK,
    SCHOOL_NURSE,
    SEEN,
    SENDER,
    TIRED,
    World,
    entries_of,
    held,
    item_id,
    sayings_of,
    verified,
    world,
    world_in,
)
from tests.protocol.quillmere import (
    COUNCIL,
    FRONT_DOOR,
    MASH,
    NOW,
    OKAFOR,
    Quillmere,
    machine,
    quillmere,
    seed,
)
from tests.protocol.quillmere_changes import Changes

FORMS = pytest.mark.parametrize("whole", [True, False], ids=["whole", "brief"])
#: Each example verifies a file; what verifies is remembered nowhere.
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def texts(section: VerifiedSection) -> list[str]:
    said = (parse_item(item) for _, item in section.items)
    return [each.text for each in said if isinstance(each, Statement)]


def event(proved: VerifiedBundle, kind: EventKind) -> VerifiedSaying:
    found = (s for s in proved.said if isinstance(s.message, Event) and s.message.kind is kind)
    return next(found)


# -- what it says -----------------------------------------------------------------------------------------------------


@FORMS
def test_who_said_what_to_whom_when_under_which_keys(whole: bool) -> None:
    here = world()
    proved = verified(here.file(whole=whole))
    town, sender = quillmere(), quillmere().endpoints[SENDER]
    assert proved.partnership.name == "Quillmere"
    assert proved.log.whole is whole
    assert (proved.log.size, proved.log.root) == (town.directory.size, town.directory.root)
    # who
    assert (proved.sender.address, proved.sender.name) == (FRONT_DOOR, "front door")
    assert proved.sender.agency_name == "The agency quillmere-council"
    assert proved.sender.signer == signer_id(sender.key.public_bytes())
    assert proved.sender.certified_in == town.directory.position_of(hash_of(sender.member))
    manager = town.agencies[COUNCIL].managers[0].key
    assert proved.sender.certified_by == (signer_id(manager.public_bytes()),)
    assert proved.receipt_key == signer_id(town.relay.receipt.public_bytes())
    # to whom
    assert [r.address for r in proved.core.recipients if r.why.value == "to"] == [
        MASH,
        "school.nurse@quillmere-health",
    ]
    named = {g.endpoint for d in proved.deliveries for g in d.message.endpoints}
    assert named == {town.endpoints[label].id for label in (POLICE_DESK, "mash 2", SCHOOL_NURSE)}
    assert {proved.parties[endpoint].name for endpoint in named} == {"mash 1", "mash 2", "nurse"}
    assert len(proved.epoch_keys) == 2
    # when
    assert proved.core.created == CREATED
    assert [d.held.time for d in proved.deliveries] == [CREATED + 1, CREATED + 1]
    # what
    assert proved.parts.cover is not None
    assert proved.parts.cover.purpose == "Ask for a strategy discussion"
    assert [texts(section) for section in proved.parts.sections] == [[SEEN, FRIEND], [TIRED]]
    assert [a.said.size for a in proved.parts.attachments] == [len(FILE), 0]
    assert (proved.parts.withheld, proved.gaps) == (0, ())


def test_what_was_said_of_it_is_proved_with_its_words() -> None:
    proved = verified(world().file())
    acknowledged = event(proved, EventKind.ACKNOWLEDGED)
    assert acknowledged.detail is not None
    assert acknowledged.detail.owner == "Duty sergeant"
    assert acknowledged.maker == quillmere().endpoints[POLICE_DESK].id
    committed = event(proved, EventKind.COMMITTED)
    assert committed.detail is not None
    section = proved.parts.sections[0]
    files = proved.parts.attachments
    assert set(committed.detail.opened) == {section.commitment, *(f.commitment for f in files)}
    assert [s.message.TYPE.removeprefix("phoenix/1/") for s in proved.said if s.maker is None] == [
        "verdict",
        "tombstone",
    ]


def test_a_correction_is_proved_with_the_answer_to_it() -> None:
    proved = verified(world().file())
    notice = next(s.message for s in proved.said if isinstance(s.message, Notice))
    assert (notice.action, notice.item) == (NoticeAction.CORRECT, item_id("seen"))
    answer = next(s for s in proved.said if isinstance(s.message, NoticeAnswer))
    assert answer.detail is not None
    assert answer.detail.words == "Put right in our record"


def test_a_file_is_found_in_the_bundle_as_it_was_sent() -> None:
    data = world().file()
    first, empty = verified(data).parts.attachments
    assert first.offset is not None
    assert data[first.offset : first.offset + len(FILE)] == FILE
    assert empty.offset is not None


def test_a_persons_name_is_opened_and_nobody_elses() -> None:
    assert b"J. Okafor" not in world().file()
    shown = File.of(world_of_okafor().file())
    opened = [o.text for s in shown.statements for o in s.openings]
    assert sorted(opened) == sorted(["J. Okafor", OKAFOR])
    assert verified(world_of_okafor().file()).parties[okafor()].address == OKAFOR


def okafor() -> EndpointId:
    return quillmere().endpoints["okafor"].id


def world_of_okafor() -> World:
    """A package that was also delivered to a person."""
    return delivered_to("okafor")


def delivered_to(*labels: str) -> World:
    """With a third delivery, which nobody could open."""
    here, town = world(), quillmere()
    endpoints = sorted(town.endpoints[label].id for label in labels)
    message = Delivery(
        anchor=town.anchor,
        core=here.core_hash,
        number=3,
        endpoints=tuple(
            Granted(
                endpoint=endpoint,
                epoch_key=ObjectHash(bytes(32)),
                capsule=bytes(32),
                grant=bytes(32),
            )
            for endpoint in endpoints
        ),
    )
    third = sign(message, [town.endpoints[SENDER].key])
    return replace(
        here,
        deliveries=(*here.deliveries, third),
        held=(*here.held, held(town, here.package, third)),
    )


# -- the log ----------------------------------------------------------------------------------------------------------


def ended(reason: EndReason, since: Seconds | None = None) -> Quillmere:
    changes = Changes(quillmere())
    end = changes.end(quillmere().endpoints[SENDER].id, reason, since=since)
    return quillmere().then(sign(end, changes.managers(COUNCIL)))


@FORMS
def test_what_was_said_later_changes_nothing_and_is_told(whole: bool) -> None:
    town = ended(EndReason.COMPROMISED, Seconds(CREATED - 100))
    proved = verified(world_in(town, quillmere()).file(whole=whole))
    assert proved.sender.end is not None
    assert proved.sender.end.reason is EndReason.COMPROMISED
    assert proved.sender.end.effective == CREATED - 100


def test_a_suspended_agency_is_told() -> None:
    town = quillmere().then(Changes(quillmere()).suspended(COUNCIL))
    proved = verified(world_in(town, quillmere()).file())
    assert proved.sender.standing.value == Standing.SUSPENDED.value


def test_a_whole_bundle_of_a_grown_log_has_the_new_members_without_their_signatures() -> None:
    town = quillmere()
    for n in range(3):
        town = town.joined(machine(f"new {n}", MASH, town.anchor))
    data = world_in(town, quillmere()).file()
    made = File.of(data)
    assert len(made.others) == 3 + 3
    assert verified(data).log.size == 17
    brief = world_in(town, quillmere()).file(whole=False)
    assert len(brief) < len(data) - 3 * 2200
    assert not verified(brief).log.whole


def test_a_log_that_is_all_shown_is_whole() -> None:
    """Nobody but those who took part: there is nothing to leave out."""
    data = delivered_to("council records", "okafor", "police records").file(whole=False)
    assert verified(data).log.whole


def test_cosignatures_are_shown_and_other_lines_are_left_out() -> None:
    witness = WitnessSigner.from_seed("witness.example", seed("witness"))
    stranger = WitnessSigner.from_seed("stranger.example", seed("stranger"))
    changes = Changes(quillmere())
    amendment = changes.amendment(
        witnesses=(Witness(name=witness.key.name, key=witness.key.public),), witness_threshold=1
    )
    town = quillmere().then(sign(amendment, changes.governing))
    note = town.checkpoint()
    for each in (witness, stranger):
        note = cosign(note, log_key=town.log_key, witness=each, now=NOW)
    made = world_in(town, quillmere())
    data = made.file(checkpoint=note, partnership=town.directory.partnership)
    proved = verified(data)
    assert [c.witness.name for c in proved.log.cosignatures] == ["witness.example"]
    assert b"stranger.example" not in data


# -- redaction --------------------------------------------------------------------------------------------------------


def segment(number: int) -> bytes:
    return world().package.sections[number].part.entry.segment


@FORMS
def test_a_section_is_left_out_with_all_that_belongs_to_it(whole: bool) -> None:
    data = world().file(Redaction(sections=frozenset({segment(0)})), whole=whole, said=())
    proved = verified(data)
    assert [texts(section) for section in proved.parts.sections] == [[TIRED]]
    assert (proved.parts.attachments, proved.parts.withheld) == ((), 3)
    for words in (SEEN.encode(), FRIEND.encode(), FILE[:40], b"register 0.txt", b"Seen"):
        assert words not in data


@FORMS
def test_one_statement_is_left_out_and_the_rest_still_verifies(whole: bool) -> None:
    hidden = Redaction(items=frozenset({(segment(0), item_id("friend"))}))
    data = world().file(hidden, whole=whole)
    section = verified(data).parts.sections[0]
    assert texts(section) == [SEEN]
    assert section.left_out == 1
    assert FRIEND.encode() not in data
    assert SEEN.encode() in data


def test_a_person_and_a_file_are_left_out_alone() -> None:
    child = next(
        item.id
        for item in world().package.sections[0].items
        if isinstance(parse_item(item), Person)
    )
    hidden = frozenset({(segment(0), child), (segment(1), child), (segment(0), item_id("file 0"))})
    data = world().file(Redaction(items=hidden))
    proved = verified(data)
    assert b"Jordan" not in data
    assert FILE[:40] not in data
    assert [a.said.name for a in proved.parts.attachments] == ["register 1.txt"]
    assert [s.left_out for s in proved.parts.sections] == [2, 1]
    assert proved.parts.withheld == 1


def test_the_cover_is_left_out() -> None:
    data = world().file(Redaction(cover=True))
    assert verified(data).parts.cover is None
    assert b"strategy discussion" not in data.replace(b"Strategy", b"")


def test_words_of_receipts_are_left_out_and_the_receipts_stay() -> None:
    said = tuple(replace(s, ciphertext=None, key=None) for s in world().said)
    proved = verified(world().file(said=said))
    acknowledged = event(proved, EventKind.ACKNOWLEDGED)
    assert acknowledged.detail is None
    assert acknowledged.has_words


def test_a_file_that_is_not_at_hand_is_named_all_the_same() -> None:
    kept = tuple(
        replace(s, attachments=tuple(replace(a, read=None) for a in s.attachments))
        for s in world().kept()
    )
    data = world().file(parts=show(kept, Redaction()))
    assert [a.offset for a in verified(data).parts.attachments] == [None, None]
    assert FILE[:40] not in data


@pytest.mark.parametrize(
    ("redaction", "code"),
    [
        (Redaction(sections=frozenset({bytes(16)})), "E_NOT_FOUND"),
        (Redaction(items=frozenset({(bytes(16), item_id("seen"))})), "E_NOT_FOUND"),
        (Redaction(items=frozenset({(segment(1), item_id("seen"))})), "E_NOT_FOUND"),
        (Redaction(items=frozenset({(segment(0), item_id("head Seen"))})), "E_USAGE"),
    ],
    ids=["no section", "item of no section", "item of another section", "head"],
)
def test_what_is_not_there_cannot_be_left_out(redaction: Redaction, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        world().evidence(redaction)
    assert refused.value.code == code


# -- receipts that are missing ----------------------------------------------------------------------------------------


def test_numbers_that_are_missing_are_told() -> None:
    says = sayings_of(world())
    said = (
        says.event(POLICE_DESK, EventKind.ACCEPTED, 1),
        says.event(POLICE_DESK, EventKind.ACKNOWLEDGED, 4, Detail(owner="X", opened=())),
        says.event(SCHOOL_NURSE, EventKind.COMMITTED, 2),
    )
    gaps = verified(world().file(said=said)).gaps
    assert [(gap.first, gap.last) for gap in gaps] == [(2, 3), (1, 1)]
    assert [gap.endpoint for gap in gaps] == [
        quillmere().endpoints[label].id for label in (POLICE_DESK, SCHOOL_NURSE)
    ]


def test_a_dispute_is_the_recipients() -> None:
    says = sayings_of(world())
    dispute = says.notice(
        world().package, POLICE_DESK, action=NoticeAction.DISPUTE, replacement=None
    )
    proved = verified(world().file(said=(dispute, says.answer(dispute, SENDER))))
    assert [s.maker for s in proved.said] == [
        quillmere().endpoints[label].id for label in (POLICE_DESK, SENDER)
    ]


# -- damage -----------------------------------------------------------------------------------------------------------


@FORMS
@QUICK
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_one_flipped_bit_anywhere_fails_with_its_place(whole: bool, where: float, bit: int) -> None:
    data = bytearray(world().file(whole=whole))
    data[int(where * len(data))] ^= 1 << bit
    with pytest.raises(DamagedError) as found:
        verified(bytes(data))
    assert found.value.place
    assert [problem.place for problem in found.value.problems] == [found.value.place]
    assert found.value.place in str(found.value)


@FORMS
def test_every_byte_of_what_frames_the_rest_counts(whole: bool) -> None:
    """Sampling a large file seldom hits its small parts: the first record and every length."""
    data = world().file(whole=whole)
    at, places = len(FIRST_LINE), list(range(len(FIRST_LINE)))
    first = int.from_bytes(data[at : at + 8], "big")
    bundle = schema.encode(File.of(data).bundle)
    fields = bundle.index(b"\x65parts"), bundle.index(b"\x65whole"), bundle.index(b"\x64said")
    places += range(at, at + 8)
    places += (at + 8 + field + 5 + n for field in fields for n in range(2))
    places += range(at + 8 + first, at + 16 + first)
    for place in places:
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            with pytest.raises(DamagedError):
                verified(bytes(flipped))


@QUICK
@given(where=st.floats(0, 1, exclude_max=True))
def test_a_file_that_is_cut_anywhere_fails(where: float) -> None:
    data = world().file(whole=False)
    with pytest.raises(DamagedError):
        verified(data[: int(where * len(data))])


@QUICK
@given(data=st.binary(max_size=200))
def test_any_bytes_are_refused_and_nothing_else(data: bytes) -> None:
    for file in (data, FIRST_LINE + data, FIRST_LINE + framed(data)):
        with pytest.raises(DamagedError):
            verified(file)


@QUICK
@given(number=st.integers(0, 30), data=st.binary(max_size=80))
def test_any_bytes_in_the_place_of_a_record_are_refused(number: int, data: bytes) -> None:
    records = split(world().file(whole=True))
    records[number % len(records)] = data
    with pytest.raises(DamagedError):
        verified(FIRST_LINE + b"".join(map(framed, records)))


def split(data: bytes) -> list[bytes]:
    """The records of a bundle without attachments' contents, which would not be records."""
    source = io.BytesIO(data[len(FIRST_LINE) :])
    found = []
    while head := source.read(8):
        length = int.from_bytes(head, "big")
        if length > len(data):
            break
        found.append(source.read(length))
    return found


def test_another_anchor_is_no_damage_but_fails() -> None:
    with pytest.raises(DamagedError) as found:
        verified(world().file(), Anchor(bytes(32)))
    assert (found.value.code, found.value.place) == ("E_ANCHOR", "bundle")
    assert found.value.next.startswith("Check the anchor first")


def test_a_source_may_give_less_than_it_is_asked_for() -> None:
    class Slow(io.BytesIO):
        def read(self, count: int | None = -1, /) -> bytes:
            return super().read(min(count or 0, 700))

    assert verify_bundle(Slow(world().file()), quillmere().anchor).core == schema.decode(
        Core, world().package.core
    )


def test_the_log_in_the_file_stays_what_it_was_when_the_home_learns_more() -> None:
    """The pieces are made one by one while the log may grow."""
    town = quillmere().joined(machine("late", MASH, quillmere().anchor))
    grown = entries_of(town)
    evidence = world().evidence()
    data = b"".join(pieces(evidence, lambda: iter(grown), len(world().entries)))
    assert verified(data).log.size == 14
