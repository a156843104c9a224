"""How long the client goes on asking a relay that does not answer, and how it spreads its attempts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from phoenix_protocol.randomness import Randomness

_JITTER_BYTES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """All in seconds. Nothing asked of a relay takes longer than ``budget`` and ``attempt`` together.

    The wait before another attempt is drawn evenly from 0 to ``first`` doubled with each attempt,
    at most ``longest``: clients that were cut off together do not come back together.
    """

    first: float = 0.25
    longest: float = 8.0
    #: No attempt begins after this.
    budget: float = 30.0
    #: One attempt at most, however steadily its bytes come.
    attempt: float = 150.0
    #: To make a connection.
    connect: float = 10.0
    #: Between two bytes of an answer.
    silence: float = 25.0

    def wait(self, attempt: int, randomness: Randomness, told: float | None) -> float:
        """Seconds to wait after failed attempt number ``attempt`` (from 0); no less than ``told``."""
        ceiling = min(self.longest, self.first * 2.0 ** min(attempt, 30))
        drawn = int.from_bytes(randomness.random_bytes(_JITTER_BYTES), "big")
        return (told or 0.0) + ceiling * drawn / float(1 << 8 * _JITTER_BYTES)


#: Where a person waits for something that they can ask for again: the same, and sooner at its end.
QUICK: Final = Patience(budget=8.0, connect=5.0, silence=15.0)
#: How long the relay may be silent before whoever waits is told (seconds).
UNTOLD: Final = 2.0


def retry_after(value: str | None) -> float | None:
    """The seconds of a Retry-After field; ``None`` when it is not there or is not whole seconds."""
    if value is None or not value.isascii() or not value.isdigit() or len(value) > 6:
        return None
    return float(value)
