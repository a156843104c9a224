"""PHX1, the one cryptographic suite: what signs, seals and encrypts (docs/protocol.md §2).

What signs and hashes is at hand here. What seals, opens and encrypts is imported by its own module,
so that a program which must not open things can be seen not to. There is nothing to negotiate: a
different suite is a different version of the protocol.
"""

from __future__ import annotations

from typing import Final

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
    "DOCUMENT_KEY_BYTES",
    "DOCUMENT_SEED_BYTES",
    "ED25519_KEY_BYTES",
    "ED25519_SEED_BYTES",
    "ED25519_SIGNATURE_BYTES",
    "HASH_BYTES",
    "SIGNATURE_BYTES",
    "SUITE",
    "DocumentPrivateKey",
    "Ed25519PrivateKey",
    "RequestPrivateKey",
    "check_document_key",
    "check_ed25519_key",
    "check_request_key",
    "ed25519_verify",
    "sha256",
    "verify",
]
