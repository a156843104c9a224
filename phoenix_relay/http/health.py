"""What operators' machines ask: alive, ready, numbers, the description of everything. Not signed, nothing secret.

Numbers say how busy a partnership is, which is nobody's business outside: they are answered on an address of their own,
or where there is none, to this machine alone.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from ipaddress import IPv6Address, ip_address
from typing import Final

from aiohttp import web

from phoenix_protocol.errors import PhoenixError
from phoenix_relay.http.metrics import METRICS_TYPE
from phoenix_relay.http.openapi import JSON_TYPE, document
from phoenix_relay.http.problems import ALWAYS, fault
from phoenix_relay.http.server import plain_problem
from phoenix_relay.http.services import SERVICES, Services
from phoenix_relay.http.table import ROUTES

_OK: Final = json.dumps({"status": "ok"}).encode()


def _answer(content: bytes, content_type: str) -> web.Response:
    return web.Response(body=content, headers={**ALWAYS, "Content-Type": content_type})


async def healthz(_: web.Request) -> web.StreamResponse:
    """The process answers."""
    return _answer(_OK, JSON_TYPE)


async def readyz(request: web.Request) -> web.StreamResponse:
    """Requests are let in, and the store answers."""
    services = request.app[SERVICES]
    if services.gate.open and await _store_answers(services):
        return await healthz(request)
    return plain_problem(fault())


async def metrics(request: web.Request) -> web.StreamResponse:
    """How much of what."""
    text = request.app[SERVICES].metrics.text()
    return _answer(text, METRICS_TYPE)


async def openapi(_: web.Request) -> web.StreamResponse:
    """What there is to ask."""
    return _answer(_description(), JSON_TYPE)


@cache
def _description() -> bytes:
    return document(ROUTES)


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

#: What is for whoever runs the relay.
FOR_OPERATORS: Final[Mapping[str, Handler]] = {
    "/healthz": healthz,
    "/readyz": readyz,
    "/metrics": metrics,
}
#: A proxy says so in one of these that somebody else is asking through it.
_PASSED_ON: Final = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


def is_of_this_machine(remote: str | None, fields: Mapping[str, str]) -> bool:
    """Whether a request from the address ``remote`` was made here, and not passed on by a proxy that runs here."""
    try:
        address = ip_address(remote or "")
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback and not any(name in fields for name in _PASSED_ON)


def _reserved(handler: Handler) -> Handler:
    """``handler`` where the relay itself listens: for this machine, while there is no address of its own for it."""

    async def answer(request: web.Request) -> web.StreamResponse:
        has_own = request.app[SERVICES].settings.metrics_port != 0
        if has_own or not is_of_this_machine(request.remote, request.headers):
            raise web.HTTPNotFound
        return await handler(request)

    return answer


#: Beside the signed routes, where the relay listens.
UNSIGNED: Final[Mapping[str, Handler]] = {
    **{path: _reserved(handler) for path, handler in FOR_OPERATORS.items()},
    "/openapi.json": openapi,
}


async def _store_answers(services: Services) -> bool:
    try:
        await services.store.read(lambda tx: tx.log.size())
    except PhoenixError:
        return False
    return True
