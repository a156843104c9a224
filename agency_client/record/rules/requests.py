"""Rules on requests: who is asked what, why, by when, and by what right. None of them waits for an answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from agency_client.record.calendar import Calendar, Unit, due_at, length
from agency_client.record.facts import Facts
from agency_client.record.findings import Finding, Findings, gather, owed, problem, prompt, warning
from agency_client.record.places import Place
from agency_client.record.requests import RequestDocument
from agency_client.record.rules import RULES
from agency_client.record.rules.recipients import reached
from agency_client.record.rules.victims import VICTIM_RULES
from agency_client.record.when import expiry
from phoenix_protocol import limits
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Seconds

#: Ids of sections that are added by themselves.
ADDED: Final = frozenset({"legal", "decision", "request"})
#: The urgency of a request that does not say one.
NOT_STATED: Final = "not_stated"
#: Thresholds at which nobody asks without consent unless there is a reason.
_BELOW_47: Final = frozenset({"universal", "early_help", "ca1989_s17", "wales_care_and_support"})
_WITH_CONSENT: Final = frozenset({"yes_explicit", "yes_limited"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFacts(Facts):
    """What the rules must know, and the working calendar."""

    calendar: Calendar


def check_request(document: RequestDocument, facts: RequestFacts) -> Findings:
    """Everything there is to say about a request, all at once: what is said of every package, and of requests."""
    return gather(document, (*_of_packages(document, facts), *_of_requests(document, facts)))


def _of_packages(document: RequestDocument, facts: RequestFacts) -> Iterator[Finding]:
    for rule in RULES:
        yield from rule(document, facts)


def _of_requests(document: RequestDocument, facts: RequestFacts) -> Iterator[Finding]:
    for rule in REQUEST_RULES:
        yield from rule(document, facts)


# -- when it is due ----------------------------------------------------------------------------------------------------


def due_of(document: RequestDocument, facts: RequestFacts) -> Seconds:
    """When the answers are due: as the request says, or as the calendar says for its urgency.

    Raises RefusedError ``E_DOC_TIME`` for what is no time to come.
    """
    return due_by(document, facts.calendar, facts.now)


def due_by(document: RequestDocument, calendar: Calendar, now: Seconds) -> Seconds:
    """The same by a calendar, for a request that goes at ``now``."""
    text = document.request.due
    if text is None:
        within = calendar.within.get(document.urgency or NOT_STATED, calendar.within[NOT_STATED])
        return due_at(calendar, now, within)
    within_text = length(text)
    if within_text is not None:
        return due_at(calendar, now, within_text)
    return expiry(text, now, limits.LIFE)


def in_time(document: RequestDocument, facts: RequestFacts) -> Iterator[Finding]:
    """It is due in the future, and not after the package has ended."""
    at: Place = (*document.request.at, "due")
    try:
        due = due_of(document, facts)
    except RefusedError:
        message = "This does not say a time to come."
        remedy = "Write a length such as 4 hours or 2 working days, or a time such as 4 December 2026 5pm."
        yield problem("E_DOC_TIME", at, message, remedy=remedy)
        return
    try:
        ends = expiry(facts.expires or document.expires, facts.now, facts.bounds.life)
    except RefusedError:
        return  # said already
    if due > ends:
        message = "The request ends before its answers are due."
        yield warning("W_DOC_TIME", at, message)


def on_the_calendar(document: RequestDocument, facts: RequestFacts) -> Iterator[Finding]:
    """A working time rests on days off that are known and those of one's own country."""
    calendar, asking = facts.calendar, document.request
    named = length(asking.due) if asking.due else None
    within = named or calendar.within.get(document.urgency or NOT_STATED)
    if within is None or within.unit is Unit.SECONDS or (asking.due and named is None):
        return
    at: Place = (*asking.at, "due")
    if not calendar.is_known_at(due_at(calendar, facts.now, within)):
        yield warning("W_DOC_CALENDAR", at, "The calendar does not know the days off until then.")
    elif facts.own.jurisdiction not in calendar.jurisdiction:
        message = "The days off in the calendar are not those where your agency is."
        yield warning("W_DOC_CALENDAR", at, message)


# -- who is asked what -------------------------------------------------------------------------------------------------


def something(document: RequestDocument, facts: RequestFacts) -> Iterator[Finding]:
    """There is a question."""
    if not document.question:
        message = "The request has no question."
        yield problem("E_DOC_EMPTY", ("question",), message, remedy="Write a [[question]].")


