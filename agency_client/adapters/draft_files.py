"""The files of drafts on disk: ciphertext under a key that only the vault has."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from agency_client.adapters.vault.session import damaged, disk
from phoenix_protocol.limits import BLOCK
from phoenix_protocol.suite.content import Decryptor, Encryptor

_CONTEXT: Final = b"phoenix draft file "


class _Writer:
    def __init__(self, file: BinaryIO, cipher: Encryptor) -> None:
        self._file: Final = file
        self._cipher: Final = cipher

    def write(self, piece: bytes) -> None:
        with disk():
            self._file.write(self._cipher.update(piece))

    def finish(self) -> None:
        with disk():
            self._file.write(self._cipher.finalize())
            self._file.flush()
            os.fsync(self._file.fileno())


class DiskDraftFiles:
    """Implements :class:`agency_client.ports.draft_files.DraftFiles` in one directory, made when first written to."""

    def __init__(self, directory: Path) -> None:
        self._directory: Final = directory

    @contextmanager
    def create(self, id_: str, key: bytes) -> Iterator[_Writer]:
        path = self._path(id_)
        with disk():
            self._directory.mkdir(mode=0o700, exist_ok=True)
            file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
            fcntl.flock(file, fcntl.LOCK_EX)
        try:
            with file:
                writer = _Writer(file, Encryptor(key, _CONTEXT + id_.encode()))
                yield writer
                writer.finish()
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def read(self, id_: str, key: bytes) -> Iterator[bytes]:
        cipher = Decryptor(key, _CONTEXT + id_.encode())
        try:
            file = self._path(id_).open("rb")
        except FileNotFoundError:
            raise damaged() from None
        with file:
            while piece := file.read(BLOCK):
                yield cipher.update(piece)
        yield cipher.finalize()

    def remove(self, id_: str) -> None:
        self._path(id_).unlink(missing_ok=True)

    def sweep(self, known: Collection[str]) -> None:
        if not self._directory.is_dir():
            return
        for file in self._directory.iterdir():
            if file.name not in known and not _is_written(file):
                file.unlink(missing_ok=True)

    def _path(self, id_: str) -> Path:
        return self._directory / bytes.fromhex(id_).hex()


def _is_written(path: Path) -> bool:
    """Whether a program that lives still writes it."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False
