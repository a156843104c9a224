"""Packages: submitted, offered, released (docs/protocol.md §5, §6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from phoenix_protocol import limits
from phoenix_protocol.api import (
    EndpointState,
    FeedKind,
    Released,
    SignedObject,
    States,
    Submission,
)
from phoenix_protocol.errors import PhoenixError, RefusedError
from phoenix_protocol.identifiers import EndpointId, ObjectHash
from phoenix_protocol.package.envelope import Held, read_core
from phoenix_protocol.package.lifecycle import Step
from phoenix_protocol.signed import Signed, parse_signed, sign
from phoenix_relay.http.calls import Answer, Call, block, message
from phoenix_relay.http.problems import REPLAYED
from phoenix_relay.http.quotas import charge_window
from phoenix_relay.http.services import Services
from phoenix_relay.rules import audience, release, submissions
from phoenix_relay.rules.submissions import FIRST, Accepted
from phoenix_relay.sequencing import LogState
from phoenix_relay.storage import Tx
from phoenix_relay.storage.rows import (
    Acceptance,
    BodyId,
    NewDelivery,
    NewPackage,
    NewSaying,
    Package,
)

_HOUR: Final = 3600
_DAY: Final = 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A delivery that may be held, the relay's word for it, signed beforehand and shown only after, and for whom."""

    accepted: Accepted
    held: Signed
    colleagues: frozenset[EndpointId]


async def submit(services: Services, call: Call[Submission]) -> Answer:
    """Hold a delivery. The same once more gives the same answer, whatever has changed since."""
    try:
        held = await _submit(services, call)
    except PhoenixError as error:
        before = await _held_before(services, call)
        if before is None or error.code == REPLAYED:
            raise
        held = before
    return message(SignedObject(signed=held))


async def _submit(services: Services, call: Call[Submission]) -> bytes:
    log = await services.log.current()
    judged = await services.in_pool(lambda: _judge(services, call, log))
    uploaded = await _uploaded(services, call, judged.accepted)
    return await services.store.write(lambda tx: _hold(services, call, judged, uploaded, tx))


def _judge(services: Services, call: Call[Submission], log: LogState) -> _Judged:
    bounds = services.settings.bounds
    accepted = submissions.accept(
        call.body,
        sender=call.caller.endpoint,
        book=log.book,
        now=call.now,
        largest=bounds.package,
        longest=bounds.life,
    )
    held = Held(
        anchor=log.directory.anchor,
        core=accepted.core_hash,
        delivery=accepted.delivery.hash,
        time=call.now,
        checkpoint=log.note,
    )
    return _Judged(
        accepted=accepted,
        held=sign(held, [services.receipt_key]),
        colleagues=audience.of_held(call.caller.endpoint, accepted.recipients, log.book, call.now),
    )


async def _uploaded(
    services: Services, call: Call[Submission], accepted: Accepted
) -> BodyId | None:
    """The uploaded body that a first delivery needs, once it is whole."""
    core = accepted.core
    if call.body.cover is None or call.body.body is not None:
        return None
    body = await services.store.read(
        lambda tx: tx.uploads.of_day(core.sender, core.body.digest, core.expires)
    )
    if body is None or body.length != core.body.length or await services.store.bodies.missing(body):
        raise RefusedError("E_RECEIPT_STATE", "The body has not been uploaded whole.")
    return body.id


def _hold(
    services: Services,
    call: Call[Submission],
    judged: _Judged,
    uploaded: BodyId | None,
    tx: Tx,
) -> bytes:
    call.spend_nonce(tx)
    accepted = judged.accepted
    delivery = _new_delivery(call, judged)
    if accepted.delivery.message.number == FIRST:
        acceptance = tx.packages.hold(_new_package(call, accepted, delivery, uploaded))
    else:
        acceptance = tx.packages.hold_delivery(delivery)
    if acceptance.fresh:
        wanted = submissions.wanted_epoch_keys(accepted)
        submissions.check_epoch_keys(accepted, tx.epochs.find_many(wanted), call.now)
        _charge(services, call, accepted, tx)
        _announce(call, judged, acceptance, tx)
    return acceptance.held


def _new_delivery(call: Call[Submission], judged: _Judged) -> NewDelivery:
    accepted = judged.accepted
    return NewDelivery(
        core=accepted.core_hash,
        number=accepted.delivery.message.number,
        hash=accepted.delivery.hash,
        signed=call.body.delivery,
        held=judged.held.encoded(),
        held_hash=judged.held.hash,
        time=call.now,
        recipients=accepted.recipients,
    )


