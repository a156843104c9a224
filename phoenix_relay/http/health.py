"""What operators' machines ask: alive, ready, numbers, the description of everything. Not signed, nothing secret."""

from __future__ import annotations

import json
from functools import cache
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


UNSIGNED: Final = {
    "/healthz": healthz,
    "/readyz": readyz,
    "/metrics": metrics,
    "/openapi.json": openapi,
}


async def _store_answers(services: Services) -> bool:
    try:
        await services.store.read(lambda tx: tx.log.size())
    except PhoenixError:
        return False
    return True
