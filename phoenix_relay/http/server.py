"""The edge of the HTTP library: whatever bytes arrive, the answer is a problem document, and no log names a sender.

The library answers by itself when it cannot parse a request or meets an exception of ours; here those answers are
replaced with our own (docs/protocol.md §8).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from aiohttp import web

from phoenix_protocol.api import PROBLEM_TYPE
from phoenix_relay.http.problems import ProblemDocument, fault, problem_of_status

_log: Final = structlog.get_logger("phoenix_relay.http")

#: What the library is told: no words of its own, no bodies unpacked, idle connections closed.
CONNECTION_OPTIONS: Final[dict[str, Any]] = {
    "access_log": None,
    "auto_decompress": False,
    "keepalive_timeout": 75.0,
    "max_line_size": 8190,
    "max_field_size": 8190,
    "max_headers": 64,
    "lingering_time": 2.0,
}


def plain_problem(problem: ProblemDocument) -> web.Response:
    """An unsigned answer: to what carries no signature that an answer could be bound to."""
    return web.Response(
        status=problem.status,
        body=problem.body(),
        content_type=PROBLEM_TYPE,
        headers=problem.headers(),
    )


class Connection(web.RequestHandler):
    """One connection, whose parse errors become problem documents."""

    __slots__ = ()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection, or close it when there are as many as the relay takes."""
        super().connection_made(transport)
        server = self._manager
        if isinstance(server, RelayServer) and server.is_full():
            self.force_close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002  # the library's own words stay inside
    ) -> web.StreamResponse:
        """Answer a request that the library could not parse or finish, and close the connection."""
        _log.info("unreadable_request", status=status, error=type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("An answer was begun already.")
        response = plain_problem(problem_of_status(status))
        response.force_close()
        return response

    def log_exception(self, *_: Any, **kw: Any) -> None:
        """The library logs addresses and whole tracebacks; this says only what kind of error it was."""
        _log.error("connection_error", error=type(kw.get("exc_info")).__name__)


Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def guarded(handler: Handler) -> Handler:
    """``handler``, with what escapes every route of ours turned into a problem document."""

    async def guard(request: web.BaseRequest) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            return plain_problem(problem_of_status(error.status))
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001  # the last line before a 500
            _log.error("fault", error=type(error).__name__)
            return plain_problem(fault())

    return guard


class RelayServer(web.Server):
    """Makes a :class:`Connection` for each that comes in, up to ``most`` at a time."""

    most: int = 4096

    def is_full(self) -> bool:
        """Whether there are more connections than the relay takes."""
        return len(self._connections) > self.most

    def __call__(self) -> web.RequestHandler:
        """One connection."""
        return Connection(self, loop=self._loop, **self._kwargs)


class RelayRunner(web.AppRunner):
    """Runs the application on a :class:`RelayServer` of so many ``connections``."""

    __slots__ = ("_most",)

    def __init__(self, app: web.Application, *, shutdown_timeout: float, connections: int) -> None:
        super().__init__(app, shutdown_timeout=shutdown_timeout, **CONNECTION_OPTIONS)
        self._most: Final = connections

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        server = RelayServer(
            guarded(made.request_handler),
            request_factory=made.request_factory,
            loop=asyncio.get_running_loop(),
            **made._kwargs,
        )
        server.most = self._most
        return server
