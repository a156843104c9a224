"""A clock that a test moves: sleeping takes no time and is written down."""

from __future__ import annotations

import asyncio

from phoenix_protocol.identifiers import Seconds


class SteadyClock:
    """Stands at ``time`` until somebody sleeps on it."""

    def __init__(self, time: int = 1_795_359_290) -> None:
        self.time = float(time)
        self.slept: list[float] = []

    def now(self) -> Seconds:
        return Seconds(int(self.time))

    def elapsed(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)
