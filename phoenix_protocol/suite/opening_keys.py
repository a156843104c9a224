"""The private half of an epoch key, which opens what was sealed to it (docs/protocol.md §2).

A module of its own, apart from sealing: the relay checks that epoch keys can be sealed to, and must
not be able to open.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey

from phoenix_protocol.errors import TamperError
from phoenix_protocol.suite.sealing_keys import EPOCH_SEED_BYTES, HPKE, MLKEM_SEED_BYTES


class EpochPrivateKey:
    """The private half of one epoch key; it is destroyed at the epoch's ``opens_until``."""

    __slots__ = ("_key", "_public")

    def __init__(self, mlkem: MLKEM768PrivateKey, x25519: X25519PrivateKey) -> None:
        self._key: Final = MLKEM768X25519PrivateKey(mlkem, x25519)
        self._public: Final = (
            mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        )

    @classmethod
    def from_seed(cls, seed: bytes) -> EpochPrivateKey:
        """The key of a 96-byte seed: 64 for ML-KEM, then the 32-byte X25519 private key.

        Raises ValueError for another length.
        """
        if len(seed) != EPOCH_SEED_BYTES:
            raise ValueError("An epoch key's seed is 96 bytes.")
        return cls(
            MLKEM768PrivateKey.from_seed_bytes(seed[:MLKEM_SEED_BYTES]),
            X25519PrivateKey.from_private_bytes(seed[MLKEM_SEED_BYTES:]),
        )

    def public_bytes(self) -> bytes:
        """The public half, 1216 bytes."""
        return self._public

    def open(self, ciphertext: bytes, info: bytes) -> bytes:
        """What was sealed to this key with the same ``info``.

        Raises TamperError ``E_CAPSULE`` for anything else: another key, another ``info``, one
        changed bit, too short.
        """
        try:
            return HPKE.decrypt(ciphertext, self._key, info)
        except (InvalidTag, ValueError):
            raise TamperError("E_CAPSULE", "A capsule does not open with this key.") from None

    def __repr__(self) -> str:
        return "<EpochPrivateKey>"
