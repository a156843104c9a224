"""Requests and answers as they come: what is asked here, what was answered, and what is due (docs/requests.md).

Only what the sender of an answer was asked counts as an answer. Anything else is a finding for a person, and is kept in
its package like everything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from agency_client.ports.vault import (
    AskedOf,
    Due,
    Escalation,
    Families,
    QuestionAnswer,
    ReceivedPackage,
    Reply,
    Side,
    StoredRequest,
)
from agency_client.record.asked import ReadRequest, ReadResponse, read_request, read_response
from agency_client.record.opened import ReadSection
from agency_client.record.request_drafting import DUE_ON_COVER
from agency_client.record.requests import RequestDocument
from agency_client.record.response_drafting import ANSWERS_ON_COVER
from agency_client.use_cases.expiring import raise_alert
from agency_client.use_cases.request_dues import OWED_BY_US, OWED_TO_US
from phoenix_protocol.identifiers import Address, ItemId, ObjectHash, Seconds
from phoenix_protocol.package.envelope import Core, Why
from phoenix_protocol.package.lifecycle import State
from phoenix_protocol.sealing.contents import Cover

#: Nobody asks for an answer later than this after the request (seconds).
_LATEST: Final = 366 * 86400


def place_of(addresses: Iterable[Address], address: Address) -> str:
    """The place of one of those asked, as dues and alerts name it: ``asked[1]``."""
    return f"asked[{sorted(set(addresses)).index(address) + 1}]"


# -- asked from here ---------------------------------------------------------------------------------------------------


def note_asked(
    tx: Families,
    request: StoredRequest,
    document: RequestDocument,
    sections: Iterable[ReadSection],
) -> tuple[Address, ...]:
    """Keep a request that is being sent, and that everybody asked owes an answer; gives who that is.

    ``sections`` are those of its package: each question is known by the id that its section was given.
    """
    ids = {section.id: section.item for section in sections if "question.text" in section.answers}
    asked = [
        AskedOf(address=Address(name), question=ids[question.id or ""], position=n)
        for n, question in enumerate(document.question)
        for name in question.ask
    ]
    deputies = {Address(d.instead_of or ""): Address(d.address or "") for d in document.deputy}
    tx.requests.add(request, asked, deputies)
    addresses = tuple(dict.fromkeys(each.address for each in asked))
    for address in addresses:
        tx.dues.put(
            Due(
                kind=OWED_TO_US,
                at=request.due,
                made=request.asked_at,
                core=request.core,
                place=place_of(addresses, address),
            )
        )
    return addresses


# -- before it is accepted ---------------------------------------------------------------------------------------------


def note_offer(tx: Families, own: Address, hash_: ObjectHash, core: Core, cover: Cover) -> None:
    """What a cover says of requests, before anything is opened: by when an answer is wanted, or what it answers."""
    due, answers = cover.optional.get(DUE_ON_COVER), cover.optional.get(ANSWERS_ON_COVER)
    if isinstance(answers, bytes) and len(answers) == 32:
        reply = Reply(
            request=ObjectHash(answers), response=hash_, by=cover.sent_from, time=core.created
        )
        tx.requests.note_reply(reply)
    if type(due) is int and own in _written_to(core) and _is_near(due, core.created):
        tx.dues.put(Due(kind=OWED_BY_US, at=Seconds(due), made=core.created, core=hash_))


def _written_to(core: Core) -> frozenset[Address]:
    return frozenset(r.address for r in core.recipients if r.why is Why.TO)


def _is_near(due: int, created: Seconds) -> bool:
    return created <= due <= created + _LATEST


def unread_reply(view: Families, request: ObjectHash, by: Address) -> ReceivedPackage | None:
    """A response of ``by`` to a request that lies here and has not been taken in yet."""
    for reply in view.requests.replies(request):
        received = view.received.get(reply.response) if reply.by == by else None
        is_waiting = received is not None and received.state in (State.OFFERED, State.ACCEPTED)
        if is_waiting and view.contents.get(reply.response) is None:
            return received
    return None


# -- when it is stored -------------------------------------------------------------------------------------------------


def take_in(
    tx: Families,
    own: Address,
    package: ReceivedPackage,
    core: Core,
    sections: Sequence[tuple[ReadSection, Sequence[Address]]],
    now: Seconds,
) -> None:
    """Keep what a package that is stored here asks or answers. ``sections`` come with their audiences."""
    read = [section for section, _ in sections]
    request, response = read_request(read), read_response(read)
    if request is not None:
        audiences = {section.item: audience for section, audience in sections}
        _take_request(tx, own, package, core, request, audiences)
    if request is None or own not in _written_to(core):
        _close(
            tx, OWED_BY_US, package.core, "", now
        )  # the cover said otherwise, or another answers
    if response is not None:
        take_answers(tx, own, response, package.core, package.sent_from, now)


def _take_request(
    tx: Families,
    own: Address,
    package: ReceivedPackage,
    core: Core,
    request: ReadRequest,
    audiences: dict[ItemId, Sequence[Address]],
) -> None:
    asked = [
        AskedOf(address=address, question=question.id, position=n)
        for n, question in enumerate(request.questions)
        for address in sorted(_written_to(core) & set(audiences[question.id]))
    ]
    stored = StoredRequest(
        core=package.core,
        side=Side.OURS if package.sent_from == own else Side.THEIRS,
        asker=package.sent_from,
        asked_at=package.created,
        due=request.due or package.created,
        escalates=request.escalates,
        instead_of=Address(request.instead_of) if request.instead_of else None,
    )
    if stored.side is Side.OURS and request.escalates is not None:
        _take_escalation(tx, stored, core)
        return
    deputies = {Address(a): Address(d) for a, d in request.deputies.items()}
    tx.requests.add(stored, asked, deputies)


def _take_escalation(tx: Families, stored: StoredRequest, core: Core) -> None:
    """A colleague's machine has asked a deputy."""
    of, address = stored.escalates, stored.instead_of
    if of is None or address is None or tx.requests.get(of) is None:
        return
    if any(each.address == address for each in tx.requests.escalations(of)):
        return
    for deputy in sorted(_written_to(core))[:1]:
        tx.requests.add_escalation(
            Escalation(
                request=of,
                address=address,
                deputy=deputy,
                core=stored.core,
                time=stored.asked_at,
            )
        )


