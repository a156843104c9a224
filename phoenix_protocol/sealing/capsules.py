"""The capsule: what HPKE seals to one endpoint's epoch key (docs/protocol.md §5).

It holds the cover's key, a fresh grant key and the sequence number from this sender's endpoint to
this one. HPKE here has no ``aad``, so everything that must be bound goes into ``info``.
"""

from __future__ import annotations

from dataclasses import dataclass

from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Anchor, EndpointId, ObjectHash, PackageId
from phoenix_protocol.package.envelope import SUITE
from phoenix_protocol.suite.opening_keys import EpochPrivateKey
from phoenix_protocol.suite.sealing_keys import SealingKey

_KEY = 32
_SEQUENCE = 8
CAPSULE_PLAINTEXT_BYTES = 2 * _KEY + _SEQUENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Capsule:
    """What one endpoint gets before it accepts."""

    cover_key: bytes
    grant_key: bytes
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleBinding:
    """Everything that a capsule is bound to."""

    anchor: Anchor
    package: PackageId
    sender: EndpointId
    recipient: EndpointId
    epoch_key: ObjectHash
    core: ObjectHash
    delivery: int

    def info(self) -> bytes:
        """The HPKE ``info``: the length-prefixed tuple of all of it."""
        return _prefixed(
            b"phoenix/1/capsule",
            SUITE.encode(),
            self.anchor,
            self.package,
            self.sender,
            self.recipient,
            self.epoch_key,
            self.core,
            self.delivery.to_bytes(8, "big"),
        )


def _prefixed(*parts: bytes) -> bytes:
    return b"".join([len(part).to_bytes(2, "big") + part for part in parts])


def seal_capsule(capsule: Capsule, binding: CapsuleBinding, key: SealingKey) -> bytes:
    """The capsule for one endpoint, under its epoch key."""
    plaintext = capsule.cover_key + capsule.grant_key + capsule.sequence.to_bytes(_SEQUENCE, "big")
    return key.seal(plaintext, binding.info())


def open_capsule(ciphertext: bytes, binding: CapsuleBinding, key: EpochPrivateKey) -> Capsule:
    """What the sender put into this endpoint's capsule. Raises TamperError ``E_CAPSULE``."""
    plaintext = key.open(ciphertext, binding.info())
    if len(plaintext) != CAPSULE_PLAINTEXT_BYTES:
        raise TamperError("E_CAPSULE", "A capsule does not hold what a capsule holds.")
    return Capsule(
        cover_key=plaintext[:_KEY],
        grant_key=plaintext[_KEY : 2 * _KEY],
        sequence=int.from_bytes(plaintext[2 * _KEY :], "big"),
    )
