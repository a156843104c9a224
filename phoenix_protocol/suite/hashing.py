"""The one hash of the protocol: SHA-256 (docs/protocol.md §2, FIPS 180-4)."""

from __future__ import annotations

import hashlib
from typing import Final

HASH_BYTES: Final = 32


def sha256(*parts: bytes | bytearray | memoryview) -> bytes:
    """The SHA-256 of ``parts`` put end to end, 32 bytes.

    Where one part ends and the next begins is not hashed: at most one part may have a free length.
    """
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()
