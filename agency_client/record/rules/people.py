"""Rules on the people of a document: each with an id and name of their own, each named by somebody who means them."""

from __future__ import annotations

from collections.abc import Iterator

from agency_client.record.document import Document
from agency_client.record.facts import Facts
from agency_client.record.faults import did_you_mean
from agency_client.record.findings import Finding, owed, problem, warning
from agency_client.record.rules.numbers import checked
from agency_client.record.unanswerable import is_open

PART_3 = "dpa2018_part3_law_enforcement"


def identities(document: Document, facts: Facts) -> Iterator[Finding]:
    """Every person has an id of their own, a name and a role."""
    seen: set[str] = set()
    for person in document.people:
        for name in ("id", "name", "role"):
            if getattr(person, name) is None:
                message = f"This person has no {name}."
                yield problem("E_DOC_MISSING", (*person.at, name), message, clause="Q6")
        if person.id in seen:
            message = "Another person has this id."
            yield problem("E_DOC_DUPLICATE", (*person.at, "id"), message, clause="Q6")
        seen.add(person.id or "")


def named(document: Document, facts: Facts) -> Iterator[Finding]:
    """Whoever a statement or answer names is among the people."""
    persons = document.persons
    for name, at in document.mentions():
        if name and name not in persons and not is_open(name):
            message = "Nobody under [[people]] has this id." + did_you_mean(name, persons)
            yield problem("E_DOC_PERSON", at, message, clause="Q6")


def somebody_means_them(document: Document, facts: Facts) -> Iterator[Finding]:
    """A person whom no statement is about travels to nobody."""
    meant = document.meant
    for person in document.people:
        if person.id and person.id not in meant:
            message = "No statement is about this person, so nobody will be sent the name."
            yield warning("W_DOC_PERSON", person.at, message, clause="Q6")


def whose_information(document: Document, facts: Facts) -> Iterator[Finding]:
    """Whom a statement is about is owed."""
    for _, statement in document.statements.values():
        if not statement.about and statement.copy_of is None:
            yield owed("Q6", (*statement.at, "about"), "Say whom this statement is about.")


def categories(document: Document, facts: Facts) -> Iterator[Finding]:
    """Law enforcement says which category a person is in, as far as it can."""
    for person in document.people:
        if document.legal.regime == PART_3 and not (person.part3_category or person.copied):
            at = (*person.at, "part3_category")
            yield owed("OB1", at, "Say which category this person is in.", in_words=False)


def numbered(document: Document, facts: Facts) -> Iterator[Finding]:
    """Numbers that carry a check digit hold."""
    yield from checked(document.people)


RULES = (identities, named, somebody_means_them, whose_information, categories, numbered)
