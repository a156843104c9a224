"""The onward register: which items this home passed on, under which ids, to whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from phoenix_protocol.identifiers import Address, ItemId, ObjectHash, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOn:
    """An item of a package here that went on as ``to_item`` of the package ``to_core`` to one address."""

    core: ObjectHash
    item: ItemId
    to_core: ObjectHash
    to_item: ItemId
    to_address: Address
    time: Seconds


class Onward(Protocol):
    """What was passed on. Nothing is ever removed from it."""

    def add(self, entry: PassedOn) -> bool:
        """Note that an item went on. False when that was known."""
        ...

    def of(self, cores: Collection[ObjectHash]) -> tuple[PassedOn, ...]:
        """Everything that went on out of these packages, in the order in which it did."""
        ...

    def passed_on(self, core: ObjectHash, item: ItemId) -> tuple[PassedOn, ...]:
        """To whom an item of a package went on, in the order in which it did."""
        ...

    def came_from(self, to_core: ObjectHash) -> tuple[PassedOn, ...]:
        """What went on in a package that was sent from here, in the order in which it did."""
        ...
