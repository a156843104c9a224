"""PHX1, the one cryptographic suite: what signs, seals and encrypts (docs/protocol.md §2).

There is nothing to negotiate. A different suite is a different version of the protocol.
"""

from __future__ import annotations

from typing import Final

from phoenix_protocol.suite.content import (
    CHUNK_BYTES,
    CHUNK_TAG_BYTES,
    CONTENT_HEADER_BYTES,
    CONTENT_KEY_BYTES,
    Decryptor,
    Encryptor,
    decrypt,
    encrypt,
    encrypted_length,
    key_commitment,
)
from phoenix_protocol.suite.ed25519 import (
    ED25519_KEY_BYTES,
    ED25519_SEED_BYTES,
    ED25519_SIGNATURE_BYTES,
    Ed25519PrivateKey,
    RequestPrivateKey,
    check_ed25519_key,
    check_request_key,
    ed25519_verify,
)
from phoenix_protocol.suite.hashing import HASH_BYTES, sha256
from phoenix_protocol.suite.sealing_keys import (
    CAPSULE_OVERHEAD,
    EPOCH_KEY_BYTES,
    EPOCH_SEED_BYTES,
    EpochPrivateKey,
    SealingKey,
    check_epoch_key,
)
from phoenix_protocol.suite.signatures import (
    DOCUMENT_KEY_BYTES,
    DOCUMENT_SEED_BYTES,
    SIGNATURE_BYTES,
    DocumentPrivateKey,
    check_document_key,
    verify,
)

#: The name of the suite, bound into every sealed capsule.
SUITE: Final = "PHX1"

__all__ = [
    "CAPSULE_OVERHEAD",
    "CHUNK_BYTES",
    "CHUNK_TAG_BYTES",
    "CONTENT_HEADER_BYTES",
    "CONTENT_KEY_BYTES",
    "DOCUMENT_KEY_BYTES",
    "DOCUMENT_SEED_BYTES",
    "ED25519_KEY_BYTES",
    "ED25519_SEED_BYTES",
    "ED25519_SIGNATURE_BYTES",
    "EPOCH_KEY_BYTES",
    "EPOCH_SEED_BYTES",
    "HASH_BYTES",
    "SIGNATURE_BYTES",
    "SUITE",
    "Decryptor",
    "DocumentPrivateKey",
    "Ed25519PrivateKey",
    "Encryptor",
    "EpochPrivateKey",
    "RequestPrivateKey",
    "SealingKey",
    "check_document_key",
    "check_ed25519_key",
    "check_epoch_key",
    "check_request_key",
    "decrypt",
    "ed25519_verify",
    "encrypt",
    "encrypted_length",
    "key_commitment",
    "sha256",
    "verify",
]
