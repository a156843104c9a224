"""Maps that remember: every value with the log index that brought it, so that any earlier state can still be read.

The log only grows, so all states of a directory share one store and differ in how much of it they see. A value put at
index ``n`` is seen by every state of more than ``n`` statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Generic, TypeVar, cast

from phoenix_protocol.merkle import Frontier, node_hash

K = TypeVar("K")
V = TypeVar("V")


class Versioned(Generic[K, V]):
    """From keys to values that follow one another. Indices only rise.

    Behind each key stands one tuple, index and value in turn. It is replaced, never changed, so copies share it.
    """

    __slots__ = ("_entries",)

    def __init__(self, entries: dict[K, tuple[Any, ...]] | None = None) -> None:
        self._entries: Final[dict[K, tuple[Any, ...]]] = {} if entries is None else entries

    def put(self, index: int, key: K, value: V) -> None:
        """From the statement at ``index`` on, ``key`` has ``value``, after those it had."""
        self._entries[key] = (*self._entries.get(key, ()), index, value)

    def newest(self, key: K, size: int) -> V | None:
        """The value of ``key`` in a log of ``size`` statements; ``None`` when it had none yet."""
        seen = _seen(self._entries.get(key, ()), size)
        return cast(V, seen[-1]) if seen else None

    def all(self, key: K, size: int) -> tuple[V, ...]:
        """Every value of ``key`` in a log of ``size`` statements, oldest first."""
        return _seen(self._entries.get(key, ()), size)[1::2]

    def values(self, size: int) -> Iterator[V]:
        """The newest value of every key, in the order in which the keys came."""
        for entries in tuple(self._entries.values()):
            seen = _seen(entries, size)
            if seen:
                yield seen[-1]

    def until(self, size: int) -> Versioned[K, V]:
        """A copy that knows no more than a log of ``size`` statements."""
        copy = dict(self._entries)
        for key in [key for key, entries in copy.items() if entries[-2] >= size]:
            seen = _seen(copy[key], size)
            if seen:
                copy[key] = seen
            else:
                del copy[key]
        return Versioned(copy)


def _seen(entries: tuple[Any, ...], size: int) -> tuple[Any, ...]:
    end = len(entries)
    while end and entries[end - 2] >= size:
        end -= 2
    return entries if end == len(entries) else entries[:end]


class GrowingTree:
    """A Merkle tree that grows and tells the root at every size it has had, in log2(size) hashes (RFC 9162 §2.1)."""

    __slots__ = ("_levels",)

    def __init__(self, levels: list[list[bytes]] | None = None) -> None:
        self._levels: Final[list[list[bytes]]] = [[]] if levels is None else levels

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

    def until(self, size: int) -> GrowingTree:
        """A copy with the first ``size`` leaves."""
        return GrowingTree([level[: size >> n] for n, level in enumerate(self._levels)])
