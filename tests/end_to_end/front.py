"""A front before a relay that misbehaves as told: down, silent, full, cut, lost, altered, or not a relay at all."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any, Self


class Does(Enum):
    """What happens to a request."""

    PASS = auto()  # nothing
    REFUSE = auto()  # the connection ends before it went on
    HOLD = auto()  # nothing ever comes back
    ANSWER = auto()  # somebody else answers
    LOSE = auto()  # it arrives, and the answer does not
    FLIP = auto()  # one bit of the answer's body is another
    CUT = auto()  # the answer ends in the middle


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to requests whose head holds ``to``, as often as ``times`` says (None: always).

    ``then`` is called as soon as it has happened: ``after`` seconds after a request that passed, or where an answer
    is lost.
    """

    does: Does
    to: bytes = b" /v1/"
    data: bytes = b""
    times: int | None = None
    then: Callable[[], object] | None = None
    after: float = 0.0


def busy(status: str, retry_after: int = 1) -> Fault:
    """A proxy or relay that says "not now"."""
    head = f"HTTP/1.1 {status}\r\nRetry-After: {retry_after}\r\nContent-Length: 0\r\n\r\n"
    return Fault(does=Does.ANSWER, data=head.encode())


PAGE = b"<html><h1>Please log in to the guest network</h1></html>"
LOGIN_PAGE = Fault(
    does=Does.ANSWER,
    data=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(PAGE)
    + PAGE,
)
NOT_HTTP = Fault(does=Does.ANSWER, data=b"SSH-2.0-OpenSSH_9.6\r\n\x00\x01\x02")


@dataclass(slots=True)
class Front:
    """Passes connections on to ``target``, a port of this machine, save for its ``fault``. Use it as a context."""

    target: int
    fault: Fault | None = None
    seen: int = 0  # requests that met the fault
    port: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        assert self._thread is not None
        self._thread.join()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()

    async def _serve(self, near: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        try:
            far, onward = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            answer.transport.abort()
            return
        passing = _Passing()
        await _first_of(self._up(near, onward, answer, passing), self._down(far, answer, passing))
        onward.transport.abort()
        answer.close()

    def _met(self, chunk: bytes) -> Fault | None:
        """The fault that a request meets, if it does."""
        fault = self.fault
        if fault is None or fault.to not in chunk.partition(b"\r\n")[0]:
            return None
        self.seen += 1
        if fault.times is not None:
            self.fault = replace(fault, times=fault.times - 1) if fault.times > 1 else None
        return fault

    async def _up(
        self,
        near: asyncio.StreamReader,
        onward: asyncio.StreamWriter,
        answer: asyncio.StreamWriter,
        passing: _Passing,
    ) -> None:
        while chunk := await near.read(1 << 16):
            fault = self._met(chunk)
            match fault.does if fault is not None else None:
                case Does.REFUSE:
                    return
                case Does.HOLD:
                    await near.read()
                    return
                case Does.ANSWER:
                    assert fault is not None
                    answer.write(fault.data)
                    await answer.drain()
                    return
                case Does.PASS:
                    assert fault is not None
                    if fault.then is not None:
                        self._loop.call_later(fault.after, fault.then)
                case Does.LOSE | Does.FLIP | Does.CUT:
                    passing.spoil = fault
                case _:
                    pass
            onward.write(chunk)
            await onward.drain()

    async def _down(
        self, far: asyncio.StreamReader, answer: asyncio.StreamWriter, passing: _Passing
    ) -> None:
        while chunk := await far.read(1 << 16):
            match passing.spoil.does if passing.spoil is not None else None:
                case Does.LOSE:
                    assert passing.spoil is not None
                    if passing.spoil.then is not None:
                        passing.spoil.then()
                    return
                case Does.CUT:
                    answer.write(chunk[: len(chunk) // 2])
                    await answer.drain()
                    return
                case Does.FLIP:
                    chunk = chunk[:-1] + bytes([chunk[-1] ^ 1])
                    passing.spoil = None
            answer.write(chunk)
            await answer.drain()


@dataclass(slots=True)
class _Passing:
    """What is to happen to the next answer on one connection."""

    spoil: Fault | None = None


async def _first_of(*ways: Coroutine[Any, Any, None]) -> None:
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def all_at_once(*work: Callable[[], Any]) -> list[Any]:
    """Run each in a thread of its own: most of them wait. Raises what the first of them raises."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(len(work)) as pool:
        return [done.result() for done in [pool.submit(each) for each in work]]
