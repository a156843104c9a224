"""What is open: the home while it is unlocked, what runs in the background, and when all of it locks."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from agency_client.client import Client
from agency_client.unlocking import open_with_passphrase
from agency_client.web.faults import forget_frames, where
from agency_client.web.gone import Went
from agency_client.web.jobs import Jobs
from agency_client.web.kept import Kept
from keys.passphrase import Passphrase
from keys.wrapping import FLOOR, Cost
from phoenix_protocol.errors import LockedError, PhoenixError, TamperError, UnavailableError
from phoenix_protocol.identifiers import ObjectHash
from phoenix_protocol.randomness import Randomness

_log: Final = logging.getLogger("phoenix.web")

#: Seconds without a request after which the app locks.
IDLE: Final = 900.0
#: Seconds between two looks at the relay.
EVERY: Final = 30.0
#: Seconds for which a page waits for a look at the relay.
PATIENCE: Final = 5.0
#: Seconds after which the desk looks whether it must lock.
_TICK: Final = 1.0

#: Seconds from any start; goes on while the machine sleeps.
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """How the last look at the relay went. ``at`` is when the last whole one ended, in seconds of the epoch."""

    at: int | None = None
    error: PhoenixError | None = None
    is_looking: bool = False
    #: How many wait to join, for an information manager.
    joining: int | None = None


class Desk:
    """One home and one person before it. ``client`` is there while it is unlocked."""

    def __init__(
        self,
        path: Path,
        client: Client,
        *,
        randomness: Randomness,
        clock: Clock,
        idle: float = IDLE,
        every: float = EVERY,
        cost: Cost = FLOOR,
    ) -> None:
        self.path: Final = path
        self.jobs: Final = Jobs(randomness)
        self.heard = Heard()
        #: When the relay was last asked about a package of ours, by its core.
        self.asked_where: dict[ObjectHash, int] = {}
        #: What somebody looks for: the fields of their searches.
        self.sought: Final[Kept[Mapping[str, Any]]] = Kept(randomness)
        #: What became of drafts.
        self.went: Final = Went()
        self._client: Client | None = client
        self._cost: Final = cost
        self._clock: Final = clock
        self._idle: Final = idle
        self._every: Final = every
        self._asked = clock()
        self._is_locked = False
        self._using = 0
        #: How often somebody wished it to be locked.
        self._locks = 0
        self._unlocking: Final = asyncio.Lock()
        self._wanted: Final = asyncio.Event()
        #: How many looks at the relay have begun, and the last of them that has ended.
        self._begun = 0
        self._done = 0
        self._ended: Final = asyncio.Condition()

    @property
    def is_locked(self) -> bool:
        """Whether nothing is shown before the passphrase is given."""
        return self._is_locked

    @property
    def client(self) -> Client:
        """The open home. Raises LockedError ``E_LOCKED``."""
        if self._client is None or self._is_locked:
            raise LockedError("E_LOCKED", "This home is locked.")
        return self._client

    def asked(self) -> None:
        """Somebody did something: the time until it locks begins again."""
        self._asked = self._clock()

    @property
    def left(self) -> float:
        """Seconds until it locks by itself."""
        return max(0.0, self._idle - (self._clock() - self._asked))

    @contextmanager
    def used(self) -> Iterator[None]:
        """While a page is made: the home stays open until it is, although somebody locks meanwhile."""
        self._using += 1
        try:
            yield
        finally:
            self._using -= 1

    def look_now(self) -> None:
        """Ask the relay soon, and not at the next turn."""
        self._wanted.set()

    async def look_again(self, patience: float = PATIENCE) -> None:
        """Ask the relay now, and wait until a look that began after this has ended: what came is then here.

        After ``patience`` seconds nobody waits any longer; what comes later is there at the next page.
        """
        wanted = self._begun + 1
        self.look_now()
        with suppress(TimeoutError):
            async with asyncio.timeout(patience), self._ended:
                await self._ended.wait_for(lambda: self._done >= wanted)

    def lock(self) -> None:
        """Show nothing more. The key goes when nothing runs that needs it."""
        self._is_locked = True
        self._locks += 1
        self._let_go()

    async def unlock(self, passphrase: str) -> None:
        """Open again. Raises LockedError ``E_PASSPHRASE``, ``E_LOCKED`` and what opening a home raises."""
        async with self._unlocking:
            locks = self._locks
            given = Passphrase(passphrase)
            opened = await asyncio.to_thread(self._opened, given)
            if self._locks != locks:  # whoever pressed Lock since then came later
                opened.close()
                raise LockedError("E_LOCKED", "It was locked again meanwhile. Enter it once more.")
            if self._client is None:
                self._client = opened
            else:  # work went on all the time, with the home that was open
                opened.close()
            self._is_locked = False
            self.asked()

    def _opened(self, passphrase: Passphrase) -> Client:
        return Client(open_with_passphrase(self.path, passphrase, cost=self._cost))

    def _let_go(self) -> None:
        if self._client is None or self._using or self.jobs.running or self.heard.is_looking:
            return
        client, self._client = self._client, None
        try:
            client.close()
        except (PhoenixError, OSError) as error:
            _log.error("closing the home failed: %s", where(error))
        del client
        forget_frames(self.heard.error)
        self.jobs.forget_frames()
        gc.collect()

    async def close(self) -> None:
        """Stop what runs, and close the home."""
        await self.jobs.stop()
        if self._client is not None:
            client, self._client = self._client, None
            client.close()

    # -- in the background -------------------------------------------------------------------------------------------

    async def watch(self) -> None:
        """Lock in time. Runs until it is cancelled."""
        while True:
            await asyncio.sleep(_TICK)
            if self._is_locked:
                self._let_go()
            elif self._clock() - self._asked >= self._idle:
                self.lock()

    async def listen(self) -> None:
        """Ask the relay for what is new, again and again. Runs until it is cancelled."""
        while True:
            self._wanted.clear()  # before the look: whoever asks during it is given another
            if not self._is_locked:
                self._begun += 1
                await self._look()
                async with self._ended:
                    self._done = self._begun
                    self._ended.notify_all()
            try:
                async with asyncio.timeout(self._every):
                    await self._wanted.wait()
            except TimeoutError:
                continue

    async def _look(self) -> None:
        client, before = self.client, self.heard
        self.heard = replace(before, is_looking=True)
        try:
            looked = await client.look()
            self.heard = Heard(at=client.home.clock.now(), joining=looked.joining)
        except PhoenixError as error:
            if isinstance(error, TamperError):
                client.home.record_alarm(error)
            self.heard = replace(before, error=error)
        except Exception as error:  # noqa: BLE001  # told in words, tried again; what people typed stays on the screen
            _log.error("looking at the relay failed: %s", where(error))
            failed = UnavailableError("E_RELAY", "The relay could not be asked.")
            self.heard = replace(before, error=failed)
        finally:
            if self.heard.is_looking:
                self.heard = before
