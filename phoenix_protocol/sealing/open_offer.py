"""Opening an offer: everything that is checked before a cover is shown (docs/protocol.md §5, checks O1 to O13).

The checks stand in the specification's order, one function each. The first that fails raises, with nothing shown of the
package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from phoenix_protocol import limits, schema
from phoenix_protocol.api import Offer
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import (
    Address,
    Anchor,
    EndpointId,
    ObjectHash,
    PackageId,
    Seconds,
)
from phoenix_protocol.package.envelope import Core, Delivery, Granted, Held, read_core
from phoenix_protocol.sealing.capsules import Capsule, CapsuleBinding, open_capsule
from phoenix_protocol.sealing.contents import Cover, SegmentType
from phoenix_protocol.sealing.manifest import cover_commitment
from phoenix_protocol.sealing.open_body import Accepted
from phoenix_protocol.sealing.segments import COVER_SEGMENT, SegmentKey, open_segment
from phoenix_protocol.signed import (
    Opened,
    Signed,
    expect_type,
    open_signed,
    parse_signed,
)
from phoenix_protocol.suite.content import encrypted_length
from phoenix_protocol.suite.hashing import sha256
from phoenix_protocol.suite.opening_keys import EpochPrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderAt:
    """A sender as the directory knew it at one log size: its address and the document key in force then."""

    address: Address
    document_key: bytes = field(repr=False)


class WhoIsWho(Protocol):
    """What opening asks of the directory, in the reader's newest state."""

    @property
    def anchor(self) -> Anchor: ...

    @property
    def relay_origin(self) -> str: ...

    @property
    def receipt_key(self) -> bytes: ...

    @property
    def longest_life(self) -> int: ...

    def size_relied_on(self, note: str, at: Seconds) -> int:
        """The log size of a checkpoint that something made at ``at`` relied on, on our own log's past.

        Raises TamperError ``E_DIR_FORK``, ``E_DIR_STALE``, ``E_TIME``, ``E_SIG``, ``E_DIR_ROLLBACK``, and
        :class:`~phoenix_protocol.directory.checkpoints.BehindError` when it is newer than what we have fetched.
        """
        ...

    def sender_at(self, endpoint: EndpointId, size: int, time: Seconds) -> SenderAt:
        """What a log of that size certified of the sender for ``time``. Raises TamperError ``E_KEY_UNCERTIFIED``."""
        ...

    def check_not_ended(self, endpoint: EndpointId, time: Seconds) -> None:
        """Raise TamperError ``E_KEY_REVOKED`` or ``E_AGENCY_CLOSED`` for an endpoint that had ended by ``time``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """The endpoint that opens: who it is, and the epoch keys it still holds, by the hash of their statement."""

    endpoint: EndpointId
    address: Address
    epoch_keys: Mapping[ObjectHash, EpochPrivateKey] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedOffer:
    """A package that is ours and whole so far as it was offered: its cover may be shown."""

    core: Core
    core_hash: ObjectHash
    delivery: Opened[Delivery]
    granted: Granted
    held: Opened[Held]
    sender_address: Address
    cover: Cover
    capsule: Capsule = field(repr=False)

    def accepted(self, reader: Reader) -> Accepted:
        """What opening the body starts from."""
        return Accepted(
            core=self.core,
            core_hash=self.core_hash,
            granted=self.granted,
            endpoint=reader.endpoint,
            address=reader.address,
            grant_key=self.capsule.grant_key,
        )


#: Gives the core hash that was seen under a sender and package id before, or None.
SeenBefore = Callable[[EndpointId, PackageId], ObjectHash | None]


def open_offer(
    offer: Offer, reader: Reader, directory: WhoIsWho, seen: SeenBefore, now: Seconds
) -> OpenedOffer:
    """Verify an offer and open its cover. Raises TamperError with the code of the first check that fails."""
    core, core_hash = read_core(offer.core)  # O1
    signed = _of_type(offer.delivery)  # O2
    _check_partnership(core, directory)  # O3
    size = directory.size_relied_on(core.checkpoint, core.created)  # O4
    sender = directory.sender_at(core.sender, size, core.created)  # O5
    delivery = _open_delivery(signed, core_hash, core, sender)  # O6
    held = _open_held(offer.held, core_hash, delivery, directory)  # O7
    directory.check_not_ended(core.sender, held.message.time)  # O8
    granted = _find_self(core, delivery.message, reader)  # O9
    check_times(core, held.message, directory.longest_life, now)  # O10
    _check_not_seen(core, core_hash, seen)  # O11
    capsule = _open_capsule(
        offer.capsule, core, core_hash, delivery.message, granted, reader
    )  # O12
    cover = _open_cover(offer.cover, core, capsule, sender)  # O13
    return OpenedOffer(
        core=core,
        core_hash=core_hash,
        delivery=delivery,
        granted=granted,
        held=held,
        sender_address=sender.address,
        cover=cover,
        capsule=capsule,
    )


def _of_type(data: bytes) -> Signed:
    """O2: the envelope says it is a delivery."""
    signed = parse_signed(data)
    expect_type(signed, Delivery)
    return signed


def _check_partnership(core: Core, directory: WhoIsWho) -> None:
    """O3: of our partnership, over our relay."""
    if core.anchor != directory.anchor or core.relay != directory.relay_origin:
        raise TamperError("E_ANCHOR", "The package belongs to another partnership or relay.")


def _open_delivery(
    signed: Signed, core_hash: ObjectHash, core: Core, sender: SenderAt
) -> Opened[Delivery]:
    """O6: signed by the sender's key of that time, once, over this core."""
    delivery = open_signed(
        signed, Delivery, lambda _signer: sender.document_key, code="E_SIG_DELIVERY"
    )
    if (delivery.message.core, delivery.message.anchor) != (core_hash, core.anchor):
        raise TamperError("E_SIG_DELIVERY", "The sender signed another package than this one.")
    return delivery


