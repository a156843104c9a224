"""Answering a request that was put to this address: to each question one of four words (docs/requests.md)."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from agency_client.ports.vault import Families, ReceivedPackage, SentPackage, Side
from agency_client.record.asked import ReadQuestion, ReadRequest, read_request, read_response
from agency_client.record.facts import Facts
from agency_client.record.findings import Findings
from agency_client.record.localising import localised
from agency_client.record.opened import read_section
from agency_client.record.response_drafting import ANSWERS_ON_COVER, response_section
from agency_client.record.responses import ResponseDocument, read_response_document
from agency_client.record.rules.responses import PutHere, ResponseFacts, check_response
from agency_client.record.templates import response_document
from agency_client.use_cases.catalogues import catalogue_of
from agency_client.use_cases.document_drafting import Added, Kind
from agency_client.use_cases.document_options import Options
from agency_client.use_cases.documents import Seen, Sent, check_written, send_written
from agency_client.use_cases.handing_in import Progressed
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.localising import place_of
from agency_client.use_cases.reading import not_open, received_package, stored_contents
from agency_client.use_cases.request_taking import take_answers
from agency_client.use_cases.requesting import extended
from agency_client.use_cases.restricting import require_unrestricted
from agency_client.use_cases.sealing import Keep
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import ObjectHash


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A request that was put to this address, with the questions that are for it."""

    package: ReceivedPackage
    request: ReadRequest
    thread: str
    questions: tuple[ReadQuestion, ...]

    @property
    def put_here(self) -> Mapping[str, PutHere]:
        """The questions by their author's words for them."""
        return {q.word: PutHere(id=q.id, counselling=q.counselling) for q in self.questions}

    @property
    def reply_to(self) -> tuple[str, ...]:
        """Whoever asked, and where they want the answer."""
        return tuple(dict.fromkeys((self.package.sent_from, *self.request.reply_to)))


def find_request(home: Home, core: ObjectHash) -> Put:
    """A request that this address may answer.

    Raises RefusedError ``E_NOT_FOUND`` (nothing of this id came), ``E_NOT_ACCEPTED`` and by its state why it cannot be
    read, ``E_NO_REQUEST`` (it asks nothing), ``E_NOT_ASKED`` (it asks others), ``E_RESTRICTED``.
    """
    package, contents = received_package(home, core), stored_contents(home, core)
    if contents is None:
        raise not_open(package.state)
    with home.vault.reading() as view:
        stored, asked = view.requests.get(core), view.requests.asked(core)
    request = read_request([read_section(section.items) for section in contents.sections])
    if stored is None or request is None:
        raise RefusedError("E_NO_REQUEST", "This package is not a request.")
    with home.vault.reading() as view:
        require_unrestricted(view, core)
    own, _ = endpoint_of(home)
    ours = {each.question for each in asked if each.address == own.address}
    if stored.side is Side.OURS or not ours:
        raise RefusedError("E_NOT_ASKED", "This request was not put to your address.")
    return Put(
        package=package,
        request=request,
        thread=contents.manifest.thread,
        questions=tuple(q for q in request.questions if q.id in ours),
    )


async def look_at_response(home: Home, core: ObjectHash, data: bytes, options: Options) -> Findings:
    """What the rules say of a response. Sends nothing. Raises what :func:`find_request` raises, and UsageError."""
    put = find_request(home, core)
    document = _completed(home, data, put)
    named = replace(options, answers=core.hex())
    return check_written(home, document, named, _kind(home, put))


async def respond(
    home: Home,
    core: ObjectHash,
    data: bytes,
    options: Options,
    progressed: Progressed,
    seen: Seen = lambda _findings: None,
) -> Sent:
    """Check a response and send it to whoever asked. A later one can say more.

    Raises what :func:`find_request` and :func:`~agency_client.use_cases.documents.send_document` raise.
    """
    put = find_request(home, core)
    document = _completed(home, data, put)
    named = replace(options, answers=core.hex())
    return await send_written(home, document, data, named, progressed, _kind(home, put), seen)


def response_template(home: Home, core: ObjectHash) -> str:
    """A commented document that answers a request that was put here. Raises what :func:`find_request` raises."""
    put = find_request(home, core)
    localise = partial(localised, catalogue=catalogue_of(home), place=place_of(home))
    return response_document(put.package.sent_from, put.questions, localise)


def _completed(home: Home, data: bytes, put: Put) -> ResponseDocument:
    urgencies = catalogue_of(home).enumerations["urgency"]
    return completed(read_response_document(data), put, urgencies)


def completed(document: ResponseDocument, put: Put, urgencies: Container[str]) -> ResponseDocument:
    """A response with what its author left to the request: who asked, what for, how soon, under which reference.

    How soon is taken over only if it is one of the words for it that are known here.
    """
    urgency = put.package.urgency if put.package.urgency in urgencies else None
    return replace(
        document,
        to=document.to or put.reply_to,
        purpose=document.purpose or put.package.purpose,
        urgency=document.urgency or urgency,
        thread=document.thread or put.thread or None,
    )


def _kind(home: Home, put: Put) -> Kind[ResponseDocument]:
    core = put.package.core

    def judge(document: ResponseDocument, facts: Facts) -> Findings:
        known = extended(
            ResponseFacts,
            facts,
            request=frozenset({put.package.package.hex(), core.hex()}),
            asker=put.package.sent_from,
            questions=put.put_here,
        )
        return check_response(document, known)

    def add(document: ResponseDocument, _facts: Facts, setting: Any) -> Added:
        return Added(
            more=response_section(document, core, put.put_here, setting, home.randomness),
            cover={ANSWERS_ON_COVER: bytes(core)},
            keep=_kept(home, core),
        )

    return Kind(judge=judge, add=add)


def _kept(home: Home, request: ObjectHash) -> Keep:
    own, _ = endpoint_of(home)

    def keep(tx: Families, package: SentPackage) -> None:
        contents = tx.contents.get(package.core)
        sections = [read_section(s.items) for s in contents.sections] if contents else []
        response = read_response(sections)
        if response is None:
            raise AssertionError("A response has its answers.")
        take_answers(tx, own.address, response, package.core, own.address, package.created)
        tx.audit.append(
            time=package.created,
            actor=home.actor(),
            action="request.answered",
            on=request,
            detail={"answers": str(len(response.answers))},
        )

    return keep
