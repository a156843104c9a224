"""The only module that draws randomness; everything else is handed a :class:`Randomness`.

Two libraries draw inside themselves, from the operating system: HPKE for its encapsulation and
Cobblestone for its salt.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final, Protocol, TypeVar

Item = TypeVar("Item")

_NUMBER_BYTES: Final = 32


class Randomness(Protocol):
    """Where keys, salts, ids and shuffled orders come from."""

    def random_bytes(self, count: int) -> bytes:
        """``count`` bytes that nobody can guess."""
        ...

    def shuffled(self, items: Sequence[Item]) -> tuple[Item, ...]:
        """``items`` in an order that nobody can guess, every order equally likely."""
        ...


def random_bytes(count: int) -> bytes:
    """``count`` bytes from the operating system."""
    return secrets.token_bytes(count)


def shuffled(items: Sequence[Item]) -> tuple[Item, ...]:
    """``items`` in an order drawn from the operating system: that of a random number for each."""
    # Numbers so long are never the same, so that each order is as likely as any other.
    drawn = random_bytes(_NUMBER_BYTES * len(items))
    order = sorted(range(len(items)), key=lambda n: drawn[n * _NUMBER_BYTES :][:_NUMBER_BYTES])
    return tuple(items[n] for n in order)


class SystemRandomness:
    """The randomness of the operating system, as programs use it."""

    __slots__ = ()

    def random_bytes(self, count: int) -> bytes:
        """``count`` bytes from the operating system."""
        return random_bytes(count)

    def shuffled(self, items: Sequence[Item]) -> tuple[Item, ...]:
        """``items`` in an order drawn from the operating system."""
        return shuffled(items)
