"""HPKE base mode with KEM 0x647a, written a second time from the standards, for tests only.

RFC 9180 §5.1 and §4, draft-ietf-hpke-pq, draft-connolly-cfrg-xwing-kem. It shares no code with
what it checks but the primitives ML-KEM, X25519 and AES.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

KEM_ID = 0x647A
HKDF_SHA256 = 0x0001
AES_256_GCM = 0x0002
CHACHA20_POLY1305 = 0x0003
XWING_LABEL = b"\\.//^\\"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    key: bytes
    nonce: bytes


def expand_seed(seed32: bytes) -> bytes:
    """The 96 bytes of an epoch key's seed out of X-Wing's 32."""
    return hashlib.shake_256(seed32).digest(96)


def combine(mlkem_secret: bytes, x25519_secret: bytes, x25519_enc: bytes, public: bytes) -> bytes:
    """X-Wing's combiner."""
    parts = mlkem_secret + x25519_secret + x25519_enc + public + XWING_LABEL
    return hashlib.sha3_256(parts).digest()


def decapsulate(seed96: bytes, enc: bytes) -> bytes:
    """The shared secret in ``enc``."""
    mlkem_secret = MLKEM768PrivateKey.from_seed_bytes(seed96[:64]).decapsulate(enc[:1088])
    x25519 = X25519PrivateKey.from_private_bytes(seed96[64:])
    x25519_secret = x25519.exchange(X25519PublicKey.from_public_bytes(enc[1088:]))
    public = x25519.public_key().public_bytes_raw()
    return combine(mlkem_secret, x25519_secret, enc[1088:], public)


def key_schedule(shared_secret: bytes, info: bytes, *, aead_id: int) -> Schedule:
    """RFC 9180 §5.1 for mode 0 and HKDF-SHA256."""
    ids = b"".join(n.to_bytes(2, "big") for n in (KEM_ID, HKDF_SHA256, aead_id))
    suite = b"HPKE" + ids
    psk_id_hash = _extract(b"", suite, b"psk_id_hash", b"")
    context = b"\x00" + psk_id_hash + _extract(b"", suite, b"info_hash", info)
    secret = _extract(shared_secret, suite, b"secret", b"")
    return Schedule(
        key=_expand(secret, suite, b"key", context, 32),
        nonce=_expand(secret, suite, b"base_nonce", context, 12),
    )


def _extract(salt: bytes, suite: bytes, label: bytes, ikm: bytes) -> bytes:
    labeled = b"HPKE-v1" + suite + label + ikm
    return hmac.digest(salt or bytes(32), labeled, "sha256")


def _expand(prk: bytes, suite: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labeled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.digest(prk, labeled + b"\x01", "sha256")[:length]
