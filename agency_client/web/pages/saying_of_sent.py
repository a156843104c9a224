"""Saying something of what was sent: correct or withdraw a statement, release it, or take the package back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.use_cases.following import Following
from agency_client.use_cases.notice_subjects import Wanted
from agency_client.web.asked import Asked
from agency_client.web.fields import Field, Shape
from agency_client.web.naming import item_of, number_of, sent_core
from agency_client.web.paging import pages_of
from agency_client.web.second_look import digest_of, hints_of
from agency_client.web.sent_items import SentItem, items_of, what_can_be_said
from agency_client.web.simple_forms import Asking, Filled, empty, filled
from agency_client.web.table import Handler, get, post
from phoenix_protocol.errors import PhoenixError
from phoenix_protocol.sealing.notices import NoticeAction

_MOST: Final = 50


def _why(label: str, hint: str, missing: str | None = None) -> Asking:
    field = Field(at=("why",), shape=Shape.LONG, label=label, hint=hint)
    return Asking(field=field, missing=missing)


_TEXT: Final = Asking(
    field=Field(
        at=("text",),
        shape=Shape.LONG,
        label="What it should say",
        hint="The first words stay beside yours, for everybody who was told.",
    ),
    missing="Enter what it should say",
)
_READ_BY_ALL: Final = "Everybody who was told reads this."
_CORRECT: Final = (_TEXT, _why("Why it was wrong", f"{_READ_BY_ALL} You may leave it empty."))
_WITHDRAW: Final = (
    _why("Why it does not stand any more", _READ_BY_ALL, "Enter why it does not stand any more"),
)
_RELEASE: Final = (
    _why("What they should know", "Everybody who has it reads this. You may leave it empty."),
)
_RECALL: Final = (
    _why("Why you take it back", "Recipients may read this.", "Enter why you take it back"),
)


def _here(found: Following) -> str:
    return f"/sent/{found.package.core.hex()}"


async def statements(asked: Asked) -> web.StreamResponse:
    """Every statement and file of a package, with what may be said of each."""
    found = await asked.client.follow(sent_core(asked))
    items, number = items_of(found), number_of(asked.query("page"))
    start = (number - 1) * _MOST
    said = what_can_be_said(items)
    return asked.page(
        "sent/statements.html",
        title=f"{said} something you sent" if said else "Statements that you sent",
        here=_here(found),
        found=found,
        items=items[start : start + _MOST],
        whole=len(items),
        pagination=pages_of(len(items), _MOST, number, f"{_here(found)}/statements?page="),
    )


# -- one statement or file -------------------------------------------------------------------------------------------

_ACTIONS: Final = {
    "correct": NoticeAction.CORRECT,
    "withdraw": NoticeAction.WITHDRAW,
    "release": NoticeAction.RELEASE,
}


def _wanted(word: str, found: Following, item: SentItem, form: Filled) -> Wanted:
    """The notice that a form asks for."""
    return Wanted(
        action=_ACTIONS[word],
        package=found.package.package.hex(),
        statement=item.id.hex(),
        text=form.text("text") if word == "correct" else None,
        why=form.text("why") or None,
        conditions=("C",) if word == "release" else (),
    )


def _pages(word: str, said: str, title: str, asks: tuple[Asking, ...]) -> tuple[Handler, Handler]:
    """The form that says one thing of one item, and what sends it."""

    async def show(
        asked: Asked, found: Following, item: SentItem, form: Filled, **look: Any
    ) -> web.StreamResponse:
        return asked.page(
            f"sent/{word}.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
            title=title,
            problem=bool(form.errors) or None,
            here=_here(found),
            action=f"{_here(found)}/{word}/{item.id.hex()}",
            item=item,
            form=form,
            **{"hints": (), "seen": "", **look},
        )

    async def ask(asked: Asked) -> web.StreamResponse:
        found, item = await _found(asked, word)
        first = {"text": item.text} if word == "correct" else {}
        return await show(asked, found, item, Filled(asked=asks, tree=first))

    async def send(asked: Asked) -> web.StreamResponse:
        found, item = await _found(asked, word)
        form = filled(asks, asked.form, asked.now)
        if form.problems:
            return await show(asked, found, item, form)
        wanted = _wanted(word, found, item, form)
        try:
            hints = await hints_of(asked, wanted)
            if hints:
                return await show(asked, found, item, form, hints=hints, seen=digest_of(wanted))
            await asked.client.give_notice(wanted)
        except PhoenixError as error:
            return await show(asked, found, item, form.with_failure(error))
        return asked.go(f"{_here(found)}?said={said}")

    return ask, send


async def _found(asked: Asked, word: str) -> tuple[Following, SentItem]:
    """The item that the path names, when this may be said of it. Raises HTTPNotFound."""
    found, wanted = await asked.client.follow(sent_core(asked)), item_of(asked)
    for item in items_of(found):
        if item.id == wanted and word in item.may:
            return found, item
    raise web.HTTPNotFound


# -- the whole package -----------------------------------------------------------------------------------------------


async def _show_recall(asked: Asked, found: Following, form: Filled) -> web.StreamResponse:
    return asked.page(
        "sent/recall.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        title="Take a package back",
        problem=bool(form.errors) or None,
        here=_here(found),
        found=found,
        form=form,
    )


async def ask_recall(asked: Asked) -> web.StreamResponse:
    """What taking back can do, and why it is wanted."""
    return await _show_recall(asked, await asked.client.follow(sent_core(asked)), empty(_RECALL))


async def recall(asked: Asked) -> web.StreamResponse:
    """Take it back from everybody who has not accepted it."""
    found = await asked.client.follow(sent_core(asked))
    form = filled(_RECALL, asked.form, asked.now)
    if form.problems:
        return await _show_recall(asked, found, form)
    try:
        await asked.client.recall(found.package.core, form.text("why"))
    except PhoenixError as error:
        return await _show_recall(asked, found, form.with_failure(error))
    return asked.go(f"{_here(found)}?said=recalled#taken-back")


_CORRECTING: Final = _pages("correct", "corrected", "Correct a statement", _CORRECT)
_WITHDRAWING: Final = _pages("withdraw", "withdrawn", "Withdraw a statement or file", _WITHDRAW)
_RELEASING: Final = _pages("release", "released", "Release a statement", _RELEASE)

PAGES = (
    get("/sent/{package}/statements", statements),
    get("/sent/{package}/correct/{item}", _CORRECTING[0]),
    post("/sent/{package}/correct/{item}", _CORRECTING[1]),
    get("/sent/{package}/withdraw/{item}", _WITHDRAWING[0]),
    post("/sent/{package}/withdraw/{item}", _WITHDRAWING[1]),
    get("/sent/{package}/release/{item}", _RELEASING[0]),
    post("/sent/{package}/release/{item}", _RELEASING[1]),
    get("/sent/{package}/recall", ask_recall),
    post("/sent/{package}/recall", recall),
)
