"""What is inside a sealed package: cover, section items, manifest entries, grants, details (docs/protocol.md §5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Final

from phoenix_protocol import limits, schema
from phoenix_protocol.commitments import Commitment
from phoenix_protocol.directory.statements import ADDRESS, CODE, HASH, LINE, TIME
from phoenix_protocol.encoding import Plain
from phoenix_protocol.identifiers import Address, Anchor, ItemId, ObjectHash, Seconds, SegmentId
from phoenix_protocol.schema import critical_map, optional_map, wire

ID: Final = schema.fixed(16)
KEY: Final = schema.fixed(32)
SALT: Final = schema.fixed(32)
LONG: Final = schema.Text(limits.LONG_TEXT)
COUNT: Final = schema.UInt(limits.BODY_BYTES)
AUDIENCE: Final = schema.ListOf(ADDRESS, minimum=1, maximum=limits.RECIPIENTS, ordered=True)


class SegmentType(Enum):
    """What an encrypted segment holds. Decoys are random bytes and have no type on the wire."""

    COVER = "cover"
    MANIFEST = "manifest"
    SECTION = "section"
    ATTACHMENT = "attachment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What every recipient reads before accepting. The salt makes its commitment in the core say nothing by itself."""

    TYPE: ClassVar[str] = "phoenix/1/cover"

    anchor: Anchor = wire(HASH)
    salt: bytes = wire(SALT)
    sent_from: Address = wire(ADDRESS)
    purpose: str = wire(LINE)
    classification: str = wire(CODE)
    handling: tuple[str, ...] = wire(schema.ListOf(LINE, maximum=16))
    urgency: str = wire(CODE)
    contact: dict[str, str] = wire(schema.MapOf(LINE, maximum=8, key_maximum=limits.CODE))
    reference: str = wire(CODE)  # means nothing to anybody but the sender
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


class ItemType(Enum):
    """What an item of a section is."""

    HEAD = "head"
    PERSON = "person"
    STATEMENT = "statement"
    ATTACHMENT = "attachment"
    ENTRIES = "entries"  # named answers out of a catalogue: legal basis, decision, quality note


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing in a section that can be shown, corrected or redacted by itself.

    ``content`` is an encoded record message.
    """

    type: ItemType = wire(schema.Choice(ItemType))
    id: ItemId = wire(ID)
    salt: bytes = wire(SALT)
    content: bytes = wire(schema.Blob(limits.STATEMENT_BYTES))


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionContent:
    """The plaintext of a section's segment: its head first, then people, statements, attachments, entries."""

    items: tuple[Item, ...] = wire(
        schema.ListOf(
            schema.Row(Item),
            minimum=1,
            maximum=1 + limits.PEOPLE + limits.STATEMENTS + limits.ATTACHMENTS,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A manifest entry's preimage: what the sender commits to about one section or attachment."""

    TYPE: ClassVar[str] = "phoenix/1/entry"

    type: SegmentType = wire(schema.Choice(SegmentType))
    segment: SegmentId = wire(ID)
    digest: bytes = wire(HASH)  # of the encrypted segment, over its blocks (§5)
    content: bytes = wire(HASH)  # a section's root over its items; an attachment's SHA-256
    key_commitment: bytes = wire(HASH)
    audience: tuple[Address, ...] = wire(AUDIENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Commitments to every section and attachment, shuffled and padded with decoys to a power of two."""

    TYPE: ClassVar[str] = "phoenix/1/manifest"

    anchor: Anchor = wire(HASH)
    thread: str = wire(schema.Text(limits.LINE, minimum=0))  # the sender's own reference
    supersedes: ObjectHash | None = wire(HASH, optional=True)
    entries: tuple[Commitment, ...] = wire(schema.ListOf(HASH, minimum=1, maximum=1024))
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a segment lies in the body, in bytes, under which id and key."""

    segment: SegmentId = wire(ID)
    key: bytes = wire(KEY)
    offset: int = wire(COUNT)
    length: int = wire(COUNT)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantEntry:
    """One section or attachment granted:

    where it is, its key, the entry's salt, who else gets it, and why this one does.
    """

    type: SegmentType = wire(schema.Choice(SegmentType))
    place: Place = wire(schema.Row(Place))
    salt: bytes = wire(SALT)
    audience: tuple[Address, ...] = wire(AUDIENCE)
    reason: str = wire(schema.Text(limits.LONG_TEXT, minimum=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Exactly what one endpoint may open after it accepted."""

    TYPE: ClassVar[str] = "phoenix/1/grant"

    manifest: Place = wire(schema.Row(Place))
    manifest_salt: bytes = wire(SALT)
    entries: tuple[GrantEntry, ...] = wire(
        schema.ListOf(schema.Nested(GrantEntry), maximum=limits.SECTIONS + limits.ATTACHMENTS)
    )
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


class Done(Enum):
    """What a holder did with a statement that was corrected or withdrawn."""

    RECTIFIED = "rectified"
    RESTRICTED = "restricted"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What an event, a recall or an answer to a notice says in words, sealed to those who may know."""

    TYPE: ClassVar[str] = "phoenix/1/detail"

    owner: str | None = wire(LINE, optional=True)
    use: str | None = wire(LONG, optional=True)
    due: Seconds | None = wire(TIME, optional=True)
    reason: str | None = wire(LONG, optional=True)
    words: str | None = wire(LONG, optional=True)
    done: Done | None = wire(schema.Choice(Done), optional=True)
    record: str | None = wire(LINE, optional=True)  # the maker's local record reference
    opened: tuple[Commitment, ...] = wire(schema.ListOf(HASH, maximum=1024, ordered=True))
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()
