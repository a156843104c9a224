"""When the words of an address were compared by phone, and for which keys; and which words were shown here last."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from phoenix_protocol.identifiers import Address, Seconds, SignerId


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Somebody read out the words of an address and heard the same. ``keys`` are those of its machines then, sorted."""

    address: Address
    time: Seconds
    keys: tuple[SignerId, ...]
    by: str | None = field(repr=False, default=None)


class Comparisons(Protocol):
    """What was compared. Nothing is ever removed from it."""

    def add(self, comparison: Comparison) -> None:
        """Keep that words were compared."""
        ...

    def newest(self, address: Address) -> Comparison | None:
        """The last time that the words of an address were compared; None if they never were."""
        ...

    def show(self, address: Address, keys: tuple[SignerId, ...]) -> None:
        """Note for which keys somebody was shown the words of an address."""
        ...

    def shown(self, address: Address) -> tuple[SignerId, ...]:
        """The keys whose words were shown last; empty if they never were."""
        ...
