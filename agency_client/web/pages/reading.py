"""Reading what came and what was sent: sections as they were signed, what was said since beside it, files to save."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.ports.vault import ReceivedPackage, SentPackage, StoredAttachment
from agency_client.record.opened import ReadSection
from agency_client.record.plain import stored_name
from agency_client.record.pointing import called
from agency_client.record.request_drafting import REQUEST
from agency_client.record.restricted import RestrictedPart, in_words
from agency_client.use_cases.inbox_pages import SaidHere
from agency_client.use_cases.reading import ReadPackage
from agency_client.use_cases.viewing import Received
from agency_client.web import guards
from agency_client.web.answer_words import warnings_of
from agency_client.web.asked import Asked
from agency_client.web.item_links import links_of
from agency_client.web.naming import inbox_path, item_of, number_of, received_core, sent_core
from agency_client.web.pages.answering import ACKNOWLEDGE
from agency_client.web.paging import pages_of
from agency_client.web.parts import parts_of
from agency_client.web.reading_view import (
    Given,
    shown_section,
    withdrawn_under,
)
from agency_client.web.simple_forms import empty
from agency_client.web.states import DID, HERE
from agency_client.web.table import get
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import ItemId, ObjectHash
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.package.lifecycle import State

_END: Final = object()
#: Seconds after which a download that nobody takes is broken off: until then the home stays open.
_STALLED: Final = 60.0


async def read(asked: Asked, core: ObjectHash, line: Received) -> web.StreamResponse:
    """A package that came, with what this desk has said of it and what it still may say."""
    opened = await asked.client.open_package(core)
    said = await asked.client.said_here(core)
    values = await opened_values(asked, core, opened, inbox_path(core))
    return asked.page(
        "inbox/read.html",
        **values,
        title="Read a package",
        is_own=False,
        line=line,
        state=HERE[line.package.state],
        may_answer=line.package.state is not State.ERASED,
        is_first=line.package.state is State.COMMITTED,
        owner=_last(said, EventKind.ACKNOWLEDGED),
        outcome=_last(said, EventKind.OUTCOME),
        said=said,
        did=DID,
        form=empty(ACKNOWLEDGE),
        told="told" in asked.request.query,
        is_asked="asked" in asked.request.query,
    )


def _last(said: Sequence[SaidHere], kind: EventKind) -> SaidHere | None:
    return next((each for each in reversed(said) if each.kind is kind), None)


async def reread(asked: Asked) -> web.StreamResponse:
    """A package that was sent from here, as it was sealed."""
    core = sent_core(asked)
    opened = await asked.client.reread(core)
    values = await opened_values(asked, core, opened, f"/sent/{core.hex()}")
    return asked.page("inbox/reread.html", **values, title="What you sent", is_own=True)


async def opened_values(
    asked: Asked, core: ObjectHash, opened: ReadPackage, here: str
) -> dict[str, Any]:
    """What the page of an opened package shows, whichever way it went; all on one page where somebody said why."""
    client = asked.client
    catalogue = await client.catalogue()
    is_unhidden = bool(opened.restricted) and opened.is_shown
    parts = (opened.sections,) if is_unhidden else parts_of(opened.sections, opened.notices)
    number = min(number_of(asked.query("part")), len(parts))
    given = Given(
        own=client.whose(),
        notices=opened.notices,
        passed=await client.passed_on(core),
        catalogue=catalogue,
        handling=opened.cover.handling,
        restricted=opened.covered,
        is_hidden=not opened.is_shown,
    )
    links = links_of(parts)
    stored = {section.items[0].id: section for section in opened.contents.sections}
    files = {each.item: each for each in opened.contents.attachments}
    resting = withdrawn_under(opened.sections, opened.notices)
    return {
        "package": opened.package,
        "cover": opened.cover,
        "here": here,
        "part": number,
        "sections": [
            shown_section(stored[each.item], each, files, given, links, resting)
            for each in parts[number - 1]
        ],
        "contents": _contents(parts),
        "restricted": [_restricted(each, opened.sections) for each in opened.restricted],
        "is_unhidden": is_unhidden,
        "why": None,
        "asks": any(each.kind == REQUEST for each in opened.sections),
        "unread": opened.unread,
        "warnings": warnings_of(opened.sections, catalogue),
        "signature": await client.signature_of(core),
        "catalogue": catalogue,
        "erased": (await client.kept_package(core)).erased,
        "pagination": pages_of(len(parts), 1, number, f"{_reading(here)}?part="),
        "reading": _reading(here),
        "now": asked.now,
    }


def _reading(here: str) -> str:
    """Where a package is read: what was sent has a page of its own about its way."""
    return f"{here}/read" if here.startswith("/sent/") else here


def _restricted(part: RestrictedPart, sections: Sequence[ReadSection]) -> str:
    """What is restricted, since when and why."""
    names = {section.id: section.title for section in sections}
    names |= {pointed.called: pointed.words for pointed in called(sections)}
    what = names.get(part.place, part.place) if part.place is not None else "All of it"
    return f"{what}: {in_words(part.restriction)}"


def _contents(parts: Sequence[Sequence[ReadSection]]) -> list[tuple[str, str, int]]:
    """Every section's title, where it begins, and on which page."""
    begun: dict[ItemId, tuple[str, str, int]] = {}
    for number, part in enumerate(parts, 1):
        for section in part:
            begun.setdefault(section.item, (section.title, f"section-{section.item.hex()}", number))
    return list(begun.values())


