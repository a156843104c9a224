"""Professional disagreements: raised with a named contact, answered, closed by whoever raised them (docs/records.md).

Each step is a package of its own and a record beside what it is about. It is due until it is closed, and stops nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from agency_client.ports.vault import Families, ReceivedPackage, Record, RegisterLine, SentPackage
from agency_client.record.asked import read_response
from agency_client.record.disagreements import (
    DISAGREEMENT,
    DisagreementDocument,
    Ended,
    ReadStep,
    Step,
    as_words,
    check_step,
    disagreement_section,
    read_step,
    read_step_document,
    step_document,
)
from agency_client.record.facts import Facts
from agency_client.record.looks import Look
from agency_client.record.opened import ReadSection, read_section
from agency_client.record.request_drafting import iso
from agency_client.record.subjects import terms
from agency_client.record.when import expiry
from agency_client.use_cases.document_drafting import Added, Kind
from agency_client.use_cases.document_options import Options
from agency_client.use_cases.documents import Sent, send_written
from agency_client.use_cases.expiring import raise_alert
from agency_client.use_cases.home import Home
from agency_client.use_cases.recording import ToRecord, find_record, keep, people_of
from agency_client.use_cases.restricting import shown
from phoenix_protocol.errors import RefusedError, TamperError, UsageError
from phoenix_protocol.identifiers import Address, ObjectHash, PackageId, Seconds
from phoenix_protocol.package.envelope import Why

#: The kinds of the records, and of what falls due: here until it is closed, with the other until it is answered.
ANSWER: Final = "disagreement_answer"
CLOSING: Final = "disagreement_closed"
OPEN: Final = "disagreement_open"
OWED: Final = "disagreement_owed"
#: How long there is for an answer when nobody says (seconds).
WITHIN: Final = 5 * 86400
_LATEST: Final = 366 * 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """What somebody disagrees with, why, what would settle it, with whom, and who says so.

    ``to`` is the contact of the other agency; none means whoever sent the package. ``due`` is as somebody wrote it.
    """

    what: str = field(repr=False)
    why: str = field(repr=False)
    to: Address | None = None
    wanted: str | None = field(repr=False, default=None)
    with_whom: str | None = None
    by: str | None = None
    due: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A step that was sent: its package with what the rules said, and the record of it."""

    sent: Sent
    record: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer to a disagreement, or its end, with its words as far as they are here."""

    record: int
    time: Seconds
    package: PackageId | None
    words: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A disagreement by its record: which package it is about, which one carries it, and what was said.

    ``raised_by`` is None for one of our own; ``closed`` is how it ended, once it did.
    """

    record: int
    time: Seconds
    about: PackageId | None
    package: PackageId | None
    parties: tuple[str, ...]
    raised_by: str | None
    words: Mapping[str, str] = field(repr=False)
    due: Seconds | None
    answers: tuple[Reply, ...]
    closed: Reply | None


# -- from here ---------------------------------------------------------------------------------------------------------


async def raise_disagreement(home: Home, core: ObjectHash, said: Raised) -> Carried:
    """Tell a contact of the other agency what is disagreed with in the package ``core``, and record it.

    The same again finishes what was interrupted. Raises RefusedError ``E_NOT_FOUND``, ``E_DOCUMENT``, UsageError where
    nobody is named and the package went to several, and what sending raises.
    """
    with home.vault.reading() as view:
        to = said.to or _other(view, core)
        request = _request(view, core)
    words = {
        "core": core.hex(),
        "request": request.hex() if request is not None else None,
        "what": said.what,
        "why": said.why,
        "wanted": said.wanted,
        "with_whom": said.with_whom,
        "by": said.by,
        "due": said.due,
    }

    def filed(facts: Facts, tx: Families, package: SentPackage) -> None:
        due = _due(said.due, facts.now)
        _file_raised(home, tx, core, package.core, (str(to),), words, due, package.created)

    of = (core, *((request,) if request is not None else ()))
    return await _send(home, (to,), Step.RAISED, words, filed, of)


