"""Whom a bundle of evidence still names although they were left out of it, and how to leave that out too. Pure.

Names are looked for as they are written. What a text says of somebody in other words, and what stands in files, only a
person can see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Final

from agency_client.record.opened import ReadSection, read_section
from agency_client.record.pointing import called
from agency_client.record.sources import is_named
from agency_client.record.verdict_words import said_in_words
from phoenix_protocol import limits, record, schema
from phoenix_protocol.evidence.verify import VerifiedBundle
from phoenix_protocol.identifiers import ItemId, SegmentId
from phoenix_protocol.sealing.contents import Item, ItemType
from phoenix_protocol.sealing.notices import Notice

#: How much of an id a way out shows.
_ID: Final = 8
_MESSAGES: Final[Mapping[ItemType, type[Any]]] = {
    ItemType.HEAD: record.Head,
    ItemType.PERSON: record.Person,
    ItemType.STATEMENT: record.Statement,
    ItemType.ATTACHMENT: record.Attachment,
    ItemType.ENTRIES: record.Entries,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StillNamed:
    """A name that was left out and still stands in ``place``; ``leave_out`` is what ``phoenix export`` must be told."""

    name: str = field(repr=False)
    place: str
    leave_out: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """A section as it is here, and which of its items are shown: a person has one id in all sections."""

    read: ReadSection
    items: Sequence[Item]
    shown: frozenset[ItemId]


def still_named(
    whole: Iterable[tuple[SegmentId, Sequence[Item]]], proved: VerifiedBundle
) -> tuple[StillNamed, ...]:
    """The names of people whom nothing is about any more that is shown, wherever they stand in what is.

    ``whole`` are the items of the sections as they are here.
    """
    shown = {
        section.entry.segment: frozenset(item.id for _, item in section.items)
        for section in proved.parts.sections
    }
    sections = [
        _Section(read=read_section(items), items=items, shown=shown.get(segment, frozenset()))
        for segment, items in whole
    ]
    places = tuple(_places(sections, proved))
    return tuple(
        StillNamed(name=name, place=place, leave_out=leave_out)
        for name in _left_out(sections)
        for place, leave_out, texts in places
        if any(is_named(name, text) for text in texts)
    )


def _left_out(sections: Iterable[_Section]) -> list[str]:
    """Whoever something was left out about, and nothing is shown about."""
    left: dict[str, None] = {}
    kept: set[str] = set()
    for each in sections:
        section, shown = each.read, each.shown
        names = {person.said.label: person.said.name for person in section.people}
        about = {label for s in section.statements if s.id in shown for label in s.about}
        kept |= {names[label] for label in about if label in names}
        for person in section.people:
            gone = any(
                s.id not in shown and person.said.label in s.about for s in section.statements
            )
            if gone or person.id not in shown:
                left[person.said.name] = None
    return [name for name in left if name not in kept]


_Place = tuple[str, str, list[str]]


def _places(sections: Sequence[_Section], proved: VerifiedBundle) -> Iterator[_Place]:
    """Everything that is shown and has words: what it is called, how it is left out, its texts."""
    names = {pointed.item: pointed.called for pointed in called([each.read for each in sections])}
    for section in sections:
        for item in section.items:
            if item.id in section.shown:
                said = schema.decode(
                    _MESSAGES[item.type], item.content, limit=limits.STATEMENT_BYTES
                )
                yield *_called(item, section.read, names), list(_texts(said))
    if proved.parts.cover is not None:
        yield "the cover", "--without cover", list(_texts(proved.parts.cover))
    for saying in proved.said:
        words = [str(word) for word in said_in_words(saying, str).values()]
        if words and isinstance(saying.message, Notice):
            name = names.get(saying.message.item, saying.message.item.hex())
            yield f"what was said later of {name}", f"--redact {name}", words
        elif words:
            yield "the words of a receipt", "--without words", words


def _called(item: Item, section: ReadSection, names: Mapping[ItemId, str]) -> tuple[str, str]:
    """A decision goes as a whole, and so does a section whose title it is; anything else by itself."""
    match item.type:
        case ItemType.HEAD:
            return f"the title of {section.id}", f"--redact {section.id}"
        case ItemType.ENTRIES:
            return section.id, f"--redact {section.id}"
        case ItemType.PERSON:
            return f"the people of {section.id}", f"--redact {section.id}.{item.id.hex()[:_ID]}"
        case _:
            return names[item.id], f"--redact {names[item.id]}"


def _texts(value: Any) -> Iterator[str]:
    """Every text in a message."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _texts(name)
            yield from _texts(each)
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from _texts(each)
    elif is_dataclass(value):
        for entry in fields(value):
            yield from _texts(getattr(value, entry.name))
