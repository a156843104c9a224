"""The encrypted copies of files that drafts hold until they are sent."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager
from typing import Protocol


class DraftFileWriter(Protocol):
    """Takes the bytes of one file in pieces."""

    def write(self, piece: bytes) -> None:
        """Take more. Raises UnavailableError ``E_STORE_FULL``."""
        ...


class DraftFiles(Protocol):
    """Encrypted files by random names."""

    def create(self, id_: str, key: bytes) -> AbstractContextManager[DraftFileWriter]:
        """A new file under ``key`` (32 random bytes, used once): whole on the disk when the block has ended, gone
        when it raised.
        """
        ...

    def read(self, id_: str, key: bytes) -> Iterator[bytes]:
        """What was written, in pieces. Raises TamperError for a file that is changed or cut, or not there."""
        ...

    def remove(self, id_: str) -> None:
        """Remove a file; one that is not there is gone already."""
        ...

    def sweep(self, known: Collection[str]) -> None:
        """Remove every file but the ``known`` and those being written: their drafts are gone."""
        ...
