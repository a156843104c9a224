"""A server over real sockets that speaks the profile of requests and answers, and misbehaves on demand.

It knows no rule of a relay: each path has an answer that the test wrote. What it does know is what
any relay must: requests are verified, nonces are used once, bodies are those that were signed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from aiohttp import web

from phoenix_protocol import schema
from phoenix_protocol.api import MEDIA_TYPE, PROBLEM_TYPE
from phoenix_protocol.key_ids import KeyId
from phoenix_protocol.requests import VerifiedRequest, request_head, verify_request
from phoenix_protocol.responses import ResponseHead, sign_response
from phoenix_protocol.suite import Ed25519PrivateKey, sha256
from tests.client.steady import SteadyClock


@dataclass
class Reply:
    """An answer before it is signed."""

    status: int = 200
    content: bytes | None = None
    content_type: str = MEDIA_TYPE
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Request:
    """What arrived, verified."""

    method: str
    target: str
    body: bytes
    signed: VerifiedRequest
    headers: dict[str, str]


def message(value: object) -> Reply:
    return Reply(content=schema.encode(value))


def problem(status: int, code: str, detail: str = "No.") -> Reply:
    body = f'{{"code": "{code}", "detail": "{detail}", "status": {status}}}'.encode()
    return Reply(status=status, content=body, content_type=PROBLEM_TYPE)


class SmallRelay:
    """Answers what ``answers`` says for "METHOD /path?query"; ``next`` misbehaves, once each."""

    def __init__(self, keys: dict[KeyId, bytes], clock: SteadyClock) -> None:
        self.key = Ed25519PrivateKey.from_seed(bytes(range(32, 64)))
        self.answers: dict[str, Callable[[Request], Reply] | Reply] = {}
        self.next: deque[Callable[[SmallRelay, web.BaseRequest, Request], object]] = deque()
        self.requests: list[Request] = []
        self.replayed: list[str] = []
        self._keys = keys
        self._clock = clock
        self._nonces: set[bytes] = set()

    async def __aenter__(self) -> Self:
        server = web.Server(self._handle)
        self.runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.port: int = self.runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        arrived = await self._verified(request)
        if arrived.signed.nonce in self._nonces:
            self.replayed.append(arrived.target)
        self._nonces.add(arrived.signed.nonce)
        self.requests.append(arrived)
        if self.next:
            done = self.next.popleft()(self, request, arrived)
            return await done if asyncio.iscoroutine(done) else done  # type: ignore[return-value]
        return self.signed(arrived, self.reply(arrived))

    async def _verified(self, request: web.BaseRequest) -> Request:
        path, _, query = request.raw_path.partition("?")
        head = request_head(
            method=request.method,
            authority=request.headers["Host"].lower(),
            path=path,
            query=query,
            headers=request.headers.items(),
        )
        signed = verify_request(
            head, request.headers.items(), key_of=self._keys.get, now=self._clock.now()
        )
        body = await request.content.read()
        if head.content_digest is not None:
            signed.check_body(digest=sha256(body), length=len(body))
        headers = dict(request.headers.items())
        return Request(request.method, request.raw_path, body, signed, headers)

    def reply(self, arrived: Request) -> Reply:
        answer = self.answers.get(f"{arrived.method} {arrived.target}")
        if answer is None:
            return problem(404, "E_NOT_FOUND")
        return answer if isinstance(answer, Reply) else answer(arrived)

    def fields(self, arrived: Request, reply: Reply) -> dict[str, str]:
        """The fields of a good answer."""
        bodiless = reply.content is None
        head = ResponseHead(
            status=reply.status,
            content_digest=None if bodiless else sha256(reply.content or b""),
            content_type=None if bodiless else reply.content_type,
        )
        asked = arrived.signed.signature
        signature = sign_response(head, answered=asked, key=self.key, now=self._clock.now())
        return {**head.body_fields(), **signature, **reply.headers}

    def signed(self, arrived: Request, reply: Reply) -> web.Response:
        return web.Response(
            status=reply.status, body=reply.content, headers=self.fields(arrived, reply)
        )
