"""The store as the rest of the relay sees it: open, write, read, bodies, close (docs/protocol.md §7)."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from phoenix_protocol.errors import RefusedError, UnavailableError
from phoenix_protocol.identifiers import EndpointId, ObjectHash, Seconds
from phoenix_protocol.merkle import leaf_hash
from phoenix_protocol.randomness import Randomness
from phoenix_relay.storage import durable, schemas
from phoenix_relay.storage.bodies import Bodies
from phoenix_relay.storage.damage import DamageError
from phoenix_relay.storage.day_keys import DayKeyError, DayKeys, LostKeysError
from phoenix_relay.storage.facts import Fact
from phoenix_relay.storage.parts import EVERYONE, Part
from phoenix_relay.storage.readers import Readers
from phoenix_relay.storage.rows import Body, Day
from phoenix_relay.storage.sqlite import DATABASE, reader_engine, writer_engine
from phoenix_relay.storage.transaction import Tx
from phoenix_relay.storage.writer import Writer

BODIES: Final = "bodies"
DAY_KEYS: Final = "daykeys"

T = TypeVar("T")


class Store:
    """Rows, bodies and storage keys of one relay home. Made with :meth:`open`, ended with :meth:`close`."""

    def __init__(self, home: Path, *, key_period: int, randomness: Randomness) -> None:
        """Use :meth:`open`, which checks first that there is a store to open."""
        self.home: Final = home
        self.database: Final = home / DATABASE
        self.day_keys: Final = DayKeys(home / DAY_KEYS, key_period, randomness)
        self.bodies: Final = Bodies(home / BODIES, self.day_keys)
        self._randomness: Final = randomness
        self._listeners: Final[list[Callable[[frozenset[EndpointId]], None]]] = []
        self._writer: Final = Writer(writer_engine(self.database), self._tx, self._committed)
        self._readers: Final = Readers(reader_engine(self.database), self._tx)

    @classmethod
    async def open(cls, home: Path, *, key_period: int, randomness: Randomness) -> Store:
        """Open the store of a relay that ``init`` made; ``key_period`` in seconds.

        Raises UsageError ``E_NOT_FOUND`` when there is none, RefusedError ``E_STORE_VERSION`` when the schema is
        older or newer than this program's, UnavailableError ``E_RELAY`` when the database cannot be opened.
        """
        await asyncio.to_thread(schemas.require_current, home / DATABASE)
        return await asyncio.to_thread(_open, cls, home, key_period, randomness)

    async def require_keys(self, now: Seconds, *, accept_lost: bool = False) -> None:
        """What a relay needs before it serves: every key of a period that is not over at ``now``, whole.

        Raises DayKeyError when one is damaged or cannot be read, otherwise as :meth:`settle_lost_keys`.
        """
        damaged = await asyncio.to_thread(self.day_keys.damaged)
        if living := [self.day_keys.file_of(day) for day in damaged if day > now]:
            raise DayKeyError(*living)
        await self.settle_lost_keys(now, accept_lost=accept_lost)

    async def settle_lost_keys(self, now: Seconds, *, accept_lost: bool = False) -> int:
        """Let go of what was kept under keys that are not here, where that is known to be so; of how many keys.

        It is known of a home that was just restored, once, and of one whose operator says so (``accept_lost``). The
        sweeper reports it to the senders. Raises LostKeysError otherwise: an unmounted folder destroys nothing.
        """
        lost = await self.missing_keys(now)
        known = accept_lost or await self.read(lambda tx: bool(tx.facts.get(Fact.RESTORED)))
        if lost and not known:
            raise LostKeysError(*map(self.day_keys.file_of, lost))
        if known:
            await self.write(lambda tx: _let_go(tx, lost))
        return len(lost)

    async def missing_keys(self, now: Seconds) -> tuple[Day, ...]:
        """Periods that are not over at ``now`` and under whose key something is kept that is not on the disk."""
        in_use = await self.read(lambda tx: tx.expiry.days_in_use())
        return await asyncio.to_thread(self.day_keys.missing, [day for day in in_use if day > now])

    async def write(self, change: Callable[[Tx], T]) -> T:
        """Run ``change`` in the writer and return its result once it is durable.

        ``change`` runs on the writer's thread and must be quick: no signing, no file, no waiting. What it raises undoes
        it alone and is raised here. Raises UnavailableError ``E_RELAY`` when the commit failed, when too much waits
        already, and after :meth:`close` began: nothing of it is kept then, and repeating is safe. A caller who is
        cancelled does not know whether the change was made.
        """
        return await self._writer.write(change)

    async def read(self, question: Callable[[Tx], T]) -> T:
        """Run ``question`` on a snapshot, on a thread for reading. It must not change anything, and cannot."""
        return await self._readers.read(question)

    async def block(self, core: ObjectHash, index: int) -> bytes:
        """One block of a package's body, inline or uploaded, checked against its leaf hash.

        Raises RefusedError ``E_NOT_FOUND`` when there is no such block or the body is gone, ``E_EXPIRED`` when its
        storage key is. Nothing of a damaged block is returned: DamageError when it alone is damaged, which no asking
        again mends and which is marked; TamperError ``E_STORE_INTEGRITY`` when its key may be wrong or its folder away.
        """
        found = await self.read(lambda tx: _body_of(tx, core, index))
        if isinstance(found, bytes):
            return found
        try:
            return await self.bodies.read(found, index)
        except DamageError:
            # A wrong key opens nothing, and can be put right: then this says so instead.
            await self.read(lambda tx: tx.parts.get(core, EVERYONE, Part.COVER))
            await self.bodies.set_aside(found, index)
            raise

    def listen(self, listener: Callable[[frozenset[EndpointId]], None]) -> Callable[[], None]:
        """Call ``listener``, on the event loop, after each commit that put something into feeds, with whose.

        Returns what ends it.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def truncate_log(self) -> bool:
        """Bring the write-ahead log into the database and cut it to nothing. False while a reader is in its way."""
        return await self._writer.alone(_truncate)

    async def close(self) -> None:
        """Finish what was handed over, then close. Further writes are refused."""
        await self._writer.close()
        await self._readers.close()
        await asyncio.to_thread(self.bodies.close)

    def _tx(self, connection: Connection) -> Tx:
        return Tx(connection=connection, day_keys=self.day_keys, randomness=self._randomness)

    def _committed(self, touched: frozenset[EndpointId]) -> None:
        for listener in tuple(self._listeners):
            listener(touched)


def _open(kind: type[Store], home: Path, key_period: int, randomness: Randomness) -> Store:
    try:
        with durable.disk_errors():
            return kind(home, key_period=key_period, randomness=randomness)
    except (sqlite3.Error, SQLAlchemyError) as error:
        what = f"The relay's database cannot be opened ({type(error).__name__})."
        raise UnavailableError("E_RELAY", what) from None


def _let_go(tx: Tx, lost: tuple[Day, ...]) -> None:
    # With the mark: what it allows is done once.
    if lost:
        tx.expiry.mark_lost(lost)
    tx.facts.remove(Fact.RESTORED)


def _body_of(tx: Tx, core: ObjectHash, index: int) -> bytes | Body:
    package = tx.packages.find(core)
    if package is None or not 0 <= index < len(package.leaves):
        raise RefusedError("E_NOT_FOUND", "There is no such block.")
    body = tx.packages.uploaded_body(core)
    if body is not None:
        return body
    inline = tx.parts.released(core, EVERYONE, Part.BODY)
    if leaf_hash(inline) != package.leaves[index]:
        raise DamageError(DATABASE)
    return inline


def _truncate(connection: Connection) -> bool:
    busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
    return not busy
