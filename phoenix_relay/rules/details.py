"""The detail that travels beside a signed object: it is the one named, or none is (docs/protocol.md §6)."""

from __future__ import annotations

from collections.abc import Set

from phoenix_protocol.api import SealedDetail
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import EndpointId
from phoenix_protocol.suite import sha256


def check_detail(named: bytes | None, detail: SealedDetail | None) -> None:
    """Raise TamperError ``E_RECEIPT_BINDING`` unless ``detail`` is the one that is named, or neither is there."""
    digest = sha256(detail.ciphertext) if detail is not None else None
    if digest != named:
        raise TamperError("E_RECEIPT_BINDING", "The detail is not the one that was signed.")
    readers = [capsule.endpoint for capsule in detail.capsules] if detail is not None else []
    if len(set(readers)) != len(readers):
        raise TamperError("E_RECEIPT_BINDING", "A detail is sealed twice to one reader.")


def only_for(detail: SealedDetail | None, readers: Set[EndpointId]) -> SealedDetail | None:
    """What is kept of a detail: the keys for those who will get it; None when it is for none of them."""
    if detail is None:
        return None
    kept = tuple(capsule for capsule in detail.capsules if capsule.endpoint in readers)
    return SealedDetail(ciphertext=detail.ciphertext, capsules=kept) if kept else None
