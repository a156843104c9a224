"""What a relay or a dishonest sender may try after acceptance, and with which code it is refused.

Each attack makes a body about to be opened, out of an honest parcel with two sections and two files, that exactly one
check of docs/protocol.md §5.13 is there for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from phoenix_protocol import limits, schema
from phoenix_protocol.commitments import Commitment
from phoenix_protocol.encoding import encode
from phoenix_protocol.identifiers import Anchor, ItemId, SegmentId
from phoenix_protocol.limits import BLOCK
from phoenix_protocol.merkle import leaf_hash
from phoenix_protocol.package.blocks import blocks_of, digest_of, digest_of_leaves
from phoenix_protocol.record import Attachment, Head
from phoenix_protocol.sealing.contents import (
    Grant,
    GrantEntry,
    Item,
    ItemType,
    SectionContent,
    SegmentType,
)
from phoenix_protocol.sealing.drafts import ItemDraft, MemoryBody, SealedPart, SectionDraft
from phoenix_protocol.sealing.grants import grant_context, seal_grant
from phoenix_protocol.sealing.manifest import entry_commitment, manifest_commitment, section_digest
from phoenix_protocol.sealing.padding import frame, framed_length
from phoenix_protocol.sealing.segments import SegmentKey
from phoenix_protocol.suite.content import encrypt, key_commitment
from phoenix_protocol.suite.hashing import sha256
from tests.protocol.offer_attacks import flip
from tests.protocol.workshop import (
    BOTH,
    HEALTH,
    HEALTH_ADDRESS,
    POLICE,
    POLICE_ADDRESS,
    Parcel,
    Released,
    attachment,
    draft,
    parcel,
    section,
    statement,
)

Attack: TypeAlias = Callable[[Parcel], Released]
_Made: TypeAlias = Callable[[Parcel], Parcel | Released]

#: Code and attack by name.
ACCEPTED: Final[dict[str, tuple[str, Attack]]] = {}

FILE: Final = b"%PDF of a register"
_OTHER: Final = SegmentId(bytes(16))


def with_files() -> Parcel:
    """The honest package: a section for both with a file, one for each alone, the police's with a file too."""
    return parcel(
        draft(
            section("Attendance", BOTH, "Absent", attachments=(attachment(FILE),)),
            section(
                "Seen", _ONLY_POLICE, "A car", attachments=(attachment(b"photo", "car.jpg", 2),)
            ),
            section("Health", {HEALTH_ADDRESS: "To arrange a check"}, "Often tired"),
        )
    )


_ONLY_POLICE: Final = {POLICE_ADDRESS: "To find the car"}


def _refused(code: str) -> Callable[[_Made], _Made]:
    def register(attack: _Made) -> _Made:
        def attempt(p: Parcel) -> Released:
            made = attack(p)
            return made if isinstance(made, Released) else made.released()

        assert attack.__name__ not in ACCEPTED
        ACCEPTED[attack.__name__] = (code, attempt)
        return attack

    return register


# -- A1, A2: the grant ----------------------------------------------------------------------------------------------


def grant_of(p: Parcel, endpoint: bytes = POLICE) -> Grant:
    """What an endpoint was honestly granted."""
    return schema.decode(
        Grant, p.package.grants[POLICE_ADDRESS if endpoint == POLICE else HEALTH_ADDRESS]
    )


def _with_grants(p: Parcel, sealed: Callable[[bytes], bytes]) -> Parcel:
    """The sender signs these grants, made of the honest ones."""
    grants = tuple(map(sealed, p.delivery.grants))
    entries = tuple(
        replace(g, grant=sha256(s)) for g, s in zip(p.message.endpoints, grants, strict=True)
    )
    changed = p.resigned(endpoints=entries)
    return replace(changed, delivery=replace(changed.delivery, grants=grants))


def regranted(p: Parcel, grant: Grant) -> Parcel:
    """The sender signs another grant for the police."""
    key = p.open().capsule.grant_key
    sealed = seal_grant(schema.encode(grant), key, p.package.core_hash, POLICE, 8192)
    mine = p.grant()
    return _with_grants(p, lambda g: sealed if g == mine else g)


