"""The clock of this machine."""

from __future__ import annotations

import asyncio
import time

from phoenix_protocol.identifiers import Seconds


class SystemClock:
    """The Clock port on the operating system's clocks."""

    __slots__ = ()

    def now(self) -> Seconds:
        """Whole seconds since 1970."""
        return Seconds(int(time.time()))

    def elapsed(self) -> float:
        """Seconds of a clock that only goes forward."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait that long and let others work."""
        await asyncio.sleep(seconds)