def questions(document: RequestDocument, facts: RequestFacts) -> Iterator[Finding]:
    """Every question has an id of its own, a text, and somebody who is asked."""
    seen = {section.id for section in document.section} | ADDED
    for question in document.question:
        if question.id is None:
            message = "This question has no id."
            remedy = 'Write id = "..." in one word.'
            yield problem("E_DOC_MISSING", (*question.at, "id"), message, remedy=remedy)
        elif question.id in seen:
            message = "Another question or section has this id."
            yield problem("E_DOC_DUPLICATE", (*question.at, "id"), message)
        seen.add(question.id)
        if question.text is None:
            message = "This question does not ask anything."
            yield problem("E_DOC_MISSING", (*question.at, "text"), message)
        if not question.ask:
            yield problem(
                "E_DOC_NEED_TO_KNOW",
                (*question.at, "ask"),
                "This question does not say who is asked.",
                remedy="Under [question.ask] write each address that you ask, and why.",
                clause="SH5",
            )


def sections(document: RequestDocument, facts: RequestFacts) -> Iterator[Finding]:
    """No section has the id of the part that is added for the request."""
    for section in document.section:
        if section.id == "request":
            message = "This id belongs to a section that is added by itself."
            remedy = "Choose another id."
            yield problem("E_DOC_DUPLICATE", (*section.at, "id"), message, remedy=remedy)


def reasons(document: RequestDocument, facts: RequestFacts) -> Iterator[Finding]:
    """Why each of them is asked, whom it is about and for which time is owed; why not less is for judgement."""
    for question in document.question:
        for name, reason in question.ask.items():
            if not reason.strip():
                yield owed("SH5", (*question.at, "ask", name), "Say why this address is asked.")
        if not question.about:
            yield owed("Q6", (*question.at, "about"), "Say whom this question is about.")
        if question.period_from is None and question.period_until is None:
            at: Place = (*question.at, "period_from")
            yield owed("OB2", at, "Say for which period you ask.")
        if question.why is None:
            yield prompt(
                "KM3", (*question.at, "why"), "Why do you need to know this, and not less?"
            )


_OWED: Final = (
    ("PR3", "on_behalf_of", "Say on whose behalf you ask."),
    ("OB1", "threshold", "Say at which threshold you ask."),
    ("SH5", "why", "Say why you need the answers."),
    (
        "OB1",
        "public_task",
        "Say for which public task under Article 6(1)(e) you need this: charities and housing rely on it.",
    ),
)


def asking(document: RequestDocument, facts: RequestFacts) -> Iterator[Finding]:
    """On whose behalf, at which threshold, why and for which public task is owed."""
    for clause, name, message in _OWED:
        if getattr(document.request, name) is None:
            yield owed(clause, (*document.request.at, name), message)


def threshold(document: RequestDocument, facts: RequestFacts) -> Iterator[Finding]:
    """Asking without consent below section 47 is worth a second look."""
    is_below = document.request.threshold in _BELOW_47
    if is_below and document.legal.consent not in _WITH_CONSENT:
        message = "You ask below the threshold of child protection enquiries, and without consent."
        at: Place = (*document.request.at, "threshold")
        yield warning("W_DOC_THRESHOLD", at, message, clause="KM5")


def replies(document: RequestDocument, facts: RequestFacts) -> Iterator[Finding]:
    """Answers go to addresses that can be written to."""
    request = document.request
    for n, name in enumerate(request.reply_to):
        yield from reached(name, document.entry((*request.at, "reply_to"), n), facts)


def deputies(document: RequestDocument, facts: RequestFacts) -> Iterator[Finding]:
    """A deputy stands in for one of those asked, is somebody else, and can be written to."""
    seen: set[str] = set()
    for deputy in document.deputy:
        for name in ("instead_of", "address"):
            if getattr(deputy, name) is None:
                message = f"This deputy has no {name}."
                yield problem("E_DOC_MISSING", (*deputy.at, name), message)
        if deputy.address is not None:
            yield from reached(deputy.address, (*deputy.at, "address"), facts)
        if deputy.instead_of is not None and deputy.instead_of not in document.asked:
            message = "Nobody of this address is asked anything."
            yield problem("E_DOC_AUDIENCE", (*deputy.at, "instead_of"), message)
        if deputy.instead_of in seen:
            message = "Another deputy stands in for this address."
            yield problem("E_DOC_DUPLICATE", (*deputy.at, "instead_of"), message)
        if deputy.address and deputy.address in {deputy.instead_of, facts.own.address}:
            message = "This is no deputy: it is the same address, or your own."
            yield problem("E_DOC_DUPLICATE", (*deputy.at, "address"), message)
        seen.add(deputy.instead_of or "")


def nobody_to_turn_to(document: RequestDocument, facts: RequestFacts) -> Iterator[Finding]:
    """Somebody who does not answer, and for whom nobody stands in, can only be phoned."""
    covered = {deputy.instead_of for deputy in document.deputy}
    if any(name not in covered for name in document.asked):
        message = "For some of those you ask, nobody is named to turn to when they do not answer."
        yield warning("W_DOC_DEPUTY", ("deputy",), message)


REQUEST_RULES = (
    something,
    questions,
    sections,
    reasons,
    asking,
    threshold,
    in_time,
    on_the_calendar,
    replies,
    deputies,
    nobody_to_turn_to,
    *VICTIM_RULES,
)