def _new_package(
    call: Call[Submission],
    accepted: Accepted,
    delivery: NewDelivery,
    uploaded: BodyId | None,
) -> NewPackage:
    core = accepted.core
    return NewPackage(
        core=accepted.core_hash,
        core_bytes=call.body.core,
        package=core.package,
        sender=core.sender,
        agency=call.caller.members_agency,
        created=core.created,
        expires=core.expires,
        cover=call.body.cover or b"",
        delivery=delivery,
        inline=call.body.body,
        uploaded=uploaded,
    )


def _charge(services: Services, call: Call[Submission], accepted: Accepted, tx: Tx) -> None:
    quotas, now = services.settings.quotas, call.now
    sender, agency = f"packages:{accepted.core.sender.hex()}", f"octets:{call.caller.agency}"
    charge_window(tx, sender, _HOUR, now, most=quotas.packages_per_hour)
    charge_window(
        tx,
        agency,
        _DAY,
        now,
        octets=accepted.octets,
        most_octets=quotas.package_octets_per_day,
    )


def _announce(call: Call[Submission], judged: _Judged, acceptance: Acceptance, tx: Tx) -> None:
    core, now = judged.accepted.core_hash, call.now
    named = judged.accepted.recipients
    held = NewSaying(
        hash=judged.held.hash,
        kind=FeedKind.HELD,
        core=core,
        maker=None,
        signed=acceptance.held,
        time=now,
    )
    tx.sayings.record(held)
    tx.feed.append(judged.colleagues, FeedKind.HELD, core, now, held.hash)
    tx.feed.append([to.endpoint for to in named], FeedKind.OFFER, core, now)


async def _held_before(services: Services, call: Call[Submission]) -> bytes | None:
    """The relay's word for this very delivery, if it gave it before: to repeat is to succeed."""
    try:
        core, core_hash = read_core(call.body.core)
        delivery = parse_signed(call.body.delivery).hash
    except PhoenixError:
        return None
    if core.sender != call.caller.endpoint:
        return None
    known = await services.store.read(lambda tx: tx.packages.deliveries(core_hash))
    return next((one.held for one in known if one.hash == delivery), None)


# -- the recipient's side -------------------------------------------------------------------------------------------


async def offer(services: Services, call: Call[Any]) -> Answer:
    """What an endpoint gets before it accepts; marks the package as offered."""
    core, endpoint = ObjectHash(call.hash("core")), call.caller.endpoint

    def is_first(tx: Tx) -> bool:
        found, there = tx.packages.find(core), tx.packages.recipient(core, endpoint)
        return release.check_offer(found, there, call.now)

    def mark(tx: Tx) -> None:
        # Looked at again: another request of the same endpoint may have come first.
        if is_first(tx):
            tx.packages.advance(core, endpoint, Step.OFFER, call.now)

    if await services.store.read(is_first):
        await services.store.write(mark)
    return message(await services.store.read(lambda tx: tx.packages.offer(core, endpoint)))


async def states(services: Services, call: Call[Any]) -> Answer:
    """Where a package is at each endpoint: for the endpoint that sent it, and its colleagues."""
    core, asker = ObjectHash(call.hash("core")), call.caller.endpoint
    log = services.partnership()

    def question(tx: Tx) -> States:
        package, everybody = tx.packages.find(core), tx.packages.recipients(core)
        release.check_states(package, everybody, asker, log.book, call.now)
        return States(
            endpoints=tuple(
                EndpointState(endpoint=one.endpoint, state=one.state.value) for one in everybody
            )
        )

    return message(await services.store.read(question))


async def grant(services: Services, call: Call[Any]) -> Answer:
    """The grant, and the leaf hashes of the body's blocks, after this endpoint's acceptance."""
    core, endpoint = ObjectHash(call.hash("core")), call.caller.endpoint

    def question(tx: Tx) -> Released:
        there = tx.packages.recipient(core, endpoint)
        package = release.check_release(tx.packages.find(core), there, call.now)
        return Released(grant=tx.packages.grant(core, endpoint), leaves=package.leaves)

    return message(await services.store.read(question))


async def body_block(services: Services, call: Call[Any]) -> Answer:
    """One block of the body, after this endpoint's acceptance."""
    core, endpoint = ObjectHash(call.hash("core")), call.caller.endpoint
    number = call.number("n", maximum=limits.COUNTER)

    def check(tx: Tx) -> Package:
        there = tx.packages.recipient(core, endpoint)
        return release.check_release(tx.packages.find(core), there, call.now)

    await services.store.read(check)
    return block(await services.store.block(core, number))
