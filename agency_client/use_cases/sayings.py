"""Saying something about a package:

events with sealed details, posted until the relay has them (docs/protocol.md §6).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from agency_client.ports.relay import Relay
from agency_client.ports.vault import (
    Alert,
    Families,
    HandingState,
    Posting,
    ReceivedPackage,
    Route,
    StoredEvent,
)
from agency_client.record import listed
from agency_client.use_cases.home import Home, endpoint_of, require_in_step
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.proving import keep_words
from agency_client.use_cases.recipients import current_keys, records_addresses
from phoenix_protocol import schema
from phoenix_protocol.api import SIGNED, Saying, SealedDetail, SignedObject
from phoenix_protocol.epochs import choose
from phoenix_protocol.errors import PhoenixError, RefusedError, TamperError, UnavailableError
from phoenix_protocol.identifiers import Address, EndpointId, ObjectHash, Seconds, agency_of
from phoenix_protocol.package.events import Event, EventKind
from phoenix_protocol.package.lifecycle import STEP_OF, State, allowed
from phoenix_protocol.sealing.contents import Detail
from phoenix_protocol.sealing.details import open_detail, seal_detail
from phoenix_protocol.sealing.words import WordsReader
from phoenix_protocol.signed import parse_signed, sign
from phoenix_protocol.suite.opening_keys import EpochPrivateKey
from phoenix_protocol.suite.sealing_keys import SealingKey

#: Refusals that say nothing of what was posted: this machine's clock is wrong, say.
OF_THE_REQUEST: Final = frozenset({"E_REQ_SIG", "E_QUOTA"})
#: An event is sealed to keys that open for at least this long (seconds).
_OPENS_FOR: Final = 7 * 86400


async def detail_readers(
    relay: Relay, known: Known, sender: Address, own: Address, now: Seconds
) -> tuple[WordsReader, ...]:
    """Who may read what this home says of a package: the sender's address, the own one, and both agencies' records.

    This endpoint is among them: its own copy of the words is the one that everybody gets.
    """
    addresses = {sender, own}
    records = records_addresses(known, [agency_of(sender), agency_of(own)])
    addresses.update(address for desks in records.values() for address in desks)
    readers, _ = await readers_at(relay, known, addresses, now, Seconds(now + _OPENS_FOR))
    return readers


async def readers_at(
    relay: Relay, known: Known, addresses: Iterable[Address], now: Seconds, until: Seconds
) -> tuple[tuple[WordsReader, ...], tuple[EndpointId, ...]]:
    """Every acting endpoint of ``addresses`` with a key that opens ``until`` then, and those that have none.

    Whoever has none learns that something was said, and the words from colleagues.
    """
    endpoints = [
        endpoint
        for address in sorted(addresses)
        for endpoint in known.directory.acting_at(address, now, known.openings)
    ]
    keys = await current_keys(relay, known, endpoints, now)
    readers, left_out = [], []
    for endpoint in endpoints:
        try:
            chosen = choose(keys[endpoint.id], now, until)
        except TamperError:
            left_out.append(endpoint.id)
            continue
        readers.append(
            WordsReader(
                endpoint=endpoint.id,
                epoch_key=chosen.hash,
                key=SealingKey(chosen.message.key),
            )
        )
    return tuple(readers), tuple(left_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What an event is about: a core as it was delivered here, and who sent it."""

    core: ObjectHash
    delivery: ObjectHash
    sender: Address


async def make_event(
    home: Home,
    relay: Relay | None,
    known: Known,
    about: Subject,
    kind: EventKind,
    detail: Detail | None,
) -> Posting:
    """Make and sign the next event of this endpoint on a package. Nothing is kept or posted yet.

    Without a relay nobody's keys are known: it then goes without its detail.
    """
    own, own_id = endpoint_of(home)
    now = home.now()
    with home.vault.reading() as view:
        counter = _next_counter(view, about.core, own_id)
    sealed: SealedDetail | None = None
    digest: bytes | None = None
    if detail is not None and relay is not None:
        readers = await detail_readers(relay, known, about.sender, own.address, now)
        sealed, digest = seal_detail(
            detail, known.directory.anchor, about.core, own_id, readers, home.randomness
        )
    event = Event(
        anchor=known.directory.anchor,
        core=about.core,
        delivery=about.delivery,
        endpoint=own_id,
        kind=kind,
        counter=counter,
        time=now,
        checkpoint=known.checkpoint,
        detail=digest,
    )
    signed = sign(event, [own.document_key()])
    body = schema.encode(Saying(signed=signed.encoded(), detail=sealed))
    return Posting(hash=signed.hash, route=Route.EVENTS, core=about.core, body=body, made=now)


