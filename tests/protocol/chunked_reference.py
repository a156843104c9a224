"""Chunked encryption with AES-256-GCM, written a second time from its specification, for tests.

c2sp.org/chunked-encryption. The public vectors of AES-256-GCM are with SHA-256, ours is with
SHA-512; this is checked with the one and then compared with ours on the other.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK = 16384
SEALED = CHUNK + 16
LABEL = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    key: bytes
    nonce: bytes
    commitment: bytes

    def nonce_of(self, chunk: int) -> bytes:
        return (int.from_bytes(self.nonce, "big") ^ chunk).to_bytes(12, "big")


def derive(hash_name: str, key: bytes, salt: bytes, context: bytes) -> Keys:
    """HKDF-Expand of 32 + 12 + 32 bytes."""
    block, stream, info = b"", b"", LABEL + salt + context
    for counter in range(1, 4):
        block = hmac.digest(key, block + info + bytes([counter]), hash_name)
        stream += block
    return Keys(key=stream[:32], nonce=stream[32:44], commitment=stream[44:76])


def encrypt(hash_name: str, key: bytes, salt: bytes, context: bytes, plaintext: bytes) -> bytes:
    keys = derive(hash_name, key, salt, context)
    chunks = [plaintext[at : at + CHUNK] for at in range(0, len(plaintext) + 1, CHUNK)]
    aead = AESGCM(keys.key)
    sealed = (aead.encrypt(keys.nonce_of(n), chunk, None) for n, chunk in enumerate(chunks))
    return b"".join((salt, keys.commitment, *sealed))


def decrypt(hash_name: str, key: bytes, context: bytes, ciphertext: bytes) -> bytes:
    """Raises ValueError or InvalidTag."""
    if len(ciphertext) < 56:
        raise ValueError("truncated")
    keys = derive(hash_name, key, ciphertext[:24], context)
    if len(key) != 32 or ciphertext[24:56] != keys.commitment:
        raise ValueError("commitment")
    body = ciphertext[56:]
    chunks = [body[at : at + SEALED] for at in range(0, len(body), SEALED)]
    if not chunks or not 16 <= len(chunks[-1]) < SEALED:
        raise ValueError("truncated")
    aead = AESGCM(keys.key)
    return b"".join(aead.decrypt(keys.nonce_of(n), chunk, None) for n, chunk in enumerate(chunks))
