"""The agent itself: answers questions, works in the background, and locks in time.

It ends when told to lock, on SIGTERM, SIGINT and SIGHUP, when nobody has asked for the key for as
long as :class:`Limits` says, and at the end of its lifetime. Ending is locking: the key is wiped
first.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

from agency_client.agent import client, door
from agency_client.agent.hardening import Protection, harden
from agency_client.agent.held import HeldKey
from phoenix_protocol.errors import PhoenixError

HOUR: Final = 3600.0
#: How long a process at the socket may take over its question (seconds).
_PATIENCE: Final = 5.0
#: How often to look at the clock (seconds): a machine that wakes from sleep locks within this.
_TICK: Final = 5.0

_PAUSE: Final = 0.1

#: What the agent does besides: takes the master key, may raise any PhoenixError and is repeated.
Work = Callable[[bytes], Awaitable[None]]
#: Seconds from any start; must go on while the machine sleeps.
Clock = Callable[[], float]


class Ending(Enum):
    """Why an agent ended."""

    TOLD = "told"
    SIGNAL = "signal"
    IDLE = "idle"
    LIFETIME = "lifetime"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds without a question for the key, and seconds in all, after which the agent locks."""

    idle: float = 8 * HOUR
    lifetime: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What to do in the background, and how often (seconds between two runs)."""

    work: Work
    every: float = 60.0


def boot_clock() -> float:
    """Seconds since the machine started, asleep or awake."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Agent:
    """What an agent knows: its key, how long it may keep it, why it is to end."""

    def __init__(self, key: bytes, limits: Limits, clock: Clock) -> None:
        self.held: Final = HeldKey(key)
        self.protection: tuple[Protection, ...] = ()
        self.last_work = "never"
        self.ended: Final[asyncio.Future[Ending]] = asyncio.get_running_loop().create_future()
        self._limits: Final = limits
        self._clock: Final = clock
        self._started: Final = clock()
        self._asked = self._started

    def end(self, why: Ending) -> None:
        """Wipe the key, and end."""
        self.held.wipe()
        if not self.ended.done():
            self.ended.set_result(why)

    def check_time(self) -> None:
        """End when a limit is reached."""
        now = self._clock()
        if now - self._asked >= self._limits.idle:
            self.end(Ending.IDLE)
        if self._limits.lifetime is not None and now - self._started >= self._limits.lifetime:
            self.end(Ending.LIFETIME)

    def locks_in(self) -> float:
        """Seconds until it ends by itself, when nobody asks."""
        at = self._asked + self._limits.idle
        if self._limits.lifetime is not None:
            at = min(at, self._started + self._limits.lifetime)
        return max(0.0, at - self._clock())

    def answer(self, question: bytes) -> bytes:
        """The answer to one line; empty to a question that it does not know or when locked."""
        self.check_time()
        known = {client.KEY: self._key, client.STATUS: self._status, client.LOCK: self._lock}
        asked = known.get(question.removeprefix(client.GREETING))
        if asked is None or not question.startswith(client.GREETING) or self.held.is_wiped:
            return b""
        return client.OK + asked() + b"\n"

    def _key(self) -> bytes:
        self._asked = self._clock()
        return self.held.key().hex().encode("ascii")

    def _status(self) -> bytes:
        protection = (granted.value for granted in self.protection)
        words = (str(os.getpid()), str(int(self.locks_in())), self.last_work, *protection)
        return " ".join(words).encode("ascii")

    def _lock(self) -> bytes:
        self.end(Ending.TOLD)
        return b"locked"


async def serve(
    home: Path,
    master_key: bytes,
    *,
    limits: Limits | None = None,
    background: Background | None = None,
    ready: Callable[[], None] = lambda: None,
    clock: Clock = boot_clock,
    protect: Callable[[], tuple[Protection, ...]] = harden,
) -> Ending:
    """Hold ``master_key`` for ``home`` until a limit, a signal or a command ends it.

    Call from the main thread. ``ready`` is called once questions are answered; ``protect`` changes
    this whole process, and is left out in tests that share theirs. Raises RefusedError ``E_AGENT_RUNNING``,
    UnavailableError ``E_AGENT``, and what the background work raises that is no PhoenixError;
    the key is wiped in every case.
    """
    with door.listening(home) as listener:
        agent = Agent(master_key, limits or Limits(), clock)
        try:
            agent.protection = protect()
            ready()
            return await _until_ended(agent, listener, background)
        finally:
            agent.end(Ending.TOLD)


async def _until_ended(
    agent: Agent, listener: socket.socket, background: Background | None
) -> Ending:
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    for number in signals:
        loop.add_signal_handler(number, agent.end, Ending.SIGNAL)
    parts: list[Coroutine[Any, Any, None]] = [_accept(agent, listener), _watch(agent)]
    if background is not None:
        parts.append(_work(agent, background))
    tasks = [asyncio.create_task(part) for part in parts]
    waited: list[asyncio.Future[Any]] = [agent.ended, *tasks]
    try:
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done():
                task.result()
        return await agent.ended
    finally:
        agent.end(Ending.TOLD)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for number in signals:
            loop.remove_signal_handler(number)


async def _watch(agent: Agent) -> None:
    while True:
        agent.check_time()
        await asyncio.sleep(min(_TICK, max(0.01, agent.locks_in())))


async def _work(agent: Agent, background: Background) -> None:
    while True:
        try:
            await background.work(agent.held.key())
            agent.last_work = "ok"
        except PhoenixError as error:
            agent.last_work = error.code
        await asyncio.sleep(background.every)


async def _accept(agent: Agent, listener: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as conversations:
        while True:
            try:
                connection, _ = await loop.sock_accept(listener)
            except OSError:
                # Out of descriptors, say: whoever asks must wait, the key must not.
                await asyncio.sleep(_PAUSE)
                continue
            conversations.create_task(_converse(agent, connection))


async def _converse(agent: Agent, connection: socket.socket) -> None:
    """One question, one answer. Whoever is not this user gets neither."""
    with connection:
        if client.peer_user(connection) != os.geteuid():
            return
        connection.setblocking(False)
        try:
            async with asyncio.timeout(_PATIENCE):
                question = await _line(connection)
                await asyncio.get_running_loop().sock_sendall(connection, agent.answer(question))
        except (OSError, TimeoutError):
            return


async def _line(connection: socket.socket) -> bytes:
    received = b""
    while b"\n" not in received and len(received) <= client.LONGEST:
        more = await asyncio.get_running_loop().sock_recv(connection, client.LONGEST)
        if not more:
            return b""
        received += more
    return received.partition(b"\n")[0]
