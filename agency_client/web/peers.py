"""Whose program is at the other end of a connection: another user's gets no answer, whatever it knows.

A port of this machine is open to every program on it, a link that a browser is started with stands in the list of
processes, and browsers send the cookies of one port to all. Linux says which user each connection belongs to (proc(5)).
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

#: The connections of this machine. A program may reach an IPv4 address by an IPv6 socket.
TABLES: Final = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
# Fields of a line: proc(5).
_LOCAL, _REMOTE, _USER, _INODE = 1, 2, 7, 9
_MAPPED: Final = "0000000000000000FFFF0000" if sys.byteorder == "little" else "0" * 20 + "FFFF"
#: The superuser needs no port of ours; and programs that forward one run as that user.
_ROOT: Final = 0
#: The list is not read at one moment: a connection may be missed once.
_TRIES: Final = 3

End = tuple[str, int]


def user_of(end: End, other: End, tables: Sequence[Path] = TABLES) -> int | None:
    """The user whose program has the end ``end`` of a connection with ``other``; None when nobody has, or none is told.

    Ends are IPv4 addresses with ports.
    """
    for _ in range(_TRIES):
        for table in tables:
            user = _in_table(table, _written(end), _written(other))
            if user is not None:
                return user
    return None


def _in_table(table: Path, end: str, other: str) -> int | None:
    try:
        lines = table.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return None
    for line in lines:
        words = line.split()
        # What no program holds any more is listed as the superuser's.
        if len(words) > _INODE and words[_INODE] != "0":
            ends = (words[_LOCAL].removeprefix(_MAPPED), words[_REMOTE].removeprefix(_MAPPED))
            if ends == (end, other):
                return int(words[_USER])
    return None


def _written(end: End) -> str:
    address = int.from_bytes(socket.inet_aton(end[0]), sys.byteorder)
    return f"{address:08X}:{end[1]:04X}"


def is_told(own: int, tables: Sequence[Path] = TABLES) -> bool:
    """Whether this system tells whose a connection is: tried with one of our own."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        here = server.getsockname()
        with socket.create_connection(here) as ours:
            return user_of(ours.getsockname(), here, tables) == own


class Peers:
    """Who is at the other end of the app's connections, each looked up once."""

    def __init__(self, own: int | None) -> None:
        """``own`` is the user who may ask; None lets everybody, for what is guarded otherwise or cannot be told."""
        self._own: Final = own
        self._known: Final[WeakKeyDictionary[asyncio.BaseTransport, bool]] = WeakKeyDictionary()

    @classmethod
    def of_this_user(cls) -> Peers:
        """Connections of this user alone, where the system tells."""
        own = os.getuid()
        return cls(own if is_told(own) else None)

    def may_ask(self, transport: asyncio.BaseTransport | None) -> bool:
        """Whether the other end is a program of this user, or of the superuser."""
        if self._own is None:
            return True
        if transport is None:
            return False
        if transport not in self._known:
            ends = (transport.get_extra_info("peername"), transport.get_extra_info("sockname"))
            self._known[transport] = all(ends) and user_of(*ends) in {self._own, _ROOT}
        return self._known[transport]
