"""Hashing beside encrypting: digests computed in order on other threads, without holding more than a few blocks."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Final, Generic, TypeVar

from phoenix_protocol.package.blocks import block_leaf

T = TypeVar("T")

#: How many blocks may wait for a thread; what bounds memory.
_WAITING: Final = 4


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

    def update(self, piece: bytes) -> None:
        """Add a piece."""
        if self._executor is None:
            self._hash.update(piece)
            return
        if self._last is not None:
            self._last.result()
        self._last = self._executor.submit(self._hash.update, piece)

    def digest(self) -> bytes:
        """The digest of all pieces, 32 bytes."""
        if self._last is not None:
            self._last.result()
        return self._hash.digest()


class BlockLeaves:
    """The leaf hashes of blocks given in order."""

    def __init__(self, executor: Executor | None = None) -> None:
        self._lane: _Lane[bytes] = _Lane(executor)

    def add(self, block: bytes) -> None:
        """Add the next block."""
        self._lane.run(lambda: block_leaf(block))

    def leaves(self) -> list[bytes]:
        """The leaf hashes, in order."""
        return self._lane.results()
