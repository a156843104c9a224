"""Hiding lengths: the frame around every plaintext (docs/protocol.md §5).

A plaintext is framed as an 8-byte big-endian length, the content, and zeros up to a padded size by the Padmé rule,
which leaks at most O(log log n) bits of the length for at most twelve per cent more bytes.
"""

from __future__ import annotations

from typing import Final

from phoenix_protocol.errors import TamperError
from phoenix_protocol.limits import KIB, MIB

LENGTH_BYTES: Final = 8
#: No frame is shorter than this, so that a word and a paragraph look alike.
MINIMUM: Final = 1 * KIB
#: No body is shorter than this, so that parts of a few pages leave room to lie anywhere; up to 1 MiB powers of two.
BODY_MINIMUM: Final = 64 * KIB


def padme(length: int) -> int:
    """The Padmé size of ``length``: its low bits rounded up, the more the longer it is."""
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    kept = exponent.bit_length()
    mask = (1 << (exponent - kept)) - 1 if exponent > kept else 0
    return (length + mask) & ~mask


def framed_length(content_length: int, minimum: int = MINIMUM) -> int:
    """How many bytes the frame of ``content_length`` bytes has."""
    return padme(max(minimum, LENGTH_BYTES + content_length))


def body_length(used: int) -> int:
    """The bucket that a body of ``used`` bytes is filled up to."""
    if used <= MIB:
        return max(BODY_MINIMUM, 1 << (used - 1).bit_length())
    return padme(used)


def frame(content: bytes, length: int | None = None) -> bytes:
    """``content`` framed, to the size the rule gives or to ``length`` bytes, which must be enough."""
    size = framed_length(len(content)) if length is None else length
    return (
        len(content).to_bytes(LENGTH_BYTES, "big")
        + content
        + bytes(size - LENGTH_BYTES - len(content))
    )


def unframe(framed: bytes) -> bytes:
    """The content of a frame. Raises TamperError ``E_PADDING`` for a wrong length or anything but zeros behind it."""
    length = int.from_bytes(framed[:LENGTH_BYTES], "big")
    end = LENGTH_BYTES + length
    # A frame that ends before its content does has no zeros behind it, and a number below none is asked for.
    if framed.count(0, end) != len(framed) - end:
        raise TamperError(
            "E_PADDING", "The padding of a sealed part is not what its sender must have written."
        )
    return framed[LENGTH_BYTES:end]
