"""How much each may ask for (docs/protocol.md §8): requests in memory, packages and events in the store.

Token buckets count requests by endpoint, by agency, and by remote address for newcomers. A remote address is never
written down, and known only as long as its bucket is not full.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from phoenix_protocol.identifiers import Seconds
from phoenix_relay.http.problems import QuotaError
from phoenix_relay.storage import Tx

#: Buckets kept of one kind. Beyond it the one used longest ago is forgotten, to its owner's gain.
_MOST_BUCKETS: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """``rate`` requests a second in the long run, ``burst`` at once."""

    rate: float
    burst: int


class Buckets:
    """One bucket for each key. Not thread-safe: for the event loop only."""

    __slots__ = ("_levels", "_quota")

    def __init__(self, quota: Quota) -> None:
        self._quota: Final = quota
        self._levels: Final[OrderedDict[bytes, tuple[float, float]]] = OrderedDict()

    def take(self, key: bytes, now: float, cost: float = 1.0) -> int | None:
        """Take ``cost`` of a token of ``key`` at ``now`` (monotonic seconds).

        None when there was as much; otherwise after how many whole seconds there will be.
        """
        level = self._level(key, now)
        if level < cost:
            self._keep(key, level, now)
            return max(1, math.ceil((cost - level) / self._quota.rate))
        self._keep(key, level - cost, now)
        return None

    def _level(self, key: bytes, now: float) -> float:
        level, since = self._levels.get(key, (float(self._quota.burst), now))
        return min(float(self._quota.burst), level + max(0.0, now - since) * self._quota.rate)

    def _keep(self, key: bytes, level: float, now: float) -> None:
        self._levels[key] = (level, now)
        self._levels.move_to_end(key)
        while len(self._levels) > _MOST_BUCKETS or self._oldest_is_full(now):
            self._levels.popitem(last=False)

    def _oldest_is_full(self, now: float) -> bool:
        oldest = next(iter(self._levels))
        return self._level(oldest, now) >= self._quota.burst

    def __len__(self) -> int:
        return len(self._levels)


def charge_window(
    tx: Tx,
    subject: str,
    window: int,
    now: Seconds,
    *,
    most: int | None = None,
    octets: int = 0,
    most_octets: int | None = None,
) -> None:
    """Count one more for ``subject`` in its window of so many seconds.

    Raises QuotaError ``E_QUOTA`` beyond ``most``, or beyond ``most_octets``; raising undoes the count.
    """
    usage = tx.quotas.charge(subject, window, now, octets=octets)
    over = most is not None and usage.count > most
    if over or (most_octets is not None and usage.octets > most_octets):
        raise QuotaError(window - now % window)
