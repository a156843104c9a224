"""Private files that survive a crash: written whole or not at all, and wiped when replaced.

A file is written to a part file (made exclusively, readable by its owner alone), synced, renamed
into place, and its folder synced. What it replaced is overwritten with zeros, as far as the file
system lets us: a journal, a snapshot or a solid-state disk can keep older blocks.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from phoenix_protocol.errors import RefusedError, TamperError, UnavailableError

PRIVATE_FILE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700
PART: Final = ".part"
LOCK: Final = "keys.lock"
#: How long to wait for another program that saves (seconds), and how often to look.
PATIENCE: Final = 15.0
_PAUSE: Final = 0.005

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_OLD: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextlib.contextmanager
def reported(doing: str) -> Iterator[None]:
    """Turn what the operating system refuses into UnavailableError ``E_STORE_WRITE``."""
    try:
        yield
    except OSError as error:
        raise UnavailableError(
            "E_STORE_WRITE",
            f"{doing} failed: {os.strerror(error.errno or 0)}.",
            next="Nothing was lost. Make room or correct the permissions, then repeat.",
        ) from None


def make_home(home: Path) -> None:
    """The folder of a home, for its owner alone; a folder that exists is left as it is."""
    with reported("Making the home folder"):
        home.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)


@contextlib.contextmanager
def locked(home: Path, *, exclusive: bool) -> Iterator[None]:
    """Hold the home's lock: shared to read, exclusive to save.

    The lock ends with the process that holds it. A disk that takes no writes has nobody who saves:
    there, reading needs no lock. Raises UnavailableError ``E_STORE_BUSY`` after :data:`PATIENCE`.
    """
    if not exclusive and os.statvfs(home).f_flag & os.ST_RDONLY:
        yield
        return
    with reported("Locking the keystore"):
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        fd = os.open(home / LOCK, flags, PRIVATE_FILE)
    try:
        _wait(fd, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield
    finally:
        os.close(fd)


def _wait(fd: int, operation: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(fd, operation | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise UnavailableError(
                    "E_STORE_BUSY",
                    "Another Phoenix program has been saving keys for too long.",
                    next="Wait for it or stop it, then repeat.",
                ) from None
            time.sleep(_PAUSE)
        else:
            return


def read(path: Path, limit: int) -> bytes | None:
    """The file, or None when there is none; of a larger one, ``limit`` and one byte.

    Raises TamperError ``E_STORE_INTEGRITY`` when it is not a plain file, and UnavailableError
    ``E_STORE_WRITE`` when it cannot be read.
    """
    with reported("Reading the keystore"):
        try:
            state = path.lstat()
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(state.st_mode):
            raise TamperError("E_STORE_INTEGRITY", "A keystore is not a plain file.")
        with open(os.open(path, _OLD), "rb") as file:  # noqa: PTH123 - a descriptor, not a path
            return file.read(limit + 1)


def replace(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put new files into ``folder``, in their order, each whole or not at all.

    Call with the lock held. Raises UnavailableError ``E_STORE_WRITE``; every file is then as it
    was, or already whole and new.
    """
    with reported("Saving the keystore"):
        for name, data in files.items():
            part = folder / (name + PART)
            remove(part)
            _write_new(part, data)
        with contextlib.ExitStack() as retired:
            for name in files:
                retired.enter_context(_retiring(folder / name))
                (folder / (name + PART)).rename(folder / name)
            _sync_folder(folder)


def create(path: Path, data: bytes) -> None:
    """A new private file at ``path``, whole or not at all, never over another.

    Raises RefusedError ``E_EXISTS`` and UnavailableError ``E_STORE_WRITE``.
    """
    part = path.with_name(path.name + PART)
    with reported("Writing the file"):
        try:
            _write_new(part, data)
        except FileExistsError:
            raise _taken() from None
        try:
            # A hard link, unlike a rename, fails when the name is taken.
            os.link(part, path)
        except FileExistsError:
            raise _taken() from None
        finally:
            part.unlink()
        _sync_folder(path.parent)


def remove(path: Path) -> None:
    """Take a file away and overwrite it; nothing happens when there is none."""
    if not os.path.lexists(path):
        return
    with reported("Removing a file"), _retiring(path):
        path.unlink()
        _sync_folder(path.parent)


def _write_new(path: Path, data: bytes) -> None:
    fd = os.open(path, _NEW, PRIVATE_FILE)
    try:
        _write_all(fd, data)
        os.fsync(fd)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(fd)


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


@contextlib.contextmanager
def _retiring(path: Path) -> Iterator[None]:
    """Hold what is at ``path``; once nothing names it any more, overwrite it."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ELOOP):
            raise
        yield
        return
    try:
        yield
        _wipe(fd)
    finally:
        os.close(fd)


def _wipe(fd: int) -> None:
    state = os.fstat(fd)
    if state.st_nlink == 0:
        os.lseek(fd, 0, os.SEEK_SET)
        _write_all(fd, bytes(state.st_size))
        os.fsync(fd)


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def warnings(path: Path) -> tuple[str, ...]:
    """What to warn about the permissions of ``path`` and of the folder it is in."""
    found = []
    if path.parent.stat().st_mode & 0o077:
        found.append(
            f"Other users of this machine can look into this home. Use: chmod 700 {path.parent}"
        )
    if path.exists() and path.stat().st_mode & 0o077:
        found.append(f"Other users of this machine can read the keystore. Use: chmod 600 {path}")
    return tuple(found)


def _taken() -> RefusedError:
    return RefusedError(
        "E_EXISTS",
        "There is a file of this name already.",
        next="Choose another name, or move that file away. Nothing was changed.",
    )
