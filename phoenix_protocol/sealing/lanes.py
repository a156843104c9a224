"""Hashing beside encrypting: digests computed in order on other threads, without holding more than a few blocks."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Final, Generic, TypeVar

from phoenix_protocol.limits import BLOCK
from phoenix_protocol.merkle import leaf_hash

T = TypeVar("T")

#: How many blocks may wait for a thread; what bounds memory.
_WAITING: Final = 4


#: Content shorter than this (bytes) is hashed at once: sooner than another thread begins to.
_WORTH_A_THREAD: Final = BLOCK // 2


def threads_for(length: int, executor: Executor | None) -> Executor | None:
    """``executor``, if it is worth asking for ``length`` bytes."""
    return executor if length >= _WORTH_A_THREAD else None


class _Lane(Generic[T]):
    """Runs calls in order, on ``executor`` or, without one, at once."""

    def __init__(self, executor: Executor | None) -> None:
        self._executor = executor
        self._waiting: deque[Future[T]] = deque()
        self._done: list[T] = []

    def run(self, call: Callable[[], T]) -> None:
        if self._executor is None:
            self._done.append(call())
            return
        self._waiting.append(self._executor.submit(call))
        while len(self._waiting) > _WAITING:
            self._done.append(self._waiting.popleft().result())

    def results(self) -> list[T]:
        while self._waiting:
            self._done.append(self._waiting.popleft().result())
        return self._done


class ContentDigest:
    """SHA-256 over pieces given in order. Piece follows piece: each waits for the one before."""

    def __init__(self, executor: Executor | None = None) -> None:
        self._hash = hashlib.sha256()
        self._executor = executor
        self._last: Future[None] | None = None

    def update(self, *pieces: bytes) -> None:
        """Add pieces."""
        if self._executor is None:
            self._add(pieces)
            return
        if self._last is not None:
            self._last.result()
        self._last = self._executor.submit(self._add, pieces)

    def _add(self, pieces: tuple[bytes, ...]) -> None:
        for piece in pieces:
            self._hash.update(piece)

    def digest(self) -> bytes:
        """The digest of all pieces, 32 bytes."""
        if self._last is not None:
            self._last.result()
        return self._hash.digest()


class BlockLeaves:
    """The leaf hashes of the blocks of what is given in order, in pieces of any length. Nothing is copied."""

    def __init__(self, executor: Executor | None = None) -> None:
        self._lane: _Lane[bytes] = _Lane(executor)
        self._block: list[memoryview] = []
        self._missing = BLOCK

    def add(self, piece: bytes) -> None:
        """Add the next piece."""
        rest = memoryview(piece)
        while len(rest) >= self._missing:
            self._block.append(rest[: self._missing])
            rest = rest[self._missing :]
            self._hash_block()
        if rest:
            self._block.append(rest)
            self._missing -= len(rest)

    def leaves(self) -> list[bytes]:
        """The leaf hashes, in order, once everything was added."""
        if self._block:
            self._hash_block()
        return self._lane.results()

    def _hash_block(self) -> None:
        pieces, self._block, self._missing = self._block, [], BLOCK
        self._lane.run(lambda: leaf_hash(*pieces))
