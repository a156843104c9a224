"""A new file without a name: nobody else can open it, and it is gone when it is closed, whatever happens."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from agency_client.ports.evidence import Written
from phoenix_protocol.errors import UnavailableError

_PIECE: Final = 1 << 20


class UnnamedFile:
    """Implements :class:`agency_client.ports.evidence.NewFile`, as its own context. It stays until :meth:`close`."""

    def __init__(self, folder: Path) -> None:
        """A file on the disk of ``folder``. Raises UnavailableError ``E_STORE_WRITE``."""
        with _disk():
            self._file: Final = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # open until it is handed over
        self.size = 0

    def __enter__(self) -> UnnamedFile:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        if failed is not None:
            self.close()

    def write(self, pieces: Iterable[bytes]) -> Written:
        """Write at its end. Raises UnavailableError ``E_STORE_WRITE``."""
        size, digest = 0, hashlib.sha256()
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            with _disk():
                self._file.write(piece)
        with _disk():
            self._file.flush()
        self.size += size
        return Written(size=size, digest=digest.digest())

    @contextmanager
    def source(self) -> Iterator[BinaryIO]:
        """The file read again from its beginning."""
        with os.fdopen(os.dup(self._file.fileno()), "rb") as file:
            file.seek(0)
            yield file

    def pieces(self) -> Iterator[bytes]:
        """All of it, piece by piece."""
        at = 0
        while piece := os.pread(self._file.fileno(), _PIECE, at):
            at += len(piece)
            yield piece

    @property
    def is_open(self) -> bool:
        """Whether it is still there."""
        return not self._file.closed

    def close(self) -> None:
        """Let it go for good."""
        self._file.close()


@contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnavailableError(
            "E_STORE_WRITE", f"The disk did not take the file: {error.strerror}."
        ) from None
