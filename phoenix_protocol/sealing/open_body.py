"""Opening what a recipient accepted: grant, manifest, sections, attachments (docs/protocol.md §5, checks A1 to A8).

Stops at the first failure with nothing returned. The caller has checked every block of the body against its leaf hash
when it was fetched (:func:`phoenix_protocol.package.blocks.check_block`).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

from phoenix_protocol import limits, schema
from phoenix_protocol.commitments import Commitment
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Address, EndpointId, ObjectHash, PackageId, SegmentId
from phoenix_protocol.package.blocks import block_count, digest_of, digest_of_leaves
from phoenix_protocol.package.envelope import Core, Granted
from phoenix_protocol.record import Attachment, Entries, Head, Person, Statement
from phoenix_protocol.sealing.attachments import AttachmentReader, read_blocks
from phoenix_protocol.sealing.contents import (
    Entry,
    Grant,
    GrantEntry,
    Item,
    ItemType,
    Manifest,
    Place,
    SectionContent,
    SegmentType,
)
from phoenix_protocol.sealing.drafts import Body
from phoenix_protocol.sealing.grants import open_grant
from phoenix_protocol.sealing.manifest import (
    entry_commitment,
    is_padded,
    manifest_commitment,
    section_digest,
)
from phoenix_protocol.sealing.segments import SegmentKey, open_segment
from phoenix_protocol.suite.content import encrypted_length, key_commitment
from phoenix_protocol.suite.hashing import sha256

_SECTION_CIPHERTEXT = encrypted_length(2 * limits.SECTION_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What opening the body starts from: all of it verified when the offer was opened."""

    core: Core
    core_hash: ObjectHash
    granted: Granted
    endpoint: EndpointId
    address: Address
    grant_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedAttachment:
    """An attachment whose every chunk was verified; its content stays in the body until it is asked for."""

    descriptor: Attachment
    entry: Entry
    salt: bytes
    commitment: Commitment
    place: Place = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSection:
    """A section whose items were verified up to the sender's signature."""

    entry: Entry
    salt: bytes
    commitment: Commitment
    reason: str
    items: tuple[Item, ...]
    attachments: tuple[OpenedAttachment, ...]
    place: Place = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedPackage:
    """Everything that one endpoint was granted, and the commitments it opened, for its *committed* receipt."""

    grant: Grant = field(repr=False)
    manifest: Manifest
    sections: tuple[OpenedSection, ...]
    opened: tuple[Commitment, ...]


def open_body(
    accepted: Accepted,
    grant_ciphertext: bytes,
    leaves: Sequence[bytes],
    body: Body,
    executor: Executor | None = None,
) -> OpenedPackage:
    """Open everything granted. Raises TamperError with the code of the first check that fails."""
    core = accepted.core
    # A1, A2: the grant is the signed one, and opens
    if sha256(grant_ciphertext) != accepted.granted.grant:
        raise TamperError("E_CAPSULE_DIGEST", "The grant is not the one that was signed.")
    grant = open_grant(grant_ciphertext, accepted.grant_key, accepted.core_hash, accepted.endpoint)
    # A3: the body is the signed one
    check_leaves(core, leaves)
    # A4: the manifest is the one that the core commits to
    manifest = _open_manifest(core, grant, body)
    # A5 to A8: every section and attachment, and nothing else
    _check_set(grant, accepted.address, core)
    sections = _open_sections(core.package, grant, manifest, body, executor)
    parts: list[OpenedSection | OpenedAttachment] = [*sections]
    parts += [attachment for section in sections for attachment in section.attachments]
    opened = sorted(part.commitment for part in parts)
    return OpenedPackage(grant=grant, manifest=manifest, sections=sections, opened=tuple(opened))


def check_leaves(core: Core, leaves: Sequence[bytes]) -> None:
    """Check A3: raise TamperError ``E_BODY_DIGEST`` unless ``leaves`` are those of the body that the core names."""
    right_count = len(leaves) == block_count(core.body.length)
    if not right_count or digest_of_leaves(leaves) != core.body.digest:
        raise TamperError("E_BODY_DIGEST", "The body is not the one that was signed.")


def _open_manifest(core: Core, grant: Grant, body: Body) -> Manifest:
    place = grant.manifest
    key = SegmentKey(segment=place.segment, type=SegmentType.MANIFEST, key=place.key)
    content = open_segment(
        key,
        core.package,
        _ciphertext(body, place),
        limit=encrypted_length(2 * limits.MANIFEST_BYTES),
    )
    if manifest_commitment(content, grant.manifest_salt) != core.manifest_commitment:
        raise TamperError("E_COMMITMENT", "The manifest is not the one that was signed.")
    manifest = schema.decode(Manifest, content, limit=limits.MANIFEST_BYTES)
    if manifest.anchor != core.anchor:
        raise TamperError("E_ANCHOR", "The manifest belongs to another partnership.")
    if not is_padded(len(manifest.entries)):
        raise TamperError("E_MANIFEST_SET", "The manifest is not padded as manifests are.")
    return manifest


def _ciphertext(body: Body, place: Place) -> bytes:
    if place.length > _SECTION_CIPHERTEXT:
        raise TamperError("E_LIMIT", "A sealed part is over its limit.")
    return b"".join(read_blocks(body, place))


_GRANTED = frozenset({SegmentType.SECTION, SegmentType.ATTACHMENT})


