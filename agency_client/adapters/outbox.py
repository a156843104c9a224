"""The outbox port on disk: a directory for each package, files for the home's owner alone."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

from phoenix_protocol import limits, schema
from phoenix_protocol.directory.statements import HASH
from phoenix_protocol.errors import TamperError

if TYPE_CHECKING:
    from phoenix_protocol.api import Submission

M = TypeVar("M")

_SUBMISSION: Final = "submission"
_LEAVES: Final = "leaves"
_BODY: Final = "body"
_SUBMISSION_BYTES: Final = 256 * limits.MIB
#: Held together while parcels are made, and by one alone while somebody tidies up.
_MAKING: Final = ".making"
#: Beside a parcel: held while it is handed in.
_LOCK: Final = ".lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaves:
    """The leaf hashes of a body's blocks, beside it."""

    leaves: tuple[bytes, ...] = schema.wire(
        schema.ListOf(HASH, minimum=1, maximum=limits.BODY_BYTES // limits.BLOCK)
    )


class FileBody:
    """A body put together in a file."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)

    def write_at(self, offset: int, data: bytes | bytearray | memoryview) -> None:
        """Put ``data`` at ``offset``."""
        view = memoryview(data)
        while view:
            written = os.pwrite(self._file, view, offset)
            view, offset = view[written:], offset + written

    def read_at(self, offset: int, length: int) -> bytes:
        """``length`` bytes from ``offset``, fewer at the end."""
        return os.pread(self._file, length, offset)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                os.fsync(self._file)
        finally:
            os.close(self._file)


class DiskOutbox:
    """The directory ``root``, made when it is first needed."""

    def __init__(self, root: Path) -> None:
        self._root: Final = root

    def parcel(self, name: str) -> DiskParcel:
        """The parcel of this name."""
        return DiskParcel(self._root, name)

    @contextmanager
    def making(self) -> Iterator[None]:
        """Hold off whoever tidies up."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(self._root / _MAKING, fcntl.LOCK_SH):
            yield

    @contextmanager
    def tidying(self) -> Iterator[bool]:
        """Whether nobody makes a parcel, and nobody begins to."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(self._root / _MAKING, fcntl.LOCK_EX | fcntl.LOCK_NB) as alone:
            yield alone

    def holds_others(self, names: Collection[str]) -> bool:
        """Whether there are parcels but these."""
        return any(path.is_dir() and path.name not in names for path in self._root.iterdir())

    def keep_only(self, names: Collection[str]) -> None:
        """Remove every parcel but these."""
        kept = {_MAKING, *names, *(name + _LOCK for name in names)}
        for path in self._root.iterdir():
            if path.name in kept:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


class DiskParcel:
    """The sealed bytes of one package in a directory of their own."""

    def __init__(self, root: Path, name: str) -> None:
        self.name: Final = name
        self._at: Final = root / name

    def create(self) -> None:
        """Make the directory. What an earlier try left under this name is removed."""
        shutil.rmtree(self._at, ignore_errors=True)
        self._at.mkdir(mode=0o700, parents=True)

    def new_body(self) -> FileBody:
        """A file for the body."""
        return FileBody(self._at / _BODY)

    def finish(self, submission: Submission, leaves: tuple[bytes, ...]) -> None:
        """Write the rest and make all of it durable."""
        _write(self._at / _LEAVES, schema.encode(Leaves(leaves=leaves)))
        _write(self._at / _SUBMISSION, schema.encode(submission))
        _sync_directory(self._at)
        _sync_directory(self._at.parent)

    def submission(self) -> Submission:
        """What is handed in last. Raises TamperError ``E_STORE_INTEGRITY``."""
        from phoenix_protocol.api import Submission

        return self._read(_SUBMISSION, Submission)

    def leaves(self) -> tuple[bytes, ...]:
        """The body's leaf hashes. Raises TamperError ``E_STORE_INTEGRITY``."""
        return self._read(_LEAVES, Leaves).leaves

    def body_length(self) -> int:
        """Bytes in the body. Raises TamperError ``E_STORE_INTEGRITY``."""
        try:
            return (self._at / _BODY).stat().st_size
        except OSError:
            raise _damaged() from None

    def block(self, number: int) -> bytes:
        """Block ``number`` of the body. Raises TamperError ``E_STORE_INTEGRITY``."""
        try:
            with (self._at / _BODY).open("rb") as file:
                file.seek(number * limits.BLOCK)
                return file.read(limits.BLOCK)
        except OSError:
            raise _damaged() from None

    def remove(self) -> None:
        """The relay holds it all: nothing of it is needed any more."""
        shutil.rmtree(self._at, ignore_errors=True)
        self._lock.unlink(missing_ok=True)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether no other program hands it in."""
        self._lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB) as alone:
            yield alone

    @property
    def _lock(self) -> Path:
        return self._at.with_name(self.name + _LOCK)

    def _read(self, name: str, message: type[M]) -> M:
        try:
            data = (self._at / name).read_bytes()
            return schema.decode(message, data, limit=_SUBMISSION_BYTES)
        except (OSError, TamperError):
            raise _damaged() from None


def _damaged() -> TamperError:
    return TamperError(
        "E_STORE_INTEGRITY",
        "The sealed bytes of an unfinished send are damaged.",
        next="Send the package again; the damaged one never left this machine whole.",
    )


@contextmanager
def _locked(path: Path, how: int) -> Iterator[bool]:
    """Hold a lock that ends with its holder, however that ends. False when it cannot be had now."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield _taken(handle, how)
    finally:
        os.close(handle)


def _taken(handle: int, how: int) -> bool:
    try:
        fcntl.flock(handle, how)
    except BlockingIOError:
        return False
    return True


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
