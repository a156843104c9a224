"""Recording the yearly review of the protocol, in governance's home: the record stays, the partnership names its hash.

docs/protocol.md §4.3, §6.12.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from agency_client.ports.vault import Families, RegisterLine
from agency_client.record.findings import Findings
from agency_client.record.reviews import ReviewDocument, ReviewFacts, due_on, read_review
from agency_client.record.rules.reviewing import check_review
from agency_client.use_cases.agencies import governance_key
from agency_client.use_cases.governing import amend
from agency_client.use_cases.home import Home, manager_of
from agency_client.use_cases.recording import ToRecord, find_record, keep, record_facts
from keys.content import missing
from phoenix_protocol.directory.statements import Partnership
from phoenix_protocol.identifiers import ObjectHash, Seconds
from phoenix_protocol.signed import parse_signed

#: The kind of the record, and of its line in the register.
PROTOCOL_REVIEW: Final = "protocol_review"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewText:
    """What the protocol is from this review on, where that is something else: its name, its text."""

    name: str | None = None
    text: bytes | None = field(repr=False, default=None)

    @property
    def amends(self) -> bool:
        """Whether anything is different."""
        return self.name is not None or self.text is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolReviewed:
    """A review that was looked at; and its record and the partnership as it is now, once it is recorded."""

    document: ReviewDocument
    findings: Findings
    record: int | None = None
    partnership: Partnership | None = None


def look_at_review(home: Home, data: bytes, new: NewText) -> ProtocolReviewed:
    """What the rules say of a review. Records nothing. Raises UsageError when it cannot be read at all."""
    document = read_review(data)
    facts = record_facts(home, ())
    given = ReviewFacts(now=facts.now, own=facts.own, catalogue=facts.catalogue, amends=new.amends)
    return ProtocolReviewed(document=document, findings=check_review(document, given))


async def review_protocol(home: Home, data: bytes, new: NewText) -> ProtocolReviewed:
    """Record a review, and amend the partnership: when the next one is due, its hash, the protocol if it changed.

    Repeating it finishes what was interrupted. Raises RefusedError ``E_DOCUMENT`` with every problem; then nothing is
    recorded. LockedError ``E_KEY_MISSING`` in a home that does not govern.
    """
    governance_key(home.content)
    manager_of(home)  # whose key signs the record
    looked = look_at_review(home, data, new)
    looked.findings.refuse("Nothing was recorded.")
    number = _record(home, data, looked.document)
    with home.vault.reading() as view:
        hash_ = _hash_of(view, number)
    changes: dict[str, Any] = {"review": hash_, "review_due": due_on(looked.document)}
    if new.name is not None:
        changes["protocol"] = new.name
    partnership = await amend(home, text=new.text, **changes)
    return ProtocolReviewed(
        document=looked.document,
        findings=looked.findings,
        record=number,
        partnership=partnership,
    )


def _record(home: Home, data: bytes, document: ReviewDocument) -> int:
    """The record's number. The newest review with the same words is the one that was interrupted."""
    now = home.now()
    with home.vault.transaction() as tx:
        newest = tx.records.listing({PROTOCOL_REVIEW})[-1:]
        if newest and tx.records.document(newest[0].number) == data:
            return newest[0].number
        return keep(home, tx, _to_record(data, document, now), now)


def _to_record(data: bytes, document: ReviewDocument, now: Seconds) -> ToRecord:
    changes = tuple(change.what for change in document.changes if change.what)
    return ToRecord(
        kind=PROTOCOL_REVIEW,
        document=data,
        summary=f"Review of the protocol, held {document.held}",
        line=RegisterLine(
            kind=PROTOCOL_REVIEW,
            time=now,
            facts={"decided_by": document.attended_by, "reasons": changes},
        ),
    )


def _hash_of(view: Families, number: int) -> ObjectHash:
    signed = find_record(view, number).signed
    if signed is None:  # a home without a manager's keys, which was refused before
        raise missing("an information manager's keys")
    return parse_signed(signed).hash
