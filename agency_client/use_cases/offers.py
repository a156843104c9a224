"""Taking in offers: verified, kept with their cover, or refused with an alarm (docs/protocol.md §5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from agency_client.ports.relay import Relay
from agency_client.ports.vault import (
    ObjectKind,
    OfferRecord,
    ReceivedPackage,
    Seen,
)
from agency_client.use_cases.expiring import note_gaps, raise_alert
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.quarantine import put_away
from agency_client.use_cases.request_taking import note_offer
from agency_client.use_cases.sayings import Subject, epoch_keys, make_event, post_or_record
from phoenix_protocol import schema
from phoenix_protocol.api import FeedItem, Offer
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import EndpointId, ObjectHash, PackageId, Seconds
from phoenix_protocol.package.envelope import Core
from phoenix_protocol.package.events import (
    EventKind,
)
from phoenix_protocol.package.lifecycle import State, Step
from phoenix_protocol.sealing.open_offer import OpenedOffer, Reader, open_offer
from phoenix_protocol.signed import parse_signed

#: Codes of offers that were well sealed by a certified sender, and still did not open here.
UNREADABLE: Final = frozenset(
    {
        "E_CAPSULE",
        "E_CAPSULE_DIGEST",
        "E_BODY_DIGEST",
        "E_KEY_COMMIT",
        "E_CHUNK",
        "E_TRUNCATED",
        "E_PADDING",
        "E_COMMITMENT",
        "E_KEY_SUPERSEDED",
    }
)


#: What the relay answers when an offer was recalled, returned or expired meanwhile.
_GONE: Final = frozenset({"E_NOT_FOUND", "E_EXPIRED", "E_RECEIPT_STATE"})


async def take_offer(home: Home, relay: Relay, known: Known, item: FeedItem) -> None:
    with home.vault.reading() as view:
        if view.received.get(item.core) is not None:
            return
    try:
        offer = await relay.offer(item.core)
    except RefusedError as error:
        if error.code in _GONE:
            return  # recalled or expired before this home looked
        raise
    now = home.now()
    reader = reader_of(home)
    try:
        opened = open_offer(offer, reader, known.register, _seen_before(home), now)
    except TamperError as error:
        await _refuse_offer(home, relay, known, item, offer, error)
        return
    if opened.core_hash != item.core:
        raise TamperError("E_BODY_DIGEST", "The relay answered with another package.")
    _keep_offer(home, offer, opened, now)


def reader_of(home: Home) -> Reader:
    """This home as the endpoint that opens."""
    own, own_id = endpoint_of(home)
    return Reader(endpoint=own_id, address=own.address, epoch_keys=epoch_keys(home))


def _seen_before(home: Home) -> Callable[[EndpointId, PackageId], ObjectHash | None]:
    def seen(sender: EndpointId, package: PackageId) -> ObjectHash | None:
        with home.vault.reading() as view:
            found = [p for p in view.received.by_package(package) if p.sender == sender]
        return found[0].core if found else None

    return seen


def _keep_offer(home: Home, offer: Offer, opened: OpenedOffer, now: Seconds) -> None:
    core, cover = opened.core, opened.cover
    package = ReceivedPackage(
        core=opened.core_hash,
        package=core.package,
        sender=core.sender,
        sent_from=cover.sent_from,
        purpose=cover.purpose,
        classification=cover.classification,
        urgency=cover.urgency,
        created=core.created,
        expires=core.expires,
        offered=now,
        state=State.OFFERED,
        since=now,
    )
    record = OfferRecord(
        core=offer.core,
        delivery=offer.delivery,
        held=offer.held,
        capsule=offer.capsule,
        cover=schema.encode(cover),
        cover_key=opened.capsule.cover_key,
        grant_key=opened.capsule.grant_key,
        sequence=opened.capsule.sequence,
    )
    with home.vault.transaction() as tx:
        if tx.received.get(opened.core_hash) is not None:
            return  # another program of this home has taken it in meanwhile
        if tx.guard.remember(core.sender, core.package, opened.core_hash) is Seen.OTHER:
            raise TamperError("E_CONFLICT", "Two different packages came under one id.")
        tx.received.add(package, record)
        own, _ = endpoint_of(home)
        note_offer(tx, own.address, opened.core_hash, core, cover)
        number = opened.capsule.sequence
        if tx.guard.remember_sequence(core.sender, number, opened.core_hash) is Seen.OTHER:
            raise_alert(tx, "E_REPLAY", opened.core_hash, "sequence", now)
        note_gaps(tx, core.sender, now)
        if tx.objects.of(opened.core_hash, ObjectKind.RECALL):
            # Recalled, and offered all the same: it stays shut.
            tx.received.step(opened.core_hash, Step.RECALL, now)
        tx.settings.raise_clock_floor(opened.held.message.time)
        tx.audit.append(time=now, actor=home.actor(), action="package.offered", on=opened.core_hash)


async def _refuse_offer(
    home: Home, relay: Relay, known: Known, item: FeedItem, offer: Offer, error: TamperError
) -> None:
    """An alarm on this side; and on the sender's, when it was really theirs and did not open here."""
    put_away(home, replace(item, object=schema.encode(offer)), error)
    if error.code not in UNREADABLE:
        return
    core = schema.decode(Core, offer.core)
    sender = known.address_of(core.sender)
    if sender is None:
        return
    about = Subject(core=item.core, delivery=parse_signed(offer.delivery).hash, sender=sender)
    posting = await make_event(home, relay, known, about, EventKind.UNREADABLE, None)
    with home.vault.transaction() as tx:
        tx.postings.add(posting)
    await post_or_record(home, relay, posting)