def subject_of(home: Home, package: ReceivedPackage) -> Subject:
    """A received package as events name it. Raises RefusedError ``E_NOT_FOUND``."""
    with home.vault.reading() as view:
        offer = view.received.offer(package.core)
    if offer is None:
        raise RefusedError(
            "E_NOT_FOUND", "This home does not have that package.", next=listed.RECEIVED
        )
    return Subject(
        core=package.core,
        delivery=parse_signed(offer.delivery).hash,
        sender=package.sent_from,
    )


def _next_counter(view: Families, core: ObjectHash, own: EndpointId) -> int:
    """Events that wait to be posted count: they come before this one."""
    waiting = sum(1 for p in view.postings.waiting(Route.EVENTS) if p.core == core)
    return view.events.next_counter(core, own) + waiting


async def post(home: Home, relay: Relay, posting: Posting) -> None:
    """Post what waits. What the relay refuses for good is dropped, and the refusal raised.

    Raises UnavailableError when the relay is not there, and what it says of the request alone: then it stays queued.
    """
    try:
        await _hand_in(relay, posting)
    except RefusedError as error:
        if error.code not in OF_THE_REQUEST:
            with home.vault.transaction() as tx:
                tx.postings.done(posting.hash)
                _give_up_notice(tx, posting, home)
        raise
    with home.vault.transaction() as tx:
        if posting.hash not in {waiting.hash for waiting in tx.postings.waiting()}:
            return  # another program of this home has posted it meanwhile
        tx.postings.done(posting.hash)
        if posting.route is Route.EVENTS:
            _settle_event(tx, posting, home)
        elif posting.route is Route.NOTICES:
            tx.notices.set_state(posting.hash, HandingState.POSTED)
        if posting.route in _POSTED:
            tx.audit.append(
                time=home.clock.now(),
                actor=home.actor(),
                action=_POSTED[posting.route],
                on=posting.hash,
            )


async def _hand_in(relay: Relay, posting: Posting) -> None:
    match posting.route:
        case Route.EVENTS:
            await relay.say(schema.decode(Saying, posting.body, limit=_LARGEST))
        case Route.VOIDS:
            await relay.void(schema.decode(SignedObject, posting.body, limit=_LARGEST))
        case Route.NOTICES:
            await relay.hand_notice(schema.decode(Saying, posting.body, limit=_LARGEST))
        case Route.NOTICE_ANSWERS:
            await relay.answer_notice(schema.decode(Saying, posting.body, limit=_LARGEST))
        case Route.RECALLS | Route.EPOCHS:
            raise RefusedError(
                "E_NOT_FOUND",
                "This is not posted from the queue.",
                next="Report it: 'phoenix audit show' says what waits.",
            )


_LARGEST: Final = SIGNED.maximum * 2
#: How the audit record calls what the relay has taken.
_POSTED: Final = {
    Route.EVENTS: "event.posted",
    Route.NOTICES: "notice.posted",
    Route.NOTICE_ANSWERS: "notice.answer-posted",
}


def _give_up_notice(tx: Families, posting: Posting, home: Home) -> None:
    """Somebody waits for a notice or its answer: a person must know that the relay will not take it."""
    if posting.route not in (Route.NOTICES, Route.NOTICE_ANSWERS):
        return
    if posting.route is Route.NOTICES:
        tx.notices.set_state(posting.hash, HandingState.REFUSED)
    now, about = home.clock.now(), posting.hash.hex()[:16]
    tx.alerts.add(Alert(code="A_NOTICE_NOT_SENT", core=posting.core, about=about, time=now))


