"""The rules on what an agency assures of its security: schemes of the catalogue, each once, with its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from agency_client.record.assurances import NONE, NOT_HELD, AssuranceDocument
from agency_client.record.facts import WordFacts
from agency_client.record.findings import Finding, Findings, gather, problem, warning
from agency_client.record.rules.codes import known, usable
from agency_client.record.unanswerable import settled
from agency_client.record.when import span

Rule = Callable[[AssuranceDocument, WordFacts], Iterator[Finding]]

_CLAUSE: Final = "RT2"


def something(document: AssuranceDocument, facts: WordFacts) -> Iterator[Finding]:
    """There is an assurance; an agency without any says so."""
    if not document.assurances:
        message = "No assurance is declared."
        remedy = 'Write [[assurances]] with scheme, status and valid_to, or with scheme = "none".'
        yield problem("E_DOC_MISSING", ("assurances",), message, remedy=remedy, clause=_CLAUSE)


def entries(document: AssuranceDocument, facts: WordFacts) -> Iterator[Finding]:
    """Each says its scheme, how the agency stands in it, and until when that holds."""
    for entry in document.assurances:
        if not settled(entry.scheme):
            message = "This does not say which scheme it is."
            yield problem("E_DOC_MISSING", (*entry.at, "scheme"), message, clause=_CLAUSE)
        if entry.scheme == NONE:
            continue
        if not settled(entry.status):
            message = "This does not say how your agency stands in the scheme."
            yield problem("E_DOC_MISSING", (*entry.at, "status"), message, clause=_CLAUSE)
        elif entry.status not in NOT_HELD and entry.valid_to is None:
            message = "This does not say until when it holds."
            yield problem("E_DOC_MISSING", (*entry.at, "valid_to"), message, clause=_CLAUSE)


def once(document: AssuranceDocument, facts: WordFacts) -> Iterator[Finding]:
    """No scheme is there twice, and nothing stands beside "none"."""
    seen: set[str | None] = set()
    for entry in document.assurances:
        at = (*entry.at, "scheme")
        if entry.scheme == NONE and len(document.assurances) > 1:
            message = "Another assurance is declared, so this cannot be none."
            yield problem("E_DOC_DUPLICATE", at, message, remedy="Remove one of them.")
        elif entry.scheme is not None and entry.scheme in seen:
            message = "This scheme is there twice."
            yield problem("E_DOC_DUPLICATE", at, message, remedy="Remove one of them.")
        seen.add(entry.scheme)


def to_come(document: AssuranceDocument, facts: WordFacts) -> Iterator[Finding]:
    """What is assured has not ended."""
    for entry in document.assurances:
        found = span(entry.valid_to) if entry.valid_to else None
        if found and found.last < facts.now:
            message = "This has ended."
            yield warning("W_DOC_TIME", (*entry.at, "valid_to"), message, clause=_CLAUSE)


RULES: Final[tuple[Rule, ...]] = (something, entries, once, to_come, known, usable)


def check_assurances(document: AssuranceDocument, facts: WordFacts) -> Findings:
    """Everything there is to say about a declaration, all at once."""
    return gather(document, (finding for rule in RULES for finding in rule(document, facts)))