async def answer_disagreement(home: Home, number: int, text: str, by: str | None = None) -> Carried:
    """Answer a disagreement that was raised with this address. Raises RefusedError ``E_NOT_FOUND``, ``E_ANSWER``."""
    with home.vault.reading() as view:
        raised = _find(view, number)
        carried, raised_by = _carrier(view, raised.number)
    if carried is None or raised_by is None:
        raise RefusedError("E_ANSWER", "This disagreement was raised here.", next="Close it.")
    words = {"core": carried.hex(), "text": text, "by": by}

    def filed(_facts: Facts, tx: Families, package: SentPackage) -> None:
        _file_reply(home, tx, raised, ANSWER, words, package.core, package.created)

    of = (*raised.cores, carried)
    return await _send(home, (Address(raised_by),), Step.ANSWERED, words, filed, of)


async def close_disagreement(
    home: Home, number: int, ended: Ended, text: str, by: str | None = None
) -> Carried:
    """Say how a disagreement of ours ended: recorded here, and told to whom it was raised with.

    Raises RefusedError ``E_NOT_FOUND``, ``E_ANSWER`` for somebody else's or one that is closed.
    """
    with home.vault.reading() as view:
        raised = _find(view, number)
        carried, raised_by = _carrier(view, raised.number)
        to = _parties(view, raised)
        is_new = not view.records.following(raised.number, {CLOSING})
    if carried is None or raised_by is not None:
        raise RefusedError(
            "E_ANSWER", "Whoever raised this disagreement closes it.", next="Answer it."
        )
    words = {"core": carried.hex(), "outcome": ended.value, "text": text, "by": by}

    def filed(_facts: Facts, tx: Families, package: SentPackage) -> None:
        if not is_new:
            raise RefusedError("E_ANSWER", "This disagreement is closed already.")
        _file_reply(home, tx, raised, CLOSING, words, package.core, package.created)

    of = (*raised.cores, carried)
    return await _send(home, tuple(map(Address, to)), Step.CLOSED, words, filed, of)


async def _send(
    home: Home,
    to: Iterable[Address],
    step: Step,
    words: Mapping[str, str | None],
    filed: Callable[[Facts, Families, SentPackage], None],
    of: Sequence[ObjectHash],
) -> Carried:
    data = step_document(to, step, words)
    document = read_step_document(data)

    def add(document: DisagreementDocument, facts: Facts, setting: Any) -> Added:
        due = iso(_due(document.disagreement.due, facts.now)) if step is Step.RAISED else None
        return Added(
            more=disagreement_section(document, due, setting, home.randomness),
            keep=lambda tx, package: filed(facts, tx, package),
        )

    kind: Kind[DisagreementDocument] = Kind(judge=check_step, add=add)
    options = Options(speaks_of=tuple(of))
    sent = await send_written(home, document, data, options, lambda _done, _whole: None, kind)
    with home.vault.reading() as view:
        package = view.sent.by_package(sent.result.package)
        records = view.records.of(package.core) if package is not None else ()
    return Carried(sent=sent, record=records[0].number)


def _due(text: str | None, now: Seconds) -> Seconds:
    return Seconds(now + WITHIN) if text is None else expiry(text, now, _LATEST)


def _other(view: Families, core: ObjectHash) -> Address:
    """With whom one disagrees by a package: its sender, or the one to whom it went."""
    received = view.received.get(core)
    if received is not None:
        return received.sent_from
    to = [a.address for a in view.sent.addresses(core) if a.why is Why.TO]
    if not to:
        raise RefusedError("E_NOT_FOUND", "This home has no such package.")
    if len(to) > 1:
        raise UsageError(
            "E_USAGE",
            "This package went to several addresses.",
            next="Say with --to whom you disagree with.",
        )
    return to[0]


