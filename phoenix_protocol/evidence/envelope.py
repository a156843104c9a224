"""A bundle's core, deliveries, receipts of the relay and epoch keys (docs/protocol.md §6.11, B5 to B8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from phoenix_protocol.directory.statements import Member
from phoenix_protocol.epochs import EpochKey, open_epoch_key
from phoenix_protocol.errors import TamperError
from phoenix_protocol.evidence.damage import at, numbered
from phoenix_protocol.evidence.messages import Bundle
from phoenix_protocol.evidence.past import Past
from phoenix_protocol.identifiers import EndpointId, ObjectHash
from phoenix_protocol.package.envelope import Core, Delivery, Held, read_core
from phoenix_protocol.schema import decode
from phoenix_protocol.sealing.open_offer import check_times
from phoenix_protocol.signed import (
    Opened,
    expect_type,
    open_signed,
    parse_signed,
    signer_id,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDelivery:
    """A delivery that the sender signed, and the relay's word that it held it."""

    message: Delivery
    hash: ObjectHash
    held: Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What was sent to whom: the core with what the log of ``size`` statements certified of its sender."""

    core: Core
    hash: ObjectHash
    size: int
    sender: Member = field(repr=False)
    deliveries: tuple[HeldDelivery, ...]
    epoch_keys: tuple[Opened[EpochKey], ...] = field(repr=False)

    def delivery(self, delivery: ObjectHash) -> HeldDelivery | None:
        """One of the deliveries, by its hash."""
        return next((d for d in self.deliveries if d.hash == delivery), None)


def check_envelope(bundle: Bundle, past: Past) -> Envelope:
    """Checks B5 to B8."""
    with at("core"):
        core, core_hash = read_core(bundle.core)
        if core.anchor != past.anchor:
            raise TamperError("E_ANCHOR", "The package belongs to another partnership.")
        size = past.relied_on(core.checkpoint, core.created)
        if core.relay != past.view(size).relay.origin:
            raise TamperError("E_ANCHOR", "The package went over another relay.")
        sender = past.certified(core.sender, size, core.created)
    if len(bundle.held) != len(bundle.deliveries):
        with at("held"):
            raise TamperError("E_PARSE", "There is not one receipt for each delivery.")
    signed = [
        _delivery(bundle, number, core_hash, core, sender)
        for number in range(len(bundle.deliveries))
    ]
    if any(a.message.number >= b.message.number for a, b in pairwise(signed)):
        with at("delivery"):
            raise TamperError("E_SIG_DELIVERY", "The deliveries do not follow one another.")
    deliveries = tuple(
        _held(bundle, number, core_hash, core, delivery, past)
        for number, delivery in enumerate(signed)
    )
    named = {g.epoch_key: g.endpoint for d in deliveries for g in d.message.endpoints}
    return Envelope(
        core=core,
        hash=core_hash,
        size=size,
        sender=sender,
        deliveries=deliveries,
        epoch_keys=tuple(
            _epoch_key(bundle, number, named, past) for number in range(len(bundle.epoch_keys))
        ),
    )


def _delivery(
    bundle: Bundle, number: int, core_hash: ObjectHash, core: Core, sender: Member
) -> Opened[Delivery]:
    """B6: signed by the sender's key of then, over this core."""
    with at(numbered("delivery", number)):
        signed = parse_signed(bundle.deliveries[number])
        delivery = open_signed(
            signed, Delivery, lambda _signer: sender.document_key, code="E_SIG_DELIVERY"
        )
        if (delivery.message.core, delivery.message.anchor) != (core_hash, core.anchor):
            raise TamperError("E_SIG_DELIVERY", "The sender signed another package than this one.")
    return delivery


def _held(
    bundle: Bundle,
    number: int,
    core_hash: ObjectHash,
    core: Core,
    delivery: Opened[Delivery],
    past: Past,
) -> HeldDelivery:
    """B7: by the receipt key of then, over this core and delivery."""
    with at(numbered("held", number)):
        signed = parse_signed(bundle.held[number])
        expect_type(signed, Held)
        size = past.relied_on(decode(Held, signed.payload).checkpoint)
        key = past.receipt_key(size)
        held = open_signed(signed, Held, lambda _signer: key, code="E_RECEIPT_BINDING").message
        if (held.core, held.delivery, held.anchor) != (core_hash, delivery.hash, core.anchor):
            raise TamperError("E_RECEIPT_BINDING", "The relay's receipt is for another package.")
        check_times(core, held, past.view(size).bounds.life, held.time)
    return HeldDelivery(message=delivery.message, hash=delivery.hash, held=held)


def _epoch_key(
    bundle: Bundle, number: int, named: dict[ObjectHash, EndpointId], past: Past
) -> Opened[EpochKey]:
    """B8: named by a delivery, signed by a document key that its endpoint has had."""
    with at(numbered("epoch_key", number)):
        signed = parse_signed(bundle.epoch_keys[number])
        owner = named.get(signed.hash)
        endpoint = past.directory.endpoint(owner) if owner is not None else None
        members = endpoint.members if endpoint is not None else ()
        signer = signed.signatures[0].signer
        key = next((m.document_key for m in members if signer_id(m.document_key) == signer), None)
        if key is None:
            raise TamperError("E_KEY_UNCERTIFIED", "A sealing key is nobody's that was sealed to.")
        return open_epoch_key(signed, key, past.anchor)
