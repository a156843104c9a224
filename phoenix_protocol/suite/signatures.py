"""Composite signatures on documents and statements: ML-DSA-65 and Ed25519, always both.

docs/protocol.md §2; id-MLDSA65-Ed25519-SHA512 of draft-ietf-lamps-pq-composite-sigs. The message
is hashed once with SHA-512; both halves sign the same representative, in which the context stands.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey

from phoenix_protocol.errors import TamperError
from phoenix_protocol.suite.ed25519 import (
    ED25519_KEY_BYTES,
    ED25519_SEED_BYTES,
    ED25519_SIGNATURE_BYTES,
    Ed25519PrivateKey,
    check_ed25519_key,
    ed25519_verify,
)

_MLDSA_SEED_BYTES: Final = 32
_MLDSA_KEY_BYTES: Final = 1952
_MLDSA_SIGNATURE_BYTES: Final = 3309
_MLDSA_RHO_BYTES: Final = 32

#: ML-DSA seed, then Ed25519 seed.
DOCUMENT_SEED_BYTES: Final = _MLDSA_SEED_BYTES + ED25519_SEED_BYTES
#: ML-DSA public key, then Ed25519 public key.
DOCUMENT_KEY_BYTES: Final = _MLDSA_KEY_BYTES + ED25519_KEY_BYTES
#: ML-DSA signature, then Ed25519 signature.
SIGNATURE_BYTES: Final = _MLDSA_SIGNATURE_BYTES + ED25519_SIGNATURE_BYTES

MAX_CONTEXT_BYTES: Final = 255

_PREFIX: Final = b"CompositeAlgorithmSignatures2025"
_LABEL: Final = b"COMPSIG-MLDSA65-Ed25519-SHA512"

# A public key that ML-DSA really made has all 256 byte values among its 1,920, save for a handful.
_FEWEST_BYTE_VALUES: Final = 128


def _representative(message: bytes, context: bytes) -> bytes:
    if len(context) > MAX_CONTEXT_BYTES:
        raise ValueError("A signature context is at most 255 bytes.")
    digest = hashlib.sha512(message).digest()
    return b"".join((_PREFIX, _LABEL, bytes([len(context)]), context, digest))


class DocumentPrivateKey:
    """The signing key of an endpoint, a manager or a governance signer."""

    __slots__ = ("_ed25519", "_mldsa", "_public")

    def __init__(self, mldsa: MLDSA65PrivateKey, ed25519: Ed25519PrivateKey) -> None:
        self._mldsa: Final = mldsa
        self._ed25519: Final = ed25519
        self._public: Final = mldsa.public_key().public_bytes_raw() + ed25519.public_bytes()

    @classmethod
    def from_seed(cls, seed: bytes) -> DocumentPrivateKey:
        """The key of a 64-byte seed: 32 for ML-DSA, then 32 for Ed25519.

        Raises ValueError for another length.
        """
        if len(seed) != DOCUMENT_SEED_BYTES:
            raise ValueError("A document key's seed is 64 bytes.")
        return cls(
            MLDSA65PrivateKey.from_seed_bytes(seed[:_MLDSA_SEED_BYTES]),
            Ed25519PrivateKey.from_seed(seed[_MLDSA_SEED_BYTES:]),
        )

    def public_bytes(self) -> bytes:
        """The public key, 1984 bytes."""
        return self._public

    def sign(self, message: bytes, context: bytes) -> bytes:
        """The signature of ``message``, 3373 bytes, different every time.

        ``context`` is the type of the object, at most 255 bytes; ValueError when longer. Nothing
        may be identified by signature bytes: one message has many valid signatures.
        """
        representative = _representative(message, context)
        return self._mldsa.sign(representative, _LABEL) + self._ed25519.sign(representative)

    def __repr__(self) -> str:
        return "<DocumentPrivateKey>"


@lru_cache(maxsize=1024)
def _is_degenerate(mldsa_public: bytes) -> bool:
    # With t1 zero, constant or nearly so, anyone can sign: FIPS 204 leaves this to whoever admits.
    return len(set(mldsa_public[_MLDSA_RHO_BYTES:])) < _FEWEST_BYTE_VALUES


def check_document_key(public: bytes) -> None:
    """Admit a document key (1984 bytes).

    Raises TamperError ``E_KEY_WEAK`` when it is malformed, when its Ed25519 half is of small
    order, not canonical or outside the prime-order group, or when its ML-DSA half is one under
    which anyone could sign.
    """
    if len(public) != DOCUMENT_KEY_BYTES:
        raise TamperError("E_KEY_WEAK", "A document key is not 1984 bytes.")
    if _is_degenerate(bytes(public[:_MLDSA_KEY_BYTES])):
        raise TamperError("E_KEY_WEAK", "The ML-DSA half of a document key is degenerate.")
    check_ed25519_key(public[_MLDSA_KEY_BYTES:])


@lru_cache(maxsize=256)
def _mldsa_key(public: bytes) -> MLDSA65PublicKey:
    # Taking a key apart costs a tenth of verifying, and the same few keys sign nearly everything.
    return MLDSA65PublicKey.from_public_bytes(public)


def mldsa65_verify(
    public: bytes, message: bytes, signature: bytes, context: bytes, *, code: str = "E_SIG"
) -> None:
    """Verify the ML-DSA-65 half alone (FIPS 204); used only inside :func:`verify`.

    Raises TamperError ``E_KEY_WEAK`` for a key of the wrong length and ``code`` when the signature
    does not verify.
    """
    try:
        key = _mldsa_key(bytes(public))
    except ValueError:
        raise TamperError("E_KEY_WEAK", "An ML-DSA-65 public key is malformed.") from None
    try:
        key.verify(signature, message, context)
    except (InvalidSignature, ValueError):
        raise TamperError(code, "An ML-DSA-65 signature does not verify.") from None


def verify(
    public: bytes, message: bytes, signature: bytes, context: bytes, *, code: str = "E_SIG"
) -> None:
    """Verify ``signature`` on ``message`` in ``context`` under the document key ``public``.

    Both halves must verify. Raises TamperError ``E_KEY_WEAK`` for a key that
    :func:`check_document_key` refuses, ``code`` when either half fails, and ValueError for a
    context of more than 255 bytes.
    """
    check_document_key(public)
    if len(signature) != SIGNATURE_BYTES:
        raise TamperError(code, "A composite signature is not 3373 bytes.")
    representative = _representative(message, context)
    mldsa_signature = signature[:_MLDSA_SIGNATURE_BYTES]
    ed25519_signature = signature[_MLDSA_SIGNATURE_BYTES:]
    mldsa65_verify(public[:_MLDSA_KEY_BYTES], representative, mldsa_signature, _LABEL, code=code)
    ed25519_verify(public[_MLDSA_KEY_BYTES:], representative, ed25519_signature, code=code)
