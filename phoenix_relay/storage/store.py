"""The store as the rest of the relay sees it: open, write, read, bodies, close."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from phoenix_protocol.identifiers import EndpointId, ObjectHash, Seconds
from phoenix_protocol.randomness import Randomness
from phoenix_relay.storage.bodies import Bodies
from phoenix_relay.storage.day_keys import DayKeys
from phoenix_relay.storage.transaction import Tx

T = TypeVar("T")


class Store:
    """Rows, bodies and storage keys of one relay home. Made with :meth:`open`, ended with :meth:`close`."""

    bodies: Bodies
    day_keys: DayKeys

    @classmethod
    async def open(cls, home: Path, *, key_period: int, randomness: Randomness) -> Store:
        """Open the store of a relay that ``init`` made.

        Raises UsageError ``E_NOT_FOUND`` when there is none, RefusedError ``E_STORE_VERSION`` when the schema is
        older or newer than this program's, UnavailableError ``E_RELAY`` when the database cannot be opened.
        """
        raise NotImplementedError

    async def write(self, change: Callable[[Tx], T]) -> T:
        """Run ``change`` in the writer and return its result once it is durable.

        ``change`` runs on the writer's thread and must be quick: no signing, no file, no waiting. What it raises undoes
        it alone and is raised here. Raises UnavailableError ``E_RELAY`` when the commit failed, when too much waits
        already, and after :meth:`close` began: nothing of it is kept then, and repeating is safe.
        """
        raise NotImplementedError

    async def read(self, question: Callable[[Tx], T]) -> T:
        """Run ``question`` on a snapshot, on a thread for reading. It must not change anything, and cannot."""
        raise NotImplementedError

    async def block(self, core: ObjectHash, index: int) -> bytes:
        """One block of a package's body, inline or uploaded, checked against its leaf hash.

        Raises RefusedError ``E_NOT_FOUND`` when there is no such block or the body is gone, ``E_EXPIRED`` when its
        storage key is, TamperError ``E_STORE_INTEGRITY`` when it is damaged: nothing of it is returned then.
        """
        raise NotImplementedError

    def listen(self, listener: Callable[[frozenset[EndpointId]], None]) -> Callable[[], None]:
        """Call ``listener``, on the event loop, after each commit that put something into feeds, with whose.

        Returns what ends it.
        """
        raise NotImplementedError

    async def close(self) -> None:
        """Finish what was handed over, then close. Further writes are refused."""
        raise NotImplementedError
