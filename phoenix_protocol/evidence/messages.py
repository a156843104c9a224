"""What an evidence bundle is made of: its first record, statements, parts and sayings (docs/protocol.md §6.11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from phoenix_protocol import limits, schema
from phoenix_protocol.api import SIGNED
from phoenix_protocol.commitments import Commitment
from phoenix_protocol.directory.statements import HASH, Opening
from phoenix_protocol.identifiers import Anchor
from phoenix_protocol.notes.signed_note import MAX_NOTE_BYTES
from phoenix_protocol.schema import wire
from phoenix_protocol.sealing.contents import KEY, SALT, Item

#: The first line of the file.
FIRST_LINE: Final = b"phoenix-bundle-1\n"
#: Most statements of a log that a bundle is about.
LOG: Final = 1 << 20
#: Most parts: sections and attachments.
PARTS: Final = limits.SECTIONS + limits.ATTACHMENTS
#: Most items of a section: its head, people, statements and attachments.
ITEMS: Final = 1 + limits.PEOPLE + limits.STATEMENTS + limits.ATTACHMENTS
#: Most things said of one package.
SAYINGS: Final = 65_536

#: The longest first record, and the longest of each that follows, in bytes.
BUNDLE_BYTES: Final = 64 * limits.MIB
STATEMENT_RECORD: Final = 3 * limits.MIB
OTHER_RECORD: Final = limits.SIGNED_BYTES + limits.KIB
PART_RECORD: Final = 2 * limits.SECTION_BYTES
SAYING_RECORD: Final = 3 * limits.MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The first record: what all others are about, and how many of each follow.

    ``whole`` says that every other statement of the log is in the file too; ``withheld`` are commitments to parts that
    whoever made the file had and left out.
    """

    anchor: Anchor = wire(HASH)
    checkpoint: str = wire(schema.Text(MAX_NOTE_BYTES))
    statements: int = wire(schema.UInt(LOG, minimum=1))
    whole: bool = wire(schema.Flag())
    core: bytes = wire(schema.Blob(limits.SIGNED_BYTES))
    deliveries: tuple[bytes, ...] = wire(schema.ListOf(SIGNED, minimum=1, maximum=limits.ENDPOINTS))
    held: tuple[bytes, ...] = wire(schema.ListOf(SIGNED, minimum=1, maximum=limits.ENDPOINTS))
    epoch_keys: tuple[bytes, ...] = wire(
        schema.ListOf(schema.Blob(limits.SIGNED_BYTES), maximum=limits.ENDPOINTS)
    )
    cover: bytes | None = wire(schema.Blob(limits.COVER_BYTES), optional=True)
    manifest: bytes | None = wire(schema.Blob(limits.MANIFEST_BYTES), optional=True)
    manifest_salt: bytes | None = wire(SALT, optional=True)
    withheld: tuple[Commitment, ...] = wire(schema.ListOf(HASH, maximum=1024, ordered=True))
    parts: int = wire(schema.UInt(PARTS))
    said: int = wire(schema.UInt(SAYINGS))


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleStatement:
    """A statement of the log that the proof needs: Signed, with its index and the openings that are shown."""

    index: int = wire(schema.UInt(LOG - 1))
    statement: bytes = wire(SIGNED)
    openings: tuple[Opening, ...] = wire(
        schema.ListOf(schema.Nested(Opening), maximum=2 * limits.HOLDERS)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleItem:
    """An item of a section that is shown, and which of them it is."""

    index: int = wire(schema.UInt(ITEMS - 1))
    item: Item = wire(schema.Row(Item))


@dataclass(frozen=True, slots=True, kw_only=True)
class BundlePart:
    """A section with the commitments to all of its items and those that are shown, or an attachment.

    ``size`` is the length in bytes of an attachment's content, which follows the record; absent where it does not.
    """

    entry: bytes = wire(schema.Blob(limits.COVER_BYTES))
    salt: bytes = wire(SALT)
    leaves: tuple[Commitment, ...] = wire(schema.ListOf(HASH, maximum=ITEMS))
    items: tuple[BundleItem, ...] = wire(schema.ListOf(schema.Nested(BundleItem), maximum=ITEMS))
    size: int | None = wire(schema.UInt(limits.BODY_BYTES), optional=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleSaying:
    """Something signed about the package; with the ciphertext of its words and its key where these are shown."""

    signed: bytes = wire(SIGNED)
    ciphertext: bytes | None = wire(schema.Blob(2 * limits.DETAIL_BYTES), optional=True)
    key: bytes | None = wire(KEY, optional=True)
