"""The protocol that the agencies signed: reading it, keeping a copy here, adopting it for an agency."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.record.plain import plain
from agency_client.use_cases.governing import PartnershipStatus
from agency_client.use_cases.protocols import LARGEST, ProtocolHere
from agency_client.web.asked import Asked
from agency_client.web.pages.partnership import status_of
from agency_client.web.people_words import who_of
from agency_client.web.saying import say
from agency_client.web.table import get, post
from agency_client.web.uploads import read_uploaded
from phoenix_protocol.errors import LockedError, PhoenixError

_HERE: Final = "/members/partnership/protocol"
#: So many characters of the text stand on a page; the whole of it can be saved.
_SHOWN: Final = 120_000
_WHOM: Final = "Ask whoever governs the partnership for the file that was signed."
_SAID: Final = {"kept": "This is the text that the partnership signed. A copy of it is kept here."}


async def protocol(asked: Asked) -> web.StreamResponse:
    """Its name, its version, and its text if it is here."""
    return await _page(asked, {})


async def _page(asked: Asked, problems: dict[str, str]) -> web.Response:
    status = await status_of(asked)
    found: ProtocolHere = await asked.client.protocol(offline=True)
    words = _words(found.text)
    return asked.page(
        "people/protocol.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        title="The protocol",
        said=_SAID.get(asked.query("said")),
        problem=bool(problems) or None,
        problems=problems,
        found=found,
        words=words[:_SHOWN] if words is not None else None,
        is_cut=words is not None and len(words) > _SHOWN,
        to_adopt=_to_adopt(asked, status),
        is_governor=who_of(asked).is_governor,
    )


def _words(text: bytes | None) -> str | None:
    """The text as words; None where there is none, or it was signed as another kind of file."""
    try:
        return None if text is None else plain(text.decode("utf-8-sig"), lines=True)
    except UnicodeDecodeError:
        return None


def _to_adopt(asked: Asked, status: PartnershipStatus) -> bool | None:
    """Whether this home's agency has still to adopt it; None in a home that cannot say so."""
    own = who_of(asked).speaks_for
    line = next((each for each in status.agencies if each.id == own), None)
    return None if line is None or not line.is_active else not line.is_current


async def keep(asked: Asked) -> web.StreamResponse:
    """Keep a copy, if it is that text byte for byte."""
    uploaded = await read_uploaded(asked, LARGEST)
    text = uploaded.files.get("text")
    if text is None:
        return await _page(asked, {"text": "Choose the file with the text of the protocol"})
    try:
        await asked.client.protocol(text, offline=True)
    except LockedError:
        raise
    except PhoenixError as error:
        return await _page(asked, {"text": f"{error.what} {_WHOM}"})
    return asked.go(f"{_HERE}?said=kept")


async def save(asked: Asked) -> web.StreamResponse:
    """The text as a file, exactly as it was signed."""
    await status_of(asked)
    found: ProtocolHere = await asked.client.protocol(offline=True)
    if found.text is None:
        raise web.HTTPNotFound
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f'attachment; filename="protocol-version-{found.newest.number}"',
    }
    return web.Response(body=found.text, headers=headers)


async def adopt(asked: Asked) -> web.StreamResponse:
    """Sign the newest version for this home's agency, once somebody says that they may."""
    if not _to_adopt(asked, await status_of(asked)):
        return asked.go(_HERE)
    if not asked.form.has("sure"):
        return await _page(asked, {"sure": "Tick that your agency has agreed to it"})

    async def work() -> Any:
        return await asked.client.adopt_protocol()

    then = "/members/partnership?said=adopted"
    return await say(asked, "Adopting the protocol", work, then=lambda _: then, back=_HERE)


PAGES = (
    get(_HERE, protocol),
    post(_HERE, keep, streams=True),
    get(f"{_HERE}/text", save),
    post(f"{_HERE}/adopt", adopt),
)
