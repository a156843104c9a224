"""Asking other agencies for information: checked, sent as a package, its answers awaited (docs/requests.md)."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

from agency_client.ports.vault import Families, SentPackage, Side, StoredRequest
from agency_client.record.facts import Facts
from agency_client.record.findings import Findings
from agency_client.record.opened import read_section
from agency_client.record.request_drafting import DUE_ON_COVER, request_sections
from agency_client.record.requests import RequestDocument, read_request_document
from agency_client.record.rules.requests import RequestFacts, check_request, due_by, due_of
from agency_client.record.shipped import shipped_calendar
from agency_client.use_cases.document_drafting import Added, Kind
from agency_client.use_cases.document_options import Options
from agency_client.use_cases.documents import Seen, Sent, check_written, send_written
from agency_client.use_cases.handing_in import Progressed
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.request_taking import note_asked
from agency_client.use_cases.sealing import Keep
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import PackageId, Seconds

FactsT = TypeVar("FactsT", bound=Facts)


def extended(kind: type[FactsT], facts: Facts, **more: Any) -> FactsT:
    """``facts`` with what a kind of document needs to know besides."""
    known = {field.name: getattr(facts, field.name) for field in dataclasses.fields(Facts)}
    return kind(**{**known, **more})


async def look_at_request(home: Home, data: bytes, options: Options) -> Findings:
    """What the rules say of a request, against the directory as this home last knew it. Asks nobody.

    Raises UsageError when it cannot be read as a document at all.
    """
    return check_written(home, read_request_document(data), options, _kind(home))


async def request(
    home: Home,
    data: bytes,
    options: Options,
    progressed: Progressed,
    seen: Seen = lambda _findings: None,
) -> Sent:
    """Check a request, send it, and await its answers: whoever does not answer holds up nothing.

    Raises what :func:`~agency_client.use_cases.documents.send_document` raises.
    """
    document = read_request_document(data)
    return await send_written(home, document, data, options, progressed, _kind(home), seen)


def due_if_asked_now(home: Home, data: bytes) -> Seconds | None:
    """When answers would be due if a request went now; None where it does not say a time to come."""
    try:
        return due_by(read_request_document(data), shipped_calendar(), home.now())
    except RefusedError:
        return None


def request_due(home: Home, package: PackageId) -> Seconds | None:
    """When the answers to a request of ours are due."""
    with home.vault.reading() as view:
        sent = view.sent.by_package(package)
        stored = view.requests.get(sent.core) if sent is not None else None
    return stored.due if stored is not None else None


def _kind(home: Home) -> Kind[RequestDocument]:
    def add(document: RequestDocument, facts: Facts, setting: Any) -> Added:
        due = due_of(document, _with_calendar(facts))
        return Added(
            more=request_sections(document, due, setting, home.randomness),
            cover={DUE_ON_COVER: due},
            keep=_kept(home, document, due),
        )

    return Kind(judge=_judge, add=add)


def _judge(document: RequestDocument, facts: Facts) -> Findings:
    return check_request(document, _with_calendar(facts))


def _with_calendar(facts: Facts) -> RequestFacts:
    return extended(RequestFacts, facts, calendar=shipped_calendar())


def _kept(home: Home, document: RequestDocument, due: Seconds) -> Keep:
    own, _ = endpoint_of(home)

    def keep(tx: Families, package: SentPackage) -> None:
        contents = tx.contents.get(package.core)
        sections = [read_section(s.items) for s in contents.sections] if contents else []
        stored = StoredRequest(
            core=package.core,
            side=Side.OURS,
            asker=own.address,
            asked_at=package.created,
            due=due,
        )
        asked = note_asked(tx, stored, document, sections)
        tx.audit.append(
            time=package.created,
            actor=home.actor(),
            action="request.asked",
            on=package.core,
            detail={"questions": str(len(document.question)), "asked": str(len(asked))},
        )

    return keep
