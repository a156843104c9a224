"""What use cases and adapters need of time: now, how much of it has passed, and to wait."""

from __future__ import annotations

from typing import Protocol

from phoenix_protocol.identifiers import Seconds


class Clock(Protocol):
    """The time of this machine."""

    def now(self) -> Seconds:
        """Whole seconds since 1970, as the machine's clock says; a person can set it."""
        ...

    def elapsed(self) -> float:
        """Seconds since some moment in the past; nobody can set it, so that differences are true."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that long and let others work."""
        ...