def _open_held(
    data: bytes, core_hash: ObjectHash, delivery: Opened[Delivery], directory: WhoIsWho
) -> Opened[Held]:
    """O7: the relay's word that it holds exactly this."""
    return open_held(parse_signed(data), core_hash, delivery.hash, directory)


def open_held(
    signed: Signed, core: ObjectHash, delivery: ObjectHash, directory: WhoIsWho
) -> Opened[Held]:
    """The relay's *held* for this core and delivery. Raises TamperError ``E_RECEIPT_BINDING`` or ``E_SIG_TYPE``."""
    held = open_signed(
        signed, Held, lambda _signer: directory.receipt_key, code="E_RECEIPT_BINDING"
    )
    message = held.message
    if (message.core, message.delivery, message.anchor) != (core, delivery, directory.anchor):
        raise TamperError("E_RECEIPT_BINDING", "A receipt of the relay is for another package.")
    return held


def _find_self(core: Core, delivery: Delivery, reader: Reader) -> Granted:
    """O9: this endpoint and its address are named, with an epoch key that it holds."""
    granted = delivery.granted_to(reader.endpoint)
    if granted is None or reader.address not in (r.address for r in core.recipients):
        raise TamperError("E_NOT_ADDRESSED", "The package is not addressed to this endpoint.")
    if sum(g.endpoint == reader.endpoint for g in delivery.endpoints) > 1:
        raise TamperError("E_PARSE", "The delivery names this endpoint twice.")
    if granted.epoch_key not in reader.epoch_keys:
        raise TamperError("E_KEY_SUPERSEDED", "The key that this was sealed to is gone.")
    return granted


def check_times(core: Core, held: Held, longest_life: int, now: Seconds) -> None:
    """O10: the times agree with each other and with ours. Raises TamperError ``E_TIME`` or ``E_EXPIRED``."""
    possible = core.created < core.expires <= core.created + longest_life
    agreed = core.created <= held.time + limits.CLOCK_SKEW and held.time < core.expires
    if not possible or not agreed or max(core.created, held.time) > now + limits.CLOCK_SKEW:
        raise TamperError("E_TIME", "The times of the package are impossible.")
    if now >= core.expires:
        raise TamperError("E_EXPIRED", "The package has expired.")


def _check_not_seen(core: Core, core_hash: ObjectHash, seen: SeenBefore) -> None:
    """O11: not received before; another core under the same id is an alarm."""
    before = seen(core.sender, core.package)
    if before is None:
        return
    if before != core_hash:
        raise TamperError("E_CONFLICT", "Two different packages came under one id.")
    raise TamperError("E_REPLAY", "The package was received before.")


def _open_capsule(
    ciphertext: bytes,
    core: Core,
    core_hash: ObjectHash,
    delivery: Delivery,
    granted: Granted,
    reader: Reader,
) -> Capsule:
    """O12: the capsule is the signed one, and opens under everything it is bound to."""
    if sha256(ciphertext) != granted.capsule:
        raise TamperError("E_CAPSULE_DIGEST", "The capsule is not the one that was signed.")
    binding = CapsuleBinding(
        anchor=core.anchor,
        package=core.package,
        sender=core.sender,
        recipient=granted.endpoint,
        epoch_key=granted.epoch_key,
        core=core_hash,
        delivery=delivery.number,
    )
    return open_capsule(ciphertext, binding, reader.epoch_keys[granted.epoch_key])


_COVER_CIPHERTEXT = encrypted_length(2 * limits.COVER_BYTES)


def _open_cover(ciphertext: bytes, core: Core, capsule: Capsule, sender: SenderAt) -> Cover:
    """O13: digest, key commitment, chunks, padding, commitment, then parsed once, and from whom it says it is."""
    if (sha256(ciphertext), len(ciphertext)) != (core.cover.digest, core.cover.length):
        raise TamperError("E_BODY_DIGEST", "The cover is not the one that was signed.")
    key = SegmentKey(segment=COVER_SEGMENT, type=SegmentType.COVER, key=capsule.cover_key)
    content = open_segment(key, core.package, ciphertext, limit=_COVER_CIPHERTEXT)
    cover = schema.decode(Cover, content, limit=limits.COVER_BYTES)
    if cover_commitment(cover, content) != core.cover_commitment:
        raise TamperError("E_COMMITMENT", "The cover is not the one that the sender committed to.")
    if cover.anchor != core.anchor or cover.sent_from != sender.address:
        raise TamperError("E_COMMITMENT", "The cover names another sender than the one who signed.")
    return cover
