"""A bundle's cover, manifest, sections and attachments (docs/protocol.md §6.11, B9 and B10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from phoenix_protocol import limits, schema
from phoenix_protocol.commitments import Commitment, commit
from phoenix_protocol.errors import TamperError
from phoenix_protocol.evidence.damage import at, numbered
from phoenix_protocol.evidence.messages import PART_RECORD, Bundle, BundleItem, BundlePart
from phoenix_protocol.evidence.records import Records
from phoenix_protocol.identifiers import Address, ItemId
from phoenix_protocol.merkle import root
from phoenix_protocol.package.envelope import Core
from phoenix_protocol.record import Attachment, Statement
from phoenix_protocol.sealing.contents import (
    Cover,
    Entry,
    Item,
    ItemType,
    Manifest,
    SegmentType,
)
from phoenix_protocol.sealing.manifest import (
    cover_commitment,
    item_commitment,
    manifest_commitment,
)
from phoenix_protocol.sealing.open_body import parse_item


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedSection:
    """A section as far as it is shown: its items with their places, and the commitments to all that it has."""

    entry: Entry
    commitment: Commitment
    items: tuple[tuple[int, Item], ...] = field(repr=False)
    leaves: tuple[Commitment, ...] = field(repr=False)

    @property
    def left_out(self) -> int:
        """How many items are not shown."""
        return len(self.leaves) - len(self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedAttachment:
    """An attachment. ``offset`` is where its content begins in the file, in bytes; None where that is not there."""

    entry: Entry
    commitment: Commitment
    said: Attachment = field(repr=False)
    offset: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedParts:
    """What a bundle shows of the contents, and how many parts its maker had and left out."""

    cover: Cover | None = field(repr=False)
    manifest: Manifest | None = field(repr=False)
    sections: tuple[VerifiedSection, ...]
    attachments: tuple[VerifiedAttachment, ...]
    withheld: int


def check_cover(bundle: Bundle, core: Core, sent_from: Address | None) -> Cover | None:
    """B9: the cover that the core commits to, by the sender; ``sent_from`` is None where nobody may know it."""
    if bundle.cover is None:
        return None
    with at("cover"):
        cover = schema.decode(Cover, bundle.cover, limit=limits.COVER_BYTES)
        if cover_commitment(cover, bundle.cover) != core.cover_commitment:
            raise TamperError("E_COMMITMENT", "The cover is not the one that the sender signed.")
        if cover.anchor != core.anchor or sent_from not in (None, cover.sent_from):
            raise TamperError("E_COMMITMENT", "The cover names another sender than who signed.")
    return cover


def check_manifest(bundle: Bundle, core: Core) -> Manifest | None:
    """B9: the manifest that the core commits to; without it there are no parts."""
    with at("manifest"):
        if bundle.manifest is None or bundle.manifest_salt is None:
            if (bundle.manifest, bundle.manifest_salt) != (None, None):
                raise TamperError("E_PARSE", "The manifest and its salt are not both there.")
            if bundle.parts or bundle.withheld:
                raise TamperError("E_MANIFEST_SET", "There are parts, and nothing names them.")
            return None
        if manifest_commitment(bundle.manifest, bundle.manifest_salt) != core.manifest_commitment:
            raise TamperError("E_COMMITMENT", "The manifest is not the one that was signed.")
        manifest = schema.decode(Manifest, bundle.manifest, limit=limits.MANIFEST_BYTES)
        if manifest.anchor != core.anchor:
            raise TamperError("E_ANCHOR", "The manifest belongs to another partnership.")
    return manifest


def read_parts(
    records: Records, bundle: Bundle, cover: Cover | None, manifest: Manifest | None
) -> VerifiedParts:
    """B10: every part is one that the manifest commits to, down to each item that is shown."""
    sections: list[VerifiedSection] = []
    attachments: list[VerifiedAttachment] = []
    remaining = set(manifest.entries) if manifest is not None else set()
    for number in range(bundle.parts):
        with at(numbered("part", number)):
            part = schema.decode(BundlePart, records.record(PART_RECORD), limit=PART_RECORD)
            entry = schema.decode(Entry, part.entry, limit=limits.COVER_BYTES)
            commitment = commit(Entry.TYPE, part.salt, part.entry)
            if commitment not in remaining:
                raise TamperError("E_MANIFEST_SET", "A part is not one that the sender signed.")
            remaining.remove(commitment)
            if entry.type is SegmentType.SECTION:
                sections.append(_section(part, entry, commitment))
            else:
                attachments.append(_attachment(records, part, entry, commitment, sections))
    with at("withheld"):
        if not remaining.issuperset(bundle.withheld):
            raise TamperError("E_MANIFEST_SET", "What was left out is no part of this package.")
    return VerifiedParts(
        cover=cover,
        manifest=manifest,
        sections=tuple(sections),
        attachments=tuple(attachments),
        withheld=len(bundle.withheld),
    )


# -- sections ---------------------------------------------------------------------------------------------------------


def _section(part: BundlePart, entry: Entry, commitment: Commitment) -> VerifiedSection:
    if part.size is not None or root(part.leaves) != entry.content:
        raise TamperError("E_COMMITMENT", "The items are not those that the sender signed.")
    for number, shown in enumerate(part.items):
        with at(numbered("item", number)):
            before = part.items[number - 1].index if number else -1
            _check_item(shown, before, part.leaves)
    items = tuple((shown.index, shown.item) for shown in part.items)
    _check_form([item for _, item in items], items[0][0] if items else None)
    return VerifiedSection(entry=entry, commitment=commitment, items=items, leaves=part.leaves)


def _check_item(shown: BundleItem, before: int, leaves: Sequence[Commitment]) -> None:
    if not before < shown.index < len(leaves):
        raise TamperError("E_PARSE", "The items are not in their order.")
    if item_commitment(shown.item) != leaves[shown.index]:
        raise TamperError("E_COMMITMENT", "The item is not the one that the sender signed.")
    parse_item(shown.item)


def _check_form(items: Sequence[Item], first: int | None) -> None:
    """As check A8, of what is shown: the head first and only there, ids distinct, statements about people."""
    heads = [n for n, item in enumerate(items) if item.type is ItemType.HEAD]
    kinds: dict[ItemId, ItemType] = {item.id: item.type for item in items}
    if first != 0 or heads != [0] or len(kinds) != len(items):
        raise TamperError("E_PARSE", "A section does not begin with its head, or repeats an id.")
    for item in items:
        said = parse_item(item) if item.type is ItemType.STATEMENT else None
        if isinstance(said, Statement) and any(
            kinds.get(person, ItemType.PERSON) is not ItemType.PERSON for person in said.about
        ):
            raise TamperError("E_PARSE", "A statement is about something that is not a person.")


# -- attachments ------------------------------------------------------------------------------------------------------


def _attachment(
    records: Records,
    part: BundlePart,
    entry: Entry,
    commitment: Commitment,
    sections: Sequence[VerifiedSection],
) -> VerifiedAttachment:
    said = _described(entry, sections)
    if entry.type is not SegmentType.ATTACHMENT or said is None or part.leaves or part.items:
        raise TamperError("E_MANIFEST_SET", "An attachment is there that no section describes.")
    if part.size is None:
        return VerifiedAttachment(entry=entry, commitment=commitment, said=said, offset=None)
    offset = records.offset
    digest = _digest(records, part.size)
    if (part.size, digest) != (said.size, entry.content):
        raise TamperError("E_COMMITMENT", "A file is not the one that its section describes.")
    return VerifiedAttachment(entry=entry, commitment=commitment, said=said, offset=offset)


def _described(entry: Entry, sections: Sequence[VerifiedSection]) -> Attachment | None:
    for section in reversed(sections):
        for _, item in section.items:
            said = parse_item(item) if item.type is ItemType.ATTACHMENT else None
            if (
                isinstance(said, Attachment)
                and (said.segment, said.digest) == (entry.segment, entry.content)
                and section.entry.audience == entry.audience
            ):
                return said
    return None


def _digest(records: Records, size: int) -> bytes:
    digest = sha256()
    for piece in records.content(size):
        digest.update(piece)
    return digest.digest()
