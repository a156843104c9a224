"""Rules that records beside packages share: people with ids and names, packages that are here, days that can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from agency_client.record.facts import RecordFacts
from agency_client.record.faults import did_you_mean
from agency_client.record.findings import Finding, problem, warning
from agency_client.record.places import Place
from agency_client.record.statements import Person
from agency_client.record.unanswerable import is_open
from agency_client.record.when import span
from phoenix_protocol.limits import CLOCK_SKEW

#: A day has begun somewhere up to fourteen hours before it begins in UTC (seconds).
_ANYWHERE: Final = 14 * 3600


def identities(people: Iterable[Person]) -> Iterator[Finding]:
    """Every person has an id of their own and a name."""
    seen: set[str] = set()
    for person in people:
        for name in ("id", "name"):
            if getattr(person, name) is None:
                message = f"This person has no {name}."
                yield problem("E_DOC_MISSING", (*person.at, name), message, clause="Q6")
        if person.id in seen:
            message = "Another person has this id."
            yield problem("E_DOC_DUPLICATE", (*person.at, "id"), message, clause="Q6")
        seen.add(person.id or "")


def mentioned(
    named: Iterable[tuple[str | None, Place]], people: Iterable[Person]
) -> Iterator[Finding]:
    """Whoever an answer names is among the people."""
    ids = {person.id for person in people if person.id}
    for name, at in named:
        if name and name not in ids and not is_open(name):
            message = "Nobody under [[people]] has this id." + did_you_mean(name, ids)
            yield problem("E_DOC_PERSON", at, message, clause="Q6")


def unknown_packages(
    named: Iterable[str], entry: Callable[[Place, int], Place], facts: RecordFacts
) -> Iterator[Finding]:
    """A problem for every id of a package that this home neither sent nor received."""
    for n, id_ in enumerate(named):
        if id_ and id_ not in facts.packages:
            message = "This home has no package of this id."
            remedy = "Use the whole id, from 'phoenix sent --json' or 'phoenix inbox --json'."
            at = entry(("packages",), n)
            yield problem("E_REC_PACKAGE", at, message, remedy=remedy)


def is_to_come(written: str | None, at: Place, facts: RecordFacts) -> Iterator[Finding]:
    """A day to look again is not over."""
    found = span(written) if written else None
    if found and found.last < facts.now:
        yield warning("W_DOC_TIME", at, "This day should be to come, and it is over.")


def has_happened(written: str | None, at: Place, facts: RecordFacts) -> Iterator[Finding]:
    """A day on which something happened is over, or has begun."""
    found = span(written) if written else None
    if found and found.first > facts.now + CLOCK_SKEW + _ANYWHERE:
        yield warning("W_DOC_TIME", at, "This is said to have happened, but it is in the future.")
