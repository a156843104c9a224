"""What of a package can be left out of evidence: its sections and what stands in them, as redaction names them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from agency_client.ports.vault import Contents, Families, StoredSection
from agency_client.record.opened import ReadSection, read_section
from agency_client.use_cases.home import Home
from agency_client.use_cases.restricting import hide
from agency_client.use_cases.retaining import require_contents
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import ObjectHash, SegmentId


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavableItem:
    """A statement (with its class), a person or a file. ``name`` is what redaction calls it."""

    name: str
    kind: str
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavableSection:
    """A section with everything in it that can be left out by itself. ``kind`` is empty for an ordinary one."""

    name: str
    title: str = field(repr=False)
    kind: str
    items: tuple[LeavableItem, ...]


def leavable(home: Home, core: ObjectHash) -> tuple[LeavableSection, ...]:
    """Every section whose form holds, without the words of what is restricted.

    Raises RefusedError ``E_ERASED``, ``E_RECEIPT_STATE``.
    """
    with home.vault.reading() as view:
        return tuple(_sections(view, core))


def _sections(view: Families, core: ObjectHash) -> Iterator[LeavableSection]:
    for segment, read in readable(view, core, require_contents(view, core)):
        yield LeavableSection(
            name=segment.hex(),
            title=read.title,
            kind=read.kind,
            items=tuple(_items(segment.hex(), read)),
        )


def readable(
    view: Families, core: ObjectHash, contents: Contents
) -> Iterator[tuple[SegmentId, ReadSection]]:
    """Every section whose form holds, without the words of what is restricted."""
    live = view.restrictions.live(core)
    for section in contents.sections:
        for read in hide(_read(section), live):
            yield section.entry.segment, read


def _read(section: StoredSection) -> list[ReadSection]:
    try:
        return [read_section(section.items)]
    except TamperError:
        return []


def _items(segment: str, read: ReadSection) -> Iterator[LeavableItem]:
    for person in read.people:
        name = f"{segment}.{person.id.hex()}"
        yield LeavableItem(name=name, kind="person", words=person.said.name)
    for statement in read.statements:
        yield LeavableItem(
            name=statement.id.hex(), kind=statement.class_.value, words=statement.said.text
        )
    for file in read.attachments:
        yield LeavableItem(name=file.id.hex(), kind="file", words=file.said.name)
