"""Salted commitments: what is signed now and shown later, or only to some (docs/protocol.md §4, §5).

A commitment is ``SHA-256(0x00 || CBOR [kind, salt, content])`` with a random salt of 32 bytes that travels only with
the key of what it hides: a digest whose salt can be seen is guessed at millions of tries a second.
"""

from __future__ import annotations

from typing import Final, NewType

from phoenix_protocol import encoding
from phoenix_protocol.merkle import leaf_hash

Commitment = NewType("Commitment", bytes)

SALT_BYTES: Final = 32


def commit(kind: str, salt: bytes, content: bytes) -> Commitment:
    """The commitment of ``kind`` to ``content`` under ``salt`` (32 random bytes)."""
    return Commitment(leaf_hash(encoding.encode_in_order([kind, salt, content])))
