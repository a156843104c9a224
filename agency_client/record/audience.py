"""Who reads which part of a package, and who learns who a protected source is: told before anything is sent. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agency_client.record.document import Document
from agency_client.record.drafting import Setting, readers_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PartReaders:
    """A section or a question: by whom it is read, by which recipients not, and who keeps a copy of it besides.

    ``number`` counts from 1 among those of its kind. ``copies`` are the sender's own address and agencies' records.
    """

    kind: str
    number: int
    id: str
    title: str
    readers: tuple[str, ...]
    others: tuple[str, ...]
    copies: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReaders:
    """A protected source by the author's word for them: who may know who they are, and who will learn it from this."""

    id: str
    known_to: tuple[str, ...]
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Everything there is to say of who reads what."""

    parts: tuple[PartReaders, ...] = ()
    sources: tuple[SourceReaders, ...] = ()


def audience_of(document: Document, setting: Setting) -> Audience:
    """Who will read what, as the document stands: also where something else in it stops the package."""
    return Audience(parts=tuple(_parts(document, setting)), sources=tuple(_sources(document)))


def _parts(document: Document, setting: Setting) -> Iterator[PartReaders]:
    counted: dict[str, int] = {}
    for part in (part for _, part in document.parts()):
        kind, named = _kind(part), _named(part)
        counted[kind] = counted.get(kind, 0) + 1
        reading = {name: why for name, why in named.items() if "@" in name}
        yield PartReaders(
            kind=kind,
            number=counted[kind],
            id=part.id or "",
            title=getattr(part, "title", None) or part.id or "",
            readers=tuple(named),
            others=tuple(name for name in document.to if name not in named),
            copies=tuple(name for name in readers_of(reading, setting) if name not in named),
        )


def _kind(part: Any) -> str:
    return "section" if hasattr(part, "need_to_know") else "question"


def _named(part: Any) -> dict[str, str]:
    return dict(part.need_to_know if hasattr(part, "need_to_know") else part.ask)


def _sources(document: Document) -> Iterator[SourceReaders]:
    for person in document.people:
        if person.source_known_to:
            learning = dict.fromkeys(
                name for part in _about(document, person.id) for name in _named(part)
            )
            yield SourceReaders(
                id=person.id or "", known_to=person.source_known_to, readers=tuple(learning)
            )


def _about(document: Document, id_: str | None) -> Iterator[Any]:
    """The parts that are about somebody."""
    for _, part in document.parts():
        tables = part.statement if hasattr(part, "statement") else (part,)
        if any(id_ in table.about for table in tables):
            yield part
