"""Who said something of a package: verified under the key that the log certified for them then (§6.11, B11)."""

from __future__ import annotations

from typing import Any, TypeVar

from phoenix_protocol import schema
from phoenix_protocol.errors import TamperError
from phoenix_protocol.evidence.envelope import Envelope
from phoenix_protocol.evidence.past import Past
from phoenix_protocol.identifiers import EndpointId, ObjectHash
from phoenix_protocol.signed import Message, Opened, Signed, open_signed

M = TypeVar("M", bound=Message)


def unbound(what: str) -> TamperError:
    """That something is said by somebody else, or of something else."""
    return TamperError("E_RECEIPT_BINDING", what)


def by_endpoint(signed: Signed, message: type[M], past: Past) -> Opened[M]:
    """Signed by the key of its maker (``endpoint``, of a void ``sender``), at the checkpoint and time that it names."""
    unread: Any = schema.decode(message, signed.payload)
    maker = unread.sender if hasattr(unread, "sender") else unread.endpoint
    size = past.relied_on(unread.checkpoint, unread.time)
    key = past.certified(maker, size, unread.time).document_key
    return open_signed(signed, message, lambda _signer: key, code="E_RECEIPT_BINDING")


def by_relay(signed: Signed, message: type[M], past: Past) -> Opened[M]:
    """Signed by the receipt key of the log at the checkpoint that it names."""
    unread: Any = schema.decode(message, signed.payload)
    key = past.receipt_key(past.relied_on(unread.checkpoint))
    return open_signed(signed, message, lambda _signer: key, code="E_RECEIPT_BINDING")


def check_of(anchor: bytes, core: ObjectHash, past: Past, envelope: Envelope) -> None:
    """Raise TamperError ``E_RECEIPT_BINDING`` unless it is said of this package."""
    if (anchor, core) != (past.anchor, envelope.hash):
        raise unbound("It is said of another package.")


def check_senders(maker: EndpointId, past: Past, envelope: Envelope) -> None:
    """Raise TamperError ``E_RECEIPT_BINDING`` unless by the sending endpoint, or by another one of its address."""
    if maker == envelope.core.sender:
        return
    theirs = past.directory.address_of(maker, past.openings)
    if theirs is None or theirs != past.directory.address_of(envelope.core.sender, past.openings):
        raise unbound("It is said by somebody else than the sender.")


def check_recipients(maker: EndpointId, envelope: Envelope) -> None:
    """Raise TamperError ``E_RECEIPT_BINDING`` unless a delivery that is shown names this endpoint."""
    if not any(delivery.message.granted_to(maker) for delivery in envelope.deliveries):
        raise unbound("It is said by somebody to whom nothing was delivered.")
