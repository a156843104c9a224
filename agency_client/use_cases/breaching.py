"""Recording a breach: facts, effects, remedy; the regulator's clock; what receipts say of who should not have got it.

A breach is recorded with whatever is known. What is learnt later follows as documents and answers of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from agency_client.ports.vault import Due, Families, RegisterLine
from agency_client.record.amending import merged, still_owed
from agency_client.record.as_written import written_from
from agency_client.record.breaches import REPORT_WITHIN, REPORTED, BreachDocument, read_breach
from agency_client.record.facts import RecordFacts
from agency_client.record.findings import Findings
from agency_client.record.looks import OWED_ANSWER, Look, owed_looks
from agency_client.record.misdirection import Reached
from agency_client.record.register_table import PROTECTED
from agency_client.record.registering import document_terms, people_facts
from agency_client.record.rules.breaching import check_breach
from agency_client.record.syntax import Parsed, parse
from agency_client.record.when import span
from agency_client.use_cases.document_drafting import OWED_WITHIN
from agency_client.use_cases.home import Home
from agency_client.use_cases.misdirected import keep_receipts, reached_by
from agency_client.use_cases.recording import (
    ToRecord,
    cores_of,
    find_record,
    keep,
    people_of,
    put_looks,
    record_facts,
)
from agency_client.use_cases.said_by_now import STEP, owed_of, values_by_now
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import ObjectHash, Seconds

BREACH: Final = "breach"
REPORT: Final = "breach_report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Since when the agency is aware, by when the regulator must be told, and since when that is settled."""

    aware: Seconds
    report_by: Seconds
    settled: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Breached:
    """A breach that was looked at. ``record`` is its number once it is recorded, ``step`` that of what followed now."""

    findings: Findings
    clock: Clock
    reached: tuple[Reached, ...]
    record: int | None = None
    step: int | None = None


def look_at_breach(home: Home, data: bytes, follows: int | None = None) -> Breached:
    """What the rules and receipts say of a breach. Records nothing. Raises UsageError when it cannot be read."""
    parsed, _ = _whole(home, data, follows)
    document, facts, findings = _judged(home, parsed)
    with home.vault.reading() as view:
        reached = tuple(reached_by(view, document, facts))
    return Breached(findings=findings, clock=_clock(document, facts.now), reached=reached)


def breach(home: Home, data: bytes, follows: int | None = None) -> Breached:
    """Record a breach, or what was learnt later about the one of number ``follows``.

    Raises RefusedError ``E_DOCUMENT`` with every problem, ``E_NOT_FOUND``; then nothing is recorded.
    """
    parsed, before = _whole(home, data, follows)
    document, facts, findings = _judged(home, parsed)
    findings.refuse("Nothing was recorded.")
    with home.vault.transaction() as tx:
        if follows is None:
            number = _keep_first(home, tx, data, document, facts, findings)
            step = None
        else:
            number = follows
            was = _judged(home, before)[2]
            step = _keep_step(home, tx, number, data, document, facts, (was, findings))
        clock = settle_clock(tx, number, document, facts.now, step)
        reached = tuple(reached_by(tx, document, facts))
        keep_receipts(home, tx, number, reached, facts.now)
    return Breached(findings=findings, clock=clock, reached=reached, record=number, step=step)


def _whole(home: Home, data: bytes, follows: int | None) -> tuple[Parsed, Parsed]:
    """The document with everything that was said before it, and that alone."""
    read_breach(data)  # what cannot be read at all is refused before anything else
    parsed = parse(data)
    if follows is None:
        return parsed, parsed
    with home.vault.reading() as view:
        if find_record(view, follows).kind != BREACH:
            raise RefusedError("E_ANSWER", "This record is no breach.")
        before = values_by_now(view, follows, (BreachDocument,))
    return replace(parsed, values=merged(before.values, parsed.values)), before


