"""Randomness that repeats itself, for tests only."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


class SeededRandomness:
    """The same bytes and orders in every run with one seed."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)

    def random_bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)

    def shuffled(self, items: Sequence[Item]) -> tuple[Item, ...]:
        return tuple(self._random.sample(items, len(items)))
