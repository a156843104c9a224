"""Asking for advice and giving it from here: sealed packages that hold the question alone, and its answer filed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from agency_client.ports.vault import Families, ReceivedPackage, SentPackage
from agency_client.record.advice import (
    AdviceDocument,
    advice_section,
    answer_document,
    check_advice,
    question_document,
    read_advice,
    read_advice_document,
    read_question,
)
from agency_client.record.facts import Facts
from agency_client.record.opened import ReadSection
from agency_client.record.request_drafting import iso
from agency_client.record.when import expiry
from agency_client.use_cases.advising import (
    ASK_AGAIN,
    Question,
    carried_by,
    file_advice,
    file_asked,
    file_question,
    find_question,
    questions_in,
)
from agency_client.use_cases.document_drafting import Added, Kind
from agency_client.use_cases.document_options import Options
from agency_client.use_cases.documents import Sent, send_written
from agency_client.use_cases.expiring import raise_alert
from agency_client.use_cases.home import Home
from agency_client.use_cases.recording import package_or_record
from agency_client.use_cases.sealing import Keep
from phoenix_protocol.errors import RefusedError, UsageError
from phoenix_protocol.identifiers import Address, ObjectHash, Seconds
from phoenix_protocol.package.envelope import Core, Why, read_core

#: Nobody asks for advice by a later day than this (seconds).
_LATEST: Final = 366 * 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSend:
    """A question to send: what is asked, of which address, and which statements of the package go with it.

    ``due`` is as somebody wrote it (``3d``, a day), so that the same command again is the same question.
    """

    question: Question
    address: Address
    statements: tuple[str, ...] = ()
    due: str | None = field(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A question or answer that was sent: its package with what the rules said, and the record that files it."""

    sent: Sent
    record: int


async def send_question(home: Home, about: ObjectHash | int | None, wanted: ToSend) -> Carried:
    """Ask for advice in a package of its own, and file the question with what it is about.

    The same again finishes what was interrupted. Nothing of what it is about goes along but what is included. Raises
    RefusedError ``E_NOT_FOUND``, ``E_DOCUMENT``, and what sending raises.
    """
    question = wanted.question
    with home.vault.reading() as view:
        cores, _, thing = package_or_record(view, about)
    if wanted.statements and (about is None or isinstance(about, int)):
        raise UsageError("E_USAGE", "Statements can be included of a package that was received.")
    asking = {
        "question": question.question,
        "role": question.role,
        "included": list(question.included),
        "due": wanted.due,
    }
    data = question_document(wanted.address, asking, thing, wanted.statements)

    def keep(facts: Facts, tx: Families, package: SentPackage) -> None:
        asked = replace(question, asked_of=wanted.address, due=_due(wanted.due, facts.now))
        file_question(home, tx, about, asked, package.created, package.core)

    return await _send(home, data, keep, cores)


async def send_advice(home: Home, number: int, text: str, by: str | None = None) -> Carried:
    """Answer a question that came in a package: filed here, and sent to whoever asked.

    Raises RefusedError ``E_ANSWER``, ``E_NOT_FOUND``, and what sending raises.
    """
    with home.vault.reading() as view:
        question = find_question(view, number)
        core, asked_by = carried_by(view, number)
    if core is None or asked_by is None:
        raise RefusedError("E_ANSWER", "This question did not come in a package.")
    data = answer_document(asked_by, core, text, by)

    def keep(_facts: Facts, tx: Families, package: SentPackage) -> None:
        file_advice(home, tx, question, text, by, package.created, package.core)

    return await _send(home, data, keep, (core,))


def came_in_a_package(home: Home, number: int) -> bool:
    """Whether a question was put here by a package. Raises RefusedError ``E_NOT_FOUND``, ``E_ANSWER``."""
    with home.vault.reading() as view:
        find_question(view, number)
        return carried_by(view, number)[1] is not None


async def _send(
    home: Home,
    data: bytes,
    filed: Callable[[Facts, Families, SentPackage], None],
    of: Sequence[ObjectHash],
) -> Carried:
    document = read_advice_document(data)

    def add(document: AdviceDocument, facts: Facts, setting: Any) -> Added:
        due = iso(_due(document.asking.due, facts.now))
        keep: Keep = lambda tx, package: filed(facts, tx, package)  # noqa: E731  # as the type says
        return Added(more=advice_section(document, due, setting, home.randomness), keep=keep)

    kind: Kind[AdviceDocument] = Kind(judge=check_advice, add=add)
    options = Options(speaks_of=tuple(of))
    sent = await send_written(home, document, data, options, lambda _done, _whole: None, kind)
    with home.vault.reading() as view:
        package = view.sent.by_package(sent.result.package)
        records = view.records.of(package.core) if package is not None else ()
    return Carried(sent=sent, record=records[0].number)


def _due(text: str | None, now: Seconds) -> Seconds:
    return Seconds(now + ASK_AGAIN) if text is None else expiry(text, now, _LATEST)


# -- as they come ------------------------------------------------------------------------------------------------------


def take_advice(
    home: Home,
    tx: Families,
    own: Address,
    package: ReceivedPackage,
    to: Sequence[Address],
    sections: Sequence[ReadSection],
    now: Seconds,
) -> None:
    """File what a package that is stored here asks or advises. An answer that nobody was asked for is a finding."""
    asked, advised = read_question(sections), read_advice(sections)
    if asked is not None and package.sent_from == own:
        # Asked by a colleague at another machine of this address: the answer comes here too.
        question = Question(
            asked_of=", ".join(to),
            role=asked.role,
            question=asked.question,
            included=asked.included,
            due=asked.due,
        )
        file_question(home, tx, None, question, now, package.core)
    elif asked is not None and own in to:
        limited = asked.due if asked.due is not None and asked.due <= now + _LATEST else None
        file_asked(home, tx, package.sent_from, package.core, replace(asked, due=limited), now)
    if advised is None or own not in (*to, package.sent_from):
        return
    questions = questions_in(tx, advised.core) if advised.core is not None else ()
    if advised.core is None or package.sent_from not in (own, *_asked(tx, advised.core)):
        questions = ()
    for question_record in questions:
        by = f"{advised.by}, {package.sent_from}" if advised.by else str(package.sent_from)
        file_advice(home, tx, question_record, advised.answer, by, now, package.core)
    if not questions and package.sent_from != own:
        raise_alert(tx, "N_STRAY_ANSWER", package.core, "", now)


def _asked(tx: Families, core: ObjectHash) -> tuple[Address, ...]:
    """Whom the package of a question of one's own address went to."""
    if tx.sent.get(core) is not None:
        return tuple(a.address for a in tx.sent.addresses(core) if a.why is Why.TO)
    offer = tx.received.offer(core)
    return written_to(read_core(offer.core)[0]) if offer is not None else ()


def written_to(core: Core) -> tuple[Address, ...]:
    """Whom a package is written to, without those who keep a copy."""
    return tuple(r.address for r in core.recipients if r.why is Why.TO)