def _request(view: Families, core: ObjectHash) -> ObjectHash | None:
    """The request that a package is, or answers."""
    if view.requests.get(core) is not None:
        return core
    response = read_response(_sections(view, core))
    return response.request if response is not None else None


def _sections(view: Families, core: ObjectHash) -> list[ReadSection]:
    """What can be read of a package here: nothing once it is erased, no words of what is restricted."""
    contents = view.contents.get(core)
    found = []
    for section in contents.sections if contents is not None else ():
        with suppress(TamperError):
            found.append(read_section(section.items))
    return shown(view, core, found)


# -- records -----------------------------------------------------------------------------------------------------------


def _file_raised(
    home: Home,
    tx: Families,
    about: ObjectHash | None,
    carrier: ObjectHash,
    parties: Sequence[str],
    said: Mapping[str, str | None],
    due: Seconds,
    now: Seconds,
    raised_by: Address | None = None,
) -> int:
    """File a disagreement. The words of one that came stay in its package alone."""
    known = about is not None and (tx.received.get(about) or tx.sent.get(about)) is not None
    cores = (about, carrier) if known and about is not None else (carrier,)
    document = {**said, "carrier": carrier.hex(), "raised_by": raised_by}
    facts = {"purpose": (said["what"] or "",)} if said.get("what") else {}
    new = ToRecord(
        kind=DISAGREEMENT,
        document=_encoded(document),
        summary=f"Raised by {raised_by}" if raised_by else f"Raised with {', '.join(parties)}",
        cores=cores,
        line=RegisterLine(
            kind=DISAGREEMENT,
            time=now,
            parties=tuple(parties),
            facts={**facts, **people_of(tx, cores)},
        ),
        terms=(tx.register.terms_of(core=about) if known else frozenset()) | terms(parties=parties),
        looks=(Look(kind=OWED if raised_by else OPEN, at=due, place=""),),
    )
    return keep(home, tx, new, now)


def _file_reply(
    home: Home,
    tx: Families,
    raised: Record,
    kind: str,
    said: Mapping[str, str | None],
    carrier: ObjectHash,
    now: Seconds,
    by: Address | None = None,
) -> None:
    """File an answer or an end. An answer settles what is owed by whoever gives it; an end settles everything."""
    new = ToRecord(
        kind=kind,
        document=_encoded({**said, "carrier": carrier.hex(), "from": by}),
        summary=kind.replace("_", " ").capitalize() + (f" by {by}" if by else ""),
        about=raised.number,
        cores=(*raised.cores, carrier),
    )
    number = keep(home, tx, new, now)
    for due in tx.dues.of(record=raised.number):
        ends = kind == CLOSING or due.kind == OWED
        if due.closed is None and ends:
            tx.dues.close(due.number, now, by=number)


def _find(view: Families, number: int) -> Record:
    raised = find_record(view, number)
    if raised.kind != DISAGREEMENT:
        raise RefusedError("E_ANSWER", "This record is no disagreement.")
    return raised


def _carrier(view: Families, number: int) -> tuple[ObjectHash | None, str | None]:
    """The core of the package that carries a step, and who raised it where it came from somebody."""
    said = _document(view, number)
    carrier = said.get("carrier")
    return ObjectHash(bytes.fromhex(carrier)) if carrier else None, said.get("raised_by")


def _parties(view: Families, raised: Record) -> tuple[str, ...]:
    lines = view.register.of(record=raised.number)
    return tuple(party for line in lines for party in line.parties)


def _document(view: Families, number: int) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(view.records.document(number) or b"{}")
    return said


def _encoded(said: Mapping[str, Any]) -> bytes:
    kept = {name: value for name, value in said.items() if value is not None}
    return json.dumps(kept, ensure_ascii=False, indent=1).encode()


# -- as they come ------------------------------------------------------------------------------------------------------


