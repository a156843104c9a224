"""Hearing what others say of packages: events, recalls, verdicts, voids, reports (docs/protocol.md §6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from agency_client.ports.relay import Relay
from agency_client.ports.vault import (
    Families,
    KeptObject,
    ObjectKind,
    Seen,
    StoredAttachment,
    StoredEvent,
    StoredSection,
)
from agency_client.use_cases.expiring import (
    expire_by_report,
    is_owed,
    note_gaps,
    raise_alert,
)
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.proving import keep_words
from agency_client.use_cases.recalling import keep_verdict
from agency_client.use_cases.sayings import epoch_keys
from phoenix_protocol import limits, schema
from phoenix_protocol.api import FeedItem
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import ObjectHash, Seconds, SignerId
from phoenix_protocol.package.envelope import Held
from phoenix_protocol.package.events import (
    Event,
    EventKind,
    Recall,
    Tombstone,
    Void,
)
from phoenix_protocol.package.lifecycle import STEP_OF, State, Step, allowed
from phoenix_protocol.sealing.contents import Detail
from phoenix_protocol.sealing.details import open_detail
from phoenix_protocol.sealing.manifest import entry_commitment
from phoenix_protocol.signed import Message, Opened, open_signed, parse_signed, signer_id

M = TypeVar("M", bound=Message)


async def take_event(home: Home, _relay: Relay, known: Known, item: FeedItem) -> None:
    signed = parse_signed(_object(item))
    event = _by_endpoint(signed_bytes=_object(item), known=known)
    message = event.message
    if message.core != item.core or message.anchor != known.directory.anchor:
        raise TamperError("E_RECEIPT_BINDING", "A receipt is for another package.")
    now = home.now()
    words = _words(home, known, message, item)
    with home.vault.transaction() as tx:
        if _is_gone(tx, message.core):
            words = None
        expected = tx.events.next_counter(message.core, message.endpoint)
        kept = tx.events.add(
            StoredEvent(
                hash=event.hash,
                core=message.core,
                endpoint=message.endpoint,
                kind=message.kind,
                counter=message.counter,
                time=message.time,
                signed=signed.encoded(),
                detail=words,
            )
        )
        if kept is Seen.SAME:
            return
        if kept is Seen.OTHER or message.counter < expected:
            raise TamperError("E_RECEIPT_STATE", "An endpoint said two things under one number.")
        if message.counter > expected:
            raise_alert(tx, "E_RECEIPT_STATE", message.core, f"missing:{expected}", now)
        if not _is_gone(tx, message.core):
            keep_words(tx, home, event.hash, message, item.detail)
        _follow_event(tx, message)
        if message.kind is EventKind.COMMITTED and words is not None:
            _compare_opened(tx, message, words, now)
        tx.settings.raise_clock_floor(Seconds(min(message.time, now)))
        tx.audit.append(
            time=now,
            actor=home.actor(),
            action=f"event.{message.kind.value}",
            on=message.core,
        )


def _is_gone(tx: Families, core: ObjectHash) -> bool:
    """Whether words about what came here would bring back some of what was erased."""
    return tx.received.get(core) is not None and tx.erasure.is_erased(core)


def _follow_event(tx: Families, event: Event) -> None:
    """Move what this home sent. What a colleague says of what this home received is kept as it is."""
    sent = {e.endpoint: e.state for e in tx.sent.endpoints(event.core)}
    if event.endpoint not in sent:
        return
    step = STEP_OF[event.kind]
    state = sent[event.endpoint]
    if state in (State.SENT, State.HELD) and step is not Step.RECALL:
        # It could only be offered if the relay held it.
        if state is State.SENT:
            state = tx.sent.step(event.core, event.endpoint, Step.HOLD, event.time)
        state = tx.sent.step(event.core, event.endpoint, Step.OFFER, event.time)
    if state is State.RECALLED:
        # The relay had signed that nobody accepted it.
        raise_alert(tx, "A_RELAY_LIED", event.core, event.endpoint.hex()[:16], event.time)
        return
    if not allowed(state, step):
        raise TamperError("E_RECEIPT_STATE", "A receipt came out of its order.")
    tx.sent.step(event.core, event.endpoint, step, event.time)
    if event.kind is EventKind.UNREADABLE:
        raise_alert(tx, "A_UNREADABLE", event.core, event.endpoint.hex()[:16], event.time)


def _compare_opened(tx: Families, event: Event, words: bytes, now: Seconds) -> None:
    """A recipient names what it opened. Anything but what was sealed for its address is an alarm."""
    contents = tx.contents.get(event.core)
    address = next(
        (e.address for e in tx.sent.endpoints(event.core) if e.endpoint == event.endpoint), None
    )
    if contents is None or address is None:
        return
    parts: list[StoredSection | StoredAttachment] = [*contents.sections, *contents.attachments]
    sealed = {entry_commitment(p.entry, p.salt) for p in parts if address in p.entry.audience}
    opened = schema.decode(Detail, words, limit=limits.DETAIL_BYTES).opened
    if set(opened) != sealed:
        raise_alert(tx, "A_EQUIVOCATION", event.core, event.endpoint.hex()[:16], now)


def _by_endpoint(*, signed_bytes: bytes, known: Known) -> Opened[Event]:
    """An event verified under the key that its maker had at the checkpoint it names."""
    signed = parse_signed(signed_bytes)
    unread = schema.decode(Event, signed.payload)
    size = known.register.size_relied_on(unread.checkpoint, unread.time)
    maker = known.register.sender_at(unread.endpoint, size, unread.time)
    return open_signed(signed, Event, _only(maker.document_key), code="E_RECEIPT_BINDING")


def _only(key: bytes) -> Callable[[SignerId], bytes]:
    def key_of(signer: SignerId) -> bytes:
        if signer != signer_id(key):
            raise TamperError("E_RECEIPT_BINDING", "A receipt is not signed by whom it names.")
        return key

    return key_of


def _words(home: Home, known: Known, event: Event, item: FeedItem) -> bytes | None:
    """The detail of an event, when it was sealed to this endpoint. A detail that does not open is an alarm."""
    if item.detail is None or event.detail is None:
        return None
    _, own_id = endpoint_of(home)
    detail: Detail = open_detail(
        item.detail,
        event.detail,
        known.directory.anchor,
        event.core,
        event.endpoint,
        own_id,
        epoch_keys(home),
    )
    return schema.encode(detail)


def _object(item: FeedItem) -> bytes:
    if item.object is None:
        raise TamperError("E_PARSE", "The relay sent an item without its object.")
    return item.object


def _by_relay(known: Known, item: FeedItem, message: type[M]) -> Opened[M]:
    key = known.directory.relay.receipt_key
    return open_signed(parse_signed(_object(item)), message, _only(key), code="E_RECEIPT_BINDING")


async def take_recall(home: Home, _relay: Relay, known: Known, item: FeedItem) -> None:
    """The sender takes back what this home has not accepted. Sealed on arrival, and said so."""
    signed = parse_signed(_object(item))
    unread = schema.decode(Recall, signed.payload)
    size = known.register.size_relied_on(unread.checkpoint, unread.time)
    maker = known.register.sender_at(unread.endpoint, size, unread.time)
    recall = open_signed(signed, Recall, _only(maker.document_key), code="E_RECEIPT_BINDING")
    now = home.now()
    with home.vault.transaction() as tx:
        package = tx.received.get(item.core)
        if package is not None and known.address_of(recall.message.endpoint) != package.sent_from:
            raise TamperError("E_RECEIPT_BINDING", "Somebody else than the sender recalls this.")
        _keep_object(tx, recall.hash, ObjectKind.RECALL, item, now)
        keep_words(tx, home, recall.hash, recall.message, item.detail)
        if package is not None and allowed(package.state, Step.RECALL):
            tx.received.step(item.core, Step.RECALL, recall.message.time)
        tx.audit.append(time=now, actor=home.actor(), action="package.recalled", on=item.core)


def _keep_object(
    tx: Families, object_hash: ObjectHash, kind: ObjectKind, item: FeedItem, now: Seconds
) -> None:
    tx.objects.keep(
        KeptObject(hash=object_hash, kind=kind, core=item.core, time=now, signed=_object(item))
    )


async def take_verdict(home: Home, _relay: Relay, known: Known, item: FeedItem) -> None:
    keep_verdict(home, known, item.core, _object(item))


async def take_void(home: Home, _relay: Relay, known: Known, item: FeedItem) -> None:
    """The sender says which numbers lead to nothing, so that every other gap is a finding."""
    signed = parse_signed(_object(item))
    unread = schema.decode(Void, signed.payload)
    size = known.register.size_relied_on(unread.checkpoint, unread.time)
    maker = known.register.sender_at(unread.sender, size, unread.time)
    void = open_signed(signed, Void, _only(maker.document_key), code="E_RECEIPT_BINDING").message
    _, own_id = endpoint_of(home)
    if void.recipient != own_id:
        raise TamperError("E_NOT_ADDRESSED", "A note about numbers is for another endpoint.")
    now = home.now()
    with home.vault.transaction() as tx:
        for entry in void.entries:
            if tx.guard.remember_sequence(void.sender, entry.sequence, entry.core) is Seen.OTHER:
                raise_alert(tx, "E_REPLAY", entry.core, f"void:{entry.sequence}", now)
        note_gaps(tx, void.sender, now)
        tx.objects.keep(
            KeptObject(
                hash=signed.hash,
                kind=ObjectKind.VOID,
                core=None,
                time=now,
                signed=signed.encoded(),
            )
        )


async def take_held(home: Home, _relay: Relay, known: Known, item: FeedItem) -> None:
    """A colleague's package is held: kept as evidence."""
    held = _by_relay(known, item, Held)
    with home.vault.transaction() as tx:
        _keep_object(tx, held.hash, ObjectKind.HELD, item, home.clock.now())


async def take_warning(home: Home, _relay: Relay, _known: Known, item: FeedItem) -> None:
    with home.vault.transaction() as tx:
        if is_owed(tx.sent.addresses(item.core)):
            raise_alert(tx, "W_EXPIRES_SOON", item.core, str(item.time), home.clock.now())


async def take_tombstone(home: Home, _relay: Relay, known: Known, item: FeedItem) -> None:
    """The relay's report that a package expired or was lost there, and how far each address had come."""
    tombstone = _by_relay(known, item, Tombstone)
    message = tombstone.message
    if message.core != item.core or message.anchor != known.directory.anchor:
        raise TamperError("E_RECEIPT_BINDING", "A report is of another package.")
    now = home.now()
    with home.vault.transaction() as tx:
        _keep_object(tx, tombstone.hash, ObjectKind.TOMBSTONE, item, now)
        expire_by_report(tx, item.core, message.expired, now)
