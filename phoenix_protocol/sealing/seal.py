"""Sealing a package: from a draft to core, cover, body, and delivery (docs/protocol.md §5).

Two steps, so that a later delivery can add endpoints to a package already sealed: :func:`seal_package` makes everything
that is the same for all, :func:`deliver` what is different for each endpoint, and the one signature.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from phoenix_protocol import limits, schema
from phoenix_protocol.commitments import Commitment
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Address, Anchor, ObjectHash, SegmentId
from phoenix_protocol.package.blocks import digest_of, digest_of_leaves
from phoenix_protocol.package.envelope import SUITE, Core, Delivery, Granted, Sealed
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.record import Attachment
from phoenix_protocol.sealing.attachments import (
    StreamedSegment,
    attachment_segment_length,
    seal_attachment,
)
from phoenix_protocol.sealing.capsules import Capsule, CapsuleBinding, seal_capsule
from phoenix_protocol.sealing.contents import (
    AUDIENCE,
    Cover,
    Entry,
    Grant,
    Item,
    ItemType,
    Manifest,
    Place,
    SectionContent,
    SegmentType,
)
from phoenix_protocol.sealing.drafts import (
    AttachmentDraft,
    Body,
    Circumstances,
    ItemDraft,
    PackageDraft,
    SealedDelivery,
    SealedPackage,
    SealedPart,
    SealedSection,
    SealTo,
    SectionDraft,
    Sender,
)
from phoenix_protocol.sealing.grants import encoded_grants, grant_frame_length, seal_grant
from phoenix_protocol.sealing.layout import Layout, body_leaves, fill_gaps, lay_out
from phoenix_protocol.sealing.manifest import (
    cover_commitment,
    entry_commitment,
    entry_count,
    manifest_commitment,
    section_digest,
    with_decoys,
)
from phoenix_protocol.sealing.padding import MINIMUM, framed_length
from phoenix_protocol.sealing.segments import COVER_SEGMENT, SegmentKey, seal_segment
from phoenix_protocol.signed import object_hash, sign
from phoenix_protocol.suite.content import encrypted_length, key_commitment
from phoenix_protocol.suite.hashing import sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keyed:
    """A section with the keys of its segment and of its attachments' segments.

    ``written`` are the items that do not depend on attachments: head, people, statements, entries.
    """

    draft: SectionDraft
    key: SegmentKey
    attachments: tuple[SegmentKey, ...]
    written: tuple[Item, ...]
    salts: tuple[bytes, ...]  # of the attachments' items

    def items(self, digests: Sequence[bytes]) -> tuple[Item, ...]:
        """All items: those written, then a descriptor for each attachment, whose content ``digests`` are given."""
        attached = zip(self.draft.attachments, self.attachments, self.salts, digests, strict=True)
        return (
            *self.written,
            *(
                Item(
                    type=ItemType.ATTACHMENT,
                    id=draft.id,
                    salt=salt,
                    content=schema.encode(_descriptor(draft, key.segment, digest)),
                )
                for draft, key, salt, digest in attached
            ),
        )


def _descriptor(draft: AttachmentDraft, segment: SegmentId, digest: bytes) -> Attachment:
    return Attachment(
        name=draft.name,
        media_type=draft.media_type,
        size=draft.size,
        digest=digest,
        segment=segment,
    )


def _new_key(type_: SegmentType, randomness: Randomness) -> SegmentKey:
    return SegmentKey(
        segment=SegmentId(randomness.random_bytes(16)), type=type_, key=randomness.random_bytes(32)
    )


def _keyed(draft: SectionDraft, randomness: Randomness) -> _Keyed:
    head = ItemDraft(type=ItemType.HEAD, id=draft.head_id, content=schema.encode(draft.head))
    return _Keyed(
        draft=draft,
        key=_new_key(SegmentType.SECTION, randomness),
        attachments=tuple(_new_key(SegmentType.ATTACHMENT, randomness) for _ in draft.attachments),
        written=tuple(
            Item(type=i.type, id=i.id, salt=randomness.random_bytes(32), content=i.content)
            for i in (head, *draft.items)
        ),
        salts=tuple(randomness.random_bytes(32) for _ in draft.attachments),
    )


def seal_package(
    draft: PackageDraft,
    where: Circumstances,
    body: Body,
    randomness: Randomness,
    executor: Executor | None = None,
) -> SealedPackage:
    """Seal everything but the capsules: the body goes into ``body``, the rest comes back.

    ``executor`` (two threads are enough) hashes beside encrypting. Raises RefusedError ``E_LIMIT`` or ``E_ATTACHMENT``,
    and ``E_NOT_ADDRESSED`` when readers and recipients are not the same addresses.
    """
    _check_readers(draft, where)
    keyed = [_keyed(section, randomness) for section in draft.sections]
    manifest_key = _new_key(SegmentType.MANIFEST, randomness)
    layout = _lay_out(draft, where, keyed, manifest_key, randomness)
    fill_gaps(layout, body, randomness)
    streamed = {
        key.segment: seal_attachment(
            attachment, key, where.package, body, layout.offsets[key.segment], executor
        )
        for section in keyed
        for attachment, key in zip(section.draft.attachments, section.attachments, strict=True)
    }
    sections = [
        _seal_section(section, where, layout, body, streamed, randomness) for section in keyed
    ]
    parts = [part for section in sections for part in (section.part, *section.attachments)]
    commitments = [entry_commitment(part.entry, part.salt) for part in parts]
    manifest = _seal_manifest(draft, where, manifest_key, commitments, layout, body, randomness)
    leaves = body_leaves(layout, body, {s: r.leaves for s, r in streamed.items()})
    return _close(draft, where, sections, manifest, leaves, layout, randomness)


def _check_readers(draft: PackageDraft, where: Circumstances) -> None:
    readers = {address for section in draft.sections for address in section.readers}
    if readers != {r.address for r in where.recipients}:
        raise RefusedError(
            "E_NOT_ADDRESSED",
            "Every recipient needs a section, and every reader of a section must be a recipient.",
            next="Add the address to 'to', or to the need to know of a section.",
        )


def _lay_out(
    draft: PackageDraft,
    where: Circumstances,
    keyed: Sequence[_Keyed],
    manifest_key: SegmentKey,
    randomness: Randomness,
) -> Layout:
    lengths: dict[SegmentId, int] = {}
    real = 0
    for section in keyed:
        blank = section.items([bytes(32)] * len(section.attachments))
        lengths[section.key.segment] = _segment_length(schema.encode(SectionContent(items=blank)))
        for attachment, key in zip(section.draft.attachments, section.attachments, strict=True):
            lengths[key.segment] = attachment_segment_length(attachment.size)
        real += 1 + len(section.attachments)
    entries = entry_count(real)
    blank_manifest = _manifest(draft, where.anchor, [bytes(32)] * entries)
    lengths[manifest_key.segment] = _segment_length(schema.encode(blank_manifest))
    decoys = [encrypted_length(MINIMUM)] * (entries - real)
    return lay_out(lengths, decoys, randomness)


def _segment_length(content: bytes) -> int:
    if len(content) > limits.SECTION_BYTES:
        raise RefusedError("E_LIMIT", "A section is too long.")
    return encrypted_length(framed_length(len(content)))


def _manifest(draft: PackageDraft, anchor: Anchor, entries: Sequence[bytes]) -> Manifest:
    return Manifest(
        anchor=anchor,
        thread=draft.thread,
        supersedes=draft.supersedes,
        entries=tuple(entries),  # type: ignore[arg-type]  # a Commitment is 32 bytes; blanks stand in for the length
    )


def _write(
    key: SegmentKey, where: Circumstances, layout: Layout, body: Body, content: bytes
) -> tuple[Place, bytes]:
    ciphertext = seal_segment(key, where.package, content)
    offset = layout.offsets[key.segment]
    body.write_at(offset, ciphertext)
    place = Place(segment=key.segment, key=key.key, offset=offset, length=len(ciphertext))
    return place, ciphertext


def _seal_section(
    section: _Keyed,
    where: Circumstances,
    layout: Layout,
    body: Body,
    streamed: Mapping[SegmentId, StreamedSegment],
    randomness: Randomness,
) -> SealedSection:
    audience = AUDIENCE.arranged(section.draft.readers)
    items = section.items([streamed[key.segment].content for key in section.attachments])
    content = schema.encode(SectionContent(items=items))
    place, ciphertext = _write(section.key, where, layout, body, content)
    own = SealedPart(
        entry=Entry(
            type=SegmentType.SECTION,
            segment=section.key.segment,
            digest=digest_of(ciphertext),
            content=section_digest(items),
            key_commitment=key_commitment(ciphertext),
            audience=audience,
        ),
        salt=randomness.random_bytes(32),
        place=place,
    )
    attachments = tuple(
        _attachment_part(key, attachment, streamed[key.segment], layout, audience, randomness)
        for key, attachment in zip(section.attachments, section.draft.attachments, strict=True)
    )
    return SealedSection(
        part=own, items=items, attachments=attachments, reasons=dict(section.draft.readers)
    )


def _attachment_part(
    key: SegmentKey,
    draft: AttachmentDraft,
    streamed: StreamedSegment,
    layout: Layout,
    audience: tuple[Address, ...],
    randomness: Randomness,
) -> SealedPart:
    return SealedPart(
        entry=Entry(
            type=SegmentType.ATTACHMENT,
            segment=key.segment,
            digest=streamed.digest,
            content=streamed.content,
            key_commitment=streamed.key_commitment,
            audience=audience,
        ),
        salt=randomness.random_bytes(32),
        place=Place(
            segment=key.segment,
            key=key.key,
            offset=layout.offsets[key.segment],
            length=attachment_segment_length(draft.size),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _SealedManifest:
    """The manifest with its encoding, its place in the body and the salt of the core's commitment to it."""

    manifest: Manifest
    content: bytes
    place: Place
    salt: bytes


