"""One segment: content framed, padded and encrypted under a key of its own (docs/protocol.md §5).

The context binds package, segment and type, so that no segment can stand in for another.
"""

from __future__ import annotations

from dataclasses import dataclass

from phoenix_protocol import encoding
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import PackageId, SegmentId
from phoenix_protocol.sealing.contents import SegmentType
from phoenix_protocol.sealing.padding import frame, unframe
from phoenix_protocol.suite.content import decrypt, encrypt


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentKey:
    """What encrypts one segment: its id, type and key (32 random bytes, used once)."""

    segment: SegmentId
    type: SegmentType
    key: bytes

    def context(self, package: PackageId) -> bytes:
        """What the segment's encryption is bound to."""
        return encoding.encode_in_order(
            ["phoenix/1/segment", package, self.segment, self.type.value]
        )


#: The cover's segment id: there is one cover in a package and its place is beside the core.
COVER_SEGMENT = SegmentId(bytes(16))


def seal_segment(key: SegmentKey, package: PackageId, content: bytes) -> bytes:
    """``content`` as an encrypted segment."""
    return encrypt(key.key, key.context(package), frame(content))


def open_segment(key: SegmentKey, package: PackageId, ciphertext: bytes, *, limit: int) -> bytes:
    """The content of a segment.

    Raises TamperError ``E_KEY_COMMIT``, ``E_CHUNK``, ``E_TRUNCATED``, ``E_PADDING`` or ``E_LIMIT``.
    """
    if len(ciphertext) > limit:
        raise TamperError("E_LIMIT", f"A sealed part of {len(ciphertext)} bytes is over its limit.")
    framed = decrypt(key.key, key.context(package), ciphertext, expected_length=len(ciphertext))
    return unframe(framed)