def take_disagreement(
    home: Home,
    tx: Families,
    own: Address,
    package: ReceivedPackage,
    to: Sequence[Address],
    sections: Sequence[ReadSection],
    now: Seconds,
) -> None:
    """File what a package that is stored here says of a disagreement. What fits none that is known is a finding."""
    said = read_step(sections)
    if said is None or own not in (*to, package.sent_from):
        return  # a copy for the records
    if said.step is Step.RAISED:
        _take_raised(home, tx, own, package, to, said, now)
        return
    kind = ANSWER if said.step is Step.ANSWERED else CLOSING
    raised = [r for r in _raised_in(tx, said.core) if _may(tx, own, package.sent_from, r, kind)]
    for record in raised:
        _file_reply(home, tx, record, kind, {}, package.core, now, package.sent_from)
    if not raised:
        raise_alert(tx, "N_STRAY_ANSWER", package.core, "", now)


def _take_raised(
    home: Home,
    tx: Families,
    own: Address,
    package: ReceivedPackage,
    to: Sequence[Address],
    said: ReadStep,
    now: Seconds,
) -> None:
    is_ours = package.sent_from == own  # raised by a colleague at another machine of this address
    due = Seconds(now + WITHIN) if said.due is None else Seconds(min(said.due, now + _LATEST))
    parties = tuple(map(str, to)) if is_ours else (str(package.sent_from),)
    raised_by = None if is_ours else package.sent_from
    _file_raised(home, tx, said.core, package.core, parties, {}, due, now, raised_by)


def _raised_in(view: Families, core: ObjectHash | None) -> tuple[Record, ...]:
    """The disagreements that the package ``core`` carries."""
    found = view.records.of(core, {DISAGREEMENT}) if core is not None else ()
    return tuple(record for record in found if _carrier(view, record.number)[0] == core)


def _may(view: Families, own: Address, by: Address, raised: Record, kind: str) -> bool:
    """Whoever it was raised with answers, and whoever raised it closes it; colleagues of either do it for them."""
    _, raised_by = _carrier(view, raised.number)
    answering = _parties(view, raised) if raised_by is None else (own,)
    closing = own if raised_by is None else raised_by
    return by in answering if kind == ANSWER else by == closing


# -- looking -----------------------------------------------------------------------------------------------------------


def disagreements(home: Home) -> tuple[Disagreement, ...]:
    """Every disagreement that was raised here or with this address, oldest first. Talks to nobody."""
    with home.vault.reading() as view:
        return tuple(_shown(view, record) for record in view.records.listing({DISAGREEMENT}))


def _shown(view: Families, record: Record) -> Disagreement:
    carrier, raised_by = _carrier(view, record.number)
    about = [core for core in record.cores if core != carrier]
    dues = [due for due in view.dues.of(record=record.number) if due.closed is None]
    closed = [_reply(view, each) for each in view.records.following(record.number, {CLOSING})]
    return Disagreement(
        record=record.number,
        time=record.time,
        about=_package(view, about[0]) if about else None,
        package=_package(view, carrier) if carrier is not None else None,
        parties=_parties(view, record),
        raised_by=raised_by,
        words=_words(view, record.number, carrier),
        due=dues[0].at if dues else None,
        answers=tuple(
            _reply(view, each) for each in view.records.following(record.number, {ANSWER})
        ),
        closed=closed[0] if closed else None,
    )


def _reply(view: Families, record: Record) -> Reply:
    carrier, _ = _carrier(view, record.number)
    return Reply(
        record=record.number,
        time=record.time,
        package=_package(view, carrier) if carrier is not None else None,
        words=_words(view, record.number, carrier),
    )


def _words(view: Families, number: int, carrier: ObjectHash | None) -> Mapping[str, str]:
    """What a step says: out of its record, or out of the package that brought it while that is here."""
    own = as_words(_document(view, number))
    came = read_step(_sections(view, carrier)) if carrier is not None and not own else None
    return came.words if came is not None else own


def _package(view: Families, core: ObjectHash) -> PackageId | None:
    found = view.sent.get(core) or view.received.get(core)
    return found.package if found is not None else None
