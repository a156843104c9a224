"""What the register says of a package: taken from the document or from what was opened, typed by nobody. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from agency_client.ports.vault.register import RegisterLine, SharedSection, Term
from agency_client.record.copied import source_known_to
from agency_client.record.decisions import DecisionDocument
from agency_client.record.document import Document
from agency_client.record.drafting import LEGAL
from agency_client.record.opened import ReadSection
from agency_client.record.register_table import ASKED_BY, DO_NOT_ALERT, PROTECTED, RECEIVED, SENT
from agency_client.record.statements import Person
from agency_client.record.subjects import people_terms, terms
from agency_client.record.unanswerable import is_open
from phoenix_protocol import limits, schema
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.record import CLASS_OF, Kind, Statement, StatementClass
from phoenix_protocol.record import Person as PersonSaid
from phoenix_protocol.sealing.contents import ItemType
from phoenix_protocol.sealing.drafts import SectionDraft

DECISION: Final = "decision"

#: The answers that say by what right something was shared.
BASIS: Final = (
    "legal.article_6",
    "legal.article_9",
    "legal.part3_purpose",
    "legal.gateway",
    "legal.confidence_basis",
)


#: What was weighed, and what else a decision without a package gives as its reasons.
_RISKS: Final = ("if_not_shared", "if_shared")
_MORE: Final = ("searched", "refer_to", "conditions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A line that is ready but for package and time, and what finds it."""

    line: RegisterLine
    terms: frozenset[Term]


def of_document(document: Document, sections: Sequence[SectionDraft]) -> Entered:
    """What was shared with whom, when and why, of a document and the sections that are about to be sealed."""
    decision, legal = document.decision, document.legal
    facts = {
        "purpose": _texts(document.purpose),
        "thread": _texts(document.thread),
        **people_facts(document.people),
        DO_NOT_ALERT: legal.do_not_alert,
        "outcome": _texts(decision.outcome),
        "decided_by": _texts(decision.decided_by),
        "consent": _texts(legal.consent),
        "basis": tuple(
            code for name in BASIS for code in _texts(getattr(legal, name.partition(".")[2]))
        ),
        "reasons": tuple(_weighed(decision.if_not_shared, decision.if_shared)),
        "withheld": decision.withheld,
        "known_at": _texts(decision.information_known_at),
    }
    written_to = frozenset(document.to)
    return Entered(
        line=RegisterLine(
            kind=SENT,
            time=Seconds(0),
            parties=document.to,
            sections=tuple(_drafted(s, written_to) for s in sections if _is_told(s.head.kind)),
            facts=facts,
        ),
        terms=document_terms(document.people, document.thread, document.to),
    )


def document_terms(
    people: Iterable[Person], thread: str | None, parties: Iterable[str]
) -> frozenset[Term]:
    """What finds a document: its people, its thread, whom it went to."""
    known = [(p.id or "", p.name or "", p.identifiers) for p in people]
    return people_terms(known) | terms(references=_texts(thread), parties=parties)


def people_facts(people: Sequence[Person]) -> dict[str, tuple[str, ...]]:
    """The people of a document as a line of the register names them."""
    known = [(p.name or p.id or "", p.role or "") for p in people]
    return {
        "people": tuple(name for name, _ in known),
        "roles": tuple(role for _, role in known),
        PROTECTED: tuple(p.name or p.id or "" for p in people if p.source_known_to),
    }


def facts_of_people(people: Iterable[PersonSaid]) -> dict[str, tuple[str, ...]]:
    """The same of people as a section names them."""
    known = {(said.name, said.role): said for said in people}
    hidden = dict.fromkeys(said.name for said in known.values() if source_known_to(said))
    return {
        "people": tuple(name for name, _ in known),
        "roles": tuple(role for _, role in known),
        PROTECTED: tuple(hidden),
    }