# -- answers -----------------------------------------------------------------------------------------------------------


def take_answers(
    tx: Families,
    own: Address,
    response: ReadResponse,
    core: ObjectHash,
    by: Address,
    now: Seconds,
) -> None:
    """Keep the answers of the response ``core`` that ``by`` was asked for. Anything else is a finding."""
    escalation = tx.requests.escalated_by(response.request) if response.request else None
    request = escalation.request if escalation is not None else response.request
    stored = tx.requests.get(request) if request is not None else None
    is_deputys = escalation is not None and by == escalation.deputy
    address = escalation.address if escalation is not None and is_deputys else by
    if stored is None or (stored.side is Side.THEIRS and by != own):
        raise_alert(tx, "N_STRAY_ANSWER", core, "", now)
        return
    asked = tx.requests.asked(stored.core)
    own_questions = {each.question for each in asked if each.address == address}
    kept = [a for a in response.answers if a.question in own_questions]
    tx.requests.add_answers(
        QuestionAnswer(
            request=stored.core,
            question=a.question,
            address=address,
            by=by,
            answer=a.answer.value,
            response=core,
            position=a.position,
            time=now,
        )
        for a in kept
    )
    if response.malformed or len(kept) < len(response.answers):
        raise_alert(tx, "N_STRAY_ANSWER", core, "", now)
    _close_answered(tx, stored, address, now)


def unanswered(tx: Families, core: ObjectHash, address: Address) -> tuple[ItemId, ...]:
    """The questions to an address that have no answer of any kind yet, in their order."""
    answered = {a.question for a in tx.requests.answers(core) if a.address == address}
    own = [each for each in tx.requests.asked(core) if each.address == address]
    return tuple(each.question for each in own if each.question not in answered)


def _close_answered(tx: Families, stored: StoredRequest, address: Address, now: Seconds) -> None:
    if unanswered(tx, stored.core, address):
        return
    if stored.side is Side.THEIRS:
        _close(tx, OWED_BY_US, stored.core, "", now)
        return
    addresses = [each.address for each in tx.requests.asked(stored.core)]
    if address in addresses:
        _close(tx, OWED_TO_US, stored.core, place_of(addresses, address), now)


def _close(tx: Families, kind: str, core: ObjectHash, place: str, now: Seconds) -> None:
    due = tx.dues.find(kind, core=core, place=place)
    if due is not None:
        tx.dues.close(due.number, now)
