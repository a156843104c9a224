"""Where a bundle is written to: a new file that appears whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from phoenix_protocol.evidence.records import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How long a file is in bytes, and the SHA-256 of it."""

    size: int
    digest: bytes


class NewFile(Protocol):
    """A file that is made by the ``with`` block and removed when that raises."""

    def write(self, pieces: Iterable[bytes]) -> Written:
        """Write the file and make it durable. Raises UnavailableError ``E_STORE_WRITE``."""
        ...

    def source(self) -> AbstractContextManager[Source]:
        """The file read again from its beginning."""
        ...


#: Opens a new file. Raises UsageError ``E_FILE`` where there is one, or none can be made.
MakeFile = AbstractContextManager[NewFile]
