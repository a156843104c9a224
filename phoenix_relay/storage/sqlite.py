"""SQLite as the relay uses it: durable commits, nothing deleted left behind, readers who cannot write."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, create_engine
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from phoenix_protocol.errors import UnavailableError

DATABASE: Final = "relay.sqlite"

#: How long (milliseconds) to wait for another process, such as ``phoenix-relay sweep`` beside ``serve``.
_PATIENCE: Final = 10_000

_COMMON: Final = (
    f"PRAGMA busy_timeout={_PATIENCE}",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
)
_WRITER: Final = (
    *_COMMON,
    "PRAGMA secure_delete=ON",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    # Writing pages back is a burst of its own: let more of them gather (16 MiB).
    "PRAGMA wal_autocheckpoint=4000",
    "PRAGMA cache_size=-32768",
)
_READER: Final = (*_COMMON, "PRAGMA query_only=ON")


def create_database_file(path: Path) -> None:
    """Make an empty database file for us alone (0600): the write-ahead log takes its mode over. FileExistsError."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def writer_engine(path: Path) -> Engine:
    """Connections that change the database at ``path``; each transaction is begun and ended by its user."""
    return _engine(lambda: _connect(path, "rw", _WRITER))


def reader_engine(path: Path) -> Engine:
    """Connections that cannot change the database at ``path``."""
    return _engine(lambda: _connect(path, "rw", _READER))


@contextmanager
def transaction(path: Path) -> Iterator[Connection]:
    """One durable transaction on the database at ``path``, for a command: committed at the end, undone by an error.

    Raises UnavailableError ``E_RELAY`` when the database does not take it.
    """
    engine = writer_engine(path)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.exec_driver_sql("COMMIT")
    except (SQLAlchemyError, sqlite3.Error) as error:
        what = f"The relay's database does not take changes now ({type(error).__name__})."
        raise UnavailableError("E_RELAY", what) from None


def insert_new(table: Table) -> Insert:
    """An insert that does nothing where a row with the same key is there: its ``rowcount`` tells."""
    return sqlite_insert(table).on_conflict_do_nothing()


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy of a database in use, by SQLite's online backup. ``target`` must not exist."""
    create_database_file(target)
    reading, writing = _connect(source, "rw", _READER), sqlite3.connect(target)
    try:
        # In one step, or every change meanwhile would start it again; in WAL mode nobody waits for it.
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode=DELETE")
    finally:
        writing.close()
        reading.close()


def _engine(connect: Callable[[], sqlite3.Connection]) -> Engine:
    options: dict[str, Any] = {"creator": connect, "poolclass": NullPool}
    return create_engine("sqlite://", isolation_level="AUTOCOMMIT", **options)


def _connect(path: Path, mode: str, pragmas: tuple[str, ...]) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    for pragma in pragmas:
        connection.execute(pragma).fetchall()
    return connection
