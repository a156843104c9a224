"""Holds: what has to be kept, whatever else would erase it, and when each was lifted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from phoenix_protocol.identifiers import ObjectHash, Seconds
    from phoenix_protocol.sealing.holds import Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHold:
    """A verified hold, the Signed bytes, and since when it is lifted."""

    hash: ObjectHash
    said: Hold = field(repr=False)
    signed: bytes = field(repr=False)
    lifted: Seconds | None = None


class Holds(Protocol):
    """Holds by their hash. They are few."""

    def add(self, hold: StoredHold) -> bool:
        """Keep a hold; False when it was kept before. One that is lifted already comes in lifted."""
        ...

    def lift(self, hold: ObjectHash, signed: bytes, time: Seconds) -> bool:
        """Keep that a hold is lifted, be it here or not; False when that was known."""
        ...

    def lifting(self, hold: ObjectHash) -> bytes | None:
        """The order that lifted a hold, as it was signed; None while nothing did."""
        ...

    def all(self) -> tuple[StoredHold, ...]:
        """Every hold that ever was here, oldest first."""
        ...

    def open(self) -> tuple[StoredHold, ...]:
        """Those that are not lifted, oldest first."""
        ...
