"""The socket of the agent: one in a home, for its owner alone, and one agent behind it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from agency_client.agent import client
from phoenix_protocol.errors import RefusedError, UnavailableError

GUARD: Final = "agent.lock"
_PRIVATE_FILE: Final = 0o600
_PRIVATE_FOLDER: Final = 0o700


@contextlib.contextmanager
def listening(home: Path) -> Iterator[socket.socket]:
    """The listening socket of ``home``; it is gone afterwards.

    Makes the home its owner's alone. Raises RefusedError ``E_AGENT_RUNNING`` when there is an
    agent already, and UnavailableError ``E_AGENT`` when the system refuses.
    """
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(_guarded(home))
            home.chmod(_PRIVATE_FOLDER)
            listener = stack.enter_context(_bound(home))
        except OSError as error:
            raise UnavailableError(
                "E_AGENT",
                f"The agent cannot listen in this home: {os.strerror(error.errno or 0)}.",
                next="Choose a home on a local disk that belongs to you.",
            ) from None
        yield listener


@contextlib.contextmanager
def _guarded(home: Path) -> Iterator[None]:
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    fd = os.open(home / GUARD, flags, _PRIVATE_FILE)
    try:
        _take(fd)
        yield
    finally:
        os.close(fd)


def _take(fd: int) -> None:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise RefusedError(
            "E_AGENT_RUNNING",
            "An agent holds the key of this home already.",
            next="Look at it with: phoenix agent status.",
        ) from None


@contextlib.contextmanager
def _bound(home: Path) -> Iterator[socket.socket]:
    path = home / client.SOCKET
    # Behind the guard, a socket that is there belongs to an agent that is gone.
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        with client.address(home) as where:
            before = os.umask(0o177)
            try:
                listener.bind(where)
            finally:
                os.umask(before)
        try:
            listener.listen(16)
            listener.setblocking(False)
            yield listener
        finally:
            path.unlink(missing_ok=True)
