"""Jobs beside each other: people on several machines do not wait for one another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

_MOST = 4


def at_once(jobs: Iterable[Callable[[], T]]) -> list[T]:
    """Run jobs beside each other; the results in order."""
    with ThreadPoolExecutor(_MOST) as pool:
        return [future.result() for future in [pool.submit(job) for job in jobs]]
