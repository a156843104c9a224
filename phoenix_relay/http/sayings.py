"""What is said of a package: events, recalls, voids (docs/protocol.md §6)."""

from __future__ import annotations

from typing import Final

from phoenix_protocol.api import FeedKind, Saying, SealedDetail, SignedObject
from phoenix_protocol.identifiers import EndpointId, ObjectHash, Seconds
from phoenix_protocol.package.events import AddressAnswer, Event, Recall, Void
from phoenix_protocol.signed import Opened, Signed, sign
from phoenix_relay.http.calls import Answer, Call, message, nothing
from phoenix_relay.http.quotas import charge_window
from phoenix_relay.http.services import Services
from phoenix_relay.rules import audience, events, recalls
from phoenix_relay.rules.details import only_for
from phoenix_relay.sequencing import LogState
from phoenix_relay.storage import Tx
from phoenix_relay.storage.rows import NewSaying, Package

_HOUR: Final = 3600


def charge(services: Services, maker: EndpointId, now: Seconds, tx: Tx) -> None:
    """Count one more thing said by an endpoint this hour. Raises QuotaError ``E_QUOTA``."""
    most = services.settings.quotas.events_per_hour
    charge_window(tx, f"events:{maker.hex()}", _HOUR, now, most=most)


# -- events ---------------------------------------------------------------------------------------------------------


async def event(services: Services, call: Call[Saying]) -> Answer:
    """Take an event. The same once more is success."""
    log = services.partnership()
    opened = await services.in_pool(
        lambda: events.open_event(
            call.body.signed,
            call.body.detail,
            maker=call.caller.endpoint,
            directory=log.directory,
            now=call.now,
        )
    )
    await services.store.write(lambda tx: _take_event(services, call, opened, log, tx))
    return nothing()


def _take_event(
    services: Services, call: Call[Saying], opened: Opened[Event], log: LogState, tx: Tx
) -> None:
    call.spend_nonce(tx)
    if tx.sayings.find(opened.hash) is not None:
        return
    said, maker, now = opened.message, call.caller.endpoint, call.now
    package, there = events.about(
        tx.packages.find(said.core), tx.packages.recipient(said.core, maker)
    )
    everybody = tx.packages.recipients(said.core)
    step = events.judge(said, package, there, everybody)
    tx.packages.advance(said.core, maker, step, now, counter=said.counter)
    charge(services, maker, now, tx)
    readers = audience.of_event(maker, package.sender, everybody, log.book, now)
    _tell(services, call, opened.hash, FeedKind.EVENT, package, readers, tx)


def _tell(
    services: Services,
    call: Call[Saying],
    known_as: ObjectHash,
    kind: FeedKind,
    package: Package,
    readers: frozenset[EndpointId],
    tx: Tx,
) -> bool:
    """Keep what was said and put it into the feeds of its readers. False when it was kept before."""
    kept: SealedDetail | None = only_for(call.body.detail, readers)
    saying = NewSaying(
        hash=known_as,
        kind=kind,
        core=package.core,
        maker=call.caller.endpoint,
        signed=call.body.signed,
        time=call.now,
        detail=kept,
        detail_expires=Seconds(max(package.expires, call.now) + services.settings.detail_life),
    )
    fresh = tx.sayings.record(saying)
    if fresh:
        tx.feed.append(readers, kind, package.core, call.now, known_as)
    return fresh


# -- recalls --------------------------------------------------------------------------------------------------------


async def recall(services: Services, call: Call[Saying]) -> Answer:
    """Take a package back where nobody has accepted it; the verdict says where. The same recall has one verdict."""
    log = await services.log.current()
    opened = await services.in_pool(
        lambda: recalls.open_recall(
            call.body.signed,
            call.body.detail,
            maker=call.caller.endpoint,
            directory=log.directory,
            now=call.now,
        )
    )
    taken = await services.store.write(lambda tx: _take_back(services, call, opened, log, tx))
    if isinstance(taken, bytes):
        return message(SignedObject(signed=taken))
    package, answers = taken
    verdict = recalls.verdict(opened, answers, package, checkpoint=log.note, now=call.now)
    signed = await services.in_pool(lambda: sign(verdict, [services.receipt_key]))
    given = await services.store.write(lambda tx: _answer(call, opened, package, signed, log, tx))
    return message(SignedObject(signed=given))


def _take_back(
    services: Services, call: Call[Saying], opened: Opened[Recall], log: LogState, tx: Tx
) -> bytes | tuple[Package, tuple[AddressAnswer, ...]]:
    call.spend_nonce(tx)
    core, maker = opened.message.core, call.caller.endpoint
    package = recalls.require_sender(tx.packages.find(core), maker)
    before = tx.sayings.answer(opened.hash)
    if before is not None:
        return before.signed
    charge(services, maker, call.now, tx)
    answers = tx.packages.recall(core, call.now)
    readers = audience.of_recall(
        maker, package.sender, tx.packages.recipients(core), log.book, call.now
    )
    _tell(services, call, opened.hash, FeedKind.RECALL, package, readers, tx)
    return package, answers


def _answer(
    call: Call[Saying],
    opened: Opened[Recall],
    package: Package,
    verdict: Signed,
    log: LogState,
    tx: Tx,
) -> bytes:
    before = tx.sayings.answer(opened.hash)
    if before is not None:
        return before.signed
    saying = NewSaying(
        hash=verdict.hash,
        kind=FeedKind.VERDICT,
        core=package.core,
        maker=None,
        signed=verdict.encoded(),
        time=call.now,
    )
    tx.sayings.record(saying)
    tx.sayings.set_answer(opened.hash, verdict.hash)
    everybody = tx.packages.recipients(package.core)
    readers = audience.of_recall(
        call.caller.endpoint, package.sender, everybody, log.book, call.now
    )
    tx.feed.append(readers, FeedKind.VERDICT, package.core, call.now, verdict.hash)
    return saying.signed


# -- voids ----------------------------------------------------------------------------------------------------------


async def void(services: Services, call: Call[SignedObject]) -> Answer:
    """Hand on that sequence numbers lead to nothing. The same once more is success."""
    log = services.partnership()
    opened = await services.in_pool(
        lambda: recalls.open_void(
            call.body.signed,
            maker=call.caller.endpoint,
            directory=log.directory,
            now=call.now,
        )
    )
    await services.store.write(lambda tx: _take_void(services, call, opened, tx))
    return nothing()


def _take_void(services: Services, call: Call[SignedObject], opened: Opened[Void], tx: Tx) -> None:
    call.spend_nonce(tx)
    said, maker = opened.message, call.caller.endpoint
    for entry in said.entries:
        recalls.check_voided(tx.packages.find(entry.core), maker)
    core = said.entries[0].core
    saying = NewSaying(
        hash=opened.hash,
        kind=FeedKind.VOID,
        core=core,
        maker=maker,
        signed=call.body.signed,
        time=call.now,
    )
    if tx.sayings.record(saying):
        charge(services, maker, call.now, tx)
        tx.feed.append([said.recipient], FeedKind.VOID, core, call.now, opened.hash)
