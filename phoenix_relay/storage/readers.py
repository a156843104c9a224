"""Readers: questions run on snapshots, on threads with connections of their own that cannot write."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from phoenix_protocol.errors import UnavailableError
from phoenix_relay.storage.transaction import Tx

#: Questions answered at one time.
THREADS: Final = 4

T = TypeVar("T")


class Readers:
    """A small pool of threads. ``make_tx`` makes what a question gets to work with."""

    def __init__(self, engine: Engine, make_tx: Callable[[Connection], Tx]) -> None:
        self._engine: Final = engine
        self._make_tx: Final = make_tx
        self._own: Final = threading.local()
        self._connections: Final[list[Connection]] = []
        self._threads: Final = ThreadPoolExecutor(THREADS, thread_name_prefix="reader")

    async def read(self, question: Callable[[Tx], T]) -> T:
        """Run ``question`` on a snapshot. Raises what it raises; UnavailableError ``E_RELAY`` for the database."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._answer, question)

    async def close(self) -> None:
        """Finish what was asked, then close."""
        await asyncio.to_thread(self._threads.shutdown)
        for connection in self._connections:
            connection.close()

    def _answer(self, question: Callable[[Tx], T]) -> T:
        try:
            connection = self._connected()
            raw = cast(sqlite3.Connection, connection.connection.driver_connection)
            raw.execute("BEGIN")
            try:
                return question(self._make_tx(connection))
            finally:
                raw.execute("ROLLBACK")
        except (DBAPIError, sqlite3.Error) as error:
            # Its own text would quote the values of the statement.
            what = f"The database does not answer ({type(error).__name__})."
            raise UnavailableError("E_RELAY", what) from None

    def _connected(self) -> Connection:
        # When it is first needed: a thread that could not be given one now is given one later.
        connection: Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._engine.connect()
            self._connections.append(connection)
        return connection
