"""One encrypted connection and the statements run on it, with the database's failures as ours."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlcipher3 import dbapi2

from phoenix_protocol.errors import PhoenixError, TamperError, UnavailableError

KEY_BYTES: Final = 32

#: The key comes first: nothing can be read before it. Then silence (SQLCipher would write damage to
#: standard error), wiped and locked page memory, and durability at every commit.
_PRAGMAS: Final = (
    "cipher_memory_security = ON",
    "synchronous = FULL",
    "temp_store = MEMORY",
    "secure_delete = ON",
    "foreign_keys = ON",
    "trusted_schema = OFF",
    "cell_size_check = ON",
)

_DAMAGE: Final = frozenset({dbapi2.SQLITE_CORRUPT, dbapi2.SQLITE_NOTADB, dbapi2.SQLITE_FORMAT})
_BUSY: Final = frozenset({dbapi2.SQLITE_BUSY, dbapi2.SQLITE_LOCKED})
_NO_ROOM: Final = frozenset(
    {dbapi2.SQLITE_FULL, dbapi2.SQLITE_IOERR, dbapi2.SQLITE_CANTOPEN, dbapi2.SQLITE_READONLY}
)

#: Nobody can write the file, and no file can be made beside it: without locks, and without its log.
FROZEN: Final = "mode=ro&immutable=1"

Row = tuple[Any, ...]


def connect(path: Path, key: bytes, *, wait: float, mode: str = "mode=rw") -> dbapi2.Connection:
    """A connection to the file ``path``, which is there, under the raw 32-byte ``key``.

    ``mode`` is how SQLite opens it: :data:`FROZEN` on a disk that takes no writes.
    ``wait`` is how many seconds a writer waits for another one. Raises ValueError for a key of
    another length, TamperError ``E_STORE_INTEGRITY`` when the key does not open the file.
    """
    if len(key) != KEY_BYTES:
        raise ValueError("a vault key has 32 bytes")
    with translated():
        connection = dbapi2.connect(
            f"{path.absolute().as_uri()}?{mode}",
            uri=True,
            timeout=wait,
            isolation_level=None,  # transactions are begun and ended by name
            check_same_thread=False,  # one thread at a time: the vault's locks see to it
        )
        try:
            _unlock(connection, key)
        except BaseException:
            connection.close()
            raise
    return connection


def _unlock(connection: dbapi2.Connection, key: bytes) -> None:
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the database raises into errors with a code, and nothing of its text."""
    try:
        yield
    except dbapi2.Error as error:
        raise (_phoenix_error(error) or error) from None


def _phoenix_error(error: dbapi2.Error) -> PhoenixError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _DAMAGE:
        return damaged()
    if code in _BUSY:
        return in_use()
    return no_room() if code in _NO_ROOM else None


def damaged() -> TamperError:
    """What is raised for anything in the store that is not as it was written."""
    return TamperError(
        "E_STORE_INTEGRITY",
        "The vault on this machine is damaged.",
        next="Stop using this home and keep a copy of its folder. Restore its keys into a new home "
        "(phoenix keys restore), and ask the senders of what you need to send it again.",
    )


def in_use() -> UnavailableError:
    """What is raised when another program or thread does not let go of the vault in time."""
    return UnavailableError(
        "E_STORE_BUSY",
        "Another Phoenix program on this machine is still using the vault.",
        next="Wait until it has finished, then repeat.",
    )


def no_room() -> UnavailableError:
    """What is raised when the disk does not take a write."""
    return UnavailableError(
        "E_STORE_FULL",
        "The vault could not write to its disk.",
        next="Make room on the disk and check that it can be written, then repeat.",
    )


def read_only() -> UnavailableError:
    """What is raised when something is to be kept on a disk that takes no writes."""
    return UnavailableError(
        "E_STORE_READ_ONLY",
        "The disk of this home can only be read.",
        next="Make it writable, then repeat. Nothing was changed.",
    )


@contextmanager
def disk() -> Iterator[None]:
    """Turn a full or unwritable disk, met while handling files, into UnavailableError
    ``E_STORE_FULL``.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO):
            raise no_room() from None
        raise


class Session:
    """The statements of one transaction. Unusable once it has ended."""

    __slots__ = ("_connection", "_writing")

    def __init__(self, connection: dbapi2.Connection, *, writing: bool) -> None:
        self._connection: dbapi2.Connection | None = connection
        self._writing = writing

    def end(self) -> None:
        """No statement runs from here on: one that did would be outside every transaction."""
        self._connection = None

    def run(self, sql: str, *values: object) -> int:
        """Run a statement and give the number of rows that it changed."""
        with translated():
            return int(self._to_write().execute(sql, values).rowcount)

    def many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement for each row of values."""
        with translated():
            self._to_write().executemany(sql, rows)

    def one(self, sql: str, *values: object) -> Row | None:
        """The first row, or None."""
        with translated():
            row: Row | None = self._live().execute(sql, values).fetchone()
            return row

    def value(self, sql: str, *values: object) -> Any:
        """The one value of a statement that always has one; damage when it has none."""
        row = self.one(sql, *values)
        if row is None:
            raise damaged()
        return row[0]

    def all(self, sql: str, *values: object) -> list[Row]:
        """All rows."""
        with translated():
            rows: list[Row] = self._live().execute(sql, values).fetchall()
            return rows

    def _to_write(self) -> dbapi2.Connection:
        if not self._writing:
            raise RuntimeError("this view of the vault is for reading only")
        return self._live()

    def _live(self) -> dbapi2.Connection:
        if self._connection is None:
            raise RuntimeError("the vault's transaction has ended")
        return self._connection
