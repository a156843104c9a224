"""Who is waiting for news: long polls of the feed, woken when something for them was stored (docs/protocol.md §8)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

from phoenix_protocol.identifiers import EndpointId
from phoenix_relay.http.problems import QuotaError

#: Long polls of one endpoint at one time.
MOST_WAITS: Final = 16


class Waiting:
    """Futures of those who wait, by endpoint. For the event loop only."""

    __slots__ = ("_closed", "_waiters")

    def __init__(self) -> None:
        self._waiters: Final[dict[EndpointId, set[asyncio.Future[None]]]] = {}
        self._closed = False

    def join(self, endpoint: EndpointId) -> asyncio.Future[None]:
        """Start waiting *before* looking, so that nothing is missed between the look and the wait.

        Raises QuotaError ``E_QUOTA`` for more waits of one endpoint than any program needs.
        """
        if len(self._waiters.get(endpoint, ())) >= MOST_WAITS:
            raise QuotaError(1)
        future = asyncio.get_running_loop().create_future()
        if self._closed:
            future.set_result(None)
        self._waiters.setdefault(endpoint, set()).add(future)
        return future

    def leave(self, endpoint: EndpointId, future: asyncio.Future[None]) -> None:
        """Stop waiting."""
        waiters = self._waiters.get(endpoint, set())
        waiters.discard(future)
        if not waiters:
            self._waiters.pop(endpoint, None)

    def wake(self, endpoints: Iterable[EndpointId]) -> None:
        """Tell these endpoints that there is news."""
        for endpoint in endpoints:
            for future in self._waiters.get(endpoint, ()):
                if not future.done():
                    future.set_result(None)

    def close(self) -> None:
        """Wake everybody, now and from now on: the server is stopping."""
        self._closed = True
        self.wake(tuple(self._waiters))

    def __len__(self) -> int:
        return sum(len(waiters) for waiters in self._waiters.values())