def _seal_manifest(
    draft: PackageDraft,
    where: Circumstances,
    key: SegmentKey,
    commitments: Sequence[Commitment],
    layout: Layout,
    body: Body,
    randomness: Randomness,
) -> _SealedManifest:
    manifest = _manifest(draft, where.anchor, with_decoys(commitments, randomness))
    content = schema.encode(manifest)
    place, _ = _write(key, where, layout, body, content)
    return _SealedManifest(
        manifest=manifest, content=content, place=place, salt=randomness.random_bytes(32)
    )


def _close(
    draft: PackageDraft,
    where: Circumstances,
    sections: Sequence[SealedSection],
    manifest: _SealedManifest,
    leaves: tuple[bytes, ...],
    layout: Layout,
    randomness: Randomness,
) -> SealedPackage:
    cover = _cover(draft, where, randomness.random_bytes(32))
    cover_content = schema.encode(cover)
    cover_key = randomness.random_bytes(32)
    sealed_cover = seal_segment(
        SegmentKey(segment=COVER_SEGMENT, type=SegmentType.COVER, key=cover_key),
        where.package,
        cover_content,
    )
    core = schema.encode(
        Core(
            anchor=where.anchor,
            suite=SUITE,
            relay=where.relay,
            package=where.package,
            sender=where.sender,
            recipients=where.recipients,
            cover=Sealed(digest=sha256(sealed_cover), length=len(sealed_cover)),
            body=Sealed(digest=digest_of_leaves(leaves), length=layout.length),
            cover_commitment=cover_commitment(cover, cover_content),
            manifest_commitment=manifest_commitment(manifest.content, manifest.salt),
            created=where.created,
            expires=where.expires,
            checkpoint=where.checkpoint,
        )
    )
    return SealedPackage(
        core=core,
        core_hash=object_hash(Core.TYPE, core),
        cover=sealed_cover,
        cover_content=cover,
        cover_key=cover_key,
        grants=encoded_grants(where.recipients, sections, manifest.place, manifest.salt),
        manifest=manifest.manifest,
        manifest_salt=manifest.salt,
        sections=tuple(sections),
        leaves=leaves,
        body_length=layout.length,
    )


