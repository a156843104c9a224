"""What of everything here waits for somebody, in numbers alone: a home page must not read whole lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from phoenix_protocol.identifiers import Address, Seconds


#: Alarms that a package of ours did not get to somebody.
NOT_DELIVERED: Final = frozenset(
    {"A_NOT_DELIVERED", "A_NOT_SENT", "A_RELAY_LOST", "A_UNREADABLE", "N_UNCONFIRMED"}
)
#: For so long what somebody returned is counted (seconds).
RETURNED_WITHIN: Final = 14 * 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCount:
    """How many of one kind of due are open: past, within the time that was asked for (those past too), and ever.

    ``soonest`` is when the first of them falls due.
    """

    past: int = 0
    near: int = 0
    ever: int = 0
    soonest: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How much waits. Copies of what the own desk sent are not counted as having come.

    ``offered`` wait to be accepted (``pressing`` of them are red), ``unfetched`` are accepted and not stored;
    ``unowned`` are stored and nobody has taken responsibility (``unopened`` of them were never opened here).
    ``notices`` came and wait for an outcome; ``unanswered`` went out and somebody has not answered. ``unsent`` are
    sealed and not with the relay; ``undelivered`` have an alarm that nobody has seen, ``returned`` somebody has said
    lately that they are not theirs. ``dues`` by kind; ``alerts``
    that nobody has seen, by code.
    """

    offered: int = 0
    pressing: int = 0
    unfetched: int = 0
    unowned: int = 0
    unopened: int = 0
    notices: int = 0
    unanswered: int = 0
    unsent: int = 0
    undelivered: int = 0
    returned: int = 0
    drafts: int = 0
    dues: Mapping[str, DueCount] = field(default_factory=dict)
    alerts: Mapping[str, int] = field(default_factory=dict)


class Needing(Protocol):
    """Counting what waits, by indexes."""

    def counted(self, own: Address | None, now: Seconds, near: Seconds) -> Counted:
        """How much waits at ``now`` for the address ``own``; dues are near up to the time ``near``."""
        ...
