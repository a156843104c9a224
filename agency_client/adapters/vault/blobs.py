"""Ciphertext as files: written aside, made durable, then named by its digest (docs/protocol.md §5)."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from agency_client.adapters.vault.session import damaged, disk
from phoenix_protocol.limits import BLOCK
from phoenix_protocol.package.blocks import block_leaf, digest_of_leaves


class _BlockDigest:
    """The digest of a segment, over its blocks, from pieces of any length."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._leaves: list[bytes] = []

    def update(self, data: bytes) -> None:
        self._waiting += data
        while len(self._waiting) >= BLOCK:
            self._leaves.append(block_leaf(self._waiting[:BLOCK]))
            del self._waiting[:BLOCK]

    def digest(self) -> bytes:
        last = [block_leaf(self._waiting)] if self._waiting else []
        return digest_of_leaves([*self._leaves, *last])


class _Writer:
    """Writes and digests at once."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = _BlockDigest()

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        with disk():
            return self._file.write(data)

    def digest(self) -> bytes:
        return self._digest.digest()


class BlobFiles:
    """Implements :class:`agency_client.ports.vault.Blobs` in one directory, made when first written
    to.

    ``parts`` inside it holds what is not whole yet, ``incoming`` the bodies on their way in.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._parts = directory / "parts"
        self._incoming = directory / "incoming"

    @contextmanager
    def create(self, digest: bytes) -> Iterator[_Writer]:
        with disk():
            self._make(self._parts)
            part, file = _new_part(self._parts)
        try:
            with file:
                writer = _Writer(file)
                yield writer
                with disk():
                    file.flush()
                    os.fsync(file.fileno())
            if writer.digest() != digest:
                raise damaged()
            with disk():
                part.replace(self._path(digest))
                _sync_directory(self._directory)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def open(self, digest: bytes) -> BinaryIO:
        try:
            file = self._path(digest).open("rb")
        except FileNotFoundError:
            raise damaged() from None
        try:
            if _digest_of(file) != digest:
                raise damaged()
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def has(self, digest: bytes) -> bool:
        return self._path(digest).is_file()

    def remove(self, digest: bytes) -> None:
        _remove(self._path(digest))

    def names(self) -> frozenset[bytes]:
        if not self._directory.is_dir():
            return frozenset()
        with os.scandir(self._directory) as entries:
            return frozenset(bytes.fromhex(entry.name) for entry in entries if entry.is_file())

    def incoming(self, name: bytes, length: int) -> BinaryIO:
        with disk():
            self._make(self._incoming)
            descriptor = os.open(self._incoming / name.hex(), os.O_RDWR | os.O_CREAT, 0o600)
            file = os.fdopen(descriptor, "r+b")
            if os.fstat(descriptor).st_size != length:
                file.truncate(length)
        return file

    def discard_incoming(self, name: bytes) -> None:
        _remove(self._incoming / name.hex())

    def sweep(self) -> None:
        """Remove the parts whose writers are gone: they died before the part was whole."""
        for part in self._parts.glob("*"):
            with suppress(FileNotFoundError), part.open("rb") as file:
                if _locked(file):
                    part.unlink()

    def _make(self, inside: Path) -> None:
        for directory in (self._directory, inside):  # parents=True would forget the mode
            directory.mkdir(mode=0o700, exist_ok=True)

    def _path(self, digest: bytes) -> Path:
        return self._directory / digest.hex()


def _new_part(directory: Path) -> tuple[Path, BinaryIO]:
    """A new file that is locked for as long as its writer lives."""
    while True:
        descriptor, name = tempfile.mkstemp(dir=directory)
        part, file = Path(name), os.fdopen(descriptor, "wb")
        # A sweep may have come between the making and the locking.
        if _locked(file) and part.exists():
            return part, file
        file.close()


def _locked(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _digest_of(file: BinaryIO) -> bytes:
    digest = _BlockDigest()
    while block := file.read(BLOCK):
        digest.update(block)
    return digest.digest()


def _remove(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.unlink()
        _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
