"""Reading bodies: first the signed length, then bytes, then their digest, then a message (docs/protocol.md §8)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from aiohttp import web

from phoenix_protocol import limits, schema
from phoenix_protocol.errors import TamperError, UnavailableError
from phoenix_protocol.requests import VerifiedRequest
from phoenix_relay.http.problems import unavailable

T = TypeVar("T")

#: Bodies up to this many bytes are taken without asking for room.
SMALL: Final = 64 * limits.KIB
#: A body must come at no less than this many bytes a second, after a first allowance (seconds).
_SLOWEST: Final = 16 * limits.KIB
_ALLOWANCE: Final = 20.0
#: How long a large body waits for room (seconds) before it is told to come again.
_PATIENCE: Final = 10.0


class BodyRoom:
    """Hands out room for ``total`` bytes of large bodies, so that memory stays bounded however many arrive."""

    __slots__ = ("_condition", "_free", "_total")

    def __init__(self, total: int) -> None:
        self._total: Final = total
        self._free = total
        self._condition: Final = asyncio.Condition()

    @asynccontextmanager
    async def take(self, length: int) -> AsyncIterator[None]:
        """Hold room for ``length`` bytes. Raises UnavailableError ``E_RELAY`` when none comes free in time."""
        if length <= SMALL:
            yield
            return
        wanted = min(length, self._total)
        await self._acquire(wanted)
        try:
            yield
        finally:
            async with self._condition:
                self._free += wanted
                self._condition.notify_all()

    async def _acquire(self, wanted: int) -> None:
        try:
            async with asyncio.timeout(_PATIENCE), self._condition:
                await self._condition.wait_for(lambda: self._free >= wanted)
                self._free -= wanted
        except TimeoutError:
            raise unavailable("The relay is busy with other large requests.") from None


def check_length(signed: VerifiedRequest, *, limit: int) -> int:
    """How many bytes the body has by its signed head. Raises TamperError ``E_LIMIT`` before one of them is read."""
    length = signed.head.content_length or 0
    if length > limit:
        raise TamperError("E_LIMIT", f"A body of {length} bytes is over the limit of {limit} here.")
    return length


async def read_body(request: web.Request, signed: VerifiedRequest) -> bytes:
    """The whole body, checked against the digest and length that were signed.

    Raises TamperError ``E_REQ_SIG`` for another body, UnavailableError ``E_RELAY`` for one that comes too slowly.
    """
    length = signed.head.content_length or 0
    if signed.head.content_digest is None:
        return b""
    await _say_continue(request)
    try:
        async with asyncio.timeout(_ALLOWANCE + length / _SLOWEST):
            chunks, digest, read = await _chunks(request, length)
    except TimeoutError:
        raise _too_slow() from None
    signed.check_body(digest=digest, length=read)
    return b"".join(chunks)


async def _chunks(request: web.Request, length: int) -> tuple[Sequence[bytes], bytes, int]:
    chunks: list[bytes] = []
    digest, read = hashlib.sha256(), 0
    while read <= length and (chunk := await request.content.readany()):
        read += len(chunk)
        digest.update(chunk)
        chunks.append(chunk)
    return chunks, digest.digest(), read


async def _say_continue(request: web.Request) -> None:
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0


def _too_slow() -> UnavailableError:
    return unavailable("The body of the request came too slowly.")


# -- decoding -------------------------------------------------------------------------------------------------------

#: No message of ours holds more values than this; a body that does is a bomb, not a message.
_MOST_VALUES: Final = 1 << 17


def decode_body(message: type[T], body: bytes, *, limit: int) -> T:
    """One message out of a body. Raises TamperError ``E_PARSE``, ``E_LIMIT`` or ``E_CRITICAL``."""
    if len(body) > SMALL:
        _refuse_bombs(body)
    return schema.decode(message, body, limit=limit)


def _refuse_bombs(body: bytes) -> None:
    """Count the values of a large body before building any: a body of a million tiny ones costs memory and time.

    Walks the heads of CBOR items (RFC 8949 §3) and skips over strings, so that honest bodies cost next to nothing.
    """
    at, values, end = 0, 0, len(body)
    while at < end:
        values += 1
        if values > _MOST_VALUES:
            raise TamperError("E_LIMIT", "The message has too many parts.")
        major, argument, at = _head(body, at)
        if major in (2, 3):
            at += argument


def _head(body: bytes, at: int) -> tuple[int, int, int]:
    """Major type and argument of the item at ``at``, and where its head ends. The decoder refuses wrong heads."""
    major, short = body[at] >> 5, body[at] & 31
    if short < 24:
        return major, short, at + 1
    size = 1 << (short - 24) if short < 28 else 0
    return major, int.from_bytes(body[at + 1 : at + 1 + size], "big"), at + 1 + size
