"""The onward register: which items this home passed on, under which ids, to whom."""

from __future__ import annotations

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

    def passed_on(self, core: ObjectHash, item: ItemId) -> tuple[PassedOn, ...]:
        """To whom an item of a package went on, in the order in which it did."""
        ...

    def of(self, core: ObjectHash) -> tuple[PassedOn, ...]:
        """Everything of a package that went on, in the order in which it did."""
        ...
