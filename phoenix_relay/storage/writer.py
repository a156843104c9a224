"""The one writer: changes run in savepoints of a batch, the batch is committed once, then everybody is answered.

A commit costs one wait for the disk however much is in it. While it waits the next batch gathers, so that the store
takes about as many changes in a second as it can run, not as the disk can sync.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeVar, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from phoenix_protocol.errors import UnavailableError
from phoenix_protocol.identifiers import EndpointId
from phoenix_relay.storage.transaction import Tx

#: Changes in one batch: bounds how long the first waits for the last.
BATCH: Final = 256
#: Changes that may wait. Beyond that the relay says so at once instead of growing.
BACKLOG: Final = 8192

T = TypeVar("T")
Loop = asyncio.AbstractEventLoop
Listener = Callable[[frozenset[EndpointId]], None]


class _Place(Enum):
    """Where a job runs."""

    BATCH = "batch"  # in a savepoint beside others
    ALONE = "alone"  # outside any transaction, such as a checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    work: Callable[[Any], Any]
    place: _Place
    loop: Loop
    future: asyncio.Future[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    job: _Job
    result: Any = None
    error: BaseException | None = None
    touched: frozenset[EndpointId] = frozenset()


class _BatchLostError(Exception):
    """The database gave the whole transaction up, as it does when the disk is full."""


class Writer:
    """A thread with the only connection that changes rows. ``make_tx`` makes what a change gets to work with."""

    def __init__(
        self,
        engine: Engine,
        make_tx: Callable[[Connection], Tx],
        committed: Callable[[frozenset[EndpointId]], None],
    ) -> None:
        """``committed`` is called on the event loop of a change after its commit, with whose feeds were put into."""
        self._make_tx: Final = make_tx
        self._committed: Final = committed
        self._engine: Final = engine
        self._connection: Connection | None = engine.connect()
        self._waiting: Final[deque[_Job]] = deque()
        self._wake: Final = threading.Condition()
        self._closing = False
        self._thread: Final = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    async def write(self, change: Callable[[Tx], T]) -> T:
        """Run ``change`` and return its result once it is durable. See ``Store.write``."""
        return cast(T, await self._hand_over(change, _Place.BATCH))

    async def alone(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on the connection between two batches, outside any transaction."""
        return cast(T, await self._hand_over(work, _Place.ALONE))

    async def close(self) -> None:
        """Finish what waits, refuse what comes, end the thread."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        await asyncio.to_thread(self._thread.join)

    async def _hand_over(self, work: Callable[[Any], Any], place: _Place) -> Any:
        loop = asyncio.get_running_loop()
        job = _Job(work=work, place=place, loop=loop, future=loop.create_future())
        with self._wake:
            if self._closing:
                raise UnavailableError("E_RELAY", "The relay is stopping.")
            if len(self._waiting) >= BACKLOG:
                raise UnavailableError("E_RELAY", "The relay has too much to do now.")
            self._waiting.append(job)
            self._wake.notify()
        return await job.future

    # -- the thread --------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while batch := self._next_batch():
            alone = batch[0].place is _Place.ALONE
            outcomes = [self._run_alone(batch[0])] if alone else self._run_batch(batch)
            _answer(outcomes, self._committed)
        self._disconnect()

    def _next_batch(self) -> list[_Job]:
        """What runs next: one job that runs alone, or as many as may run together. Empty at the end."""
        with self._wake:
            while not self._waiting and not self._closing:
                self._wake.wait()
            batch: list[_Job] = []
            while self._waiting and len(batch) < BATCH:
                if self._waiting[0].place is _Place.ALONE and batch:
                    break
                batch.append(self._waiting.popleft())
                if batch[0].place is _Place.ALONE:
                    break
            return batch

    def _run_batch(self, batch: list[_Job]) -> list[_Outcome]:
        try:
            connection = self._connected()
            driver = cast(sqlite3.Connection, connection.connection.driver_connection)
            driver.execute("BEGIN IMMEDIATE")
            outcomes = [self._run_one(job, connection, driver) for job in batch]
            driver.execute("COMMIT")
        except (_BatchLostError, sqlite3.Error, SQLAlchemyError, MemoryError):
            self._disconnect()
            return [_Outcome(job=job, error=_not_kept()) for job in batch]
        return outcomes

    def _run_one(self, job: _Job, connection: Connection, driver: sqlite3.Connection) -> _Outcome:
        if job.future.cancelled():
            return _Outcome(job=job)
        driver.execute("SAVEPOINT change")
        try:
            tx = self._make_tx(connection)
            result = job.work(tx)
        except BaseException as error:  # noqa: BLE001  # whatever it is belongs to the caller, on another thread
            if not driver.in_transaction:
                raise _BatchLostError from None
            driver.execute("ROLLBACK TO change")
            driver.execute("RELEASE change")
            return _Outcome(job=job, error=_for_caller(error))
        driver.execute("RELEASE change")
        return _Outcome(job=job, result=result, touched=frozenset(tx.touched))

    def _run_alone(self, job: _Job) -> _Outcome:
        try:
            return _Outcome(job=job, result=job.work(self._connected()))
        except BaseException as error:  # noqa: BLE001  # as above
            return _Outcome(job=job, error=_for_caller(error))

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _disconnect(self) -> None:
        """Close the connection, which undoes what it had begun; the next batch makes another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error, SQLAlchemyError):
                connection.close()


def _for_caller(error: BaseException) -> BaseException:
    if isinstance(error, (OperationalError, sqlite3.OperationalError)):
        return _not_kept()
    if isinstance(error, (DBAPIError, sqlite3.Error)):
        # The text of a database error quotes the values of the statement.
        return UnavailableError(
            "E_RELAY", f"The database refused a change ({type(error).__name__})."
        )
    return error


def _not_kept() -> UnavailableError:
    return UnavailableError(
        "E_RELAY", "The relay's disk does not take changes now. Nothing was kept."
    )


def _answer(outcomes: list[_Outcome], committed: Listener) -> None:
    """Give every caller their outcome, with one call into each event loop."""
    by_loop: dict[Loop, list[_Outcome]] = {}
    for outcome in outcomes:
        by_loop.setdefault(outcome.job.loop, []).append(outcome)
    for loop, theirs in by_loop.items():
        # A loop that was closed has nobody left who waits.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_resolve, theirs, committed)


def _resolve(outcomes: list[_Outcome], committed: Listener) -> None:
    for outcome in outcomes:
        if outcome.job.future.done():
            continue
        if outcome.error is not None:
            outcome.job.future.set_exception(outcome.error)
        else:
            outcome.job.future.set_result(outcome.result)
    touched = frozenset[EndpointId]().union(*(outcome.touched for outcome in outcomes))
    if touched:
        committed(touched)
