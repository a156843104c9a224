"""The requests asked from here and those owed here: by when, and what became of each question (docs/requests.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agency_client.ports.vault import Escalation, Families, Side, StoredRequest
from agency_client.record.asked import ReadAnswer, ReadRequest, read_request, read_response
from agency_client.record.opened import ReadSection
from agency_client.use_cases.home import Home
from agency_client.use_cases.reminding import remind
from agency_client.use_cases.request_dues import OWED_BY_US
from agency_client.use_cases.request_lines import (
    Asked,
    AskedLine,
    Listed,
    OwedLine,
    Recipient,
    Stands,
    Told,
)
from agency_client.use_cases.request_taking import unread_reply
from agency_client.use_cases.restricting import shown_purpose, shown_sections
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Address, ObjectHash, PackageId, Seconds
from phoenix_protocol.package.lifecycle import State


def requests(home: Home) -> Listed:
    """Those asked from here and those owed here, with what became of each question. Talks to nobody."""
    remind(home)
    now = home.clock.now()
    own = home.content.endpoint.address if home.content.endpoint is not None else None
    with home.vault.reading() as view:
        asked = [_asked_line(view, stored, now) for stored in view.requests.listing(Side.OURS)]
        owed = [*_unaccepted(view, now), *_owed(view, own, now)]
    return Listed(asked=tuple(asked), owed=tuple(owed))


# -- asked from here ---------------------------------------------------------------------------------------------------


def _asked_line(view: Families, stored: StoredRequest, now: Seconds) -> AskedLine:
    sections = _sections(view, stored.core)
    said = read_request(sections)
    states = {a.address: a.state for a in view.sent.addresses(stored.core)}
    answers = _told(view, stored.core)
    deputies = view.requests.deputies(stored.core)
    escalations = {e.address: e for e in view.requests.escalations(stored.core)}
    recipients = tuple(
        _recipient(
            view,
            stored,
            now,
            address=address,
            state=states.get(address),
            questions=_questions(view, stored.core, address, said, answers),
            deputy=deputies.get(address),
            escalation=escalations.get(address),
        )
        for address in dict.fromkeys(each.address for each in view.requests.asked(stored.core))
    )
    sent, received = view.sent.get(stored.core), view.received.get(stored.core)
    package = sent or received
    return AskedLine(
        request=stored,
        package=package.package if package else None,
        purpose=shown_purpose(view, package),
        urgency=package.urgency if package else "",
        thread=_thread(view, stored.core),
        said=said,
        is_overdue=stored.due <= now and any(r.stands is not Stands.ANSWERED for r in recipients),
        recipients=recipients,
    )


def _recipient(
    view: Families,
    stored: StoredRequest,
    now: Seconds,
    *,
    address: Address,
    state: State | None,
    questions: tuple[Asked, ...],
    deputy: Address | None,
    escalation: Escalation | None,
) -> Recipient:
    come = unread_reply(view, stored.core, address)
    if come is None and escalation is not None:
        come = unread_reply(view, escalation.core, escalation.deputy)
    return Recipient(
        address=address,
        state=state,
        stands=_stands(
            questions,
            is_come=come is not None,
            is_returned=state is State.RETURNED,
            is_escalated=escalation is not None,
            is_overdue=stored.due <= now,
        ),
        questions=questions,
        deputy=deputy,
        escalation=escalation,
        escalated_as=_package_of(view, escalation.core) if escalation else None,
        come=come.package if come is not None else None,
    )


def _stands(
    questions: tuple[Asked, ...],
    *,
    is_come: bool = False,
    is_returned: bool = False,
    is_escalated: bool = False,
    is_overdue: bool = False,
) -> Stands:
    answered = [bool(question.answers) for question in questions]
    holds = (
        (Stands.ANSWERED, bool(answered) and all(answered)),
        (Stands.COME, is_come),
        (Stands.RETURNED, is_returned),
        (Stands.ESCALATED, is_escalated),
        (Stands.OVERDUE, is_overdue),
        (Stands.PART, any(answered)),
        (Stands.WAITING, True),
    )
    return next(stands for stands, does in holds if does)


# -- owed here ---------------------------------------------------------------------------------------------------------


def _unaccepted(view: Families, now: Seconds) -> Iterator[OwedLine]:
    """Requests of which only the cover is known: that they ask, and by when."""
    for due in view.dues.open({OWED_BY_US}):
        received = view.received.get(due.core) if due.core is not None else None
        if received is None or view.requests.get(received.core) is not None:
            continue
        stored = StoredRequest(
            core=received.core,
            side=Side.THEIRS,
            asker=received.sent_from,
            asked_at=received.created,
            due=due.at,
        )
        yield OwedLine(
            request=stored,
            package=received.package,
            purpose=received.purpose,
            urgency=received.urgency,
            thread="",
            said=None,
            is_overdue=due.at <= now,
            state=received.state,
            stands=Stands.OVERDUE if due.at <= now else Stands.WAITING,
            questions=(),
        )


def _owed(view: Families, own: Address | None, now: Seconds) -> Iterator[OwedLine]:
    for stored in view.requests.listing(Side.THEIRS):
        received = view.received.get(stored.core)
        is_ours = any(each.address == own for each in view.requests.asked(stored.core))
        if received is None or own is None or not is_ours:
            continue  # a copy for the records
        said = read_request(_sections(view, stored.core))
        questions = _questions(view, stored.core, own, said, _told(view, stored.core))
        stands = _stands(questions, is_overdue=stored.due <= now)
        yield OwedLine(
            request=stored,
            package=received.package,
            purpose=shown_purpose(view, received),
            urgency=received.urgency,
            thread=_thread(view, stored.core),
            said=said,
            is_overdue=stands is not Stands.ANSWERED and stored.due <= now,
            state=received.state,
            stands=stands,
            questions=questions,
        )


# -- words -------------------------------------------------------------------------------------------------------------


def _questions(
    view: Families,
    core: ObjectHash,
    address: Address,
    said: ReadRequest | None,
    answers: tuple[Told, ...],
) -> tuple[Asked, ...]:
    words = {question.id: question for question in said.questions} if said else {}
    return tuple(
        Asked(
            id=each.question,
            said=words.get(each.question),
            answers=tuple(
                told
                for told in answers
                if told.answer.question == each.question and told.answer.address == address
            ),
        )
        for each in view.requests.asked(core)
        if each.address == address
    )


def _told(view: Families, core: ObjectHash) -> tuple[Told, ...]:
    """Every answer to a request, with the words out of its response."""
    answers = view.requests.answers(core)
    responses = {answer.response: _answers_in(view, answer.response) for answer in answers}
    return tuple(
        Told(
            answer=answer,
            package=_package_of(view, answer.response),
            said=responses[answer.response].get(answer.position),
        )
        for answer in answers
    )


def _answers_in(view: Families, core: ObjectHash) -> Mapping[int, ReadAnswer]:
    response = read_response(_sections(view, core))
    return {answer.position: answer for answer in response.answers} if response else {}


def _sections(view: Families, core: ObjectHash) -> list[ReadSection]:
    """What is here of a package, without what is restricted; nothing when it was erased or cannot be read."""
    contents = view.contents.get(core)
    try:
        return shown_sections(view, core, contents.sections) if contents else []
    except TamperError:
        return []


def _thread(view: Families, core: ObjectHash) -> str:
    """The sender's own reference; nothing of a package that is erased or restricted."""
    contents = view.contents.get(core)
    is_shown = contents is not None and None not in view.restrictions.live(core)
    return contents.manifest.thread if contents is not None and is_shown else ""


def _package_of(view: Families, core: ObjectHash) -> PackageId | None:
    found = view.sent.get(core) or view.received.get(core)
    return found.package if found is not None else None
