"""The baseline of sealing and opening: the primitives that a package needs, called one after another and bare.

Sealing: one HPKE seal of 72 bytes per endpoint, one composite signature (ML-DSA-65, then Ed25519) on a digest,
Cobblestone-256 over the content and SHA-256 over the ciphertext. Opening: one HPKE open, two composite verifications
(the sender's signature and the relay's receipt), the AEAD over the content and one SHA-256 over the ciphertext. No
encoding, no padding, no second digest, one thread.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from nacl.signing import SigningKey, VerifyKey

_HPKE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_PIECE = 1 << 20
_SECRET = bytes(72)
_INFO = bytes(248)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys of one sender and of ``recipients``, parsed beforehand."""

    signing: tuple[MLDSA65PrivateKey, SigningKey]
    verifying: tuple[MLDSA65PublicKey, VerifyKey]
    recipients: tuple[MLKEM768X25519PublicKey, ...]
    opening: MLKEM768X25519PrivateKey


def make_keys(count: int) -> Keys:
    """Keys for one sender and ``count`` recipients, the last of whom opens."""
    mldsa, ed25519 = MLDSA65PrivateKey.generate(), SigningKey.generate()
    pairs = [(MLKEM768PrivateKey.generate(), X25519PrivateKey.generate()) for _ in range(count)]
    return Keys(
        signing=(mldsa, ed25519),
        verifying=(mldsa.public_key(), ed25519.verify_key),
        recipients=tuple(
            MLKEM768X25519PublicKey(kem.public_key(), x.public_key()) for kem, x in pairs
        ),
        opening=MLKEM768X25519PrivateKey(*pairs[-1]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What the primitives made."""

    capsules: list[bytes]
    signature: tuple[bytes, bytes]
    pieces: list[bytes] = field(repr=False)
    digest: bytes
    key: bytes


def seal(keys: Keys, content: bytes) -> Sealed:
    """Everything that sealing must compute."""
    secret = os.urandom(32)
    digest, pieces = hashlib.sha256(), []
    cipher, view = Cobblestone256Encryptor(secret, _INFO), memoryview(content)
    for at in range(0, len(view), _PIECE):
        pieces.append(cipher.update(view[at : at + _PIECE]))
        digest.update(pieces[-1])
    pieces.append(cipher.finalize())
    digest.update(pieces[-1])
    capsules = [_HPKE.encrypt(_SECRET, key, _INFO) for key in keys.recipients]
    signed = digest.digest()
    signature = (keys.signing[0].sign(signed, b"context"), keys.signing[1].sign(signed).signature)
    return Sealed(capsules=capsules, signature=signature, pieces=pieces, digest=signed, key=secret)


def open_(keys: Keys, sealed: Sealed) -> int:
    """Everything that opening must compute; how many bytes came out."""
    _HPKE.decrypt(sealed.capsules[-1], keys.opening, _INFO)
    for _ in ("sender", "relay"):
        keys.verifying[0].verify(sealed.signature[0], sealed.digest, b"context")
        keys.verifying[1].verify(sealed.digest, sealed.signature[1])
    return read(sealed)


def read(sealed: Sealed) -> int:
    """The AEAD and one digest over the ciphertext; how many bytes came out."""
    digest, length = hashlib.sha256(), 0
    cipher = Cobblestone256Decryptor(sealed.key, _INFO)
    for piece in sealed.pieces:
        digest.update(piece)
        length += len(cipher.update(piece))
    return length + len(cipher.finalize())
