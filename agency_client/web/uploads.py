"""Forms that come with small files: read whole, within a limit; the form's token comes before everything else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from aiohttp import BodyPartReader, web

from agency_client.web.asked import Asked
from agency_client.web.forms import FORM_BYTES, TOKEN, Form, form_of

T = TypeVar("T")
_LONGEST_TOKEN = 1 << 10
_PIECE: Final = 1 << 16
#: Seconds without a byte after which an upload is broken off: it comes from this machine.
STALLED: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """A form, and its files and their names by the name of its field. A field that was left empty is no file."""

    form: Form
    files: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


async def read_uploaded(asked: Asked, most: int) -> Uploaded:
    """A form with files of ``most`` bytes each at most.

    Raises HTTPForbidden without the form's token first, HTTPRequestEntityTooLarge.
    """
    pairs: list[tuple[str, str]] = []
    files: dict[str, bytes] = {}
    names: dict[str, str] = {}
    room = FORM_BYTES
    async for part in parts_of(asked):
        name = part.name or ""
        if not pairs:
            pairs.append((name, await _token(asked, part)))
        elif part.filename is not None:
            data = await _whole(part, most)
            files |= {name: data} if data else {}
            names |= {name: part.filename} if data else {}
        else:
            value = await _whole(part, room)
            room -= len(value)
            pairs.append((name, value.decode("utf-8", "replace")))
    if not pairs:
        raise web.HTTPForbidden
    asked.desk.asked()
    asked.form = form_of(pairs)
    return Uploaded(form=asked.form, files=files, names=names)


async def parts_of(asked: Asked) -> AsyncIterator[BodyPartReader]:
    """The parts of a form with files, as they come. Raises HTTPBadRequest for what is no such form, or is cut off."""
    parts = await _parted(asked.request.multipart())
    while (part := await _parted(parts.next())) is not None:
        if not isinstance(part, BodyPartReader):
            raise web.HTTPBadRequest
        yield part


async def _parted(reading: Awaitable[T]) -> T:
    """What the library reads: it tells of a form that it cannot read by these."""
    try:
        return await reading
    except (AssertionError, KeyError, ValueError):
        raise web.HTTPBadRequest from None


async def _token(asked: Asked, part: BodyPartReader) -> str:
    """The token comes first, so that nobody else's bytes are read."""
    token = (await piece_of(part, _LONGEST_TOKEN)).decode("ascii", "replace")
    if part.name != TOKEN or not asked.sessions.is_form_token(token):
        raise web.HTTPForbidden
    return token


async def _whole(part: BodyPartReader, most: int) -> bytes:
    found = bytearray()
    while piece := await piece_of(part):
        found += piece
        if len(found) > most:
            raise web.HTTPRequestEntityTooLarge(most, len(found))
    return bytes(found)


async def piece_of(part: BodyPartReader, most: int = _PIECE) -> bytes:
    """The next bytes of a part; none at its end.

    Raises HTTPRequestTimeout when nothing comes for too long, HTTPBadRequest when the part is cut off.
    """
    try:
        async with asyncio.timeout(STALLED):
            return bytes(await _parted(part.read_chunk(most)))
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