def _with_grant_frame(p: Parcel, framed: bytes) -> Parcel:
    key, mine = p.open().capsule.grant_key, p.grant()
    sealed = encrypt(key, grant_context(p.package.core_hash, POLICE), framed)
    return _with_grants(p, lambda g: sealed if g == mine else g)


def _entries(p: Parcel, change: Callable[[GrantEntry], GrantEntry], type_: SegmentType) -> Parcel:
    """The sender changes the first entry of a type."""
    grant = grant_of(p)
    first = next(e for e in grant.entries if e.type is type_)
    entries = tuple(change(e) if e is first else e for e in grant.entries)
    return regranted(p, replace(grant, entries=entries))


def _sections(p: Parcel, change: Callable[[GrantEntry], GrantEntry]) -> Parcel:
    return _entries(p, change, SegmentType.SECTION)


def _files(p: Parcel, change: Callable[[GrantEntry], GrantEntry]) -> Parcel:
    return _entries(p, change, SegmentType.ATTACHMENT)


@_refused("E_CAPSULE_DIGEST")
def grants_swapped_by_the_relay(p: Parcel) -> Released:
    return replace(p.released(), grant=p.grant(HEALTH))


@_refused("E_KEY_COMMIT")
def grants_swapped_by_the_sender(p: Parcel) -> Parcel:
    one, two = p.delivery.grants
    return _with_grants(p, lambda g: two if g == one else one)


@_refused("E_CHUNK")
def a_grant_that_does_not_open(p: Parcel) -> Parcel:
    return _with_grants(p, flip)


@_refused("E_LIMIT")
def a_grant_beyond_all_limits(p: Parcel) -> Parcel:
    return _with_grant_frame(p, bytes(2 * limits.GRANT_BYTES))


@_refused("E_PADDING")
def a_grant_padded_with_something(p: Parcel) -> Parcel:
    return _with_grant_frame(p, frame(schema.encode(grant_of(p)))[:-1] + b"\x01")


@_refused("E_PARSE")
def a_grant_that_is_none(p: Parcel) -> Parcel:
    return _with_grant_frame(p, frame(encode({"entries": []})))


@_refused("E_CRITICAL")
def a_grant_that_depends_on_what_is_not_known(p: Parcel) -> Parcel:
    return regranted(p, replace(grant_of(p), critical={"new": True}))


# -- A3: the body ---------------------------------------------------------------------------------------------------


@_refused("E_BODY_DIGEST")
def another_body(p: Parcel) -> Released:
    return replace(p.released(), leaves=tuple(map(flip, p.package.leaves)))


@_refused("E_BODY_DIGEST")
def a_block_too_many(p: Parcel) -> Released:
    return replace(p.released(), leaves=(*p.package.leaves, bytes(32)))


@_refused("E_BODY_DIGEST")
def a_node_in_the_place_of_its_leaves(_p: Parcel) -> Released:
    """The root of one leaf is that leaf: only the count tells them apart."""
    large = parcel(draft(section("File", BOTH, "x", attachments=(attachment(bytes(BLOCK)),))))
    return replace(large.released(), leaves=(large.core.body.digest,))


# -- A4: the manifest -----------------------------------------------------------------------------------------------


def _sealed_again(p: Parcel, part: SealedPart, framed: bytes, content: bytes) -> Parcel:
    """The sender puts another frame of the same length in a part's place, and commits to it."""
    key = SegmentKey(segment=part.place.segment, type=part.entry.type, key=part.place.key)
    ciphertext = encrypt(key.key, key.context(p.core.package), framed)
    changed = replace(
        part.entry,
        digest=digest_of(ciphertext),
        content=content,
        key_commitment=key_commitment(ciphertext),
    )
    old, new = (entry_commitment(entry, part.salt) for entry in (part.entry, changed))
    entries = tuple(new if entry == old else entry for entry in p.package.manifest.entries)
    return _with_manifest(
        _written(p, part.place.offset, ciphertext, part.place.length), entries=entries
    )


def _with_manifest(p: Parcel, **changes: object) -> Parcel:
    manifest = replace(p.package.manifest, **changes)  # type: ignore[arg-type]
    return _with_manifest_frame(
        replace(p, package=replace(p.package, manifest=manifest)), schema.encode(manifest)
    )


