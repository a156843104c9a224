"""Recording a decision that goes with no package, above all one not to share. It never leaves this home."""

from __future__ import annotations

from dataclasses import dataclass

from agency_client.record.decisions import DecisionDocument, read_decision
from agency_client.record.facts import RecordFacts
from agency_client.record.findings import Findings
from agency_client.record.looks import access_looks, looks, owed_looks
from agency_client.record.registering import DECISION, of_decision
from agency_client.record.rules.deciding import check_decision
from agency_client.record.wording import in_words
from agency_client.use_cases.document_drafting import OWED_WITHIN
from agency_client.use_cases.home import Home
from agency_client.use_cases.recording import ToRecord, cores_of, keep, record_facts
from phoenix_protocol.identifiers import Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision that was looked at, and its number once it is recorded."""

    document: DecisionDocument
    findings: Findings
    record: int | None = None


def look_at_decision(home: Home, data: bytes) -> Decided:
    """What the rules say of a decision. Records nothing. Raises UsageError when it cannot be read at all."""
    document, facts = _read(home, data)
    return Decided(document=document, findings=check_decision(document, facts))


def decide(home: Home, data: bytes) -> Decided:
    """Record a decision. Raises RefusedError ``E_DOCUMENT`` with every problem; then nothing is recorded."""
    document, facts = _read(home, data)
    findings = check_decision(document, facts)
    findings.refuse("Nothing was recorded.")
    entered = of_decision(document)
    outcome = in_words(facts.catalogue, "decision_outcome", document.decision.outcome or "")
    new = ToRecord(
        kind=DECISION,
        document=data,
        summary=": ".join(text for text in (outcome, document.purpose) if text),
        cores=cores_of(document.packages, facts),
        line=entered.line,
        terms=entered.terms,
        looks=(
            *looks(document),
            *access_looks(document, facts.now),
            *owed_looks(findings.owed, Seconds(facts.now + OWED_WITHIN)),
        ),
    )
    with home.vault.transaction() as tx:
        number = keep(home, tx, new, facts.now)
    return Decided(document=document, findings=findings, record=number)


def _read(home: Home, data: bytes) -> tuple[DecisionDocument, RecordFacts]:
    document = read_decision(data)
    return document, record_facts(home, document.packages)
