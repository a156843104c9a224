"""Running the app: at one address of this machine, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

from agency_client.agent.hardening import harden
from agency_client.web.app import Serving, make_app
from agency_client.web.broken import Connection
from agency_client.web.desk import Desk
from agency_client.web.neighbours import others_logged_in
from agency_client.web.peers import Peers
from agency_client.web.session import Sessions
from phoenix_protocol.errors import RefusedError, UnavailableError
from phoenix_protocol.randomness import Randomness

#: The only address that the app listens at.
HERE: Final = "127.0.0.1"
_BACKLOG: Final = 64
#: Seconds that open requests get when the app stops.
_DRAIN: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """Where to listen: a port of this machine (0 for any), or a Unix socket."""

    port: int = 0
    path: Path | None = None


def require_alone() -> None:
    """Raise RefusedError ``E_SHARED_MACHINE`` where another user has a login session now."""
    others = others_logged_in(os.getuid())
    if others:
        count = "Another user has" if len(others) == 1 else f"{len(others)} other users have"
        raise RefusedError(
            "E_SHARED_MACHINE",
            f"{count} a login session on this machine now.",
            next="Ask them to log out, or use --socket PATH. If they may be there, use --shared-machine.",
        )


async def serve(
    desk: Desk,
    at: At,
    randomness: Randomness,
    ready: Callable[[str], None],
) -> None:
    """Serve until SIGINT or SIGTERM. ``ready`` is told the link that begins the session, once.

    Raises UnavailableError ``E_PORT`` when it cannot listen there.
    """
    listener = _listener(at)
    authority = "localhost" if at.path else f"{HERE}:{listener.getsockname()[1]}"
    sessions = Sessions(randomness)
    # Whoever can open a socket file is this user already.
    peers = Peers(None) if at.path else Peers.of_this_user()
    app = make_app(Serving(desk=desk, sessions=sessions, authority=authority, peers=peers))
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=_DRAIN)
    await runner.setup()
    listening: asyncio.Server | None = None
    background = [asyncio.create_task(work()) for work in (desk.watch, desk.listen)]
    try:
        listening = await _listen(runner, listener)
        harden()
        ready(f"http://{authority}/launch/{sessions.new_launch()}")
        await _until_stopped(background)
    finally:
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        if listening is not None:
            listening.close()
        await runner.cleanup()
        await desk.close()
        if at.path is not None:
            at.path.unlink(missing_ok=True)


async def _listen(runner: web.AppRunner, listener: socket.socket) -> asyncio.Server:
    loop, server = asyncio.get_running_loop(), runner.server
    if server is None:
        raise RuntimeError("The runner is not set up.")

    def connected() -> Connection:
        return Connection(server, loop=loop, access_log=None)  # type: ignore[arg-type]  # None is no log

    return await loop.create_server(connected, sock=listener, backlog=_BACKLOG)


async def _until_stopped(background: list[asyncio.Task[None]]) -> None:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stopped.set)
    waiting = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait([waiting, *background], return_when=asyncio.FIRST_COMPLETED)
        for task in background:
            if task.done():
                task.result()
    finally:
        waiting.cancel()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.remove_signal_handler(number)


def _listener(at: At) -> socket.socket:
    try:
        return _socket_file(at.path) if at.path is not None else _port(at.port)
    except OSError as error:
        where = "this socket" if at.path is not None else f"port {at.port}"
        raise UnavailableError(
            "E_PORT",
            f"The app cannot listen at {where}: {os.strerror(error.errno or 0)}.",
            next="Leave --port out to take any that is free, or stop what uses it.",
        ) from None


def _port(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HERE, port))
    except BaseException:
        listener.close()
        raise
    return listener


def _socket_file(path: Path) -> socket.socket:
    """A socket that only this user can open; what a program that is gone left behind is replaced."""
    with contextlib.suppress(FileNotFoundError):
        if stat.S_ISSOCK(path.lstat().st_mode) and not _answers(path):
            path.unlink()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    except BaseException:
        listener.close()
        raise
    finally:
        os.umask(before)
    return listener


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
