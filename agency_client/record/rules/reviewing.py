"""The rules on a review of the protocol: when it was held, by whom, when the next one is due (docs/records.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Final

from agency_client.record.findings import (
    Finding,
    Findings,
    Weight,
    gather,
    problem,
    prompt,
    warning,
)
from agency_client.record.reviews import ReviewDocument, ReviewFacts
from agency_client.record.rules.codes import known, usable
from agency_client.record.unanswerable import settled
from agency_client.record.when import DAY, Span, span
from phoenix_protocol.limits import CLOCK_SKEW

Rule = Callable[[ReviewDocument, ReviewFacts], Iterator[Finding]]

_CLAUSE: Final = "RV1"
#: A day has begun somewhere up to fourteen hours before it begins in UTC (seconds).
_ANYWHERE: Final = 14 * 3600
_WANTED: Final = {
    "held": "The review does not say when it was held.",
    "next_due": "The review does not say when the next one is due.",
}


def days(document: ReviewDocument, facts: ReviewFacts) -> Iterator[Finding]:
    """Both days are there, and each is a single day."""
    for name, message in _WANTED.items():
        found = _span(getattr(document, name))
        if found is None:
            yield problem("E_DOC_MISSING", (name,), message, clause=_CLAUSE)
        elif found.last - found.first >= DAY:
            message = "This is not a single day."
            remedy = "Write it as year-month-day: 2026-11-10."
            yield problem("E_DOC_TIME", (name,), message, remedy=remedy, clause=_CLAUSE)


def held(document: ReviewDocument, facts: ReviewFacts) -> Iterator[Finding]:
    """It has been held."""
    found = _span(document.held)
    if found and found.first > facts.now + CLOCK_SKEW + _ANYWHERE:
        message = "A review is recorded once it has been held, and this day is to come."
        yield problem("E_DOC_TIME", ("held",), message, clause=_CLAUSE)


def next_due(document: ReviewDocument, facts: ReviewFacts) -> Iterator[Finding]:
    """The next review is due after this one, at most a year after it."""
    was, due = _span(document.held), _span(document.next_due)
    if due and was and due.first <= was.last:
        message = "The next review comes after this one."
        yield problem("E_DOC_TIME", ("next_due",), message, clause=_CLAUSE)
    elif due and was and _day(due.first) > a_year_after(_day(was.first)):
        message = "The next review is due at most twelve months after this one was held."
        yield problem("E_DOC_TIME", ("next_due",), message, clause=_CLAUSE)
    elif due and due.last < facts.now:
        message = "This day should be to come, and it is over."
        yield warning("W_DOC_TIME", ("next_due",), message, clause=_CLAUSE)


def _span(written: str | None) -> Span | None:
    return span(written) if written else None


def _day(at: int) -> date:
    return datetime.fromtimestamp(at, UTC).date()


def a_year_after(day: date) -> date:
    """The same day of the next year; of the last day of February its last."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def attended(document: ReviewDocument, facts: ReviewFacts) -> Iterator[Finding]:
    """Somebody held it."""
    if not any(document.attended_by):
        message = "The review does not say who attended it."
        yield problem("E_DOC_MISSING", ("attended_by",), message, clause=_CLAUSE)


def entries(document: ReviewDocument, facts: ReviewFacts) -> Iterator[Finding]:
    """A change says what changes and because of what, a lesson what was learnt."""
    for change in document.changes:
        if change.what is None:
            message = "This change does not say what changes."
            yield problem("E_DOC_MISSING", (*change.at, "what"), message, clause=_CLAUSE)
        if not settled(change.because):
            message = "This change does not say because of what."
            remedy = 'Write because = "law", "guidance", "lessons" or "other".'
            at = (*change.at, "because")
            yield problem("E_DOC_MISSING", at, message, remedy=remedy, clause=_CLAUSE)
    for lesson in document.lessons:
        if lesson.what is None:
            message = "This does not say what was learnt."
            yield problem("E_DOC_MISSING", (*lesson.at, "what"), message, clause=_CLAUSE)


def questions(document: ReviewDocument, facts: ReviewFacts) -> Iterator[Finding]:
    """What the protocol asks of each review: law, guidance, lessons."""
    if not any(change.because in {"law", "guidance"} for change in document.changes):
        question = "Has the law or guidance changed since the last review?"
        yield prompt(_CLAUSE, ("changes",), question)
    if not document.lessons:
        question = "What was learnt from sharing, and from not sharing?"
        yield prompt(_CLAUSE, ("lessons",), question)


def text(document: ReviewDocument, facts: ReviewFacts) -> Iterator[Finding]:
    """What changes is in the protocol's text, and what changes in the text is in the review."""
    if document.changes and not facts.amends:
        message = "The protocol changes by this review, and its text stays the same."
        yield _differs(message, "Give the new text with --protocol-text.")
    elif facts.amends and not document.changes:
        message = "The protocol's text changes, and the review does not say what changes."
        yield _differs(message, "Write [[changes]] with what, because and reference.")


def _differs(message: str, remedy: str) -> Finding:
    return Finding(
        weight=Weight.WARNING,
        code="W_DOC_PROTOCOL",
        at=("changes",),
        message=message,
        remedy=remedy,
        clause=_CLAUSE,
    )


RULES: Final[tuple[Rule, ...]] = (
    days,
    held,
    next_due,
    attended,
    entries,
    questions,
    text,
    known,
    usable,
)


def check_review(document: ReviewDocument, facts: ReviewFacts) -> Findings:
    """Everything there is to say about a review, all at once."""
    return gather(document, (finding for rule in RULES for finding in rule(document, facts)))
