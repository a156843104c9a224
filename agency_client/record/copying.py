"""Statements copied into a document: filled in from the package that they came in, and passed on unchanged. Pure.

What an author writes in a copy stays there, so that a rule can see it: nothing but ``about`` may differ. Whom a copy is
about travels as its agency described them, unless ``about`` names the same people by the document's own ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from agency_client.record.answers import Legal
from agency_client.record.copied import CONTROLLED, Copied, Copies, source_known_to
from agency_client.record.document import Document
from agency_client.record.places import Place
from agency_client.record.statements import Grade, Person, Section, Source, Statement
from phoenix_protocol import limits, record
from phoenix_protocol.identifiers import ItemId, ObjectHash

#: The most lines of handling that a section has, and of whom not to alert that a package has.
_MOST_LINES: Final = 16
_MOST_ALERTS: Final = 64

DocumentT = TypeVar("DocumentT", bound=Document)

#: What a copy says exactly as it was received, besides what it rests on.
KEPT: Final = (
    "kind",
    "text",
    "author",
    "author_role",
    "source",
    "as_of",
    "event_from",
    "event_to",
    "recorded_at",
    "verification",
    "verified_by",
    "test",
    "grade",
    "special_category",
    "flags",
)


def with_copies(document: DocumentT, copies: Copies) -> DocumentT:
    """``document`` with every copy filled in that was found, and with the people whom these are about."""
    if not any(s.copy_of is not None for _, s in document.statements.values()):
        return document
    people = _People(own={person.id for person in document.people if person.id})
    sections = tuple(
        replace(s, statement=tuple(_filled(each, copies, people) for each in s.statement))
        for s in document.section
    )
    filled = replace(document, section=sections, people=(*document.people, *people.added))
    return replace(
        filled,
        section=tuple(_with_care(_resting(section, filled)) for section in sections),
        legal=_with_alerts(filled),
    )


def _with_alerts(document: Document) -> Legal:
    """Whom not to alert travels with what was said: a copy is no way around it."""
    copies = [s.copied for _, s in document.statements.values() if s.copied is not None]
    lines = (*document.legal.do_not_alert, *(line for c in copies for line in c.do_not_alert))
    return replace(document.legal, do_not_alert=tuple(dict.fromkeys(lines))[:_MOST_ALERTS])


def _with_care(section: Section) -> Section:
    """What the readers of a copied statement were told of its section goes on with it, with the agency's name."""
    copies = [s.copied for s in section.statement if s.copied is not None]
    return replace(
        section,
        quality=_together(section.quality, [(c, c.quality) for c in copies]),
        subject_access=_together(section.subject_access, [(c, c.subject_access) for c in copies]),
    )


def _together(own: str | None, others: Iterable[tuple[Copied, str | None]]) -> str | None:
    said = [f"{copied.sent_from}: {text}" for copied, text in others if text is not None]
    together = own or ""
    for text in said:
        longer = f"{together} {text}".lstrip()
        if text not in together and len(longer.encode()) <= limits.LONG_TEXT:
            together = longer
    return together or None


@dataclass(slots=True)
class _People:
    """The people who come with copies, each once, under ids that nobody else in the document has."""

    own: set[str]
    known: dict[tuple[ObjectHash, ItemId], str] = field(default_factory=dict)
    added: list[Person] = field(default_factory=list)

    def label(self, core: ObjectHash, id_: ItemId, said: record.Person, at: Place) -> str:
        if (core, id_) not in self.known:
            label = self._free(said.label)
            self.known[core, id_] = label
            self.own.add(label)
            self.added.append(_person(label, said, at))
        return self.known[core, id_]

    def _free(self, label: str) -> str:
        number = 2
        free = label
        while free in self.own:
            free = f"{label[: limits.CODE - 8]}-{number}"
            number += 1
        return free


