"""Maps that remember: every value with the log index that brought it, so that any earlier state can still be read.

The log only grows, so all states of a directory share one store and differ in how much of it they see. A value put at
index ``n`` is seen by every state of more than ``n`` statements.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final, Generic, TypeVar

from phoenix_protocol.merkle import Frontier, node_hash

K = TypeVar("K")
V = TypeVar("V")


class Versioned(Generic[K, V]):
    """From keys to values that follow one another. Indices only rise."""

    __slots__ = ("_entries",)

    def __init__(self) -> None:
        self._entries: Final[dict[K, list[tuple[int, V]]]] = {}

    def put(self, index: int, key: K, value: V) -> None:
        """From the statement at ``index`` on, ``key`` has ``value``, after those it had."""
        self._entries.setdefault(key, []).append((index, value))

    def newest(self, key: K, size: int) -> V | None:
        """The value of ``key`` in a log of ``size`` statements; ``None`` when it had none yet."""
        entries = self._entries.get(key)
        if entries is None:
            return None
        seen = _seen(entries, size)
        return entries[seen - 1][1] if seen else None

    def all(self, key: K, size: int) -> tuple[V, ...]:
        """Every value of ``key`` in a log of ``size`` statements, oldest first."""
        entries = self._entries.get(key, [])
        return tuple(value for _, value in entries[: _seen(entries, size)])

    def values(self, size: int) -> Iterator[V]:
        """The newest value of every key, in the order in which the keys came."""
        for entries in list(self._entries.values()):
            seen = _seen(entries, size)
            if seen:
                yield entries[seen - 1][1]

    def until(self, size: int) -> Versioned[K, V]:
        """A copy that knows no more than a log of ``size`` statements."""
        copy: Versioned[K, V] = Versioned()
        for key, entries in self._entries.items():
            seen = _seen(entries, size)
            if seen:
                copy._entries[key] = entries[:seen]
        return copy


def _seen(entries: Sequence[tuple[int, object]], size: int) -> int:
    if not entries or entries[-1][0] < size:
        return len(entries)
    return bisect_left(entries, size, key=_index)


def _index(entry: tuple[int, object]) -> int:
    return entry[0]


class GrowingTree:
    """A Merkle tree that grows and tells the root at every size it has had, in log2(size) hashes (RFC 9162 §2.1)."""

    __slots__ = ("_levels",)

    def __init__(self, leaf_hashes: Sequence[bytes] = ()) -> None:
        self._levels: Final[list[list[bytes]]] = [[]]
        for leaf in leaf_hashes:
            self.append(leaf)

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        """One more leaf hash: one hash on average."""
        node, level = leaf, 0
        while True:
            row = self._levels[level]
            row.append(node)
            if len(row) % 2:
                return
            node, level = node_hash(row[-2], row[-1]), level + 1
            if level == len(self._levels):
                self._levels.append([])

    def leaf_hashes(self, size: int) -> tuple[bytes, ...]:
        """The first ``size`` leaf hashes."""
        return tuple(self._levels[0][:size])

    def frontier(self, size: int) -> Frontier:
        """What goes on growing from the first ``size`` leaves. Raises ValueError when there are fewer."""
        if not 0 <= size <= self.size:
            raise ValueError("The tree never had this size.")
        levels = range(size.bit_length() - 1, -1, -1)
        full = tuple(self._levels[n][(size >> n) - 1] for n in levels if size >> n & 1)
        return Frontier(size=size, hashes=full)
