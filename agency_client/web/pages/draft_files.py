"""The files of a draft: taken in piece by piece, encrypted at once, never whole in memory."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import BodyPartReader, web

from agency_client.web.asked import Asked
from agency_client.web.forms import TOKEN
from agency_client.web.table import Page, get, post
from agency_client.web.uploads import parts_of, piece_of
from agency_client.web.writing import editing
from agency_client.web.writing.opened import DRAFT, Open

_PIECE: Final = 1 << 18
_LONGEST_TOKEN: Final = 256
_LONGEST_ID: Final = 4096


async def files(asked: Asked) -> web.StreamResponse:
    """The files of each section."""
    return _files(asked, Open(asked), {})


def _files(asked: Asked, open_: Open, problems: Mapping[str, str]) -> web.Response:
    sections = editing.sections_of(open_.document)
    titles = [(str(each.get("id")), each.get("title") or "No title yet") for each in sections]
    return asked.page(
        "share/files.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        title="Files",
        path_of_draft=open_.path,
        titles=titles,
        files=asked.client.draft_files(open_.draft.id),
        problems=problems,
    )


async def take_file(asked: Asked) -> web.StreamResponse:
    """A file in pieces, straight into its encrypted copy: none of it is ever whole in memory."""
    open_ = Open(asked)
    section = ""
    async for part in parts_of(asked):
        if part.name == TOKEN:
            token = (await piece_of(part, _LONGEST_TOKEN)).decode("ascii", "replace")
            if not asked.sessions.is_form_token(token):
                raise web.HTTPForbidden
            asked.desk.asked()
            asked.form = type(asked.form)(((TOKEN, token),))
        elif not asked.form.has(TOKEN):
            raise web.HTTPForbidden  # the token comes first, so that nobody else's bytes are kept
        elif part.name == "section":
            section = (await piece_of(part, _LONGEST_ID)).decode("utf-8", "replace")
        elif part.name == "file":
            if problems := _wrong(open_, section, part.filename):
                await part.release()  # a browser reads no answer before it has sent everything
                return _files(asked, open_, problems)
            await _keep(asked, open_, section, part)
    return asked.go(f"{open_.path}/files")


def _wrong(open_: Open, section: str, name: str | None) -> dict[str, str]:
    known = {str(each.get("id")) for each in editing.sections_of(open_.document)}
    asked = {
        "section": "" if section in known else "Choose the section that the file belongs to",
        "file": "" if name else "Choose a file",
    }
    return {field: words for field, words in asked.items() if words}


async def _keep(asked: Asked, open_: Open, section: str, part: BodyPartReader) -> None:
    with asked.client.attaching(open_.draft.id, section, part.filename or "") as file:
        while piece := await piece_of(part, _PIECE):
            file.write(piece)
            asked.desk.asked()


async def remove_file(asked: Asked) -> web.StreamResponse:
    """Take a file out."""
    open_ = Open(asked)
    asked.client.detach(open_.draft.id, asked.part("file"))
    return asked.go(f"{open_.path}/files")


def file_pages(root: str) -> tuple[Page, ...]:
    """The pages about files of the documents below a path."""
    draft = f"{root}/{DRAFT}"
    return (
        get(f"{draft}/files", files),
        post(f"{draft}/files", take_file, streams=True),
        post(f"{draft}/files/{{file:[0-9a-f]{{32}}}}/remove", remove_file),
    )
