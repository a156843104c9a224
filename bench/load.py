"""A load of prepared HTTP requests over a few connections, each kept busy: as little work here as can be."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many requests were answered with 200, in how many seconds, and how long single ones took."""

    answered: int
    seconds: float
    waits: tuple[float, ...]
    octets: int  # of one answer's body

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answered / self.seconds


async def send_all(port: int, requests: Sequence[bytes], senders: int) -> Load:
    """Send every request once, over ``senders`` connections of which each waits for its answer.

    Raises RuntimeError for any other answer than 200.
    """
    waiting = iter(requests)
    waits: list[float] = []
    started = time.perf_counter()
    sizes = await asyncio.gather(*(_sender(port, waiting, waits) for _ in range(senders)))
    return Load(
        answered=len(waits),
        seconds=time.perf_counter() - started,
        waits=tuple(sorted(waits)),
        octets=max(sizes),
    )


async def _sender(port: int, waiting: Iterator[bytes], waits: list[float]) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    size = 0
    for request in waiting:
        started = time.perf_counter()
        writer.write(request)
        size = await _answer(reader)
        waits.append(time.perf_counter() - started)
    writer.close()
    await writer.wait_closed()
    return size


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    body = await reader.readexactly(length)
    if not head.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(f"{head!r} {body!r}")
    return length
