"""Questions for a person's judgement: asked where they are unanswered, never scored, never answered here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agency_client.record.document import Document
from agency_client.record.facts import Facts
from agency_client.record.findings import Finding, prompt, warning
from agency_client.record.rules.consent import AGAINST

#: Clause, table, field, question.
QUESTIONS: Final = (
    ("KM2", "decision", "consequence_of_not_sharing", "What would not sharing leave unknown?"),
    ("KM3", "decision", "why_this_much", "Why is it necessary to share this much, and not less?"),
    ("KM3", "decision", "why_enough", "Is it enough for the purpose?"),
    ("Q9", "decision", "withheld", "What did you leave out, and why?"),
    (
        "CF6",
        "decision",
        "relationship_impact",
        "What will this do to your relationship with the person?",
    ),
    ("CF6", "decision", "information_known_at", "Since when has this been known?"),
    (
        "Q8",
        "decision",
        "more_harm",
        "Would sharing without consent cause more harm than not sharing?",
    ),
    (
        "Q15",
        "decision",
        "labels_checked_by",
        "Who else looked whether each statement has the right kind?",
    ),
    ("Q3", "consent", "needed", "Do you need consent to share this?"),
    ("Q7", "consent", "seeking_would_risk", "Would seeking consent place somebody at risk?"),
    (
        "Q7",
        "consent",
        "seeking_would_prejudice",
        "Would seeking consent prejudice a police investigation?",
    ),
    (
        "Q7",
        "consent",
        "seeking_would_delay",
        "Would seeking consent lead to a delay that cannot be justified?",
    ),
)
#: Whoever was asked nothing had nothing explained to them.
_NOT_ASSESSED: Final = "not_assessed"


def questions(document: Document, facts: Facts) -> Iterator[Finding]:
    """Each question that the document does not answer yet."""
    for clause, table, name, question in QUESTIONS:
        tabled = getattr(document, table)
        if not getattr(tabled, name):
            yield prompt(clause, (*tabled.at, name), question)


def advice(document: Document, facts: Facts) -> Iterator[Finding]:
    """Whoever is unsure about confidentiality can ask the information manager."""
    if not document.advice and not document.legal.confidence_basis:
        question = "Are you sure about confidentiality, or should you ask your information manager?"
        yield prompt("CF2", ("advice",), question)


def capacity(document: Document, facts: Facts) -> Iterator[Finding]:
    """Whether the child can decide for themselves, and how it was explained to them: no age decides this."""
    if not any(person.role == "child" for person in document.people):
        return
    if not document.capacity:
        question = "Can the child understand and decide about sharing this? No age decides it."
        place = facts.catalogue.find("jurisdiction", facts.own.jurisdiction)
        beside = f" {place.label}: {place.help}" if place and place.help else ""
        yield prompt("CO5", ("capacity",), question + beside)
    is_asked_for = bool(document.consent.given_by)
    for entry in document.capacity:
        is_open = entry.outcome != _NOT_ASSESSED or is_asked_for
        if entry.how_explained is None and is_open:
            question = "How was it explained in a way that suits the person?"
            yield prompt("CO8", (*entry.at, "how_explained"), question)


def disagreement(document: Document, facts: Facts) -> Iterator[Finding]:
    """Where people say different things about sharing, somebody weighs it. Nothing resolves it."""
    consent = document.consent
    if consent.disagreement is not None:
        return
    at = (*consent.at, "disagreement")
    against = any(position.says in AGAINST for position in consent.position)
    if against and (consent.given_by or any(p.says == "agrees" for p in consent.position)):
        yield prompt("CO7", at, "They do not agree about sharing this. What do you make of it?")
    elif len(consent.given_by) > 1 and not consent.position:
        question = "Do the child and those with parental responsibility agree?"
        yield prompt("CO7", at, question)


def asked(document: Document, facts: Facts) -> Iterator[Finding]:
    """Somebody has asked about the same people, and waits for an answer."""
    if facts.asked:
        message = f"You owe an answer about the same people: request {', '.join(facts.asked)}."
        yield warning("W_DOC_ASKED", ("people",), message, clause="KM2")


RULES = (questions, advice, capacity, disagreement, asked)
