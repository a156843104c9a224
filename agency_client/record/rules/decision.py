"""Rules on the decision record: it exists, says what and by whom, and agrees with sending (hard block 5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agency_client.record.document import Document
from agency_client.record.facts import Facts
from agency_client.record.findings import Finding, owed, problem, warning
from agency_client.record.unanswerable import settled

#: Outcomes after which nothing, or not this, is shared.
_NOT_SHARING: Final = frozenset({"do_not_share", "defer", "refer_elsewhere"})
_WANTED: Final = {
    "outcome": "The decision is not recorded: its outcome is missing.",
    "decided_by": "The decision is not recorded: nobody is named who took it.",
}


def recorded(document: Document, facts: Facts) -> Iterator[Finding]:
    """A decision has an outcome and somebody who took it. In an emergency both are owed."""
    for name, message in _WANTED.items():
        if settled(getattr(document.decision, name)):
            continue
        at = (*document.decision.at, name)
        if facts.urgent:
            yield owed("SH6", at, message, in_words=False)
        else:
            yield problem("E_DOC_DECISION", at, message, clause="SH6")


def agrees(document: Document, facts: Facts) -> Iterator[Finding]:
    """Sending what was decided not to be shared is worth a second look."""
    if document.section and document.decision.outcome in _NOT_SHARING:
        at = (*document.decision.at, "outcome")
        message = "The decision you recorded is not to share this now."
        yield warning("W_DOC_OUTCOME", at, message, clause="SH6")


RULES = (recorded, agrees)
