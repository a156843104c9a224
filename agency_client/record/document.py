"""A package document: everything that a practitioner writes, as frozen values (docs/document.md).

What the author left out is None or empty; what could not be read is left out too and noted in ``faults``. Whether it
may be sent is decided by the rules (`agency_client/record/rules/__init__.py`), never here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agency_client.record.answers import (
    Advice,
    Capacity,
    ChildVoice,
    Consent,
    Decision,
    Informing,
    Legal,
    Onward,
    Quality,
)
from agency_client.record.as_written import AskedHere
from agency_client.record.fields import CODE, LINE, End, When, texts
from agency_client.record.places import Place
from agency_client.record.statements import Contact, Person, Section, Statement
from agency_client.record.tables import Many, One, said
from phoenix_protocol import limits

#: Sections that an author can write; the legal and the decision section are added to them.
SECTIONS = limits.SECTIONS - 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(AskedHere):
    """The whole document. Absent tables are empty ones, so that rules can ask for any answer."""

    to: tuple[str, ...] = said(texts(LINE, limits.RECIPIENTS), default=())
    purpose: str | None = said(LINE)
    purpose_code: tuple[str, ...] = said(texts(CODE, 8), default=(), codes="purpose")
    classification: str | None = said(CODE)
    handling: tuple[str, ...] = said(texts(LINE, 16), default=())
    permitted_action: tuple[str, ...] = said(texts(LINE, 8), default=(), codes="permitted_action")
    urgency: str | None = said(CODE, codes="urgency")
    expires: str | None = said(End())
    thread: str | None = said(LINE)
    supersedes: str | None = said(CODE)
    next_review: str | None = said(When(or_why_not=True))
    contact: Contact = said(One(Contact), default=Contact(at=("contact",)))
    people: tuple[Person, ...] = said(Many(Person, limits.PEOPLE), default=())
    section: tuple[Section, ...] = said(Many(Section, SECTIONS), default=())
    decision: Decision = said(One(Decision), default=Decision(at=("decision",)))
    onward: Onward = said(One(Onward), default=Onward(at=("onward",)))
    legal: Legal = said(One(Legal), default=Legal(at=("legal",)))
    consent: Consent = said(One(Consent), default=Consent(at=("consent",)))
    capacity: tuple[Capacity, ...] = said(Many(Capacity, limits.PEOPLE), default=())
    child_voice: ChildVoice = said(One(ChildVoice), default=ChildVoice(at=("child_voice",)))
    informing: tuple[Informing, ...] = said(Many(Informing, limits.PEOPLE), default=())
    quality: Quality = said(One(Quality), default=Quality(at=("quality",)))
    advice: tuple[Advice, ...] = said(Many(Advice, 64), default=())

    @property
    def statements(self) -> Mapping[int, tuple[Section, Statement]]:
        """Every statement by its number, with its section."""
        return {s.number: (section, s) for section in self.section for s in section.statement}

    @property
    def persons(self) -> Mapping[str, Person]:
        """Everybody in the document by the author's id for them."""
        return {person.id: person for person in self.people if person.id}

    # What kinds of document that are packages too say otherwise.

    @property
    def speaks_without_sections(self) -> bool:
        """Whether there is something to send even where no section was written."""
        return False

    @property
    def readers(self) -> frozenset[str]:
        """Every address that reads something which its author wrote."""
        return frozenset(name for section in self.section for name in section.need_to_know)

    @property
    def meant(self) -> frozenset[str]:
        """The ids of everybody whom something in the document is about."""
        return frozenset(name for _, s in self.statements.values() for name in s.about)

    def parts(self) -> Iterator[tuple[frozenset[str], Any]]:
        """Every table that some of the recipients read, with the addresses that it is for."""
        for section in self.section:
            yield section.readers, section

    def for_all(self) -> tuple[Any, ...]:
        """Every table that all recipients read."""
        return (self.contact, self.legal, self.quality, *self.informing)

    def addresses(self) -> Iterator[tuple[str, Place]]:
        """Every address in the document, once for each place."""
        for n, name in enumerate(self.to):
            if name:
                yield name, ("to", n)
        for section in self.section:
            for name in section.need_to_know:
                if name not in self.to:
                    yield name, (*section.at, "need_to_know", name)

    def mentions(self) -> Iterator[tuple[str, Place]]:
        """Every id of a person that the document uses, with its place."""
        for _, statement in self.statements.values():
            for n, name in enumerate(statement.about):
                yield name, self.entry((*statement.at, "about"), n)
        answers: tuple[Capacity | Informing, ...] = (*self.capacity, *self.informing)
        for answer in answers:
            if answer.person is not None:
                yield answer.person, (*answer.at, "person")
