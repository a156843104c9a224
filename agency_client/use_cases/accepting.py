"""Accepting a package: fetch, verify, store durably, and only then say committed (docs/protocol.md §6)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from agency_client.body_transfer import download_blocks
from agency_client.ports.relay import Relay
from agency_client.ports.vault import (
    Alert,
    Contents,
    OfferRecord,
    ReceivedPackage,
    StoredAttachment,
    StoredSection,
)
from agency_client.use_cases.home import Home, endpoint_of, require_in_step
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.reading import (
    FileBlocks,
    ReadPackage,
    not_open,
    received_package,
    stored_contents,
)
from agency_client.use_cases.receiving import fetch
from agency_client.use_cases.sayings import flush, make_event, post, say, subject_of
from agency_client.use_cases.talking import in_step
from phoenix_protocol import limits, schema
from phoenix_protocol.api import Released
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import Address, ItemId, ObjectHash
from phoenix_protocol.limits import BLOCK
from phoenix_protocol.merkle import leaf_hash
from phoenix_protocol.package.blocks import check_block
from phoenix_protocol.package.envelope import Core, Delivery
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.package.lifecycle import State
from phoenix_protocol.record import Attachment
from phoenix_protocol.sealing.attachments import read_blocks
from phoenix_protocol.sealing.contents import Detail, ItemType
from phoenix_protocol.sealing.drafts import Body
from phoenix_protocol.sealing.open_body import (
    Accepted,
    OpenedAttachment,
    OpenedPackage,
    OpenedSection,
    check_leaves,
    open_body,
    parse_item,
)
from phoenix_protocol.signed import parse_signed

#: Told how many bytes of how many have been fetched.
Progressed = Callable[[int, int], None]


_RELEASED_BYTES: Final = 8 * limits.MIB


async def accept(
    home: Home, core: ObjectHash, progressed: Progressed = lambda _done, _whole: None
) -> ReadPackage:
    """This is ours and we know that it is confidential: fetch, verify, store durably, and say so.

    Repeating goes on where an earlier try stopped, and once done does nothing. Raises RefusedError
    ``E_RECEIPT_STATE`` (returned, recalled, expired), UnavailableError ``E_RELAY``, TamperError when it does not open.
    """
    require_in_step(home)
    async with in_step(home) as (relay, known):
        await flush(home, relay)
        package = received_package(home, core)
        if package.state is State.OFFERED:
            await _say_accepted(home, relay, known, package)
            package = received_package(home, core)
        if package.state is State.ACCEPTED and stored_contents(home, core) is None:
            await _take_in(home, relay, known, package, progressed)
        await flush(home, relay)
        package = received_package(home, core)
    contents = stored_contents(home, core)
    if contents is None:
        raise not_open(package.state)
    return ReadPackage(package=package, contents=contents)


async def _say_accepted(home: Home, relay: Relay, known: Known, package: ReceivedPackage) -> None:
    try:
        await say(home, relay, known, package, EventKind.ACCEPTED)
    except RefusedError:
        # Recalled or expired a moment ago: learn which, and say that.
        await fetch(home, relay, known)
        now_known = received_package(home, package.core)
        if now_known.state is State.OFFERED:
            raise
        raise not_open(now_known.state) from None


async def _take_in(
    home: Home,
    relay: Relay,
    known: Known,
    package: ReceivedPackage,
    progressed: Progressed,
) -> None:
    with home.vault.reading() as view:
        offer = view.received.offer(package.core)
        kept = view.received.released(package.core)
    if offer is None:
        raise RefusedError("E_NOT_FOUND", "This home does not have that package.")
    released = (
        schema.decode(Released, kept, limit=_RELEASED_BYTES)
        if kept is not None
        else await relay.released(package.core)
    )
    accepted = _accepted(home, offer, package.core)
    try:
        check_leaves(accepted.core, released.leaves)
        if kept is None:
            with home.vault.transaction() as tx:
                tx.received.keep_released(package.core, schema.encode(released))
        with home.vault.blobs.incoming(package.core, accepted.core.body.length) as file:
            body = FileBlocks(file)
            await _fetch_body(relay, package.core, accepted.core, released, body, progressed)
            opened = await asyncio.to_thread(
                open_body, accepted, released.grant, released.leaves, body, home.executor
            )
            await asyncio.to_thread(_store_attachments, home, opened, body)
    except TamperError as error:
        await _say_unreadable(home, relay, known, package, error)
        raise
    await _commit(home, relay, known, package, opened)


def _accepted(home: Home, offer: OfferRecord, core_hash: ObjectHash) -> Accepted:
    own, own_id = endpoint_of(home)
    delivery = schema.decode(Delivery, parse_signed(offer.delivery).payload)
    granted = delivery.granted_to(own_id)
    if granted is None:
        raise TamperError("E_NOT_ADDRESSED", "The package is not addressed to this endpoint.")
    return Accepted(
        core=schema.decode(Core, offer.core),
        core_hash=core_hash,
        granted=granted,
        endpoint=own_id,
        address=own.address,
        grant_key=offer.grant_key,
    )


async def _fetch_body(
    relay: Relay,
    core_hash: ObjectHash,
    core: Core,
    released: Released,
    body: Body,
    progressed: Progressed,
) -> None:
    """Every block, whole: the relay does not learn which of them this endpoint can open."""
    length = core.body.length
    wanted = await asyncio.to_thread(_missing, body, released.leaves, length)
    done = length - sum(min(BLOCK, length - n * BLOCK) for n in wanted)
    async for number, block in download_blocks(relay, core_hash, released.leaves, wanted):
        check_block(released.leaves, length, number, block)
        await asyncio.to_thread(body.write_at, number * BLOCK, block)
        done += len(block)
        progressed(done, length)


def _missing(body: Body, leaves: Sequence[bytes], length: int) -> list[int]:
    """The blocks that an earlier try did not bring."""
    return [
        number
        for number, leaf in enumerate(leaves)
        if leaf_hash(body.read_at(number * BLOCK, min(BLOCK, length - number * BLOCK))) != leaf
    ]


def _store_attachments(home: Home, opened: OpenedPackage, body: Body) -> None:
    """Each attachment's ciphertext as a blob of its own, as it came."""
    for section in opened.sections:
        for attachment in section.attachments:
            digest = attachment.entry.digest
            if home.vault.blobs.has(digest):
                continue
            with home.vault.blobs.create(digest) as blob:
                for block in read_blocks(body, attachment.place):
                    blob.write(block)


