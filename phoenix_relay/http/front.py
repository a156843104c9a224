"""From HTTP to a handler and back: authenticate, read, decode, handle, sign the answer (docs/protocol.md §8)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from aiohttp import web

from phoenix_protocol.api import BLOCK_TYPE, MEDIA_TYPE, PROBLEM_TYPE
from phoenix_protocol.errors import PhoenixError
from phoenix_protocol.requests import request_signature
from phoenix_protocol.responses import ResponseHead, sign_response
from phoenix_protocol.suite import sha256
from phoenix_relay.http.authentication import authenticate, authorise, charge, use_nonce
from phoenix_relay.http.bodies import check_length, decode_body, read_body
from phoenix_relay.http.calls import Answer, Call
from phoenix_relay.http.problems import (
    ALWAYS,
    ProblemDocument,
    fault,
    malformed,
    problem_of,
    problem_of_status,
)
from phoenix_relay.http.routes import Raw, Route
from phoenix_relay.http.services import SERVICES, Services
from phoenix_relay.storage.damage import DamageError
from phoenix_relay.storage.day_keys import DayKeyError

_log: Final = structlog.get_logger("phoenix_relay.http")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Work = Callable[[], Awaitable[Answer]]

_WANTED: Final = {str(Raw.NONE): None, str(Raw.BLOCK): BLOCK_TYPE}


def handler_of(route: Route) -> Handler:
    """The HTTP library's handler for a route."""

    async def handle(request: web.Request) -> web.StreamResponse:
        services = request.app[SERVICES]
        return await _answered(
            services, request, route.name, lambda: _work(route, services, request)
        )

    return handle


@web.middleware
async def sign_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The HTTP library's own refusals, such as an unknown path, leave as signed problem documents."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        services = request.app[SERVICES]
        problem = problem_of_status(error.status, allow=error.headers.get("Allow"))
        services.metrics.problem(problem.code)
        return _response(services, request, problem.status, problem)


async def pass_expectations(request: web.Request) -> None:
    """Say nothing to ``Expect: 100-continue`` yet: the body is asked for once its request is authentic."""


async def _work(route: Route, services: Services, request: web.Request) -> Answer:
    with services.gate.passing():
        now = services.clock()
        state = services.log.state
        directory = state.directory if state is not None else None
        authentic = authenticate(request, directory, now)
        charge(services, authentic.caller, route, request.remote, time.monotonic())
        authorise(authentic.caller, route, directory)
        use_nonce(services, authentic, now)
        length = check_length(authentic.signed, limit=route.limit)
        _check_type(route, authentic.signed.head.content_type)
        async with services.limits.room.take(length):
            body = await read_body(request, authentic.signed)
            call: Call[Any] = Call(
                caller=authentic.caller,
                signed=authentic.signed,
                now=now,
                path=request.match_info,
                query=_query(route, authentic.signed.head.query),
                body=_decoded(route, body),
            )
            del body
            return await route.handler(services, call)


def _check_type(route: Route, content_type: str | None) -> None:
    if content_type != _WANTED.get(str(route.reads), MEDIA_TYPE):
        raise malformed("The body is not of the type that belongs here.")


def _decoded(route: Route, body: bytes) -> object:
    if isinstance(route.reads, Raw):
        return body
    return decode_body(route.reads, body, limit=route.limit)


def _query(route: Route, text: str) -> dict[str, str]:
    """Each parameter that the route knows, at most once, without any escaping: none of their values needs one."""
    found: dict[str, str] = {}
    for part in text.split("&") if text else ():
        name, equals, value = part.partition("=")
        if not equals or name not in route.query or name in found or "%" in value or "+" in value:
            raise malformed("The query has a parameter that does not belong here.")
        found[name] = value
    return found


async def _answered(
    services: Services, request: web.Request, name: str, work: Work
) -> web.StreamResponse:
    started = time.perf_counter()
    result = await _result(name, work)
    response = _response(services, request, result.status, result)
    if isinstance(result, ProblemDocument):
        services.metrics.problem(result.code)
    services.metrics.answered(name, result.status, time.perf_counter() - started)
    return response


async def _result(name: str, work: Work) -> Answer | ProblemDocument:
    try:
        return await work()
    except PhoenixError as error:
        problem = problem_of(error)
        if problem.code != error.code:
            _log.error("fault", route=name, code=error.code, **_file_of(error))
        elif isinstance(error, DamageError):
            _log.error("damaged", route=name, code=error.code, file=error.file)
        return problem
    except (ConnectionError, asyncio.CancelledError):
        raise
    except Exception as error:  # noqa: BLE001  # a fault of ours is 503, and says nothing of itself
        _log.error("fault", route=name, error=type(error).__name__, place=_place(error))
        return fault()


def _file_of(error: PhoenixError) -> dict[str, str]:
    """Which file an operator has to look at: its answer is the same 503 as any other fault."""
    return {"file": error.file} if isinstance(error, DayKeyError) else {}


def _place(error: BaseException) -> str:
    """Where in the code it happened: a line, never a value."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is None:
        return ""
    return f"{traceback.tb_frame.f_code.co_name}:{traceback.tb_lineno}"


def _response(
    services: Services, request: web.Request, status: int, result: Answer | ProblemDocument
) -> web.Response:
    """The answer on the wire, bound to the request's signature where it has one, whether that holds or not."""
    headers = dict(ALWAYS)
    if isinstance(result, ProblemDocument):
        headers |= result.headers()
        content: bytes | None = result.body()
        head = _head(status, result.body(), PROBLEM_TYPE)
    else:
        content = result.content
        head = _head(status, content, result.content_type)
    headers |= head.body_fields()
    answered = request_signature(request.headers.items())
    if answered is not None:
        headers |= sign_response(
            head, answered=answered, key=services.response_key, now=services.clock()
        )
    return web.Response(status=status, body=content, headers=headers)


def _head(status: int, content: bytes | None, content_type: str) -> ResponseHead:
    if content is None:
        return ResponseHead(status=status)
    digest = sha256(content)
    return ResponseHead(status=status, content_digest=digest, content_type=content_type)
