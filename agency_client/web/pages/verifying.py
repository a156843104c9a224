"""Verifying a bundle of evidence that somebody handed over: streamed to a file without a name, judged, and let go."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from aiohttp import BodyPartReader, web

from agency_client.adapters.unnamed_file import UnnamedFile
from agency_client.web.asked import Asked
from agency_client.web.forms import TOKEN
from agency_client.web.jobs import Job
from agency_client.web.table import get, post
from agency_client.web.telling import telling
from agency_client.web.uploads import parts_of, piece_of
from agency_client.web.verdict_view import verdict
from phoenix_protocol.errors import PhoenixError
from phoenix_protocol.evidence.verify import VerifiedBundle, verify_bundle
from phoenix_protocol.identifiers import Anchor

_PIECE: Final = 1 << 20
_LONGEST_TOKEN: Final = 1 << 10
_LONGEST_ANCHOR: Final = 1 << 10
_ANCHOR_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What verifying came to: what the bundle proves, or what is wrong with it."""

    proved: VerifiedBundle | None = field(repr=False, default=None)
    error: PhoenixError | None = None


@dataclass(slots=True, kw_only=True)
class _Handed:
    """What the form has brought so far."""

    whose: str = ""
    anchor: str = ""
    file: UnnamedFile | None = None


def _page(asked: Asked, handed: _Handed, errors: dict[str, str]) -> web.Response:
    return asked.page(
        "evidence/verify.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        title="Verify evidence",
        problem=bool(errors) or None,
        whose=handed.whose,
        anchor=handed.anchor,
        errors=errors,
        has_own=asked.client.home.content.anchor is not None,
    )


async def ask(asked: Asked) -> web.StreamResponse:
    """The file, and the anchor of the partnership that it must be from."""
    return _page(asked, _Handed(), {})


async def verify(asked: Asked) -> web.StreamResponse:
    """Take the file and judge it: long work that can be left."""
    handed = await _handed(asked)
    anchor = _anchor(asked, handed)
    errors = {}
    if not handed.whose:
        errors["whose"] = "Choose which partnership it must be from"
    elif anchor is None:
        errors["anchor"] = "Enter the anchor: 64 digits and letters from a to f"
    if handed.file is None or not handed.file.size:
        errors["file"] = "Choose the file"
    if errors or anchor is None or handed.file is None:
        if handed.file is not None:
            handed.file.close()
        return _page(asked, handed, errors)
    return await _start(asked, handed.file, anchor)


def _anchor(asked: Asked, handed: _Handed) -> Anchor | None:
    own = asked.client.home.content.anchor
    if handed.whose == "own" and own is not None:
        return Anchor(own)
    try:
        typed = bytes.fromhex(handed.anchor)
    except ValueError:
        return None
    return Anchor(typed) if handed.whose == "other" and len(typed) == _ANCHOR_BYTES else None


async def _handed(asked: Asked) -> _Handed:
    """The form as it comes: the file goes straight to a file without a name, and is never whole in memory."""
    handed = _Handed()
    async for part in parts_of(asked):
        if part.name == TOKEN:
            token = (await piece_of(part, _LONGEST_TOKEN)).decode("ascii", "replace")
            if not asked.sessions.is_form_token(token):
                raise web.HTTPForbidden
            asked.form = type(asked.form)(((TOKEN, token),))
        elif not asked.form.has(TOKEN):
            raise web.HTTPForbidden  # the token comes first, so that nobody else's bytes are kept
        elif part.name in ("whose", "anchor"):
            text = (await piece_of(part, _LONGEST_ANCHOR)).decode("utf-8", "replace").strip()
            setattr(handed, part.name, text)
        elif part.name == "file" and part.filename:
            handed.file = await _kept(asked, part)
    return handed


async def _kept(asked: Asked, part: BodyPartReader) -> UnnamedFile:
    file = UnnamedFile(asked.desk.path)
    try:
        while piece := await piece_of(part, _PIECE):
            await asyncio.to_thread(file.write, [piece])
            asked.desk.asked()
    except BaseException:
        file.close()
        raise
    return file


async def _start(asked: Asked, file: UnnamedFile, anchor: Anchor) -> web.StreamResponse:
    async def work(_job: Job) -> Judged:
        try:
            return await asyncio.to_thread(_judged, file, anchor)
        finally:
            file.close()

    def then(_judged: Judged) -> str:
        return f"/evidence/verdict/{job.id}"

    job = asked.desk.jobs.start("Verifying evidence", work, then=then)
    await asked.desk.jobs.soon(job)
    return asked.go(job.goes_to or f"/work/{job.id}")


def _judged(file: UnnamedFile, anchor: Anchor) -> Judged:
    """What is wrong with somebody's file is the answer, and no alarm of this home."""
    try:
        with file.source() as source:
            return Judged(proved=verify_bundle(source, anchor))
    except PhoenixError as error:
        return Judged(error=error)


async def judged(asked: Asked) -> web.StreamResponse:
    """The verdict."""
    job = asked.desk.jobs.get(asked.part("job"))
    if job is None or not isinstance(job.result, Judged):
        raise web.HTTPNotFound
    found: Judged = job.result
    if found.proved is None:
        return asked.page(
            "evidence/refused.html",
            title="This does not verify",
            error=found.error,
            told=telling(found.error) if found.error is not None else None,
        )
    catalogue = asked.client.writer().catalogue
    return asked.page(
        "evidence/verdict.html",
        title="This verifies",
        verdict=verdict(found.proved, catalogue),
    )


PAGES = (
    get("/evidence/verify", ask),
    post("/evidence/verify", verify, streams=True),
    get("/evidence/verdict/{job}", judged),
)
