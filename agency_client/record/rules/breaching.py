"""The rules on a breach: what is not known yet is owed and stops nothing (docs/records.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from agency_client.record.breaches import MISDIRECTED, REPORT_WITHIN, REPORTED, BreachDocument
from agency_client.record.facts import RecordFacts
from agency_client.record.findings import Finding, Findings, gather, owed, warning
from agency_client.record.rules.answers import reasons
from agency_client.record.rules.codes import known, usable
from agency_client.record.rules.naming import has_happened, identities, unknown_packages
from agency_client.record.when import span

Rule = Callable[[BreachDocument, RecordFacts], Iterator[Finding]]

#: The clause on security: the protocol has no other on breaches.
_CLAUSE: Final = "RT2"
#: Owed of every breach: table, field, what to say.
_REQUIRED: Final = (
    ("breach", "kind", "Say what kind of breach it is."),
    ("breach", "what_happened", "Say what happened."),
    (
        "breach",
        "aware_at",
        "Say since when your agency has been aware of it: the clock runs from then.",
    ),
    ("breach", "effects", "Say what the effects are, or may be."),
    ("breach", "remedy", "Say what was done about it, and what will be."),
    ("affected", "how_many", "Say how many people are affected, about."),
    ("notified", "regulator", "Say whether the regulator was told."),
    ("notified", "people", "Say whether the people were told."),
)
#: Answers that leave a question open.
_OPEN: Final = (None, (), "not_yet")
#: What an answer brings up: table, field, answer, the field that is then owed, what to say.
_THEN: Final = (
    ("regulator", "notified", "regulator_at", "Say when the regulator was told."),
    ("regulator", "not_required", "regulator_reason", "Say why the regulator need not be told."),
    ("people", "told", "people_at", "Say when the people were told."),
    ("people", "not_required", "people_reason", "Say why the people need not be told."),
    ("people", "would_prejudice", "people_reason", "Say what telling them would prejudice."),
)
#: Owed where something reached somebody who should not have it.
_MISDIRECTED: Final = (
    ("wrong_recipient", "Say who got it."),
    ("attestation", "Get it attested that every copy is destroyed, in words."),
    ("attested_by", "Say who attests that every copy is destroyed."),
)


def required(document: BreachDocument, facts: RecordFacts) -> Iterator[Finding]:
    """Each answer that every breach owes, now or as soon as it is known."""
    for table, name, message in _REQUIRED:
        tabled = getattr(document, table)
        if getattr(tabled, name) in _OPEN:
            yield owed(_CLAUSE, (*tabled.at, name), message)


def then(document: BreachDocument, facts: RecordFacts) -> Iterator[Finding]:
    """What follows from what was said of telling the regulator and the people."""
    notified = document.notified
    for name, answer, follows, message in _THEN:
        if getattr(notified, name) == answer and not getattr(notified, follows):
            yield owed(_CLAUSE, (*notified.at, follows), message)


def misdirected(document: BreachDocument, facts: RecordFacts) -> Iterator[Finding]:
    """Who got what was not theirs is named, and attests that it is destroyed."""
    if MISDIRECTED not in document.breach.kind:
        return
    for name, message in _MISDIRECTED:
        if not getattr(document.misdirection, name):
            yield owed(_CLAUSE, (*document.misdirection.at, name), message)


def late(document: BreachDocument, facts: RecordFacts) -> Iterator[Finding]:
    """The regulator is told within 72 hours of awareness, or told why it was later."""
    aware = span(document.breach.aware_at) if document.breach.aware_at else None
    notified = document.notified
    is_told = notified.regulator in REPORTED
    if aware and not is_told and facts.now > aware.first + REPORT_WITHIN:
        at = (*notified.at, "regulator")
        message = "The 72 hours are over. Tell the regulator now, and why it is late."
        yield warning("W_DOC_TIME", at, message, clause=_CLAUSE)


def times(document: BreachDocument, facts: RecordFacts) -> Iterator[Finding]:
    """What happened has happened, and nobody was aware of it before."""
    breach, notified = document.breach, document.notified
    yield from has_happened(breach.happened_at, (*breach.at, "happened_at"), facts)
    yield from has_happened(breach.aware_at, (*breach.at, "aware_at"), facts)
    yield from has_happened(notified.regulator_at, (*notified.at, "regulator_at"), facts)
    yield from has_happened(notified.people_at, (*notified.at, "people_at"), facts)
    happened = span(breach.happened_at) if breach.happened_at else None
    aware = span(breach.aware_at) if breach.aware_at else None
    if happened and aware and aware.last < happened.first:
        message = "You were aware of it before it happened?"
        yield warning("W_DOC_TIME", (*breach.at, "aware_at"), message)


def people(document: BreachDocument, facts: RecordFacts) -> Iterator[Finding]:
    """Every person has an id and a name."""
    yield from identities(document.people)


def packages(document: BreachDocument, facts: RecordFacts) -> Iterator[Finding]:
    """Every package that is named is here."""
    yield from unknown_packages(document.packages, document.entry, facts)


RULES: Final[tuple[Rule, ...]] = (
    required,
    then,
    misdirected,
    late,
    times,
    people,
    packages,
    known,
    usable,
    reasons,
)


def check_breach(document: BreachDocument, facts: RecordFacts) -> Findings:
    """Everything there is to say about a breach, all at once."""
    return gather(document, (finding for rule in RULES for finding in rule(document, facts)))
