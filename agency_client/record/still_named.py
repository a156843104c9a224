"""Whom a bundle of evidence still names although they were left out of it, and how to leave that out too. Pure.

Names are looked for as they are written, whole and in part: a first name tells who somebody is as well. What a text
says of them in other words, and what stands in files, only a person can see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Final

from agency_client.record.opened import ReadSection, read_section
from agency_client.record.pointing import called
from agency_client.record.sources import is_named, part_in
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
    """A name that was left out and still stands in ``place``; ``leave_out`` is what ``phoenix export`` must be told.

    ``part`` is the word of the name that stands there, None where it is the whole name. ``where`` is the place as a
    reader of the file finds it.
    """

    name: str = field(repr=False)
    place: str
    where: str = field(repr=False)
    leave_out: str
    part: str | None = field(repr=False, default=None)

    def told(self, place: str) -> str:
        """That it stands in ``place`` all the same. The text is literal."""
        if self.part is None:
            return f"{self.name} is left out, and the name still stands in {place}."
        return f"{self.name} is left out, and a part of the name, {self.part}, still stands in {place}."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """A section as it is here, and which of its items are shown: a person has one id in all sections."""

    read: ReadSection
    items: Sequence[Item]
    shown: frozenset[ItemId]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Something that is shown and has words: what it is called, where a reader finds it, how it is left out."""

    name: str
    where: str = field(repr=False)
    leave_out: str
    texts: tuple[str, ...] = field(repr=False)


def still_named(
    whole: Iterable[tuple[SegmentId, Sequence[Item]]], proved: VerifiedBundle
) -> tuple[StillNamed, ...]:
    """The names of people who were left out by name or whom nothing that is shown is about, wherever they still stand.

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
    places, names = tuple(_places(sections, proved)), _left_out(sections)
    others = frozenset(_shown_people(sections)) - frozenset(names)
    return tuple(
        found
        for name in names
        for place in places
        if (found := _standing(name, place, others)) is not None
    )


def _standing(name: str, place: _Place, others: frozenset[str]) -> StillNamed | None:
    """The name in a place, or else a part of it that none of the ``others`` has."""
    if any(is_named(name, text) for text in place.texts):
        part = None
    else:
        parts = (part_in(name, text, others) for text in place.texts)
        part = next((found for found in parts if found is not None), None)
        if part is None:
            return None
    return StillNamed(
        name=name, place=place.name, where=place.where, leave_out=place.leave_out, part=part
    )


def _shown_people(sections: Iterable[_Section]) -> Iterator[str]:
    for each in sections:
        yield from (person.said.name for person in each.read.people if person.id in each.shown)


def _left_out(sections: Iterable[_Section]) -> list[str]:
    """Whoever was left out of a section that is shown; and whom something was left out about, and nothing shown is."""
    left: dict[str, None] = {}
    by_name: set[str] = set()
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
            if shown and person.id not in shown:
                by_name.add(person.said.name)
    return [name for name in left if name in by_name or name not in kept]


def _places(sections: Sequence[_Section], proved: VerifiedBundle) -> Iterator[_Place]:
    """Everything in sections that is shown and has words, and what is shown besides."""
    names = {pointed.item: pointed.called for pointed in called([each.read for each in sections])}
    for section in sections:
        for item in section.items:
            if item.id in section.shown:
                said = schema.decode(
                    _MESSAGES[item.type], item.content, limit=limits.STATEMENT_BYTES
                )
                name, leave_out = _called(item, section.read, names)
                where = _where(item, section.read)
                yield _Place(name=name, where=where, leave_out=leave_out, texts=tuple(_texts(said)))
    yield from _said_around(names, proved)


def _said_around(names: Mapping[ItemId, str], proved: VerifiedBundle) -> Iterator[_Place]:
    """What is shown besides the sections: the cover, notices, receipts."""
    if proved.parts.cover is not None:
        texts = tuple(_texts(proved.parts.cover))
        yield _Place(name="the cover", where="the cover", leave_out="--without cover", texts=texts)
    for saying in proved.said:
        words = tuple(str(word) for word in said_in_words(saying, str).values())
        if words and isinstance(saying.message, Notice):
            name = names.get(saying.message.item, saying.message.item.hex())
            later = f"what was said later of {name}"
            yield _Place(name=later, where=later, leave_out=f"--redact {name}", texts=words)
        elif words:
            said = "the words of a receipt"
            yield _Place(name=said, where=said, leave_out="--without words", texts=words)


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


def _where(item: Item, section: ReadSection) -> str:
    """A place by the title of its section, and the number of a statement there."""
    title = f"the section {section.title}"
    match item.type:
        case ItemType.HEAD:
            return f"the title of {title}"
        case ItemType.ENTRIES:
            return f"the answers in {title}"
        case ItemType.PERSON:
            return f"the people of {title}"
        case ItemType.ATTACHMENT:
            return f"the name of a file in {title}"
        case ItemType.STATEMENT:
            number = [each.id for each in section.statements].index(item.id) + 1
            return f"statement {number} of {title}"


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
