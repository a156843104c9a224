"""Rules on consent: never a gate, but whoever relies on it must have it (hard block 7), and on informing people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agency_client.record.document import Document
from agency_client.record.facts import Facts
from agency_client.record.findings import Finding, owed, problem, warning
from agency_client.record.places import Place

_GIVEN: Final = frozenset({"yes_explicit", "yes_limited"})
_AGAINST: Final = frozenset({"refused", "withdrawn"})
#: What tells whether there is consent; the other words tell why nobody needs it.
TELLING: Final = _GIVEN | _AGAINST
#: Positions of somebody who does not want it shared.
AGAINST: Final = frozenset({"refuses", "withdrew"})
_ELEMENTS: Final = {
    "why": "why the information needs to be shared",
    "who": "who will see it",
    "how_much": "how much will be shared",
    "implications": "the purposes and implications of sharing",
}


def relied_on(document: Document) -> tuple[Place, ...]:
    """Every place where the document relies on consent."""
    legal = document.legal
    choices = (
        ("article_6", "a_consent" in legal.article_6),
        ("article_9", "a_explicit_consent" in legal.article_9),
        ("confidence_basis", "explicit_consent" in legal.confidence_basis),
        ("part3_lawful", legal.part3_lawful == "consent"),
        ("part3_sensitive", legal.part3_sensitive == "consent"),
    )
    return tuple((*legal.at, name) for name, is_chosen in choices if is_chosen)


def not_against(document: Document, facts: Facts) -> Iterator[Finding]:
    """Nobody relies on a consent that was not given, was refused or was withdrawn."""
    status = document.legal.consent
    for at in relied_on(document) if status not in _GIVEN else ():
        message = "You rely on consent here, but the document does not say that it was given."
        yield problem("E_DOC_CONSENT", at, message, clause="KM5")
    implied = "implied_consent_direct_care" in document.legal.confidence_basis
    if implied and status in _AGAINST:
        at = (*document.legal.at, "confidence_basis")
        message = "You rely on implied consent here, but consent was refused or withdrawn."
        yield problem("E_DOC_CONSENT", at, message, clause="KM5")


def informed(document: Document, facts: Facts) -> Iterator[Finding]:
    """Consent that is relied on was informed: four things were explained."""
    if not relied_on(document):
        return
    explained = document.consent.explained
    for name, words in _ELEMENTS.items():
        if explained is None or getattr(explained, name) is None:
            at = (*document.consent.at, "explained", name)
            message = f"You rely on consent. Say how this was explained: {words}."
            yield problem("E_DOC_CONSENT", at, message, clause="CO1")


def freely_given(document: Document, facts: Facts) -> Iterator[Finding]:
    """Consent that is relied on was given freely, and somebody says so."""
    if relied_on(document) and document.consent.freely_given is None:
        at = (*document.consent.at, "freely_given")
        message = "You rely on consent, but nobody confirms that it was given freely."
        yield problem("E_DOC_CONSENT", at, message, clause="CO3")


def objections(document: Document, facts: Facts) -> Iterator[Finding]:
    """Whoever relies on consent is told of anybody known to be against it. It stops nothing."""
    if not relied_on(document):
        return
    for position in document.consent.position:
        if position.says in AGAINST:
            clause = "CO10" if position.capacity == "parental_responsibility" else "CO7"
            message = "You rely on consent, and this person is against sharing."
            yield warning("W_DOC_CONSENT", (*position.at, "says"), message, clause=clause)


def earlier(document: Document, facts: Facts) -> Iterator[Finding]:
    """Whoever relies on consent is told that it was refused or withdrawn in this thread before."""
    if (
        relied_on(document)
        and facts.thread_consent in _AGAINST
        and document.legal.consent in _GIVEN
    ):
        at = (*document.legal.at, "consent")
        message = f"In this thread consent was {facts.thread_consent} before. Was it given again?"
        yield warning("W_DOC_CONSENT", at, message, clause="CO4")


def details(document: Document, facts: Facts) -> Iterator[Finding]:
    """What else is recorded of a consent that is relied on is owed."""
    if not relied_on(document):
        return
    consent = document.consent
    if not consent.given_by:
        yield owed("Q5", (*consent.at, "given_by"), "Say whose consent it is.", in_words=False)
    if consent.understanding is None:
        at: Place = (*consent.at, "understanding")
        yield owed("Q16", at, "Say how you know that the person understood the consequences.")
    is_on_behalf = any(g.capacity == "parental_responsibility" for g in consent.given_by)
    if is_on_behalf and consent.parental_responsibility is None:
        at = (*consent.at, "parental_responsibility")
        yield owed("CO9", at, "Say what shows that the person has parental responsibility.")


def status(document: Document, facts: Facts) -> Iterator[Finding]:
    """Whether there is consent is owed, and with it evidence, limits or the reason why it was not sought."""
    legal, consent = document.legal, document.consent
    if legal.consent is None:
        yield owed("KM5", (*legal.at, "consent"), "Say whether there is informed consent.")
    elif legal.consent == "not_sought" and not legal.consent_not_sought_reason:
        at: Place = (*legal.at, "consent_not_sought_reason")
        yield owed("KM5", at, "Say why consent was not sought.")
    elif legal.consent in _GIVEN and consent.evidence is None:
        yield owed("Q1", (*consent.at, "evidence"), "Say where the consent is recorded.")
    if legal.consent == "yes_limited" and consent.limits is None:
        at = (*consent.at, "limits")
        yield owed("SH3", at, "Say what the limits of the consent are. Every recipient sees them.")


def informing(document: Document, facts: Facts) -> Iterator[Finding]:
    """Whether people know that it is shared is owed, and with it how and when, or why not and until when.

    An answer of each person's own stands in place of the one for all.
    """
    legal = document.legal
    if legal.informed is None and not document.informing:
        yield owed(
            "CO11", (*legal.at, "informed"), "Say whether the person knows that it is shared."
        )
    yield from _follow_up(
        legal.informed,
        {
            "how": (legal.informed_how, (*legal.at, "informed_how")),
            "by": (legal.inform_by, (*legal.at, "inform_by")),
            "reason": (legal.not_informed_reason, (*legal.at, "not_informed_reason")),
            "review": (legal.inform_review, (*legal.at, "inform_review")),
        },
    )
    for entry in document.informing:
        if entry.status is None:
            yield owed(
                "CO11", (*entry.at, "status"), "Say whether this person knows that it is shared."
            )
        yield from _follow_up(
            entry.status,
            {
                "how": (entry.how, (*entry.at, "how")),
                "by": (entry.inform_by, (*entry.at, "inform_by")),
                "reason": (entry.reason, (*entry.at, "reason")),
                "review": (entry.review, (*entry.at, "review")),
            },
        )


def _follow_up(status: str | None, answers: dict[str, tuple[object, Place]]) -> Iterator[Finding]:
    asked = {
        "informed_before": [("Q14", "how", "Say when, how and by whom the person was told.")],
        "informed_after": [("Q14", "how", "Say when, how and by whom the person was told.")],
        "will_inform_by": [("Q14", "by", "Say by when the person will be told.")],
        "not_informed": [
            ("CO11", "reason", "Say why the person is not told."),
            ("CO11", "review", "Say when you will look at this again."),
        ],
    }
    for clause, name, message in asked.get(status or "", []):
        answer, at = answers[name]
        if not answer:
            yield owed(clause, at, message)


RULES = (not_against, informed, freely_given, objections, earlier, details, status, informing)
