"""An open vault: its transactions, how new it is, and what keeps it sound."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Final

from sqlcipher3 import dbapi2

from agency_client.adapters.vault import audit, checking
from agency_client.adapters.vault.blobs import BlobFiles
from agency_client.adapters.vault.families import TransactionFamilies
from agency_client.adapters.vault.schema import bring_up_to_date, require_newest
from agency_client.adapters.vault.session import (
    FROZEN,
    Session,
    connect,
    in_use,
    read_only,
    translated,
)
from agency_client.ports.vault import Standing, VaultHead
from phoenix_protocol.errors import Problem, TamperError, UnavailableError

WAIT: Final = 20.0

_REFUSED: Final = {
    Standing.ROLLED_BACK: "The vault on this machine is older than what was already done here.",
    Standing.AUDIT_BROKEN: "The vault's audit record is not the one that was written here.",
}


class _Lane:
    """A connection and the lock that lets one transaction at a time use it."""

    def __init__(self, connection: dbapi2.Connection) -> None:
        self.connection = connection
        self._lock = threading.Lock()
        self._owner: int | None = None

    @contextmanager
    def taken(self) -> Iterator[dbapi2.Connection]:
        if self._owner == threading.get_ident():
            raise RuntimeError("transactions of the vault do not nest")
        with self._lock:
            self._owner = threading.get_ident()
            try:
                yield self.connection
            finally:
                self._owner = None


class SqlcipherVault:
    """Implements :class:`agency_client.ports.vault.Vault` with SQLCipher. Made by ``open_vault``.

    Writing and reading have a connection each, so that a thread that reads does not wait for one
    that writes.
    """

    def __init__(
        self,
        writer: _Lane,
        reader: _Lane,
        blobs: BlobFiles,
        known: VaultHead,
        *,
        writable: bool = True,
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._blobs = blobs
        self._known = known
        self._closed = False
        with self._snapshot() as session:
            self._standing = audit.standing(session, known)
        if self._standing is Standing.SOUND and not writable:
            self._standing = Standing.READ_ONLY

    @property
    def standing(self) -> Standing:
        return self._standing

    @property
    def blobs(self) -> BlobFiles:
        return self._blobs

    @contextmanager
    def transaction(self) -> Iterator[TransactionFamilies]:
        if self._standing is Standing.READ_ONLY:
            raise read_only()
        if self._standing is not Standing.SOUND:
            raise TamperError(self._standing.value, _REFUSED[self._standing])
        with self._writer.taken() as connection:
            before = connection.total_changes
            with _begun(connection, writing=True) as session:
                yield TransactionFamilies(session)
                if connection.total_changes != before:
                    session.run("UPDATE head SET generation = generation + 1")

    @contextmanager
    def reading(self) -> Iterator[TransactionFamilies]:
        with self._snapshot() as session:
            yield TransactionFamilies(session)

    def head(self) -> VaultHead:
        with self._snapshot() as session:
            return audit.read_head(session)

    def settle(self) -> None:
        with self._writer.taken() as connection, translated():
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:  # somebody still reads what was erased
            raise in_use()
        self._blobs.sweep()

    def check(self) -> Sequence[Problem]:
        with self._snapshot() as session:
            return checking.problems(session, self._blobs, self._known)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            for lane in (self._reader, self._writer):
                lane.connection.close()

    def __enter__(self) -> SqlcipherVault:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _snapshot(self) -> Iterator[Session]:
        with self._reader.taken() as connection, _begun(connection, writing=False) as session:
            yield session


def open_lanes(file: Path, key: bytes, wait: float) -> tuple[_Lane, _Lane]:
    """A connection for writing, whose tables are up to date, and one that can only read."""
    writer = connect(file, key, wait=wait)
    try:
        bring_up_to_date(writer)
        reader = connect(file, key, wait=wait)
        reader.execute("PRAGMA query_only = ON")
    except BaseException:
        writer.close()
        raise
    return _Lane(writer), _Lane(reader)


def frozen_lanes(file: Path, key: bytes) -> tuple[_Lane, _Lane]:
    """Two connections for reading, on a disk that takes no writes.

    What a program that was killed left in the log beside the file is read where SQLite can; otherwise, with a log that
    is not empty, UnavailableError ``E_STORE_READ_ONLY``: the file alone is not the whole.
    """
    try:
        return _Lane(_reading(file, key, "mode=ro")), _Lane(_reading(file, key, "mode=ro"))
    except UnavailableError:
        log = file.with_name(f"{file.name}-wal")
        if log.exists() and log.stat().st_size:
            raise read_only() from None
    return _Lane(_reading(file, key, FROZEN)), _Lane(_reading(file, key, FROZEN))


def _reading(file: Path, key: bytes, mode: str) -> dbapi2.Connection:
    connection = connect(file, key, wait=WAIT, mode=mode)
    try:
        require_newest(connection)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _begun(connection: dbapi2.Connection, *, writing: bool) -> Iterator[Session]:
    """A transaction that is committed when the block ends, and undone when it raises anything."""
    with translated():
        connection.execute("BEGIN IMMEDIATE" if writing else "BEGIN")
    session = Session(connection, writing=writing)
    try:
        yield session
        with translated():
            connection.execute("COMMIT")
    except BaseException:
        # Where the database has undone it already, there is nothing to undo.
        with suppress(dbapi2.Error):
            connection.execute("ROLLBACK")
        raise
    finally:
        session.end()
