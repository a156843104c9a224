"""Sealing small secrets to an endpoint's epoch key: HPKE with ML-KEM-768 and X25519 together.

docs/protocol.md §2; RFC 9180 base mode with KEM 0x647a (draft-ietf-hpke-pq), HKDF-SHA256 and
AES-256-GCM. There is no associated data: everything that must be bound goes into ``info``.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PublicKey,
    Suite,
)

from phoenix_protocol.errors import TamperError

MLKEM_SEED_BYTES: Final = 64
_MLKEM_KEY_BYTES: Final = 1184
_MLKEM_VECTOR_BYTES: Final = 1152
_X25519_BYTES: Final = 32
_X25519_PRIME: Final = 2**255 - 19

#: ML-KEM seed (d, z), then X25519 private key.
EPOCH_SEED_BYTES: Final = MLKEM_SEED_BYTES + _X25519_BYTES
#: ML-KEM encapsulation key, then X25519 public key.
EPOCH_KEY_BYTES: Final = _MLKEM_KEY_BYTES + _X25519_BYTES
#: How much longer a sealed capsule is than what is in it: encapsulation 1120, tag 16.
CAPSULE_OVERHEAD: Final = 1136

# A key that ML-KEM really made has nearly all 256 byte values among its first 1,152.
_FEWEST_BYTE_VALUES: Final = 128

HPKE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class SealingKey:
    """The public half of an epoch key, parsed once, to seal with many times."""

    __slots__ = ("_key",)

    def __init__(self, public: bytes) -> None:
        """Parse 1216 bytes. Raises TamperError ``E_KEY_WEAK`` when they are not such a key."""
        if len(public) != EPOCH_KEY_BYTES:
            raise TamperError("E_KEY_WEAK", "An epoch key is not 1216 bytes.")
        mlkem = _mlkem_half(public[:_MLKEM_KEY_BYTES])
        self._key: Final = MLKEM768X25519PublicKey(mlkem, _x25519_half(public[_MLKEM_KEY_BYTES:]))

    def seal(self, plaintext: bytes, info: bytes) -> bytes:
        """``plaintext`` sealed, 1136 bytes longer, different every time.

        Raises TamperError ``E_KEY_WEAK`` when the X25519 half is of low order.
        """
        try:
            return HPKE.encrypt(plaintext, self._key, info)
        except ValueError:
            raise TamperError("E_KEY_WEAK", "Nothing can be sealed to this epoch key.") from None


def _mlkem_half(encoded: bytes) -> MLKEM768PublicKey:
    # With a zero or constant vector anyone can decapsulate, and FIPS 203's check lets it through.
    if len(set(encoded[:_MLKEM_VECTOR_BYTES])) < _FEWEST_BYTE_VALUES:
        raise TamperError("E_KEY_WEAK", "The ML-KEM half of an epoch key is degenerate.")
    try:
        return MLKEM768PublicKey.from_public_bytes(encoded)
    except ValueError:
        raise TamperError("E_KEY_WEAK", "The ML-KEM half of an epoch key is malformed.") from None


def _x25519_half(encoded: bytes) -> X25519PublicKey:
    # One key, one encoding: RFC 7748 would also take the same point with other bytes.
    if int.from_bytes(encoded, "little") >= _X25519_PRIME:
        raise TamperError("E_KEY_WEAK", "The X25519 half of an epoch key is not canonical.")
    return X25519PublicKey.from_public_bytes(encoded)


def check_epoch_key(public: bytes) -> None:
    """Admit an epoch key (1216 bytes), by sealing to it once, so that no sender ever fails on it.

    Raises TamperError ``E_KEY_WEAK`` when it is malformed, not canonical or degenerate, or when
    its X25519 half is of low order.
    """
    SealingKey(public).seal(b"", b"")