def _person(label: str, said: record.Person, at: Place) -> Person:
    """Somebody as another agency described them, without the notes, which are of no kind of statement."""
    return Person(
        id=label,
        name=said.name,
        role=said.role,
        born=said.born,
        identifiers=dict(said.identifiers),
        part3_category=said.part3_category,
        location_sensitive=said.optional.get("location_sensitive") is True,
        source_known_to=source_known_to(said),
        copied=True,
        at=at,
    )


def _filled(statement: Statement, copies: Copies, people: _People) -> Statement:
    wanted = statement.copy_of
    if wanted is None or statement.copied is not None:
        return statement
    found = copies.get((wanted.package or "", wanted.statement or ""))
    if not isinstance(found, Copied):
        return replace(statement, not_copied=found)
    said = said_in(found, statement.at)
    missing = {name: said[name] for name in KEPT if not getattr(statement, name)}
    about = statement.about or tuple(
        people.label(found.core, id_, person, wanted.at) for id_, person in found.people
    )
    return replace(statement, **missing, about=about, copied=found)


def said_in(copied: Copied, at: Place = ()) -> Mapping[str, Any]:
    """What a statement says, in the words of a document."""
    said = copied.said
    values = {name: getattr(said, name) for name in KEPT}
    return values | {
        "kind": said.kind.value,
        "source": _source(said.source, (*at, "source")),
        "grade": _grade(said.grade, (*at, "grade")),
    }


def _source(said: record.Source | None, at: Place) -> Source | None:
    if said is None:
        return None
    return Source(
        type=said.type,
        detail=said.detail,
        relation=said.relation,
        reference=said.reference,
        identity_protected=said.identity_protected,
        first_hand=said.first_hand,
        at=at,
    )


def _grade(said: record.Grade | None, at: Place) -> Grade | None:
    return Grade(scheme=said.scheme, code=said.code, at=at) if said is not None else None


def _resting(section: Section, document: Document) -> Section:
    """``section`` whose copies rest on those of their statements that all its readers get too."""
    return replace(
        section,
        statement=tuple(
            s if s.basis else replace(s, basis=basis_of(s, section, document))
            for s in section.statement
        ),
    )


def basis_of(statement: Statement, section: Section, document: Document) -> tuple[int, ...]:
    """The numbers of the copies that a copy rests on, as far as they are copied too and its readers get them."""
    if statement.copied is None:
        return ()
    core, wanted = statement.copied.core, statement.copied.said.basis
    found = {
        other.copied.item: number
        for number, (place, other) in document.statements.items()
        if other.copied is not None
        and other.copied.core == core
        and section.readers <= place.readers
    }
    return tuple(found[item] for item in wanted if item in found)


def passed_on(copied: Copied, about: tuple[ItemId, ...], basis: tuple[ItemId, ...]) -> Any:
    """The statement as it goes on: word for word, one step further from its origin."""
    said = copied.said
    return replace(said, about=about, basis=basis, chain_depth=said.chain_depth + 1)


def copied_in(document: Document) -> Iterator[tuple[Section, Statement, Copied]]:
    """Every copy of a document, with its section."""
    for section, statement in document.statements.values():
        if statement.copied is not None:
            yield section, statement, statement.copied


def controlled_in(document: Document) -> Iterator[tuple[Section, Statement, Copied]]:
    """Every copy that goes on while its agency keeps control of it. Sending it back is not passing it on."""
    for section, statement, copied in copied_in(document):
        if copied.is_controlled and section.readers - {copied.sent_from}:
            yield section, statement, copied


def handling_of(section: Section, document: Document) -> tuple[str, ...]:
    """How a section is handled: as its author says, and by every condition of its copies that still holds."""
    said = section.handling or document.handling
    copies = [s.copied for s in section.statement if s.copied is not None]
    kept = [line for copied in copies for line in copied.conditions]
    first = (CONTROLLED,) if CONTROLLED in kept else ()
    return tuple(dict.fromkeys((*first, *said, *kept)))[:_MOST_LINES]
