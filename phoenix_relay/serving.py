"""One relay serves from one home: a lock that the system lets go of when the process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from phoenix_protocol.errors import UnavailableError, UsageError

LOCK: Final = "serve.lock"


@contextmanager
def only_server(home: Path) -> Iterator[None]:
    """Be the only process that serves from ``home``.

    Raises UnavailableError ``E_RELAY`` when another one does, UsageError ``E_NOT_FOUND`` when there is no such folder.
    """
    try:
        handle = os.open(home / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        raise UsageError(
            "E_NOT_FOUND",
            "There is no relay in this folder.",
            next="Name the relay's folder with --home, or make a relay with: phoenix-relay init",
        ) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise UnavailableError(
            "E_RELAY",
            "Another process serves this relay already.",
            next="Stop it first, or leave it running.",
        ) from None
    finally:
        os.close(handle)
