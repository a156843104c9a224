"""One signed request and its signed answer over aiohttp, repeated while that is safe.

Order (docs/protocol.md §8): sign with a fresh nonce; send; read status and header; verify the
answer's signature; only then read its body, up to the limit of its route; compare the digest.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

import aiohttp

from agency_client.adapters.relay_address import RelayAddress
from agency_client.adapters.relay_patience import UNTOLD, Patience, retry_after
from agency_client.adapters.relay_problems import PROBLEM_BYTES, busy, is_busy, problem
from agency_client.adapters.relay_routes import Route
from agency_client.adapters.relay_trust import RelayTrust
from agency_client.ports.clock import Clock
from phoenix_protocol.api import PROBLEM_TYPE
from phoenix_protocol.errors import PhoenixError, TamperError, UnavailableError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.key_ids import KeyId
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.requests import (
    NONCE_BYTES,
    RequestHead,
    request_signature,
    sign_request,
)
from phoenix_protocol.responses import NO_CONTENT, ResponseHead, response_head
from phoenix_protocol.suite import Ed25519PrivateKey, sha256

_OK: Final = 200
_REFUSED: Final = 400
#: From this size on aiohttp wants a body as a file, which it writes in pieces.
_AS_FILE: Final = 1 << 20
#: A request of this size is with the relay at once (bytes).
_QUICKLY_SENT: Final = 1 << 16
_FIXED_FIELDS: Final = {"User-Agent": "phoenix", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """Who asks: a request key, and the id under which the relay knows it."""

    key: Ed25519PrivateKey
    key_id: KeyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One thing to ask. ``path`` and ``query`` are percent-encoded; ``wait`` is seconds of long poll."""

    route: Route
    path: str
    query: str = ""
    body: bytes | None = None
    wait: int = 0


