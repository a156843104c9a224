"""Accepting a package: fetch, verify, store durably, and only then say committed (docs/protocol.md §6)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from agency_client.body_transfer import download_blocks
from agency_client.ports.relay import Relay
from agency_client.ports.vault import Alert, ReceivedPackage
from agency_client.record import listed
from agency_client.use_cases.committing import commit, say_committed
from agency_client.use_cases.home import Home, endpoint_of, require_in_step
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.reading import (
    FileBlocks,
    ReadPackage,
    not_open,
    received_package,
    stored_contents,
    stored_cover,
)
from agency_client.use_cases.receiving import fetch
from agency_client.use_cases.sayings import flush, say
from agency_client.use_cases.talking import in_step
from phoenix_protocol import limits, schema
from phoenix_protocol.api import Released
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import ObjectHash
from phoenix_protocol.limits import BLOCK
from phoenix_protocol.merkle import leaf_hash
from phoenix_protocol.package.blocks import check_block
from phoenix_protocol.package.envelope import Core, Delivery
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.package.lifecycle import State
from phoenix_protocol.sealing.attachments import read_blocks
from phoenix_protocol.sealing.drafts import Body
from phoenix_protocol.sealing.open_body import Accepted, OpenedPackage, check_leaves, open_body
from phoenix_protocol.signed import parse_signed
from phoenix_protocol.suite.hashing import sha256

#: Told how many bytes of how many have been fetched.
Progressed = Callable[[int, int], None]


_RELEASED_BYTES: Final = 8 * limits.MIB
#: The relay's word that its disk has damaged what it held.
_DAMAGED: Final = "E_DAMAGED"


class _DamagedError(TamperError):
    """The relay cannot give what it holds of a package, now or later."""


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
        else:
            await say_committed(home, relay, known, package)
        await flush(home, relay)
        package = received_package(home, core)
    contents = stored_contents(home, core)
    if contents is None:
        raise not_open(package.state)
    return ReadPackage(package=package, cover=stored_cover(home, core), contents=contents)


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
    try:
        await _fetch_and_commit(home, relay, known, package, progressed)
    except _DamagedError:
        # No asking again mends it at the relay: its sender has to know, and can send again.
        await _say_unreadable(home, relay, known, package)
        raise


async def _fetch_and_commit(
    home: Home,
    relay: Relay,
    known: Known,
    package: ReceivedPackage,
    progressed: Progressed,
) -> None:
    accepted = _accepted(home, package.core)
    with _alarming(home, package):
        released = await _released(home, relay, accepted)
    with home.vault.blobs.incoming(package.core, accepted.core.body.length) as file:
        body = FileBlocks(file)
        with _alarming(home, package):
            await _fetch_body(relay, accepted, released, body, progressed)
        try:
            with _alarming(home, package):
                opened = await asyncio.to_thread(
                    open_body, accepted, released.grant, released.leaves, body, home.executor
                )
        except TamperError:
            # These are the bytes that the sender signed: the alarm is the sender's too.
            await _say_unreadable(home, relay, known, package)
            raise
        await asyncio.to_thread(_store_attachments, home, opened, body)
    await commit(home, relay, known, package, opened)


async def _released(home: Home, relay: Relay, accepted: Accepted) -> Released:
    """Grant and leaves, those that the sender signed. Others are the relay's fault: asking again may bring better."""
    core = accepted.core_hash
    with home.vault.reading() as view:
        kept = view.received.released(core)
    if kept is not None:
        return schema.decode(Released, kept, limit=_RELEASED_BYTES)
    released = await relay.released(core)
    check_leaves(accepted.core, released.leaves)
    if sha256(released.grant) != accepted.granted.grant:
        raise TamperError("E_CAPSULE_DIGEST", "The grant is not the one that was signed.")
    with home.vault.transaction() as tx:
        tx.received.keep_released(core, schema.encode(released))
    return released


def _accepted(home: Home, core_hash: ObjectHash) -> Accepted:
    with home.vault.reading() as view:
        offer = view.received.offer(core_hash)
    if offer is None:
        raise RefusedError(
            "E_NOT_FOUND", "This home does not have that package.", next=listed.RECEIVED
        )
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
    relay: Relay, accepted: Accepted, released: Released, body: Body, progressed: Progressed
) -> None:
    """Every block, whole: the relay does not learn which of them this endpoint can open."""
    length = accepted.core.body.length
    wanted = await asyncio.to_thread(_missing, body, released.leaves, length)
    done = length - sum(min(BLOCK, length - n * BLOCK) for n in wanted)
    async for number, block in download_blocks(relay, accepted.core_hash, released.leaves, wanted):
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


@contextmanager
def _alarming(home: Home, package: ReceivedPackage) -> Iterator[None]:
    """What does not verify is an alarm, and recorded; so is what the relay says that it has damaged."""
    try:
        yield
    except TamperError as error:
        _raise_alarm(home, package, error.code)
        raise
    except RefusedError as error:
        if error.code != _DAMAGED:
            raise
        _raise_alarm(home, package, error.code)
        raise _DamagedError(error.code, error.what) from None


def _raise_alarm(home: Home, package: ReceivedPackage, code: str) -> None:
    now = home.clock.now()
    with home.vault.transaction() as tx:
        tx.alerts.add(Alert(code=code, core=package.core, about="body", time=now))
        tx.audit.append(
            time=now,
            actor=home.actor(),
            action="package.unreadable",
            on=package.core,
            outcome=code,
        )


async def _say_unreadable(home: Home, relay: Relay, known: Known, package: ReceivedPackage) -> None:
    home.vault.blobs.discard_incoming(package.core)
    await say(home, relay, known, package, EventKind.UNREADABLE)
