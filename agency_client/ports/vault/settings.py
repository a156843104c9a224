"""Small facts about this home that survive a restart, each declared once with its type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from phoenix_protocol.identifiers import Seconds

V = TypeVar("V", int, str, bytes)


@dataclass(frozen=True, slots=True)
class Setting(Generic[V]):
    """The name of a fact and the type of its value."""

    name: str
    type: type[V]


ANCHOR: Final = Setting("anchor", bytes)
RELAY_URL: Final = Setting("relay_url", str)
AGENCY: Final = Setting("agency", str)
ADDRESS: Final = Setting("address", str)
ENDPOINT: Final = Setting("endpoint", bytes)
FEED_CURSOR: Final = Setting("feed_cursor", int)
#: The newest item taken from the feed, encoded, without what it showed.
FEED_LAST: Final = Setting("feed_last", bytes)
#: When the relay was last asked after everything that it had taken and that is on its way.
HELD_ASKED: Final = Setting("held_asked", int)
#: The newest checkpoint note that verified.
CHECKPOINT: Final = Setting("checkpoint", str)
#: The time of that checkpoint.
CHECKED: Final = Setting("checked", int)
#: The hash of the join request that waits for approval.
JOIN_REQUEST: Final = Setting("join_request", bytes)


class Settings(Protocol):
    """Facts by name. A use case may declare a :class:`Setting` of its own beside these."""

    def get(self, setting: Setting[V]) -> V | None:
        """The value, or None when it was never put."""
        ...

    def put(self, setting: Setting[V], value: V) -> None:
        """Keep the value, replacing the one before. Raises TypeError when it is not of the
        setting's type.
        """
        ...

    def forget(self, setting: Setting[V]) -> None:
        """Remove the value, if there is one."""
        ...

    def clock_floor(self) -> Seconds:
        """The newest time ever raised here; 0 at first."""
        ...

    def raise_clock_floor(self, time: Seconds) -> Seconds:
        """Raise the floor to ``time`` if that is newer, and give the floor as it then is.

        Raise it with times that somebody signed (a checkpoint, a held), so that a clock that runs
        years ahead does not lock its owner out.
        """
        ...

    def check_clock(self, now: Seconds) -> None:
        """Raise RefusedError ``E_CLOCK`` when ``now`` is before the floor by more than the allowed
        skew.
        """
        ...
