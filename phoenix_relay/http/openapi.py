"""/openapi.json: every route with its bodies, statuses and problem codes, out of the table of routes (OpenAPI 3.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final

from phoenix_protocol.api import BLOCK_TYPE, MEDIA_TYPE, PROBLEM_TYPE
from phoenix_protocol.errors import NEXT_STEPS
from phoenix_relay.http.message_schemas import Json, MessageSchemas
from phoenix_relay.http.metrics import METRICS_TYPE
from phoenix_relay.http.problems import STATUS_OF
from phoenix_relay.http.routes import Content, Raw, Route

JSON_TYPE: Final = "application/json"

_TEXT: Final = """\
Every request under /v1 is signed by RFC 9421 with Ed25519 (label and tag `phoenix`) over method, authority, path,
query and, with a body, content-digest, content-type and content-length; created, expires and a nonce that is used
once. Every answer is signed with the relay's response key over its status, content-digest and content-type and the
signature of the request. Bodies are deterministic CBOR (RFC 8949 section 4.2.1) of the maps described here; unknown
fields are refused. Errors are RFC 9457 problem documents with a stable `code`. Unknown and forbidden are one 404.
"""

_PROBLEM: Final[Json] = {
    "type": "object",
    "description": "An RFC 9457 problem document.",
    "properties": {
        "type": {"const": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened. Never a value that was sent."},
        "code": {"type": "string", "pattern": "^E_[A-Z_]+$"},
        "next": {"type": "string", "description": "What to do about it."},
    },
    "required": ["type", "title", "status", "detail", "code", "next"],
}
_PARAMETERS: Final[dict[str, Json]] = {
    "code": {"type": "string", "description": "A join code as read out."},
    "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "core": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "anchor": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
}
_NUMBER: Final[Json] = {"type": "integer", "minimum": 0}
_OPTIONAL: Final = frozenset({("readLog", "from"), ("readFeed", "after"), ("readFeed", "wait")})


def document(routes: Sequence[Route]) -> bytes:
    """The whole document as JSON."""
    schemas = MessageSchemas()
    paths: dict[str, Json] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    content = {
        "openapi": "3.1.0",
        "info": {
            "title": "Project Phoenix relay",
            "version": version("project-phoenix"),
            "description": _TEXT,
        },
        "paths": paths | _unsigned_paths(),
        "components": {
            "schemas": schemas.components | {"Problem": _PROBLEM},
            "securitySchemes": {"requestSignature": _security()},
        },
        "security": [{"requestSignature": []}],
    }
    return json.dumps(content).encode()


def _security() -> Json:
    return {
        "type": "apiKey",
        "in": "header",
        "name": "Signature",
        "description": "With Signature-Input: RFC 9421. keyid is endpoint:HEX, manager:HEX or new:BASE64URL.",
    }


def _operation(route: Route, schemas: MessageSchemas) -> Json:
    names = re.findall(r"\{(\w+)\}", route.path)
    operation: Json = {
        "operationId": route.name,
        "summary": route.summary,
        "description": f"For: {', '.join(sorted(kind.value for kind in route.callers))}.",
        "parameters": [_parameter(route, name, "path", "") for name in names]
        + [_parameter(route, name, "query", text) for name, text in route.query.items()],
        "responses": _success(route.answers, schemas) | _problems(route.all_codes),
    }
    if route.reads is not Raw.NONE:
        operation["requestBody"] = {
            "required": True,
            "description": f"At most {route.limit} bytes.",
            "content": _content(route.reads, schemas),
        }
    return operation


def _parameter(route: Route, name: str, place: str, text: str) -> Json:
    return {
        "name": name,
        "in": place,
        "required": place == "path" or (route.name, name) not in _OPTIONAL,
        "description": text,
        "schema": _PARAMETERS.get(name, _NUMBER),
    }


def _success(answers: Content, schemas: MessageSchemas) -> Json:
    if answers is Raw.NONE:
        return {"204": {"description": "Done."}}
    return {"200": {"description": "Done.", "content": _content(answers, schemas)}}


def _content(content: Content, schemas: MessageSchemas) -> Json:
    if isinstance(content, Raw):
        return {BLOCK_TYPE: {"schema": {"type": "string", "format": "binary"}}}
    return {MEDIA_TYPE: {"schema": schemas.reference(content)}}


def _problems(codes: Iterable[str]) -> Json:
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(STATUS_OF[code], []).append(code)
    return {str(status): _problem(status, by_status[status]) for status in sorted(by_status)}


def _problem(status: int, codes: list[str]) -> Json:
    schema: Json = {
        "allOf": [
            {"$ref": "#/components/schemas/Problem"},
            {"properties": {"code": {"enum": codes}}},
        ]
    }
    answer: Json = {
        "description": HTTPStatus(status).phrase,
        "content": {PROBLEM_TYPE: {"schema": schema}},
        "x-next": {code: NEXT_STEPS[code] for code in codes},
    }
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        wait: Json = {"schema": {"type": "integer"}, "description": "Seconds to wait."}
        answer["headers"] = {"Retry-After": wait}
    return answer


#: Whoever does not run the relay finds nothing there.
_FOR_OPERATORS: Final = ("E_NOT_FOUND",)


def _unsigned_paths() -> dict[str, Json]:
    state: Json = {"type": "object", "properties": {"status": {"const": "ok"}}}
    text: Json = {"type": "string"}
    return {
        "/healthz": _plain(
            "getHealth", "Whether the process answers", JSON_TYPE, state, _FOR_OPERATORS
        ),
        "/readyz": _plain(
            "getReadiness",
            "Whether requests are let in and the store answers",
            JSON_TYPE,
            state,
            (*_FOR_OPERATORS, "E_RELAY"),
        ),
        "/metrics": _plain("getMetrics", "Prometheus metrics", METRICS_TYPE, text, _FOR_OPERATORS),
        "/openapi.json": _plain("getOpenApi", "This document", JSON_TYPE, {"type": "object"}, ()),
    }


def _plain(name: str, summary: str, media: str, schema: Json, codes: Sequence[str]) -> Any:
    answer: Json = {"description": "Done.", "content": {media: {"schema": schema}}}
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "security": [],
            "responses": {"200": answer} | _problems(codes),
        }
    }
