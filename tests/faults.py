"""A TCP proxy that breaks connections where it is told, between any client and any server."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to one connection: cut after so many bytes up or down, or held up (seconds)."""

    up: int | None = None
    down: int | None = None
    delay: float = 0.0


class FaultProxy:
    """Passes connections on to ``port``; each takes the next of ``faults``, while there are any."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.target = (host, port)
        self.faults: deque[Fault] = deque()
        self.connections = 0
        self._open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        fault = self.faults.popleft() if self.faults else Fault()
        await asyncio.sleep(fault.delay)
        try:
            far_reader, far_writer = await asyncio.open_connection(*self.target)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, far_writer}
        self._open |= both
        ways = (
            self._pass(reader, far_writer, fault.up),
            self._pass(far_reader, writer, fault.down),
        )
        await asyncio.wait(
            [asyncio.ensure_future(way) for way in ways], return_when="FIRST_COMPLETED"
        )
        for side in both:
            side.transport.abort()
        self._open -= both

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: int | None
    ) -> None:
        try:
            while left != 0 and (data := await reader.read(1 << 16 if left is None else left)):
                writer.write(data)
                await writer.drain()
                left = None if left is None else left - len(data)
        except OSError:
            return
