"""The files of a draft: taken in piece by piece, encrypted at once, never whole in memory."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from aiohttp import BodyPartReader, web

from agency_client.web.asked import Asked
from agency_client.web.forms import TOKEN
from agency_client.web.table import Page, get, post
from agency_client.web.uploads import piece_of
from agency_client.web.writing import editing
from agency_client.web.writing.opened import DRAFT, Open

_PIECE: Final = 1 << 18
_LONGEST_TOKEN: Final = 256
_LONGEST_ID: Final = 4096


async def files(asked: Asked) -> web.StreamResponse:
    """The files of each section."""
    return _files(asked, Open(asked), None)


def _files(asked: Asked, open_: Open, problem: str | None) -> web.Response:
    sections = editing.sections_of(open_.document)
    titles = [(str(each.get("id")), each.get("title") or "No title yet") for each in sections]
    return asked.page(
        "share/files.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        title="Files",
        path_of_draft=open_.path,
        titles=titles,
        files=asked.client.draft_files(open_.draft.id),
        problem=problem,
    )


async def take_file(asked: Asked) -> web.StreamResponse:
    """A file in pieces, straight into its encrypted copy: none of it is ever whole in memory."""
    open_ = Open(asked)
    parts = await asked.request.multipart()
    section = ""
    async for part in parts:
        if not isinstance(part, BodyPartReader):
            raise web.HTTPBadRequest
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
            known = {str(each.get("id")) for each in editing.sections_of(open_.document)}
            if section not in known:
                return _files(asked, open_, "Choose the section that the file belongs to")
            if not part.filename:
                return _files(asked, open_, "Choose a file")
            await _keep(asked, open_, section, part)
    return asked.go(f"{open_.path}/files")


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
