"""The rules on a decision that goes with no package: two answers must be there, the others are owed or asked.

As for packages, nothing recommends, scores or stops for what is missing (docs/records.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from agency_client.record.decisions import DecisionDocument
from agency_client.record.facts import RecordFacts
from agency_client.record.findings import Finding, Findings, gather, owed, problem, prompt, warning
from agency_client.record.rules import local
from agency_client.record.rules.answers import reasons
from agency_client.record.rules.codes import known, usable
from agency_client.record.rules.naming import (
    has_happened,
    identities,
    is_to_come,
    mentioned,
    unknown_packages,
)
from agency_client.record.rules.numbers import checked
from agency_client.record.unanswerable import settled

Rule = Callable[[DecisionDocument, RecordFacts], Iterator[Finding]]

#: Outcomes after which something that was asked for stays where it is.
KEPT_BACK: Final = frozenset({"do_not_share", "defer", "share_part", "refer_elsewhere"})
#: Outcomes by which something is shared.
_SHARING: Final = frozenset({"share_all_requested", "share_part", "share_on_condition"})
#: Whom the duty to share of Children Act 2004 s.16LA binds.
_DUTY: Final = frozenset({"a", "b", "c"})

_WANTED: Final = {
    "outcome": "The outcome of the decision is missing.",
    "decided_by": "Nobody is named who took the decision.",
}
#: Owed of every decision: clause, table, field, what to say.
_REQUIRED: Final = (
    ("PR2", None, "purpose", "Say what the information was wanted for."),
    ("SH6", "asked", "by", "Say who asked for it, and for whom, or that nobody did."),
    ("KM1", "decision", "welfare", "Say how the child's welfare was the first consideration."),
    ("CF5", "decision", "if_shared", "Say what might happen if this is shared."),
    ("CF5", "decision", "if_not_shared", "Say what might happen if this is not shared."),
    ("KM4", "decision", "review_at", "Say when this decision will be looked at again."),
)
#: Owed of some outcomes.
_OF_OUTCOME: Final = {
    "share_part": ("Q9", "withheld", "Say what is not shared, and why."),
    "share_on_condition": ("SH6", "conditions", "Say on what condition."),
    "information_not_held": ("SH6", "searched", "Say where it was looked for, and where not."),
    "refer_elsewhere": ("SH6", "refer_to", "Say to whom it was referred."),
}
_QUESTIONS: Final = (
    ("KM2", "decision", "consequence_of_not_sharing", "What would not sharing leave unknown?"),
    ("Q8", "decision", "more_harm", "Would sharing cause more harm than not sharing?"),
    ("CF6", "decision", "information_known_at", "Since when has this been known?"),
    ("Q3", "consent", "needed", "Would you need consent to share this?"),
    ("CO6", "child_voice", "words", "What does the child want?"),
)


def recorded(document: DecisionDocument, facts: RecordFacts) -> Iterator[Finding]:
    """A decision has an outcome and somebody who took it (hard block 5)."""
    for name, message in _WANTED.items():
        if not settled(getattr(document.decision, name)):
            remedy = "Write [decision] with outcome and decided_by."
            at = (*document.decision.at, name)
            yield problem("E_DOC_DECISION", at, message, remedy=remedy, clause="SH6")


def required(document: DecisionDocument, facts: RecordFacts) -> Iterator[Finding]:
    """Each answer that every decision owes, as the one in a package does."""
    for clause, table, name, message in _REQUIRED:
        tabled = document if table is None else getattr(document, table)
        if not getattr(tabled, name):
            yield owed(clause, (*tabled.at, name), message)
    if not document.people:
        yield owed("Q6", ("people",), "Say whom the decision is about.", in_words=False)


def of_outcome(document: DecisionDocument, facts: RecordFacts) -> Iterator[Finding]:
    """What the outcome itself asks for."""
    wanted = _OF_OUTCOME.get(document.decision.outcome or "")
    if wanted is not None:
        clause, name, message = wanted
        if not getattr(document.decision, name):
            yield owed(clause, (*document.decision.at, name), message)


def detriment(document: DecisionDocument, facts: RecordFacts) -> Iterator[Finding]:
    """Whom the duty to share binds says why sharing would be more detrimental to the child than not sharing."""
    binds = facts.own.legal_scope in _DUTY and facts.own.jurisdiction == "england"
    decision = document.decision
    asked = binds and not decision.exemption
    if asked and decision.outcome in KEPT_BACK and decision.detriment is None:
        message = (
            "Say why sharing would be more detrimental to the child than not sharing (Children Act 2004 s.16LA(3)), "
            "or why the duty to share does not apply."
        )
        yield owed("Q8", (*decision.at, "detriment"), message)


def questions(document: DecisionDocument, facts: RecordFacts) -> Iterator[Finding]:
    """Each question for judgement that the document does not answer yet."""
    for clause, table, name, question in _QUESTIONS:
        tabled = getattr(document, table)
        if not getattr(tabled, name):
            yield prompt(clause, (*tabled.at, name), question)
    if not document.advice and document.decision.outcome in KEPT_BACK:
        yield prompt("CF2", ("advice",), "Should you ask your information manager for advice?")


def access(document: DecisionDocument, facts: RecordFacts) -> Iterator[Finding]:
    """Who keeps something from the person it is about says what; asks whoever had shared it."""
    decision = document.decision
    if not decision.exemption:
        return
    if not decision.withheld and decision.outcome != "share_part":
        yield owed("Q9", (*decision.at, "withheld"), "Say what is not shared, and why.")
    if document.packages and decision.originator_view is None:
        question = "What does the agency that shared it with you say?"
        yield prompt("Q6", (*decision.at, "originator_view"), question)


def shares(document: DecisionDocument, facts: RecordFacts) -> Iterator[Finding]:
    """Sharing by a package records its own decision; this one is for what was shared in another way."""
    if document.decision.outcome in _SHARING and not document.packages:
        at = (*document.decision.at, "outcome")
        message = (
            "This decision is to share. Sending a package records it, together with what is sent."
        )
        yield warning("W_DOC_OUTCOME", at, message, clause="SH6")


def people(document: DecisionDocument, facts: RecordFacts) -> Iterator[Finding]:
    """Every person has an id and a name; whoever an answer names is among them."""
    yield from identities(document.people)
    yield from mentioned(document.mentions(), document.people)
    yield from checked(document.people)


def packages(document: DecisionDocument, facts: RecordFacts) -> Iterator[Finding]:
    """Every package that is named is here."""
    yield from unknown_packages(document.packages, document.entry, facts)


def times(document: DecisionDocument, facts: RecordFacts) -> Iterator[Finding]:
    """What happened has happened, and what is to come is to come."""
    decision, asked = document.decision, document.asked
    yield from is_to_come(decision.review_at, (*decision.at, "review_at"), facts)
    for name in ("decided_at", "information_known_at"):
        yield from has_happened(getattr(decision, name), (*decision.at, name), facts)
    yield from has_happened(asked.asked_at, (*asked.at, "asked_at"), facts)


RULES: Final[tuple[Rule, ...]] = (
    recorded,
    required,
    of_outcome,
    detriment,
    questions,
    access,
    shares,
    people,
    packages,
    times,
    known,
    usable,
    reasons,
    *local.RULES,
)


def check_decision(document: DecisionDocument, facts: RecordFacts) -> Findings:
    """Everything there is to say about a decision, all at once."""
    return gather(document, (finding for rule in RULES for finding in rule(document, facts)))