def _cover(draft: PackageDraft, where: Circumstances, salt: bytes) -> Cover:
    return Cover(
        anchor=where.anchor,
        salt=salt,
        sent_from=draft.sent_from,
        purpose=draft.purpose,
        classification=draft.classification,
        handling=draft.handling,
        urgency=draft.urgency,
        contact=dict(draft.contact),
        reference=draft.reference,
        optional=dict(draft.cover_optional),
    )


def deliver(
    package: SealedPackage,
    where: Circumstances,
    number: int,
    endpoints: Sequence[SealTo],
    sender: Sender,
    randomness: Randomness,
) -> SealedDelivery:
    """Seal a capsule and a grant for each of ``endpoints`` and sign the delivery: the one signature on a package."""
    ordered = sorted(endpoints, key=lambda e: e.endpoint)
    keys = [randomness.random_bytes(32) for _ in ordered]
    length = grant_frame_length([package.grants[e.address] for e in ordered])
    grants = tuple(
        seal_grant(package.grants[e.address], key, package.core_hash, e.endpoint, length)
        for e, key in zip(ordered, keys, strict=True)
    )
    capsules = tuple(
        seal_capsule(
            Capsule(cover_key=package.cover_key, grant_key=key, sequence=e.sequence),
            binding_for(where.anchor, package.core_hash, where, e, number),
            e.key,
        )
        for e, key in zip(ordered, keys, strict=True)
    )
    delivery = Delivery(
        anchor=where.anchor,
        core=package.core_hash,
        number=number,
        endpoints=tuple(
            Granted(
                endpoint=e.endpoint,
                epoch_key=e.epoch_key,
                capsule=sha256(capsule),
                grant=sha256(grant),
            )
            for e, capsule, grant in zip(ordered, capsules, grants, strict=True)
        ),
    )
    return SealedDelivery(signed=sign(delivery, [sender.key]), capsules=capsules, grants=grants)


def binding_for(
    anchor: Anchor, core: ObjectHash, where: Circumstances, to: SealTo, number: int
) -> CapsuleBinding:
    """What the capsule for one endpoint is bound to."""
    return CapsuleBinding(
        anchor=anchor,
        package=where.package,
        sender=where.sender,
        recipient=to.endpoint,
        epoch_key=to.epoch_key,
        core=core,
        delivery=number,
    )


__all__ = ["Grant", "binding_for", "deliver", "seal_package"]
