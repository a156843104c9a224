"""Nonces that were used, kept in memory until their request has expired (docs/protocol.md §8).

A change writes its nonce in its own transaction as well, so that it stays used when the relay starts again.
"""

from __future__ import annotations

import heapq
from typing import Final

from phoenix_relay.http.problems import bad_signature, unavailable


class Nonces:
    """A bounded memory of (key id, nonce). Not thread-safe: for the event loop only."""

    __slots__ = ("_expiry", "_maximum", "_used")

    def __init__(self, maximum: int = 1 << 19) -> None:
        self._maximum: Final = maximum
        self._used: Final[set[bytes]] = set()
        self._expiry: Final[list[tuple[int, bytes]]] = []

    def use(self, nonce: bytes, expires: int, now: int) -> None:
        """Use a nonce that nobody can replay after ``expires``; times are POSIX seconds.

        ``nonce`` names its key too. Raises RefusedError ``E_REQ_SIG`` when it was used, UnavailableError ``E_RELAY``
        when the memory is full: to forget would be to let a replay through.
        """
        self._forget(now)
        if nonce in self._used:
            raise bad_signature()
        if len(self._used) >= self._maximum:
            raise unavailable()
        self._used.add(nonce)
        heapq.heappush(self._expiry, (expires, nonce))

    def _forget(self, now: int) -> None:
        while self._expiry and self._expiry[0][0] < now:
            self._used.discard(heapq.heappop(self._expiry)[1])

    def __len__(self) -> int:
        return len(self._used)
