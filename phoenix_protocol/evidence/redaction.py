"""What is shown of a package and what is left out: whole sections, or single items of them (docs/protocol.md §6.11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from phoenix_protocol.commitments import Commitment
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.evidence.messages import BundleItem, BundlePart
from phoenix_protocol.identifiers import ItemId, SegmentId
from phoenix_protocol.schema import encode
from phoenix_protocol.sealing.contents import Entry, Item, ItemType
from phoenix_protocol.sealing.manifest import entry_commitment, item_commitment


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAttachment:
    """A file of a section: which item describes it, how long it is, and its content, if that is at hand.

    ``read`` gives the content in pieces, from the beginning, each time it is called.
    """

    entry: Entry
    salt: bytes = field(repr=False)
    item: ItemId
    size: int
    read: Callable[[], Iterator[bytes]] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSection:
    """A section as it was opened or sealed, with its files."""

    entry: Entry
    salt: bytes = field(repr=False)
    items: tuple[Item, ...] = field(repr=False)
    attachments: tuple[KeptAttachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """What is left out: sections with all that belongs to them, and items by their section.

    A file goes with the item that describes it. ``cover`` and ``words`` (of receipts) can be left out as well.
    """

    sections: frozenset[SegmentId] = frozenset()
    items: frozenset[tuple[SegmentId, ItemId]] = frozenset()
    cover: bool = False
    words: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPart:
    """A part as it stands in the file, and the content that follows it, if one does."""

    part: BundlePart
    content: Callable[[], Iterator[bytes]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownParts:
    """The parts that are shown, and the commitments to those that are not, in ascending order."""

    parts: tuple[ShownPart, ...]
    withheld: tuple[Commitment, ...]


def show(sections: tuple[KeptSection, ...], redaction: Redaction) -> ShownParts:
    """What is left of ``sections``. Raises RefusedError ``E_NOT_FOUND`` for something to leave out that is not there.

    The head of a section cannot be left out alone (``E_USAGE``): without it nobody can tell what the section is.
    """
    _check(sections, redaction)
    parts: list[ShownPart] = []
    withheld: list[Commitment] = []
    for section in sections:
        hidden = {item for segment, item in redaction.items if segment == section.entry.segment}
        whole = section.entry.segment in redaction.sections
        if whole:
            withheld.append(entry_commitment(section.entry, section.salt))
        else:
            parts.append(_section(section, hidden))
        for attachment in section.attachments:
            if whole or attachment.item in hidden:
                withheld.append(entry_commitment(attachment.entry, attachment.salt))
            else:
                parts.append(_attachment(attachment))
    return ShownParts(parts=tuple(parts), withheld=tuple(sorted(withheld)))


def _check(sections: tuple[KeptSection, ...], redaction: Redaction) -> None:
    known = {section.entry.segment: section.items for section in sections}
    for segment in redaction.sections:
        if segment not in known:
            raise RefusedError("E_NOT_FOUND", "There is no such section to leave out.")
    for segment, wanted in redaction.items:
        item = next((item for item in known.get(segment, ()) if item.id == wanted), None)
        if item is None:
            raise RefusedError("E_NOT_FOUND", "There is no such statement to leave out.")
        if item.type is ItemType.HEAD:
            raise RefusedError("E_USAGE", "A section's title cannot be left out by itself.")


def _section(section: KeptSection, hidden: set[ItemId]) -> ShownPart:
    shown = tuple(
        BundleItem(index=index, item=item)
        for index, item in enumerate(section.items)
        if item.id not in hidden
    )
    leaves = tuple(map(item_commitment, section.items))
    part = BundlePart(entry=encode(section.entry), salt=section.salt, leaves=leaves, items=shown)
    return ShownPart(part=part)


def _attachment(attachment: KeptAttachment) -> ShownPart:
    part = BundlePart(
        entry=encode(attachment.entry),
        salt=attachment.salt,
        leaves=(),
        items=(),
        size=attachment.size if attachment.read is not None else None,
    )
    return ShownPart(part=part, content=attachment.read)