def of_received(
    sections: Sequence[ReadSection], *, parties: Sequence[str], purpose: str, thread: str
) -> Entered:
    """What came from whom, when and why, of a package that is about to be stored.

    The sender's own colleagues and records find the decision in it too.
    """
    answers = {name: values for section in sections for name, values in section.answers.items()}
    facts = {
        "purpose": _texts(purpose),
        "thread": _texts(thread),
        **facts_of_people(p.said for s in sections for p in s.people),
        DO_NOT_ALERT: tuple(dict.fromkeys(line for s in sections for line in s.do_not_alert)),
        "outcome": answers.get("decision.outcome", ()),
        "decided_by": answers.get("decision.decided_by", ()),
        "consent": answers.get("legal.consent", ()),
        "basis": tuple(code for name in BASIS for code in answers.get(name, ())),
        "reasons": tuple(
            _weighed(*(next(iter(answers.get(f"decision.{name}", ())), None) for name in _RISKS))
        ),
        "withheld": answers.get("decision.withheld", ()),
        "known_at": answers.get("decision.information_known_at", ()),
    }
    named = [(p.label, p.name, p.identifiers) for s in sections for p in (x.said for x in s.people)]
    return Entered(
        line=RegisterLine(
            kind=RECEIVED,
            time=Seconds(0),
            parties=tuple(parties),
            sections=tuple(_opened(s) for s in sections if _is_told(s.kind)),
            facts=facts,
        ),
        terms=people_terms(named) | terms(references=_texts(thread), parties=parties),
    )


def _is_told(kind: str) -> bool:
    """Whether a section says something of the case: not the legal basis, not the decision."""
    return kind not in (LEGAL, DECISION)


def _drafted(section: SectionDraft, written_to: Collection[str]) -> SharedSection:
    kinds = [
        schema.decode(Statement, item.content, limit=limits.STATEMENT_BYTES).kind
        for item in section.items
        if item.type is ItemType.STATEMENT
    ]
    readers = [address for address in section.readers if address in written_to]
    return _shared(section.head.title, readers, kinds, len(section.attachments))


def _opened(section: ReadSection) -> SharedSection:
    kinds = [statement.said.kind for statement in section.statements]
    return _shared(section.title, (), kinds, len(section.attachments))


def _shared(title: str, readers: Iterable[str], kinds: Iterable[Kind], files: int) -> SharedSection:
    classes = Counter(CLASS_OF[kind] for kind in kinds)
    return SharedSection(
        title=title,
        readers=tuple(readers),
        facts=classes[StatementClass.FACT],
        reported=classes[StatementClass.REPORTED],
        opinions=classes[StatementClass.OPINION],
        files=files,
    )


def _weighed(if_not_shared: str | None, if_shared: str | None) -> Iterator[str]:
    """What was weighed, each with which it is: a share may name what speaks against it, and a refusal too."""
    if if_not_shared:
        yield f"If it is not shared: {if_not_shared}"
    if if_shared:
        yield f"If it is shared: {if_shared}"


def _texts(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    return (value,) if value else ()


def of_decision(document: DecisionDocument) -> Entered:
    """What was decided without a package: about whom, asked by whom, why, and what was not shared."""
    decision, asked = document.decision, document.asked
    legal = document.legal
    asked_by = tuple(party for party in _texts(asked.by) if not is_open(party))
    facts = {
        "purpose": _texts(document.purpose),
        "thread": _texts(document.thread),
        **people_facts(document.people),
        DO_NOT_ALERT: legal.do_not_alert,
        ASKED_BY: asked_by,
        "asked_for": _texts(asked.what),
        "for_whom": _texts(asked.for_whom),
        "outcome": _texts(decision.outcome),
        "decided_by": _texts(decision.decided_by),
        "consent": _texts(legal.consent),
        "basis": (*legal.gateway, *legal.confidence_basis, *decision.exemption),
        "reasons": (
            *_texts(decision.detriment),
            *_weighed(decision.if_not_shared, decision.if_shared),
            *(text for name in _MORE for text in _texts(getattr(decision, name))),
        ),
        "withheld": decision.withheld,
        "known_at": _texts(decision.information_known_at),
        "review_at": _texts(decision.review_at),
    }
    return Entered(
        line=RegisterLine(kind=DECISION, time=Seconds(0), facts=facts),
        terms=document_terms(document.people, document.thread, asked_by),
    )
