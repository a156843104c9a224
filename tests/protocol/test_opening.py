"""The opening order (docs/protocol.md §5): every check refuses what it is there for, with its own code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from phoenix_protocol import encoding, schema
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import Address, EndpointId, ObjectHash, Seconds
from phoenix_protocol.limits import BLOCK
from phoenix_protocol.package.blocks import check_block, digest_of_leaves
from phoenix_protocol.package.envelope import Sealed
from phoenix_protocol.package.events import Event
from phoenix_protocol.record import Statement
from phoenix_protocol.sealing.attachments import AttachmentReader
from phoenix_protocol.sealing.contents import Cover, Entry, Grant, SegmentType
from phoenix_protocol.sealing.drafts import MemoryBody
from phoenix_protocol.sealing.grants import seal_grant
from phoenix_protocol.sealing.manifest import cover_commitment, entry_commitment
from phoenix_protocol.sealing.open_body import attachment_key, open_body, parse_item
from phoenix_protocol.sealing.open_offer import open_offer
from phoenix_protocol.sealing.padding import frame
from phoenix_protocol.sealing.segments import COVER_SEGMENT, SegmentKey
from phoenix_protocol.signed import Signature, Signed, sign, signer_id
from phoenix_protocol.suite.content import encrypt
from phoenix_protocol.suite.hashing import sha256
from tests.protocol.workshop import (
    BOTH,
    DAY,
    HEALTH,
    HEALTH_ADDRESS,
    NOW,
    POLICE,
    POLICE_ADDRESS,
    SENDER,
    SENDER_KEY,
    STRANGER_KEY,
    Parcel,
    Register,
    attachment,
    draft,
    hold,
    parcel,
    reader,
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


# -- what a relay, a stranger or a dishonest sender may try before acceptance ---------------------


def flip(data: bytes, at: int = -1) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


def other_type(p: Parcel) -> Parcel:
    signed = p.delivery.signed
    return replace(p, delivery=replace(p.delivery, signed=replace(signed, type=Event.TYPE)))


def other_protocol(p: Parcel) -> Parcel:
    signed = replace(p.delivery.signed, type="phoenix/2/delivery")
    return replace(p, delivery=replace(p.delivery, signed=signed))


def broken_signature(p: Parcel) -> Parcel:
    (signature,) = p.delivery.signed.signatures
    bad = replace(
        p.delivery.signed, signatures=(replace(signature, signature=flip(signature.signature)),)
    )
    return replace(p, delivery=replace(p.delivery, signed=bad))


def strangers_signature(p: Parcel) -> Parcel:
    signed = sign(p.message, [STRANGER_KEY])
    return replace(p, delivery=replace(p.delivery, signed=signed))


def added_recipient(p: Parcel) -> Parcel:
    """The relay adds an endpoint to a signed delivery."""
    message = p.message
    extra = replace(message.endpoints[0], endpoint=EndpointId(b"Z" * 32))
    payload = schema.encode(replace(message, endpoints=(*message.endpoints, extra)))
    signed = replace(p.delivery.signed, payload=payload)
    return replace(p, delivery=replace(p.delivery, signed=signed))


def changed_core(p: Parcel) -> Parcel:
    """The relay changes the core under the signature."""
    core = schema.encode(replace(p.core, expires=Seconds(p.core.expires + 1)))
    return replace(p, package=replace(p.package, core=core))


def forged_held(p: Parcel) -> Parcel:
    return replace(p, held=hold(p.package.core_hash, p.delivery.signed.hash, STRANGER_KEY))


def moved_held(p: Parcel) -> Parcel:
    return replace(p, held=hold(ObjectHash(bytes(32)), p.delivery.signed.hash))


def swapped_capsules(p: Parcel) -> Parcel:
    capsules = tuple(reversed(p.delivery.capsules))
    return replace(p, delivery=replace(p.delivery, capsules=capsules))


def resigned_capsule(p: Parcel) -> Parcel:
    """A sender signs, for the police, a capsule that was sealed to somebody else."""
    capsules = tuple(reversed(p.delivery.capsules))
    entries = tuple(
        replace(g, capsule=sha256(c)) for g, c in zip(p.message.endpoints, capsules, strict=True)
    )
    changed = p.resigned(endpoints=entries)
    return replace(changed, delivery=replace(changed.delivery, capsules=capsules))


def with_cover_bytes(p: Parcel, cover: bytes) -> Parcel:
    """The sender signs these bytes as the cover."""
    changed = replace(p, package=replace(p.package, cover=cover))
    return changed.with_core(cover=Sealed(digest=sha256(cover), length=len(cover)))


def cover_under(p: Parcel, framed: bytes) -> bytes:
    key = SegmentKey(segment=COVER_SEGMENT, type=SegmentType.COVER, key=p.package.cover_key)
    return encrypt(key.key, key.context(p.core.package), framed)


def cover_of(p: Parcel, **changes: object) -> Parcel:
    cover: Cover = replace(p.package.cover_content, **changes)  # type: ignore[arg-type]
    return with_cover_bytes(p, cover_under(p, frame(schema.encode(cover))))


def dirty_padding(p: Parcel) -> Parcel:
    framed = bytearray(frame(schema.encode(p.package.cover_content)))
    framed[-1] = 7
    return with_cover_bytes(p, cover_under(p, bytes(framed)))


def renamed_sender(p: Parcel) -> Parcel:
    cover = replace(p.package.cover_content, sent_from=Address("mash@ardenfold-police"))
    changed = cover_of(p, sent_from=Address("mash@ardenfold-police"))
    return changed.with_core(cover_commitment=cover_commitment(cover))


def not_to_police(p: Parcel) -> Parcel:
    return p.resigned(endpoints=tuple(g for g in p.message.endpoints if g.endpoint != POLICE))


OFFERED: list[tuple[str, Callable[[Parcel], Parcel]]] = [
    ("E_SIG_TYPE", other_type),
    ("E_SUITE", other_protocol),
    ("E_SUITE", lambda p: p.with_core(suite="PHX0")),
    ("E_ANCHOR", lambda p: p.with_core(anchor=b"B" * 32)),
    ("E_ANCHOR", lambda p: p.with_core(relay="another.relay")),
    ("E_DIR_FORK", lambda p: p.with_core(checkpoint="another past")),
    ("E_KEY_UNCERTIFIED", lambda p: p.with_core(sender=b"Q" * 32)),
    ("E_SIG_DELIVERY", broken_signature),
    ("E_SIG_DELIVERY", strangers_signature),
    ("E_SIG_DELIVERY", added_recipient),
    ("E_SIG_DELIVERY", changed_core),
    ("E_RECEIPT_BINDING", forged_held),
    ("E_RECEIPT_BINDING", moved_held),
    ("E_DIR_STALE", lambda p: p.with_core(created=Seconds(NOW + DAY))),
    (
        "E_KEY_SUPERSEDED",
        lambda p: p.resigned(
            endpoints=tuple(
                replace(g, epoch_key=ObjectHash(bytes(32))) for g in p.message.endpoints
            )
        ),
    ),
    ("E_TIME", lambda p: p.with_core(created=Seconds(NOW + 3600))),
    ("E_TIME", lambda p: p.with_core(expires=Seconds(NOW - 300))),
    ("E_TIME", lambda p: p.with_core(expires=Seconds(NOW + 365 * DAY))),
    ("E_CAPSULE_DIGEST", swapped_capsules),
    ("E_CAPSULE", resigned_capsule),
    (
        "E_BODY_DIGEST",
        lambda p: replace(p, package=replace(p.package, cover=flip(p.package.cover))),
    ),
    ("E_KEY_COMMIT", lambda p: with_cover_bytes(p, flip(p.package.cover, 30))),
    ("E_CHUNK", lambda p: with_cover_bytes(p, flip(p.package.cover))),
    ("E_TRUNCATED", lambda p: with_cover_bytes(p, p.package.cover[:40])),
    ("E_PADDING", dirty_padding),
    ("E_COMMITMENT", lambda p: cover_of(p, purpose="Something else")),
    ("E_COMMITMENT", renamed_sender),
]


@pytest.mark.parametrize(
    ("code", "attack"), OFFERED, ids=[f"{n}-{c}" for n, (c, _) in enumerate(OFFERED)]
)
def test_an_offer_that_was_tampered_with_is_refused_with_its_code(
    honest: Parcel, code: str, attack: Callable[[Parcel], Parcel]
) -> None:
    assert honest.open().cover
    with pytest.raises(TamperError) as caught:
        attack(honest).open()
    assert caught.value.code == code


def test_somebody_elses_package_is_refused(honest: Parcel) -> None:
    changed = not_to_police(honest)
    offer = replace(changed.offer(HEALTH), capsule=honest.offer(POLICE).capsule)
    with pytest.raises(TamperError, match="E_NOT_ADDRESSED"):
        open_offer(offer, reader(POLICE), Register(), lambda _s, _p: None, NOW)


def test_an_endpoint_of_an_address_that_the_core_does_not_name_is_refused(honest: Parcel) -> None:
    with pytest.raises(TamperError, match="E_NOT_ADDRESSED"):
        open_offer(
            honest.offer(),
            replace(reader(), address=Address("other@ardenfold-police")),
            Register(),
            lambda _s, _p: None,
            NOW,
        )


def test_a_sender_that_had_ended_before_held_is_refused(honest: Parcel) -> None:
    with pytest.raises(TamperError, match="E_KEY_REVOKED"):
        honest.open(register=Register(ended={SENDER: Seconds(NOW - 61)}))
    assert honest.open(register=Register(ended={SENDER: Seconds(NOW)}))


def test_a_closed_agency_is_refused(honest: Parcel) -> None:
    with pytest.raises(TamperError, match="E_AGENCY_CLOSED"):
        honest.open(register=Register(closed={"fennick-academy": Seconds(NOW - 61)}))


def test_a_package_made_on_an_old_directory_is_refused(honest: Parcel) -> None:
    with pytest.raises(TamperError, match="E_DIR_STALE"):
        honest.open(register=Register(checkpoint_time=Seconds(NOW - 2 * DAY)))


def test_an_expired_package_is_refused_at_its_second(honest: Parcel) -> None:
    assert honest.open(now=Seconds(honest.core.expires - 1))
    with pytest.raises(TamperError, match="E_EXPIRED"):
        honest.open(now=honest.core.expires)


def test_a_package_is_received_once(honest: Parcel) -> None:
    with pytest.raises(TamperError, match="E_REPLAY"):
        honest.open(seen=lambda _s, _p: honest.package.core_hash)
    with pytest.raises(TamperError, match="E_CONFLICT"):
        honest.open(seen=lambda _s, _p: ObjectHash(bytes(32)))


def test_two_signers_on_a_delivery_do_not_help(honest: Parcel) -> None:
    signed = sign(honest.message, [SENDER_KEY, STRANGER_KEY])
    changed = replace(honest, delivery=replace(honest.delivery, signed=signed))
    with pytest.raises(TamperError, match="E_SIG_DELIVERY"):
        changed.open()


# -- after acceptance -------------------------------------------------------------------------------


def grant_of(p: Parcel, endpoint: EndpointId = POLICE) -> Grant:
    return p.read(endpoint).grant


def regranted(p: Parcel, grant: Grant) -> Parcel:
    """The sender signs another grant for the police."""
    opened = p.open()
    sealed = seal_grant(
        schema.encode(grant), opened.capsule.grant_key, p.package.core_hash, POLICE, 4096
    )
    names = [g.endpoint for g in p.message.endpoints]
    at = names.index(POLICE)
    grants = (*p.delivery.grants[:at], sealed, *p.delivery.grants[at + 1 :])
    entries = tuple(
        replace(g, grant=sha256(s)) for g, s in zip(p.message.endpoints, grants, strict=True)
    )
    changed = p.resigned(endpoints=entries)
    return replace(changed, delivery=replace(changed.delivery, grants=grants))


def swapped_grants(p: Parcel) -> Parcel:
    return replace(p, delivery=replace(p.delivery, grants=tuple(reversed(p.delivery.grants))))


def flipped_grant(p: Parcel) -> Parcel:
    """A sender signs a grant whose ciphertext does not open."""
    grants = tuple(flip(g) for g in p.delivery.grants)
    entries = tuple(
        replace(g, grant=sha256(s)) for g, s in zip(p.message.endpoints, grants, strict=True)
    )
    changed = p.resigned(endpoints=entries)
    return replace(changed, delivery=replace(changed.delivery, grants=grants))


def health_section_for_police(p: Parcel) -> Parcel:
    """A sender gives the police the key of the health section, truthful about its audience."""
    theirs = next(e for e in grant_of(p, HEALTH).entries if e.audience == (HEALTH_ADDRESS,))
    mine = grant_of(p)
    return regranted(p, replace(mine, entries=(*mine.entries, theirs)))


def health_section_lied_about(p: Parcel) -> Parcel:
    """... and lying about its audience."""
    theirs = next(e for e in grant_of(p, HEALTH).entries if e.audience == (HEALTH_ADDRESS,))
    lie = replace(theirs, audience=(POLICE_ADDRESS,))
    mine = grant_of(p)
    return regranted(p, replace(mine, entries=(*mine.entries, lie)))


def granted_twice(p: Parcel) -> Parcel:
    mine = grant_of(p)
    return regranted(p, replace(mine, entries=(*mine.entries, mine.entries[0])))


def moved_place(p: Parcel) -> Parcel:
    mine = grant_of(p)
    first, *rest = mine.entries
    place = replace(first.place, offset=first.place.offset + 1)
    return regranted(p, replace(mine, entries=(replace(first, place=place), *rest)))


def swapped_keys(p: Parcel) -> Parcel:
    mine = grant_of(p)
    one, two, *rest = mine.entries
    a = replace(one, place=replace(one.place, key=two.place.key))
    return regranted(p, replace(mine, entries=(a, two, *rest)))


def wrong_entry_salt(p: Parcel) -> Parcel:
    mine = grant_of(p)
    first, *rest = mine.entries
    return regranted(p, replace(mine, entries=(replace(first, salt=bytes(32)), *rest)))


def wrong_manifest_salt(p: Parcel) -> Parcel:
    return regranted(p, replace(grant_of(p), manifest_salt=bytes(32)))


def beyond_the_body(p: Parcel) -> Parcel:
    mine = grant_of(p)
    first, *rest = mine.entries
    place = replace(first.place, offset=p.package.body_length - 10)
    return regranted(p, replace(mine, entries=(replace(first, place=place), *rest)))


ACCEPTED: list[tuple[str, Callable[[Parcel], Parcel]]] = [
    ("E_CAPSULE_DIGEST", swapped_grants),
    ("E_CHUNK", flipped_grant),
    ("E_AUDIENCE", health_section_for_police),
    ("E_MANIFEST_SET", health_section_lied_about),
    ("E_MANIFEST_SET", granted_twice),
    ("E_KEY_COMMIT", moved_place),
    ("E_KEY_COMMIT", swapped_keys),
    ("E_MANIFEST_SET", wrong_entry_salt),
    ("E_COMMITMENT", wrong_manifest_salt),
    ("E_TRUNCATED", beyond_the_body),
]


@pytest.mark.parametrize(
    ("code", "attack"), ACCEPTED, ids=[f"{n}-{c}" for n, (c, _) in enumerate(ACCEPTED)]
)
def test_a_body_that_was_tampered_with_is_refused_with_its_code(
    honest: Parcel, code: str, attack: Callable[[Parcel], Parcel]
) -> None:
    with pytest.raises(TamperError) as caught:
        attack(honest).read()
    assert caught.value.code == code


def test_another_body_is_refused_by_its_leaves(honest: Parcel) -> None:
    accepted = honest.open().accepted(reader())
    leaves = tuple(flip(leaf) for leaf in honest.package.leaves)
    with pytest.raises(TamperError, match="E_BODY_DIGEST"):
        open_body(accepted, honest.grant(), leaves, honest.body)
    with pytest.raises(TamperError, match="E_BODY_DIGEST"):
        open_body(accepted, honest.grant(), (*honest.package.leaves, bytes(32)), honest.body)


def test_a_changed_block_is_refused_when_it_is_fetched(honest: Parcel) -> None:
    data = bytes(honest.body.data)
    check_block(honest.package.leaves, len(data), 0, data)
    for bad in (flip(data), data[:-1], data + b"\0"):
        with pytest.raises(TamperError, match="E_BODY_DIGEST"):
            check_block(honest.package.leaves, len(data), 0, bad)


@pytest.mark.parametrize("at", range(0, 65536, 2063))
def test_no_bit_of_the_body_can_change_unnoticed_where_a_reader_looks(
    honest: Parcel, at: int
) -> None:
    """Either the changed byte lies in nothing that this reader opens, or opening fails."""
    accepted = honest.open().accepted(reader())
    body = MemoryBody(flip(bytes(honest.body.data), at))
    grant = grant_of(honest)
    mine = [grant.manifest, *(e.place for e in grant.entries)]
    if any(p.offset <= at < p.offset + p.length for p in mine):
        with pytest.raises(TamperError):
            open_body(accepted, honest.grant(), honest.package.leaves, body)
    else:
        assert open_body(accepted, honest.grant(), honest.package.leaves, body).sections


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


def test_an_attachment_that_is_not_granted_is_missed() -> None:
    p = parcel(draft(section("With file", BOTH, "x", attachments=(attachment(b"file"),))))
    mine = grant_of(p)
    without = tuple(e for e in mine.entries if e.type is SegmentType.SECTION)
    with pytest.raises(TamperError, match="E_MANIFEST_SET"):
        regranted(p, replace(mine, entries=without)).read()


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
