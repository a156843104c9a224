"""Whether requests come in: counts those that run, and lets them finish when the server stops."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from phoenix_relay.http.problems import unavailable


class Gate:
    """Open until :meth:`drain`. For the event loop only."""

    __slots__ = ("_empty", "_open", "running")

    def __init__(self) -> None:
        self._open = True
        self._empty = asyncio.Event()
        self._empty.set()
        self.running = 0

    @property
    def open(self) -> bool:
        """Whether new requests are let in."""
        return self._open

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Be counted while running. Raises UnavailableError ``E_RELAY`` when the server is stopping."""
        if not self._open:
            raise unavailable("The relay is stopping.")
        self.running += 1
        self._empty.clear()
        try:
            yield
        finally:
            self.running -= 1
            if not self.running:
                self._empty.set()

    async def drain(self, seconds: float) -> bool:
        """Let nobody in any more; wait for those inside. False when some were still running after ``seconds``."""
        self._open = False
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            return False
        return True