def _judged(home: Home, parsed: Parsed) -> tuple[BreachDocument, RecordFacts, Findings]:
    document = written_from(BreachDocument, parsed)
    facts = record_facts(home, document.packages)
    return document, facts, check_breach(document, facts)


# -- keeping ---------------------------------------------------------------------------------------------------------


def _keep_first(
    home: Home,
    tx: Families,
    data: bytes,
    document: BreachDocument,
    facts: RecordFacts,
    findings: Findings,
) -> int:
    cores = cores_of(document.packages, facts)
    parties = document.misdirection.wrong_recipient
    found_by = document_terms(document.people, document.thread, parties)
    for core in cores:
        found_by |= tx.register.terms_of(core=core)
    new = ToRecord(
        kind=BREACH,
        document=data,
        summary=document.title or document.breach.what_happened or "",
        cores=cores,
        line=RegisterLine(
            kind=BREACH, time=facts.now, parties=parties, facts=_facts(tx, document, cores)
        ),
        terms=found_by,
        looks=tuple(owed_looks(findings.owed, Seconds(facts.now + OWED_WITHIN))),
    )
    return keep(home, tx, new, facts.now)


def _facts(
    tx: Families, document: BreachDocument, cores: Sequence[ObjectHash]
) -> dict[str, tuple[str, ...]]:
    breach, own, known = document.breach, people_facts(document.people), people_of(tx, cores)
    named = dict(zip(known["people"], known["roles"], strict=True))
    named |= dict(zip(own["people"], own["roles"], strict=True))
    return {
        "purpose": (document.title,) if document.title else (),
        "thread": (document.thread,) if document.thread else (),
        "people": tuple(named),
        PROTECTED: tuple(dict.fromkeys((*known[PROTECTED], *own[PROTECTED]))),
        "roles": tuple(named.values()),
        "breach_kind": breach.kind,
        "reasons": tuple(text for text in (breach.what_happened, breach.remedy) if text),
        "packages": document.packages,
    }


def _keep_step(
    home: Home,
    tx: Families,
    number: int,
    data: bytes,
    document: BreachDocument,
    facts: RecordFacts,
    judged: tuple[Findings, Findings],
) -> int:
    was, now = judged
    learnt = read_breach(data)
    new = ToRecord(
        kind=STEP,
        document=data,
        summary=learnt.title or learnt.breach.what_happened or learnt.breach.remedy or "",
        about=number,
        cores=cores_of(document.packages, facts),
    )
    step = keep(home, tx, new, facts.now)
    kept = owed_of(tx, None, number)
    left = still_owed(kept, (), was, now)
    for name in set(kept) - set(left):
        due = tx.dues.find(OWED_ANSWER, record=number, place=name)
        if due is not None:
            tx.dues.close(due.number, facts.now, step)
    later = Seconds(facts.now + OWED_WITHIN)
    added = [Look(kind=OWED_ANSWER, at=later, place=name) for name in left if name not in kept]
    put_looks(tx, added, facts.now, record=number)
    return step


# -- the regulator's clock -------------------------------------------------------------------------------------------


def _clock(document: BreachDocument, now: Seconds) -> Clock:
    found = span(document.breach.aware_at) if document.breach.aware_at else None
    aware = Seconds(found.first) if found is not None else now
    return Clock(aware=aware, report_by=Seconds(aware + REPORT_WITHIN))


def settle_clock(
    tx: Families, number: int, document: BreachDocument, now: Seconds, by: int | None = None
) -> Clock:
    """Let the clock of a breach run, or stand still once the regulator was told or need not be."""
    first = find_record(tx, number).time
    clock = _clock(document, first)
    due = tx.dues.find(REPORT, record=number)
    if document.notified.regulator in REPORTED:
        if due is not None:
            tx.dues.close(due.number, now, by or number)
        return replace(clock, settled=now)
    tx.dues.put(Due(kind=REPORT, at=clock.report_by, made=now, record=number))
    return clock