def _with_manifest_frame(p: Parcel, content: bytes) -> Parcel:
    place = grant_of(p).manifest
    key = SegmentKey(segment=place.segment, type=SegmentType.MANIFEST, key=place.key)
    ciphertext = encrypt(key.key, key.context(p.core.package), frame(content))
    salt = p.package.manifest_salt
    changed = _written(p, place.offset, ciphertext, place.length)
    return changed.with_core(
        body=replace(p.core.body, digest=digest_of_leaves(changed.package.leaves)),
        manifest_commitment=manifest_commitment(content, salt),
    )


def _written(p: Parcel, offset: int, ciphertext: bytes, length: int) -> Parcel:
    assert len(ciphertext) == length, "another length would need another place"
    body = MemoryBody(bytes(p.body.data))
    body.write_at(offset, ciphertext)
    leaves = tuple(leaf_hash(block) for block in blocks_of(body.data))
    return replace(p, body=body, package=replace(p.package, leaves=leaves))


@_refused("E_COMMITMENT")
def a_manifest_under_another_salt(p: Parcel) -> Parcel:
    return regranted(p, replace(grant_of(p), manifest_salt=bytes(32)))


@_refused("E_COMMITMENT")
def a_manifest_that_was_not_committed_to(p: Parcel) -> Parcel:
    changed = _with_manifest(p, thread="QM-0000")
    return changed.with_core(manifest_commitment=p.core.manifest_commitment)


@_refused("E_ANCHOR")
def a_manifest_of_another_partnership(p: Parcel) -> Parcel:
    return _with_manifest(p, anchor=Anchor(b"B" * 32))


@_refused("E_PARSE")
def a_manifest_that_is_none(p: Parcel) -> Parcel:
    return _with_manifest_frame(p, encode("not a manifest"))


@_refused("E_LIMIT")
def a_manifest_beyond_all_limits(p: Parcel) -> Parcel:
    grant = grant_of(p)
    place = replace(grant.manifest, length=3 * limits.MANIFEST_BYTES, offset=0)
    large = replace(p, body=MemoryBody(bytes(4 * limits.MANIFEST_BYTES)))
    return regranted(large, replace(grant, manifest=place))


@_refused("E_MANIFEST_SET")
def a_manifest_that_tells_how_many_parts_there_are(p: Parcel) -> Parcel:
    entries = p.package.manifest.entries
    return _with_manifest(p, entries=(*entries, Commitment(b"c" * 32)))


# -- A5: exactly what is granted ------------------------------------------------------------------------------------


def _healths_own(p: Parcel) -> GrantEntry:
    return next(e for e in grant_of(p, HEALTH).entries if e.audience == (HEALTH_ADDRESS,))


@_refused("E_AUDIENCE")
def a_key_beyond_the_audience(p: Parcel) -> Parcel:
    grant = grant_of(p)
    return regranted(p, replace(grant, entries=(*grant.entries, _healths_own(p))))


@_refused("E_MANIFEST_SET")
def a_key_with_a_lie_about_the_audience(p: Parcel) -> Parcel:
    grant = grant_of(p)
    lie = replace(_healths_own(p), audience=(POLICE_ADDRESS,))
    return regranted(p, replace(grant, entries=(*grant.entries, lie)))


@_refused("E_AUDIENCE")
def a_reader_to_whom_it_is_not_addressed(_p: Parcel) -> Parcel:
    whole = parcel(draft(section("Only", BOTH, "text")))
    fewer = tuple(r for r in whole.core.recipients if r.address != HEALTH_ADDRESS)
    return whole.with_core(recipients=fewer)


@_refused("E_MANIFEST_SET")
def a_section_granted_twice(_p: Parcel) -> Parcel:
    alone = parcel(draft(section("Only", BOTH, "text")))
    grant = grant_of(alone)
    return regranted(alone, replace(grant, entries=grant.entries * 2))


@_refused("E_MANIFEST_SET")
def a_key_of_the_cover_among_the_granted(p: Parcel) -> Parcel:
    grant = grant_of(p)
    extra = replace(
        grant.entries[0], type=SegmentType.COVER, place=replace(grant.manifest, segment=_OTHER)
    )
    return regranted(p, replace(grant, entries=(*grant.entries, extra)))