def _settle_event(tx: Families, posting: Posting, home: Home) -> None:
    """The relay has our event: keep it, and move the package by its step."""
    saying = schema.decode(Saying, posting.body, limit=_LARGEST)
    signed = parse_signed(saying.signed)
    event = schema.decode(Event, signed.payload)
    tx.events.add(
        StoredEvent(
            hash=signed.hash,
            core=event.core,
            endpoint=event.endpoint,
            kind=event.kind,
            counter=event.counter,
            time=event.time,
            signed=saying.signed,
            detail=_own_words(saying.detail, event, home),
        )
    )
    keep_words(tx, home, signed.hash, event, saying.detail)
    package = tx.received.get(event.core)
    # By our own clock it may have expired meanwhile; the relay took the word all the same.
    if package is not None and allowed(package.state, STEP_OF[event.kind]):
        tx.received.step(event.core, STEP_OF[event.kind], event.time)


def _own_words(sealed: SealedDetail | None, event: Event, home: Home) -> bytes | None:
    if sealed is None or event.detail is None:
        return None
    keys = epoch_keys(home)
    try:
        detail = open_detail(
            sealed, event.detail, event.anchor, event.core, event.endpoint, event.endpoint, keys
        )
    except TamperError:
        return None  # it had no epoch key of its own when it was made
    return schema.encode(detail)


def epoch_keys(home: Home) -> dict[ObjectHash, EpochPrivateKey]:
    """The epoch keys that this home still holds, by the hash of their statement."""
    return {secret.hash: secret.key() for secret in home.content.epochs}


async def flush(home: Home, relay: Relay) -> None:
    """Post everything that waits, oldest first. What the relay refuses for good goes, and is recorded."""
    with home.vault.reading() as view:
        waiting = view.postings.waiting()
    for posting in waiting:
        if posting.route in _QUEUED:
            await post_or_record(home, relay, posting)


_QUEUED: Final = frozenset({Route.EVENTS, Route.VOIDS, Route.NOTICES, Route.NOTICE_ANSWERS})


async def post_or_record(home: Home, relay: Relay, posting: Posting) -> None:
    """Post what waits; a refusal is recorded and stops nothing. Raises UnavailableError."""
    try:
        await post(home, relay, posting)
    except UnavailableError:
        raise
    except PhoenixError as error:
        with home.vault.transaction() as tx:
            tx.audit.append(
                time=home.clock.now(),
                actor=home.actor(),
                action="event.refused",
                on=posting.hash,
                outcome=error.code,
            )


_UNDONE: Final = {
    State.OFFERED: ("The package is not accepted yet.", "Accept it first: phoenix accept ID."),
    State.ACCEPTED: ("The package is not fetched yet.", "Accept it again: phoenix accept ID."),
    State.COMMITTED: (
        "Nobody has taken responsibility for the package yet.",
        "Acknowledge it first: phoenix acknowledge ID.",
    ),
}


def _require_step(state: State, kind: EventKind) -> None:
    """Raise RefusedError ``E_RECEIPT_STATE``, or ``E_ERASED``, in words, where the life cycle has no such step."""
    if allowed(state, STEP_OF[kind]):
        return
    if state is State.ERASED:
        raise RefusedError(
            "E_ERASED",
            "The package is erased here, and its sender knows that.",
            next="A colleague's machine that still has it can say it. Otherwise phone the sender.",
        )
    if state in (State.RETURNED, State.RECALLED, State.EXPIRED, State.UNREADABLE):
        what, then = f"The package is {state.value} here.", "Ask the sender to send it again."
    elif kind is EventKind.RETURNED:
        what = "The package was accepted, so it can no longer be returned."
        then = "Phone the sender, and say what came of it: phoenix outcome ID TEXT."
    elif state in _UNDONE:
        what, then = _UNDONE[state]
    else:
        what, then = "This was said of the package before.", "Nothing to do."
    raise RefusedError("E_RECEIPT_STATE", what, next=then)


async def say(
    home: Home,
    relay: Relay,
    known: Known,
    package: ReceivedPackage,
    kind: EventKind,
    detail: Detail | None = None,
) -> None:
    """Make an event, queue it durably and post it. Raises RefusedError ``E_RECEIPT_STATE`` or ``E_ERASED`` before
    anything is made.
    """
    require_in_step(home)
    _require_step(package.state, kind)
    posting = await make_event(home, relay, known, subject_of(home, package), kind, detail)
    with home.vault.transaction() as tx:
        tx.postings.add(posting)
    await post(home, relay, posting)