def _check_set(grant: Grant, address: Address, core: Core) -> None:
    """No key beyond the declared audience, nothing but sections and attachments, and nothing granted twice."""
    if any(address not in entry.audience for entry in grant.entries):
        raise TamperError(
            "E_AUDIENCE", "The package holds a key for a section not meant for this address."
        )
    named = {recipient.address for recipient in core.recipients}
    if any(not named.issuperset(entry.audience) for entry in grant.entries):
        raise TamperError("E_AUDIENCE", "The package claims a reader to whom it is not addressed.")
    if any(entry.type not in _GRANTED for entry in grant.entries):
        raise TamperError("E_MANIFEST_SET", "The grant names a part that is never granted.")
    segments = [entry.place.segment for entry in grant.entries]
    if len(set(segments)) != len(segments):
        raise TamperError("E_MANIFEST_SET", "The grant names one part twice.")


def _open_sections(
    package: PackageId,
    grant: Grant,
    manifest: Manifest,
    body: Body,
    executor: Executor | None,
) -> tuple[OpenedSection, ...]:
    entries = {e.place.segment: e for e in grant.entries if e.type is SegmentType.ATTACHMENT}
    sections = tuple(
        _open_section(package, entry, entries, manifest, body, executor)
        for entry in grant.entries
        if entry.type is SegmentType.SECTION
    )
    if entries:
        raise TamperError("E_MANIFEST_SET", "The grant names a part that no section has.")
    return sections


def _open_section(
    package: PackageId,
    grant: GrantEntry,
    attachments: dict[SegmentId, GrantEntry],
    manifest: Manifest,
    body: Body,
    executor: Executor | None,
) -> OpenedSection:
    place = grant.place
    ciphertext = _ciphertext(body, place)
    key = SegmentKey(segment=place.segment, type=SegmentType.SECTION, key=place.key)
    content = open_segment(key, package, ciphertext, limit=_SECTION_CIPHERTEXT)
    items = schema.decode(SectionContent, content, limit=limits.SECTION_BYTES).items
    entry = Entry(
        type=SegmentType.SECTION,
        segment=place.segment,
        digest=digest_of(ciphertext),
        content=section_digest(items),
        key_commitment=key_commitment(ciphertext),
        audience=grant.audience,
    )
    commitment = _committed(entry, grant.salt, manifest)
    parsed = parse_items(items)
    return OpenedSection(
        entry=entry,
        salt=grant.salt,
        commitment=commitment,
        reason=grant.reason,
        items=items,
        place=place,
        attachments=tuple(
            _open_attachment(package, descriptor, grant, attachments, manifest, body, executor)
            for descriptor in parsed
            if isinstance(descriptor, Attachment)
        ),
    )


def _committed(entry: Entry, salt: bytes, manifest: Manifest) -> Commitment:
    """The commitment to a part, which is one of the manifest's."""
    commitment = entry_commitment(entry, salt)
    if commitment not in manifest.entries:
        raise TamperError(
            "E_MANIFEST_SET", "A part of the package is not one of those that its sender signed."
        )
    return commitment


def _open_attachment(
    package: PackageId,
    descriptor: Attachment,
    section: GrantEntry,
    granted: dict[SegmentId, GrantEntry],
    manifest: Manifest,
    body: Body,
    executor: Executor | None,
) -> OpenedAttachment:
    grant = granted.pop(descriptor.segment, None)
    if grant is None or grant.audience != section.audience:
        raise TamperError("E_MANIFEST_SET", "An attachment is missing from the package.")
    reader = AttachmentReader(attachment_key(grant.place), package, body, grant.place, executor)
    size = sum(len(piece) for piece in reader.pieces())
    if (size, reader.segment.content) != (descriptor.size, descriptor.digest):
        raise TamperError(
            "E_COMMITMENT", "An attachment is not the file that its section describes."
        )
    entry = Entry(
        type=SegmentType.ATTACHMENT,
        segment=descriptor.segment,
        digest=reader.segment.digest,
        content=reader.segment.content,
        key_commitment=reader.segment.key_commitment,
        audience=grant.audience,
    )
    commitment = _committed(entry, grant.salt, manifest)
    return OpenedAttachment(
        descriptor=descriptor,
        entry=entry,
        salt=grant.salt,
        commitment=commitment,
        place=grant.place,
    )


def attachment_key(place: Place) -> SegmentKey:
    """The key of an attachment's segment, from its place."""
    return SegmentKey(segment=place.segment, type=SegmentType.ATTACHMENT, key=place.key)


_RECORD_OF: dict[ItemType, type[Head | Person | Statement | Attachment | Entries]] = {
    ItemType.HEAD: Head,
    ItemType.PERSON: Person,
    ItemType.STATEMENT: Statement,
    ItemType.ATTACHMENT: Attachment,
    ItemType.ENTRIES: Entries,
}


def parse_item(item: Item) -> Head | Person | Statement | Attachment | Entries:
    """The record message of an item. Raises TamperError ``E_PARSE``, ``E_LIMIT`` or ``E_CRITICAL``."""
    return schema.decode(_RECORD_OF[item.type], item.content, limit=limits.STATEMENT_BYTES)


def parse_items(
    items: Sequence[Item],
) -> tuple[Head | Person | Statement | Attachment | Entries, ...]:
    """Check A8: every item parses, the head comes first and only there, ids are distinct, people are in the section.

    Raises TamperError ``E_PARSE``.
    """
    parsed = tuple(parse_item(item) for item in items)
    heads = [n for n, item in enumerate(items) if item.type is ItemType.HEAD]
    ids = {item.id: item.type for item in items}
    if heads != [0] or len(ids) != len(items):
        raise TamperError("E_PARSE", "A section does not begin with its head, or repeats an id.")
    for message in parsed:
        if isinstance(message, Statement) and any(
            ids.get(person) is not ItemType.PERSON for person in message.about
        ):
            raise TamperError(
                "E_PARSE", "A statement is about somebody whom its section does not name."
            )
    return parsed
