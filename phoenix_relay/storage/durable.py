"""Files that are whole or not there: exclusive part file, fsync, then a name, then the folder's fsync."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from phoenix_protocol.errors import UnavailableError

#: What a file is called until it is whole. Whatever bears this at start is of a write that never ended.
PART: Final = ".part-"

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)


def sync_folder(folder: Path) -> None:
    """Make names in ``folder`` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make ``folder`` and what is above it, for us alone (0700), durably. It may exist."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    sync_folder(folder.parent)


def write_new(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 that must not exist. Raises FileExistsError, OSError.

    It gets its name by a link, which never replaces, once its content is on the disk.
    """
    part = _write_part(path, content)
    try:
        os.link(part, path)
    finally:
        part.unlink()
    sync_folder(path.parent)


def write_over(path: Path, content: bytes) -> None:
    """Write a file of mode 0600, in place of one that may be there. Raises OSError."""
    part = _write_part(path, content)
    try:
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def remove_parts(folder: Path) -> int:
    """Remove what writes that never ended left in ``folder``, an hour ago or longer; how many there were."""
    left = [part for part in folder.glob(f"{PART}*") if part.stat().st_mtime < time.time() - 3600]
    for part in left:
        part.unlink(missing_ok=True)
    return len(left)


def overwrite_and_remove(path: Path) -> None:
    """Write zeros over a small file, then remove it; each step is on the disk before the next."""
    with suppress(FileNotFoundError):
        handle = os.open(path, os.O_WRONLY | getattr(os, "O_CLOEXEC", 0))
        try:
            os.write(handle, bytes(os.fstat(handle).st_size))
            os.fsync(handle)
        finally:
            os.close(handle)
        path.unlink()
    sync_folder(path.parent)


@contextmanager
def disk_errors() -> Iterator[None]:
    """What the disk cannot do now, as UnavailableError ``E_RELAY``: repeating is safe."""
    try:
        yield
    except OSError as error:
        raise UnavailableError(
            "E_RELAY",
            f"The relay's disk does not take or give data now (error {error.errno}).",
        ) from None


def _write_part(path: Path, content: bytes) -> Path:
    part = path.with_name(f"{PART}{os.urandom(8).hex()}")
    handle = os.open(part, _NEW, 0o600)
    try:
        with os.fdopen(handle, "wb", buffering=0) as file:
            view = memoryview(content)
            while view:
                view = view[file.write(view) :]
            os.fsync(file.fileno())
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part
