"""Rules on time: a package ends in the future; what should lie ahead does, and what happened has."""

from __future__ import annotations

from collections.abc import Iterator

from agency_client.record.calendar import due_at
from agency_client.record.document import Document
from agency_client.record.facts import Facts
from agency_client.record.findings import Finding, problem, warning
from agency_client.record.places import Place
from agency_client.record.when import expiry, span
from agency_client.record.zones import said_of, without_zone
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.limits import CLOCK_SKEW


def end(document: Document, facts: Facts) -> Iterator[Finding]:
    """The package ends in the future, within what the partnership allows."""
    chosen = facts.expires if facts.expires is not None else document.expires
    if chosen is None:
        message = "No end is given. The package will expire after 14 days, or the longest allowed."
        yield warning("W_DOC_EXPIRES", ("expires",), message)
    try:
        expiry(chosen, facts.now, facts.bounds.life)
    except RefusedError as error:
        at: Place = ("--expires",) if facts.expires is not None else ("expires",)
        yield problem("E_DOC_TIME", at, error.what, remedy=error.next)
    if facts.expires is not None and without_zone(facts.expires.strip()) is not None:
        yield warning("W_DOC_ZONE", ("--expires",), said_of(facts.expires.strip()))


#: Sooner than this nobody can be sure to have looked, however urgent it is (seconds).
_LEAST = 3600


def long_enough(document: Document, facts: Facts) -> Iterator[Finding]:
    """Recipients have the time that the urgency gives them, and an hour at least, before the package is gone."""
    chosen = facts.expires if facts.expires is not None else document.expires
    try:
        end = expiry(chosen, facts.now, facts.bounds.life)
    except RefusedError:
        return  # said already
    at: Place = ("--expires",) if facts.expires is not None else ("expires",)
    calendar = facts.calendar
    usual = calendar.within.get(document.urgency or "") if calendar is not None else None
    if end < facts.now + _LEAST:
        message = "The package expires within the hour. Nobody may have opened it by then."
        yield warning("W_DOC_SHORT", at, message)
    elif calendar is not None and usual is not None and end < due_at(calendar, facts.now, usual):
        message = (
            f"The package expires before the time that its urgency, {document.urgency}, gives "
            "recipients. Whoever opens it later finds nothing."
        )
        yield warning("W_DOC_SHORT", at, message)


def ahead(document: Document, facts: Facts) -> Iterator[Finding]:
    """Days by which something should be done are not over."""
    for written, at in _to_come(document):
        found = span(written) if written else None
        if found and found.last < facts.now:
            yield warning("W_DOC_TIME", at, "This day should be to come, and it is over.")


def _to_come(document: Document) -> Iterator[tuple[str | None, Place]]:
    legal, decision = document.legal, document.decision
    for name in ("inform_by", "inform_review", "retention_review"):
        yield getattr(legal, name), (*legal.at, name)
    yield decision.review_at, (*decision.at, "review_at")
    for entry in document.informing:
        yield entry.inform_by, (*entry.at, "inform_by")
        yield entry.review, (*entry.at, "review")


def behind(document: Document, facts: Facts) -> Iterator[Finding]:
    """Days on which something happened are over, or have begun."""
    for written, at in _happened(document):
        found = span(written) if written else None
        if found and found.first > facts.now + CLOCK_SKEW + _ANYWHERE:
            message = "This is said to have happened, but it is in the future."
            yield warning("W_DOC_TIME", at, message, clause="OB2")


#: A day has begun somewhere up to fourteen hours before it begins in UTC (seconds).
_ANYWHERE = 14 * 3600


def _happened(document: Document) -> Iterator[tuple[str | None, Place]]:
    for person in document.people:
        yield person.born, (*person.at, "born")
    for _, statement in document.statements.values():
        for name in ("as_of", "event_from", "event_to", "recorded_at"):
            yield getattr(statement, name), (*statement.at, name)
    for name in ("decided_at", "information_known_at"):
        yield getattr(document.decision, name), (*document.decision.at, name)
    yield document.quality.checked_on, (*document.quality.at, "checked_on")


def order(document: Document, facts: Facts) -> Iterator[Finding]:
    """Nothing ends before it begins."""
    for _, statement in document.statements.values():
        first = span(statement.event_from) if statement.event_from else None
        last = span(statement.event_to) if statement.event_to else None
        if first and last and last.last < first.first:
            message = "This ends before it begins."
            yield problem("E_DOC_TIME", (*statement.at, "event_to"), message, clause="OB2")


RULES = (end, long_enough, ahead, behind, order)