class _Silence:
    """Tells ``waiting``, once on a connection, that the relay has not answered for a while and until when it is asked.

    ``waiting`` gets the time after which nothing is tried any more; times here are those of ``elapsed``.
    """

    def __init__(self, waiting: Callable[[Seconds], None] | None, clock: Clock) -> None:
        self._waiting = waiting
        self._clock = clock

    def soon(self, until: float, seconds: float) -> asyncio.TimerHandle:
        """Tell in so many seconds; the handle is for an answer that comes before."""
        return asyncio.get_running_loop().call_later(seconds, self.tell, until)

    def tell(self, until: float) -> None:
        """Tell now, unless it was told."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting(Seconds(round(self._clock.now() + until - self._clock.elapsed())))


class _AgainError(Exception):
    """An attempt failed in a way that another may not. ``told`` is what Retry-After said."""

    def __init__(self, why: UnavailableError, *, told: float | None = None) -> None:
        super().__init__(why.code)
        self.why: Final = why
        self.told: Final = told


class RelayConnection:
    """Connections to one relay on behalf of one requester; close it, or use it as a context."""

    def __init__(
        self,
        address: RelayAddress,
        requester: Requester,
        *,
        response_key: Callable[[], bytes | None],
        clock: Clock,
        randomness: Randomness,
        patience: Patience,
        waiting: Callable[[Seconds], None] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._silence: Final = _Silence(waiting, clock)
        self.trust: Final = RelayTrust(response_key)
        self._address: Final = address
        self._requester: Final = requester
        self._clock: Final = clock
        self._randomness: Final = randomness
        self._patience: Final = patience
        self._tls: Final = tls
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def ask(self, outgoing: Outgoing) -> bytes:
        """The body of the relay's answer, verified; empty where the route answers without one.

        Raises UnavailableError, TamperError or RefusedError as the Relay port says.
        """
        start = self._clock.elapsed()
        last_start = start + self._patience.budget + outgoing.wait
        attempt = 0
        while True:
            # An attempt that hangs ends by itself, perhaps after the last could begin.
            ends = self._clock.elapsed() + self._patience.silence + outgoing.wait
            unheard = self._silence.soon(max(last_start, ends), UNTOLD + outgoing.wait)
            if outgoing.body is not None and len(outgoing.body) > _QUICKLY_SENT:
                unheard.cancel()  # who sends much hears nothing for a while
            try:
                return await self._attempt(outgoing, unheard)
            except _AgainError as again:
                wait = self._patience.wait(attempt, self._randomness, again.told)
                if self._clock.elapsed() + wait > last_start:
                    raise again.why from None
            finally:
                unheard.cancel()
            if self._clock.elapsed() + wait - start >= UNTOLD:
                self._silence.tell(last_start)
            await self._clock.sleep(wait)
            attempt += 1

    async def _attempt(self, outgoing: Outgoing, unheard: asyncio.TimerHandle) -> bytes:
        head = self._head(outgoing)
        fields = sign_request(
            head,
            key=self._requester.key,
            key_id=self._requester.key_id,
            now=self._clock.now(),
            nonce=self._randomness.random_bytes(NONCE_BYTES),
        )
        try:
            async with self._open().request(
                head.method,
                f"{self._address.origin}{head.path}{_with_mark(head.query)}",
                data=_sendable(outgoing.body),
                headers={**_FIXED_FIELDS, **head.body_fields(), **fields},
                allow_redirects=False,
                timeout=self._timeout(outgoing.wait),
            ) as response:
                unheard.cancel()
                return await self._read(response, outgoing.route, fields)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _failure_of(error) from None

    def _head(self, outgoing: Outgoing) -> RequestHead:
        body = outgoing.body
        return RequestHead(
            method=outgoing.route.method,
            authority=self._address.authority,
            path=outgoing.path,
            query=outgoing.query,
            content_digest=None if body is None else sha256(body),
            content_type=None if body is None else outgoing.route.sends,
            content_length=None if body is None else len(body),
        )

    async def _read(
        self, response: aiohttp.ClientResponse, route: Route, asked: dict[str, str]
    ) -> bytes:
        if is_busy(response.status):
            told = retry_after(response.headers.get("Retry-After"))
            raise _AgainError(busy(response.status), told=told)
        lines = tuple(response.headers.items())
        head = response_head(status=response.status, headers=lines)
        self.trust.check(head, lines, answered=request_signature(asked.items()) or b"")
        limit = PROBLEM_BYTES if head.status >= _REFUSED else route.limit
        body = b"" if head.content_digest is None else await _body(response, head, limit)
        return _expected(head, route, body)

    def _timeout(self, wait: int) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(
            total=self._patience.attempt + wait,
            sock_connect=self._patience.connect,
            sock_read=self._patience.silence + wait,
        )

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=self._tls if self._tls is not None else True),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
            )
            # aiohttp would send a request that it lost again by itself, with the same nonce.
            self._session._retry_connection = False
        return self._session


def _with_mark(query: str) -> str:
    return f"?{query}" if query else ""


def _sendable(body: bytes | None) -> bytes | io.BytesIO | None:
    return io.BytesIO(body) if body is not None and len(body) > _AS_FILE else body


async def _body(response: aiohttp.ClientResponse, head: ResponseHead, limit: int) -> bytes:
    chunks, length, digest = [], 0, hashlib.sha256()
    async for chunk in response.content.iter_any():
        length += len(chunk)
        if length > limit:
            response.close()
            raise TamperError("E_LIMIT", f"An answer of the relay is longer than {limit} bytes.")
        digest.update(chunk)
        chunks.append(chunk)
    if digest.digest() != head.content_digest:
        raise TamperError("E_RESP_SIG", "The body of an answer is not the one that was signed.")
    return b"".join(chunks)


def _expected(head: ResponseHead, route: Route, body: bytes) -> bytes:
    if head.status >= _REFUSED and head.content_type == PROBLEM_TYPE:
        raise problem(body)
    if head.status != (NO_CONTENT if route.gives is None else _OK):
        raise TamperError("E_PARSE", "The relay answered with a status that is not expected here.")
    if head.content_type != route.gives:
        raise TamperError("E_PARSE", "The relay answered with a type that is not expected here.")
    return body


def _failure_of(error: Exception) -> PhoenixError | _AgainError:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return UnavailableError(
            "E_RELAY",
            "This machine does not trust the certificate that the relay's address shows.",
            next="Check the relay's address. If it is right, ask whoever runs the relay.",
        )
    if isinstance(error, aiohttp.ClientResponseError):
        return TamperError("E_RESP_SIG", "What answered at the relay's address is not a relay.")
    if isinstance(error, asyncio.TimeoutError):
        why = UnavailableError("E_RELAY", "The relay did not answer in time.")
    else:
        why = UnavailableError("E_RELAY", "The connection to the relay failed.")
    return _AgainError(why)
