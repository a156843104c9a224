"""The opening order (docs/protocol.md §5): every check refuses what it is there for, with its own code."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phoenix_protocol import encoding
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import EndpointId, Seconds
from phoenix_protocol.limits import BLOCK
from phoenix_protocol.package.blocks import check_block, digest_of_leaves
from phoenix_protocol.record import Statement
from phoenix_protocol.sealing.attachments import AttachmentReader
from phoenix_protocol.sealing.contents import Entry, SegmentType
from phoenix_protocol.sealing.drafts import MemoryBody
from phoenix_protocol.sealing.manifest import entry_commitment
from phoenix_protocol.sealing.open_body import attachment_key, parse_item
from phoenix_protocol.signed import Signature, Signed, sign, signer_id
from phoenix_protocol.suite.hashing import sha256
from tests.protocol.body_attacks import ACCEPTED, grant_of, with_files
from tests.protocol.offer_attacks import OFFERED, flip
from tests.protocol.workshop import (
    BOTH,
    HEALTH,
    HELD,
    POLICE,
    POLICE_ADDRESS,
    SENDER,
    SENDER_KEY,
    Parcel,
    Register,
    attachment,
    draft,
    parcel,
    section,
)


@pytest.fixture(scope="module")
def honest() -> Parcel:
    return parcel()


def texts(package: Parcel, endpoint: EndpointId) -> list[str]:
    return [
        message.text
        for opened in package.read(endpoint).sections
        for item in opened.items
        if isinstance(message := parse_item(item), Statement)
    ]


# -- the control: untampered, it opens -----------------------------------------------------------


def test_each_reader_gets_exactly_the_sections_meant_for_them(honest: Parcel) -> None:
    assert texts(honest, POLICE) == [
        "Absent 11 of 30 sessions",
        "Before that 2 of 60",
        "Got into a dark blue car",
    ]
    assert texts(honest, HEALTH) == [
        "Absent 11 of 30 sessions",
        "Before that 2 of 60",
        "Often tired",
    ]


def test_the_cover_tells_who_and_why_before_acceptance(honest: Parcel) -> None:
    opened = honest.open()
    assert opened.cover.purpose == "Ask for a strategy discussion"
    assert opened.cover.sent_from == opened.sender_address == "lead@fennick-academy"
    assert opened.capsule.sequence == 5


def test_reasons_are_each_readers_own(honest: Parcel) -> None:
    reasons = {s.reason for s in honest.read(HEALTH).sections}
    assert reasons == {"To arrange a check"}


def test_the_relay_sees_no_word_of_it(honest: Parcel) -> None:
    travelling = [honest.package.core, honest.package.cover, bytes(honest.body.data)]
    travelling += [*honest.delivery.capsules, *honest.delivery.grants]
    travelling.append(honest.delivery.signed.encoded())
    for word in (b"Absent", b"dark blue", b"strategy", b"QM-0417", b"Attendance"):
        assert not any(word in data for data in travelling)


def test_grants_of_one_delivery_have_one_length(honest: Parcel) -> None:
    assert len({len(grant) for grant in honest.delivery.grants}) == 1


def test_the_manifest_hides_how_many_sections_there_are(honest: Parcel) -> None:
    one = parcel(draft(section("Only", BOTH, "text")))
    assert len(one.read().manifest.entries) == len(honest.read().manifest.entries) == 4


# -- attacks, each refused with its code ------------------------------------------------------------


@pytest.fixture(scope="module")
def filed() -> Parcel:
    return with_files()


@pytest.mark.parametrize("name", OFFERED)
def test_an_offer_that_was_tampered_with_is_refused_with_its_code(
    honest: Parcel, name: str
) -> None:
    code, attack = OFFERED[name]
    attempt = attack(honest)
    with pytest.raises(TamperError) as caught:
        attempt.run()
    assert caught.value.code == code


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_body_that_was_tampered_with_is_refused_with_its_code(filed: Parcel, name: str) -> None:
    code, attack = ACCEPTED[name]
    attempt = attack(filed)
    with pytest.raises(TamperError) as caught:
        attempt.run()
    assert caught.value.code == code


def test_the_attacked_package_opens_for_everybody(filed: Parcel) -> None:
    assert texts(filed, POLICE) == ["Absent", "A car"]
    assert texts(filed, HEALTH) == ["Absent", "Often tired"]
    files = [a.descriptor.name for s in filed.read(POLICE).sections for a in s.attachments]
    assert files == ["register.pdf", "car.jpg"]


def test_just_within_the_times_it_opens(honest: Parcel) -> None:
    offered = honest.offered()
    for now in (honest.core.created, Seconds(honest.core.expires - 1), Seconds(HELD - 300)):
        assert replace(offered, now=now).run().cover.purpose
    ended_later = Register(ended={SENDER: Seconds(HELD + 1)})
    assert replace(offered, register=ended_later).run().cover.purpose
    with pytest.raises(TamperError, match="E_TIME"):
        replace(offered, now=Seconds(HELD - 301)).run()


def test_a_changed_block_is_refused_when_it_is_fetched(honest: Parcel) -> None:
    data = bytes(honest.body.data)
    check_block(honest.package.leaves, len(data), 0, data)
    for bad in (flip(data), data[:-1], data + b"\0"):
        with pytest.raises(TamperError, match="E_BODY_DIGEST"):
            check_block(honest.package.leaves, len(data), 0, bad)
    for number in (-1, 1):  # there is no such block
        with pytest.raises(TamperError, match="E_BODY_DIGEST"):
            check_block(honest.package.leaves, len(data), number, data)


@pytest.mark.parametrize("at", range(0, 65536, 2063))
def test_no_bit_of_the_body_can_change_unnoticed_where_a_reader_looks(
    honest: Parcel, at: int
) -> None:
    """Either the changed byte lies in nothing that this reader opens, or opening fails."""
    changed = replace(honest.released(), body=MemoryBody(flip(bytes(honest.body.data), at)))
    grant = grant_of(honest)
    mine = [grant.manifest, *(e.place for e in grant.entries)]
    if any(p.offset <= at < p.offset + p.length for p in mine):
        with pytest.raises(TamperError):
            changed.run()
    else:
        assert changed.run().sections


# -- attachments -------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 16383, 16384, BLOCK - 8, BLOCK + 1, 3 * BLOCK + 17])
def test_attachments_of_any_size_arrive_whole(size: int) -> None:
    content = bytes(n * 7 % 251 for n in range(min(size, 5000))) * (size // 5000 + 1)
    content = content[:size]
    p = parcel(draft(section("With file", BOTH, "see file", attachments=(attachment(content),))))
    assert digest_of_leaves(p.package.leaves) == p.core.body.digest
    (opened,) = p.read().sections
    (file,) = opened.attachments
    assert (file.descriptor.size, file.descriptor.digest) == (size, sha256(content))
    again = AttachmentReader(attachment_key(file.place), p.core.package, p.body, file.place)
    assert b"".join(again.pieces()) == content
    assert again.segment.digest == file.entry.digest


def test_the_bodys_leaves_are_those_of_its_blocks() -> None:
    p = parcel(
        draft(section("With file", BOTH, "x", attachments=(attachment(b"z" * (2 * BLOCK)),)))
    )
    for n in range(len(p.package.leaves)):
        check_block(p.package.leaves, p.package.body_length, n, p.body.read_at(n * BLOCK, BLOCK))


def test_a_file_that_changes_while_it_is_sealed_is_refused() -> None:
    growing = replace(attachment(b"12345"), size=4)
    with pytest.raises(RefusedError, match="E_ATTACHMENT"):
        parcel(draft(section("With file", BOTH, "x", attachments=(growing,))))


def test_nothing_is_identified_by_its_signature_bytes(honest: Parcel) -> None:
    signed = honest.delivery.signed
    again = sign(honest.message, [SENDER_KEY])
    assert signed.hash == again.hash
    other = Signed(
        type=signed.type,
        payload=signed.payload,
        signatures=(Signature(signer=signer_id(SENDER_KEY.public_bytes()), signature=bytes(3373)),),
    )
    assert other.hash == signed.hash


def test_an_entry_commitment_covers_all_of_the_entry(honest: Parcel) -> None:
    entry = honest.read().sections[0].entry
    salt = honest.read().sections[0].salt
    known = entry_commitment(entry, salt)
    changes: list[Entry] = [
        replace(entry, type=SegmentType.ATTACHMENT),
        replace(entry, digest=bytes(32)),
        replace(entry, content=bytes(32)),
        replace(entry, key_commitment=bytes(32)),
        replace(entry, audience=(POLICE_ADDRESS,)),
    ]
    assert all(entry_commitment(changed, salt) != known for changed in changes)
    assert encoding.encode([*honest.read().manifest.entries]).count(known) == 1
