"""Who gets a document, and which section of it each of them needs, and why."""

from __future__ import annotations

from aiohttp import web

from agency_client.web.asked import Asked
from agency_client.web.table import Page, get, post
from agency_client.web.writing import editing
from agency_client.web.writing.opened import DRAFT, Open
from agency_client.web.writing.steps import typed_wrong


async def readers(asked: Asked) -> web.StreamResponse:
    """Recipients, and the grid of sections by recipients."""
    open_ = Open(asked)
    found = await open_.kind.find(asked.client, open_.draft)
    fixed = open_.kind.readers
    chosen = fixed(open_.setting) if fixed is not None else open_.document.get("to") or []
    names = open_.setting.names
    return asked.page(
        "share/readers.html",
        title="Who needs to know what",
        path_of_draft=open_.path,
        is_fixed=fixed is not None,
        known=open_.setting.known,
        chosen=chosen,
        unknown=[address for address in chosen if address not in names],
        names=names,
        problems={
            each.place: each.message
            for each in typed_wrong(found.problems)
            if ".need_to_know." in each.place
        },
        sections=[
            (n, each.get("title") or "No title yet", editing.readers_of(each))
            for n, each in enumerate(editing.sections_of(open_.document), 1)
        ],
    )


async def save_recipients(asked: Asked) -> web.StreamResponse:
    """Who gets the package at all."""
    open_ = Open(asked)
    ticked = list(dict.fromkeys(asked.form.texts("to")))
    typed = asked.form.text("other").split()
    editing.set_recipients(open_.document, list(dict.fromkeys([*ticked, *typed])))
    open_.save()
    return asked.go(f"{open_.path}/readers#sections")


async def save_readers(asked: Asked) -> web.StreamResponse:
    """Who needs which section, and why."""
    open_ = Open(asked)
    for n, section in enumerate(editing.sections_of(open_.document), 1):
        ticked = asked.form.texts(f"section-{n}")
        reasons = {each: asked.form.text(f"why-{n}-{each}").strip() for each in ticked}
        editing.set_readers(section, reasons)
    open_.save()
    if asked.form.has("autosave"):
        return web.json_response({"saved": True})
    return asked.go(open_.path)


def reader_pages(root: str) -> tuple[Page, ...]:
    """The pages about readers of the documents below a path."""
    draft = f"{root}/{DRAFT}"
    return (
        get(f"{draft}/readers", readers),
        post(f"{draft}/recipients", save_recipients),
        post(f"{draft}/readers", save_readers),
    )
