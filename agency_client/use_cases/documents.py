"""A package document, checked and sent: facts gathered, rules applied, drafted, sealed (docs/document.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from agency_client.record.audience import audience_of
from agency_client.record.copying import with_copies
from agency_client.record.document import Document
from agency_client.record.facts import Facts
from agency_client.record.findings import Findings
from agency_client.record.reading import read_document
from agency_client.record.rules import check_document
from agency_client.use_cases.document_drafting import (
    Added,
    DocumentT,
    Kind,
    outgoing_of,
    setting_for,
)
from agency_client.use_cases.document_facts import facts_of
from agency_client.use_cases.document_options import Options
from agency_client.use_cases.handing_in import Progressed
from agency_client.use_cases.home import Home
from agency_client.use_cases.knowing import Known, recall_directory
from agency_client.use_cases.sealing import Outgoing
from agency_client.use_cases.sending import SendResult, send
from keys.content import missing
from phoenix_protocol.identifiers import Seconds

PACKAGE: Final[Kind[Document]] = Kind(
    judge=check_document, add=lambda _document, _facts, _setting: Added()
)


async def check(home: Home, data: bytes, options: Options) -> Findings:
    """What the record rules say of a document, against the directory as this home last knew it. Sends nothing.

    Raises UsageError when it cannot be read as a document at all.
    """
    return check_written(home, read_document(data), options, PACKAGE)


def check_written(
    home: Home, document: DocumentT, options: Options, kind: Kind[DocumentT]
) -> Findings:
    """The same of a document of any kind that is read already."""
    known = recall_directory(home)
    if known is None:
        raise missing("a directory")
    facts = facts_of(home, known, document, options, home.now())
    return _informed(kind.judge(document, facts), document, facts, known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a send did, and what the rules said on the way."""

    result: SendResult
    findings: Findings


#: Told what the rules say, and who reads what, before anything is sealed.
Seen = Callable[[Findings], None]


def unseen(_findings: Findings) -> None:
    """Nobody looks."""


async def send_written(
    home: Home,
    document: DocumentT,
    data: bytes,
    options: Options,
    progressed: Progressed,
    kind: Kind[DocumentT],
    seen: Seen = unseen,
) -> Sent:
    """The same of a document of any kind, read out of the bytes ``data``."""
    said: list[Findings] = []

    def prepare(known: Known, now: Seconds) -> Outgoing:
        facts = facts_of(home, known, document, options, now)
        findings = kind.judge(document, facts)
        findings.refuse()
        said.append(_informed(findings, document, facts, known))
        seen(said[-1])
        filled = with_copies(document, facts.copies)
        return outgoing_of(home, known, filled, data, options, facts, findings, kind)

    result = await send(home, prepare, progressed)
    return Sent(result=result, findings=said[0])


def _informed(findings: Findings, document: Document, facts: Facts, known: Known) -> Findings:
    """``findings`` with what is known of the recipients and is no finding."""
    compared = (facts.compared.get(name) for name in dict.fromkeys(document.to))
    setting = setting_for(known, facts.own.address, (name for name in document.to if "@" in name))
    return replace(
        findings,
        compared=tuple(each for each in compared if each is not None),
        audience=audience_of(with_copies(document, facts.copies), setting),
    )
