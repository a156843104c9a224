"""Asking the agent of a home: for the master key, how it is, to lock.

Every command asks on its way up, so this imports nothing but small modules of the standard
library. A question is one line on the home's Unix socket, and so is its answer.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SOCKET: Final = "agent.sock"
#: Starts every question, so that another version is told apart.
GREETING: Final = b"phoenix-agent-1 "
KEY: Final = b"key"
STATUS: Final = b"status"
LOCK: Final = b"lock"
OK: Final = b"ok "
LONGEST: Final = 512
#: An agent answers at once, unless its background work holds it up (seconds).
PATIENCE: Final = 5.0

_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStatus:
    """A running agent: its process, when it locks by itself, what its last background work gave.

    ``locks_in`` is in seconds. ``last_work`` is ``never``, ``ok`` or an error's code;
    ``protection`` names what the operating system granted: ``core``, ``trace``, ``swap``.
    """

    process: int
    locks_in: int
    last_work: str
    protection: tuple[str, ...]


def held_key(home: Path) -> bytes | None:
    """The master key (32 bytes) that an agent holds for ``home``, or None."""
    answer = _ask(home, KEY)
    try:
        key = bytes.fromhex(answer.decode("ascii")) if answer is not None else b""
    except ValueError:
        return None
    return key if len(key) == _KEY_BYTES else None


def status(home: Path) -> AgentStatus | None:
    """How the agent of ``home`` is, or None when there is none."""
    answer = _ask(home, STATUS)
    try:
        process, locks_in, last_work, *protection = (answer or b"").decode("ascii").split(" ")
        return AgentStatus(
            process=int(process),
            locks_in=int(locks_in),
            last_work=last_work,
            protection=tuple(protection),
        )
    except ValueError:
        return None


def lock(home: Path) -> bool:
    """Make the agent of ``home`` forget its key and end. False when there is none."""
    return _ask(home, LOCK) is not None


@contextlib.contextmanager
def address(home: Path) -> Iterator[str]:
    """The address of the home's socket, good inside the ``with``; raises OSError.

    Through a descriptor of the folder, because the path of a socket has at most 107 bytes.
    """
    fd = os.open(home, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{fd}/{SOCKET}"
    finally:
        os.close(fd)


def peer_user(connection: socket.socket) -> int:
    """The user id of the process at the other end, which it cannot choose."""
    shape = struct.Struct("3i")
    _, user, _ = shape.unpack(
        connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, shape.size)
    )
    return int(user)


def _ask(home: Path, question: bytes) -> bytes | None:
    try:
        with (
            address(home) as where,
            socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection,
        ):
            connection.settimeout(PATIENCE)
            connection.connect(where)
            # Somebody else's agent might hand us a key of their choosing.
            if peer_user(connection) != os.geteuid():
                return None
            connection.sendall(GREETING + question + b"\n")
            answer = _line(connection)
    except OSError:
        return None
    return answer.removeprefix(OK) if answer.startswith(OK) else None


def _line(connection: socket.socket) -> bytes:
    received = b""
    while b"\n" not in received and len(received) <= LONGEST:
        more = connection.recv(LONGEST)
        if not more:
            return b""
        received += more
    return received.partition(b"\n")[0]
