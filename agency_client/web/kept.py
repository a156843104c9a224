"""What somebody looks for, kept in memory under a name that says nothing: addresses stay in a browser's history."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

from phoenix_protocol.randomness import Randomness

T = TypeVar("T")

#: So many are remembered.
_MOST: Final = 50


class Kept(Generic[T]):
    """Values by name, the newest fifty."""

    def __init__(self, randomness: Randomness) -> None:
        self._randomness: Final = randomness
        self._values: Final[dict[str, T]] = {}

    def put(self, value: T) -> str:
        """Keep a value; gives its name. What is kept already keeps its name, and counts as new."""
        known = next((name for name, kept in self._values.items() if kept == value), None)
        name = known or self._randomness.random_bytes(8).hex()
        self._values.pop(name, None)
        self._values[name] = value
        for old in list(self._values)[:-_MOST]:
            del self._values[old]
        return name

    def get(self, name: str) -> T | None:
        """A value by its name; None once it is forgotten."""
        return self._values.get(name)