async def erased(asked: Asked, core: ObjectHash, about: dict[str, Any]) -> web.StreamResponse:
    """A package whose contents are gone: its cover, and what was erased, when and why."""
    kept = await asked.client.kept_package(core)
    return asked.page("inbox/erased.html", **{**about, "title": "An erased package"}, kept=kept)


# -- files ------------------------------------------------------------------------------------------------------------


async def received_file(asked: Asked) -> web.StreamResponse:
    """A file of a package that came."""
    core = received_core(asked)
    return await hand_over(asked, core, (await asked.client.received(core)).package)


async def sent_file(asked: Asked) -> web.StreamResponse:
    """A file of a package that was sent from here, where it was kept."""
    core = sent_core(asked)
    return await hand_over(asked, core, (await asked.client.status(core)).package)


async def hand_over(
    asked: Asked,
    core: ObjectHash,
    package: ReceivedPackage | SentPackage,
    why: str | None = None,
) -> web.StreamResponse:
    """The content, piece by piece, to be saved: never shown, under a name that is made of its digest.

    One that is restricted is handed over only to somebody who says ``why``.
    """
    attachment = await asked.client.find_attachment(core, item_of(asked), why)
    pieces = asked.client.attachment_pieces(package, attachment)
    # What fails at once is told on a page of its own.
    first = await asyncio.to_thread(next, pieces, _END)
    response = web.StreamResponse(status=HTTPStatus.OK, headers=_headers(attachment))
    response.content_length = attachment.size
    await response.prepare(asked.request)
    await _stream(asked, response, first, pieces)
    return response


def _headers(attachment: StoredAttachment) -> dict[str, str]:
    name = stored_name(attachment.digest, attachment.name)
    return {
        **guards.HEADERS,
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f'attachment; filename="{name}"',
    }


async def _stream(
    asked: Asked, response: web.StreamResponse, piece: object, pieces: Iterator[bytes]
) -> None:
    """Only a file that came to its end is whole: whatever fails before leaves the browser with a broken download."""
    client = asked.client  # which stays open for this, although somebody locks meanwhile
    try:
        while isinstance(piece, bytes | bytearray | memoryview):
            async with asyncio.timeout(_STALLED):
                await response.write(piece)
            asked.desk.asked()
            piece = await asyncio.to_thread(next, pieces, _END)
    except (TamperError, RefusedError, OSError) as error:  # a TimeoutError is an OSError
        if isinstance(error, TamperError):
            client.home.record_alarm(error)
        if asked.request.transport is not None:
            asked.request.transport.abort()
        return
    await response.write_eof()


PAGES = (
    get("/inbox/{package}/file/{item}", received_file),
    get("/sent/{package}/read", reread),
    get("/sent/{package}/file/{item}", sent_file),
)
