"""Rules on who is named where: a protected source only to those who may know it (hard block 9), nobody on the cover.

The name is looked for as it is written, as whole words. That a text gives somebody away in other words, only a person
can see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from agency_client.record.document import Document
from agency_client.record.facts import Facts
from agency_client.record.findings import Finding, problem, warning
from agency_client.record.places import Place
from agency_client.record.statements import Person, Section
from agency_client.record.subjects import reference
from agency_client.record.tables import declared

Text = tuple[str, Place]
#: Answers that stay with the sender's agency.
_OWN: Final = frozenset({"confider"})


def known_only_to_those_named(document: Document, facts: Facts) -> Iterator[Finding]:
    """A section whose readers are not all named to know a protected source neither is about them nor names them."""
    for person in _protected(document):
        named = frozenset(person.source_known_to)
        for section in document.section:
            if section.readers - named:
                yield from _told_in(section, person, document)


def not_told_to_everybody(document: Document, facts: Facts) -> Iterator[Finding]:
    """What every recipient reads does not name a source that some of them may not know."""
    for person in _protected(document):
        if set(document.to) <= set(person.source_known_to):
            continue
        for text, at in _for_everybody(document):
            if _names(person, text):
                yield _refusal(person, at)


def nobody_on_the_cover(document: Document, facts: Facts) -> Iterator[Finding]:
    """What is read in lists before anybody has accepted anything names nobody whom it is about."""
    kept = _protected(document)  # who they are stops the package, where it says so
    people = [person for person in document.people if person not in kept]
    for name in ("purpose", "handling", "contact"):
        for text, at in _texts(getattr(document, name), (name,)):
            if any(_is_on(person, text) for person in people):
                message = "This names somebody on the cover, which is shown in lists before it is accepted."
                yield warning("W_DOC_COVER", at, message, clause="CO11")


def _is_on(person: Person, text: str) -> bool:
    written = reference(text)
    numbers = (reference(number) for number in person.identifiers.values())
    is_a_word = len((person.name or "").strip()) > 1  # an initial is in every sentence
    return (is_a_word and _names(person, text)) or any(n and n in written for n in numbers)


def tells_source(document: Document, texts: Iterable[str], audience: Iterable[str]) -> bool:
    """Whether words said later of a package name a source of its document to somebody who may not know it."""
    readers = frozenset(audience)
    return any(
        _names(person, text)
        for person in _protected(document)
        if readers - frozenset(person.source_known_to)
        for text in texts
    )


def _protected(document: Document) -> list[Person]:
    return [person for person in document.people if person.source_known_to]


def _told_in(section: Section, person: Person, document: Document) -> Iterator[Finding]:
    about = {name for statement in section.statement for name in statement.about}
    for statement in section.statement:
        if person.id in statement.about:
            yield _refusal(person, (*statement.at, "about"))
    for text, at in _texts(section, section.at):
        if _names(person, text):
            yield _refusal(person, at)
    for other in document.people:
        if other.id in about and other is not person and _names(person, other.notes or ""):
            yield _refusal(person, (*other.at, "notes"))


def _refusal(person: Person, at: Place) -> Finding:
    message = (
        f"This tells readers who the source {person.id} is. Only {len(person.source_known_to)} "
        "of the addresses may know."
    )
    return problem("E_DOC_PROTECTED", at, message, clause="Q2")


def _names(person: Person, text: str) -> bool:
    name = (person.name or "").strip()
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) if name else None
    return found is not None


def _for_everybody(document: Document) -> Iterator[Text]:
    """Every text on the cover and in the section that is for all, and where it stands."""
    for name in ("purpose", "thread", "handling", "permitted_action"):
        yield from _texts(getattr(document, name), (name,))
    tables: tuple[Any, ...] = (document.contact, document.legal, document.quality)
    for table in (*tables, *document.informing):
        yield from _texts(table, table.at)


def _texts(value: Any, at: Place) -> Iterator[Text]:
    """Every text in a table, a list or a map, with its place."""
    if isinstance(value, str):
        yield value, at
    elif isinstance(value, tuple):
        for n, each in enumerate(value):
            yield from _texts(each, (*at, n))
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _texts(each, (*at, name))
    elif hasattr(value, "at"):
        for entry in declared(type(value)):
            if entry.name not in _OWN:
                yield from _texts(getattr(value, entry.name), (*at, entry.name))


RULES = (known_only_to_those_named, not_told_to_everybody, nobody_on_the_cover)
