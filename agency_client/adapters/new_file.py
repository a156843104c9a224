"""A new file on disk, for its owner alone, that stays only when all went well."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from agency_client.ports.evidence import Written
from phoenix_protocol.errors import UnavailableError, UsageError


class DiskFile:
    """Implements :class:`agency_client.ports.evidence.NewFile`."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path: Final = path
        self._file: Final = file

    def write(self, pieces: Iterable[bytes]) -> Written:
        """Write the file and make it durable. Raises UnavailableError ``E_STORE_WRITE``."""
        size, digest = 0, hashlib.sha256()
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            with _disk():
                self._file.write(piece)
        with _disk():
            self._file.flush()
            os.fsync(self._file.fileno())
        return Written(size=size, digest=digest.digest())

    @contextmanager
    def source(self) -> Iterator[BinaryIO]:
        """The file read again from its beginning."""
        with self._path.open("rb") as file:
            yield file


@contextmanager
def new_file(path: Path) -> Iterator[DiskFile]:
    """Make ``path``, and remove it when the block raises. Raises UsageError ``E_FILE``: nothing is overwritten."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UsageError(
            "E_FILE",
            f"The file cannot be written: {error.strerror}.",
            next="Choose another name; nothing is overwritten.",
        ) from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield DiskFile(path, file)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnavailableError(
            "E_STORE_WRITE", f"The disk did not take the file: {error.strerror}."
        ) from None