# -- A6, A7: sections -----------------------------------------------------------------------------------------------


@_refused("E_KEY_COMMIT")
def a_section_moved_by_a_byte(p: Parcel) -> Parcel:
    return _sections(p, lambda e: replace(e, place=replace(e.place, offset=e.place.offset + 1)))


@_refused("E_KEY_COMMIT")
def a_section_under_another_key(p: Parcel) -> Parcel:
    return _sections(p, lambda e: replace(e, place=replace(e.place, key=bytes(32))))


@_refused("E_KEY_COMMIT")
def a_section_as_another_segment(p: Parcel) -> Parcel:
    return _sections(p, lambda e: replace(e, place=replace(e.place, segment=_OTHER)))


@_refused("E_TRUNCATED")
def a_section_beyond_the_body(p: Parcel) -> Parcel:
    end = p.package.body_length - 10
    return _sections(p, lambda e: replace(e, place=replace(e.place, offset=end)))


@_refused("E_LIMIT")
def a_section_beyond_all_limits(p: Parcel) -> Parcel:
    return _sections(p, lambda e: replace(e, place=replace(e.place, length=limits.BODY_BYTES)))


@_refused("E_MANIFEST_SET")
def a_section_under_another_salt(p: Parcel) -> Parcel:
    return _sections(p, lambda e: replace(e, salt=bytes(32)))


@_refused("E_MANIFEST_SET")
def a_section_with_another_audience(p: Parcel) -> Parcel:
    return _sections(p, lambda e: replace(e, audience=(POLICE_ADDRESS,)))


@_refused("E_MANIFEST_SET")
def a_section_left_out_of_the_manifest(p: Parcel) -> Parcel:
    part = p.package.sections[0].part
    own = entry_commitment(part.entry, part.salt)
    entries = tuple(bytes(32) if e == own else e for e in p.package.manifest.entries)
    return _with_manifest(p, entries=entries)


@_refused("E_PADDING")
def a_section_padded_with_something(p: Parcel) -> Parcel:
    section_ = p.package.sections[0]
    framed = frame(schema.encode(SectionContent(items=section_.items)))[:-1] + b"\x01"
    return _sealed_again(p, section_.part, framed, section_.part.entry.content)


# -- A8: items ------------------------------------------------------------------------------------------------------


def _with_items(p: Parcel, change: Callable[[tuple[Item, ...]], tuple[Item, ...]]) -> Parcel:
    """The sender writes other items into the first section, and commits to them."""
    section_ = p.package.sections[0]
    items = change(section_.items)
    content = schema.encode(SectionContent(items=items))
    assert framed_length(len(content)) == framed_length(
        len(schema.encode(SectionContent(items=section_.items)))
    )
    return _sealed_again(p, section_.part, frame(content), section_digest(items))


def _drafted(change: Callable[[SectionDraft], SectionDraft]) -> Parcel:
    return parcel(draft(change(section("Attendance", BOTH, "Absent 11 of 30 sessions", "More"))))


@_refused("E_PARSE")
def an_item_that_is_not_what_it_says(p: Parcel) -> Parcel:
    return _with_items(p, lambda items: (*items[:-1], replace(items[-1], content=b"\xa0")))


@_refused("E_PARSE")
def items_without_a_head(p: Parcel) -> Parcel:
    return _with_items(p, lambda items: items[1:])


@_refused("E_PARSE")
def items_with_the_head_behind(p: Parcel) -> Parcel:
    return _with_items(p, lambda items: (*items[1:], items[0]))


@_refused("E_PARSE")
def items_with_two_heads(_p: Parcel) -> Parcel:
    head = schema.encode(Head(kind="statements", title="Two", marking="OFFICIAL", handling=()))
    extra = ItemDraft(type=ItemType.HEAD, id=ItemId(b"2" * 16), content=head)
    return _drafted(lambda s: replace(s, items=(*s.items, extra)))


@_refused("E_PARSE")
def items_that_share_an_id(_p: Parcel) -> Parcel:
    return _drafted(lambda s: replace(s, items=(s.items[0], replace(s.items[1], id=s.items[0].id))))


