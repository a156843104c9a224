"""The records of a bundle file: each its length and its bytes, one after another (docs/protocol.md §6.11)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

from phoenix_protocol.errors import TamperError
from phoenix_protocol.evidence.messages import FIRST_LINE

_LENGTH_BYTES: Final = 8
_PIECE: Final = 1 << 20


class Source(Protocol):
    """The bytes of a file from its beginning."""

    def read(self, count: int, /) -> bytes:
        """The next ``count`` bytes; fewer before the end, none at it."""
        ...


def framed(record: bytes) -> bytes:
    """A record as it stands in the file."""
    return len(record).to_bytes(_LENGTH_BYTES, "big") + record


class Records:
    """Reads a bundle file from its beginning, once. ``offset`` is how many bytes were read."""

    def __init__(self, source: Source) -> None:
        self._read: Final = source.read
        self.offset = 0

    def first_line(self) -> None:
        """Raise TamperError ``E_PARSE`` unless the file begins as a bundle does."""
        line = self._read(len(FIRST_LINE))
        if line != FIRST_LINE:
            raise TamperError("E_PARSE", "The file does not begin like an evidence bundle.")
        self.offset = len(FIRST_LINE)

    def record(self, limit: int) -> bytes:
        """The next record, of at most ``limit`` bytes. Raises TamperError ``E_TRUNCATED``, ``E_LIMIT``."""
        length = int.from_bytes(self._exactly(_LENGTH_BYTES), "big")
        if length > limit:
            raise TamperError(
                "E_LIMIT", f"A record of {length} bytes is over its limit of {limit}."
            )
        return self._exactly(length)

    def content(self, size: int) -> Iterator[bytes]:
        """``size`` bytes that are no record, in pieces. Raises TamperError ``E_TRUNCATED``."""
        while size:
            piece = self._exactly(min(size, _PIECE))
            size -= len(piece)
            yield piece

    def end(self) -> None:
        """Raise TamperError ``E_PARSE`` when there is anything more."""
        if self._read(1):
            raise TamperError("E_PARSE", "There is something behind the end of the bundle.")

    def _exactly(self, count: int) -> bytes:
        data = self._read(count)
        while len(data) < count:
            more = self._read(count - len(data))
            if not more:
                break
            data += more
        if len(data) != count:
            raise TamperError("E_TRUNCATED", "The file ends too early.")
        self.offset += count
        return data