async def _commit(
    home: Home,
    relay: Relay,
    known: Known,
    package: ReceivedPackage,
    opened: OpenedPackage,
) -> None:
    """Store durably, together with the receipt that says so; only then may the relay delete its copy."""
    own, _ = endpoint_of(home)
    detail = Detail(record=package.package.hex(), opened=opened.opened)
    posting = await make_event(
        home, relay, known, subject_of(home, package), EventKind.COMMITTED, detail
    )
    with home.vault.transaction() as tx:
        tx.contents.put(package.core, _to_contents(opened, own.address))
        tx.postings.add(posting)
        tx.audit.append(
            time=home.clock.now(),
            actor=home.actor(),
            action="package.stored",
            on=package.core,
            detail={"sections": str(len(opened.sections))},
        )
    home.vault.blobs.discard_incoming(package.core)
    await post(home, relay, posting)


def _to_contents(opened: OpenedPackage, own: Address) -> Contents:
    return Contents(
        manifest=opened.manifest,
        manifest_salt=opened.grant.manifest_salt,
        grant=schema.encode(opened.grant),
        sections=tuple(
            StoredSection(entry=s.entry, salt=s.salt, reasons={own: s.reason}, items=s.items)
            for s in opened.sections
        ),
        attachments=tuple(
            _stored(section, attachment, {own: section.reason})
            for section in opened.sections
            for attachment in section.attachments
        ),
    )


def _stored(
    section: OpenedSection, attachment: OpenedAttachment, reasons: dict[Address, str]
) -> StoredAttachment:
    descriptor = attachment.descriptor
    return StoredAttachment(
        entry=attachment.entry,
        salt=attachment.salt,
        reasons=reasons,
        section=section.entry.segment,
        item=_item_of(section, descriptor),
        name=descriptor.name,
        media_type=descriptor.media_type,
        size=descriptor.size,
        digest=descriptor.digest,
        key=attachment.place.key,
        stored=True,
    )


def _item_of(section: OpenedSection, descriptor: Attachment) -> ItemId:
    return next(
        item.id
        for item in section.items
        if item.type is ItemType.ATTACHMENT and parse_item(item) == descriptor
    )


async def _say_unreadable(
    home: Home, relay: Relay, known: Known, package: ReceivedPackage, error: TamperError
) -> None:
    """An alarm on both sides. The relay's own faults are not said of the sender's package."""
    now = home.clock.now()
    home.vault.blobs.discard_incoming(package.core)
    with home.vault.transaction() as tx:
        tx.alerts.add(Alert(code=error.code, core=package.core, about="body", time=now))
        tx.audit.append(
            time=now,
            actor=home.actor(),
            action="package.unreadable",
            on=package.core,
            outcome=error.code,
        )
    if error.code in ("E_BODY_DIGEST", "E_RESP_SIG"):
        return  # another copy from the relay may be right: accepting again fetches again
    await say(home, relay, known, package, EventKind.UNREADABLE)