@_refused("E_PARSE")
def a_statement_about_nobody_here(_p: Parcel) -> Parcel:
    stray = statement("About somebody", about=(ItemId(b"n" * 16),))
    return _drafted(lambda s: replace(s, items=(replace(s.items[0], content=stray),)))


@_refused("E_PARSE")
def a_statement_about_a_statement(_p: Parcel) -> Parcel:
    return _drafted(
        lambda s: replace(
            s,
            items=(s.items[0], replace(s.items[1], content=statement("x", about=(s.items[0].id,)))),
        )
    )


# -- attachments ----------------------------------------------------------------------------------------------------


def _redescribed(p: Parcel, **changes: object) -> Parcel:
    """The sender describes the first section's file otherwise than it is."""

    def change(items: tuple[Item, ...]) -> tuple[Item, ...]:
        described = schema.decode(Attachment, items[-1].content)
        other = replace(described, **changes)  # type: ignore[arg-type]
        return (*items[:-1], replace(items[-1], content=schema.encode(other)))

    return _with_items(p, change)


def _refiled(p: Parcel, framed: bytes, content: bytes = FILE) -> Parcel:
    """The sender puts another frame in the place of the first section's file."""
    return _sealed_again(p, p.package.sections[0].attachments[0], framed, sha256(content))


@_refused("E_MANIFEST_SET")
def a_file_that_is_not_granted(p: Parcel) -> Parcel:
    grant = grant_of(p)
    sections = tuple(e for e in grant.entries if e.type is SegmentType.SECTION)
    return regranted(p, replace(grant, entries=sections))


@_refused("E_MANIFEST_SET")
def a_file_that_no_section_describes(p: Parcel) -> Parcel:
    grant = grant_of(p)
    lone = next(e for e in grant.entries if e.audience == (POLICE_ADDRESS,))
    assert lone.type is SegmentType.SECTION
    return regranted(p, replace(grant, entries=tuple(e for e in grant.entries if e is not lone)))


@_refused("E_MANIFEST_SET")
def a_file_under_another_salt(p: Parcel) -> Parcel:
    return _files(p, lambda e: replace(e, salt=bytes(32)))


@_refused("E_MANIFEST_SET")
def a_file_with_another_audience_than_its_section(p: Parcel) -> Parcel:
    """And the manifest says so too."""
    part = p.package.sections[0].attachments[0]
    narrowed = entry_commitment(replace(part.entry, audience=(POLICE_ADDRESS,)), part.salt)
    own = entry_commitment(part.entry, part.salt)
    entries = tuple(narrowed if e == own else e for e in p.package.manifest.entries)
    return _files(
        _with_manifest(p, entries=entries), lambda e: replace(e, audience=(POLICE_ADDRESS,))
    )


@_refused("E_COMMITMENT")
def a_file_of_another_size(p: Parcel) -> Parcel:
    return _redescribed(p, size=len(FILE) + 1)


@_refused("E_COMMITMENT")
def a_file_of_another_content(p: Parcel) -> Parcel:
    return _redescribed(p, digest=bytes(32))


@_refused("E_KEY_COMMIT")
def a_file_under_another_key(p: Parcel) -> Parcel:
    return _files(p, lambda e: replace(e, place=replace(e.place, key=bytes(32))))


@_refused("E_TRUNCATED")
def a_file_beyond_the_body(p: Parcel) -> Parcel:
    return _files(p, lambda e: replace(e, place=replace(e.place, length=p.package.body_length)))


@_refused("E_TRUNCATED")
def a_file_cut_short(p: Parcel) -> Parcel:
    return _files(p, lambda e: replace(e, place=replace(e.place, length=56)))


@_refused("E_PADDING")
def a_file_padded_with_something(p: Parcel) -> Parcel:
    return _refiled(p, frame(FILE)[:-1] + b"\x01")


@_refused("E_PADDING")
def a_file_that_says_to_be_longer(p: Parcel) -> Parcel:
    framed = (1 << 40).to_bytes(8, "big") + frame(FILE)[8:]
    return _refiled(p, framed, framed[8:])
