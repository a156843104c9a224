"""Professional disagreements: raise one with a named contact, answer one, say how one of ours ended."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.record.disagreements import Ended
from agency_client.use_cases.disagreeing import Disagreement, Raised
from agency_client.web.asked import Asked
from agency_client.web.fields import Field, Shape, Word
from agency_client.web.in_time import in_time
from agency_client.web.naming import kept_core, record_of
from agency_client.web.simple_forms import Asking, Filled, empty, filled
from agency_client.web.table import get, post
from phoenix_protocol.errors import PhoenixError
from phoenix_protocol.identifiers import ObjectHash, address

#: How one ended, in words.
HOW: Final = {
    Ended.CHANGED: "It was changed",
    Ended.KEPT: "It stands, and we accept the reasons",
    Ended.DIFFER: "It stands, and we go on seeing it differently",
    Ended.TAKEN_FURTHER: "It was taken to somebody above both of us, outside Phoenix",
}
_YEAR: Final = 366 * 86400
_SAID: Final = {
    "raised": "They have been told. Go on with what you have to do: nothing waits for their answer.",
    "answered": "They have your answer. Whoever raised it closes it.",
    "closed": "It is closed, and they have been told.",
}
_BY: Final = Asking(
    field=Field(at=("by",), shape=Shape.LINE, label="Who says so? (optional)", hint="Your name.")
)
_WORDS: Final = (
    Asking(
        field=Field(
            at=("what",),
            shape=Shape.LONG,
            label="What do you disagree with?",
            hint="They read this. Repeat nothing of the case that they need not have.",
        ),
        missing="Enter what you disagree with",
    ),
    Asking(field=Field(at=("why",), shape=Shape.LONG, label="Why?"), missing="Enter why"),
    Asking(field=Field(at=("wanted",), shape=Shape.LONG, label="What would settle it? (optional)")),
    Asking(
        field=Field(at=("with_whom",), shape=Shape.LINE, label="Whose decision is it? (optional)")
    ),
    _BY,
    Asking(
        field=Field(
            at=("due",),
            shape=Shape.DAY,
            label="By when do you want an answer? (optional)",
            hint="For example, 4 12 2026. Without a day it is in five days.",
        ),
        latest=_YEAR,
    ),
)
_ANSWER: Final = (
    Asking(
        field=Field(at=("text",), shape=Shape.LONG, label="Your answer", hint="They read this."),
        missing="Enter your answer",
    ),
    _BY,
)
_CLOSE: Final = (
    Asking(
        field=Field(
            at=("outcome",),
            shape=Shape.ONE,
            label="How did it end?",
            words=tuple(Word(code=each.value, label=label) for each, label in HOW.items()),
        ),
        missing="Choose how it ended",
    ),
    Asking(
        field=Field(at=("text",), shape=Shape.LONG, label="In your words", hint="They read this."),
        missing="Enter how it ended, in your words",
    ),
    _BY,
)


async def disagreements(asked: Asked) -> web.StreamResponse:
    """What was raised from here and with us: those that are open first, the newest first."""
    every = sorted(
        await asked.client.disagreements(), key=lambda each: (each.closed is not None, -each.time)
    )
    return asked.page(
        "register/disagreements.html",
        title="Disagreements",
        now=asked.now,
        said=_SAID.get(asked.query("said")),
        every=every,
        how={each.value: label for each, label in HOW.items()},
    )


# -- raising one ------------------------------------------------------------------------------------------------------


async def _contacts(asked: Asked, core: ObjectHash) -> tuple[str, ...]:
    """With whom one can disagree about a package: its sender, or everybody to whom it went."""
    if asked.client.is_received(core):
        return (str((await asked.client.received(core)).package.sent_from),)
    found = await asked.client.follow(core)
    return tuple(str(each.address) for each in found.recipients)


def _raise_asks(contacts: tuple[str, ...]) -> tuple[Asking, ...]:
    words = tuple(Word(code=each, label=each) for each in contacts)
    whom = Field(at=("to",), shape=Shape.ONE, label="With whom do you disagree?", words=words)
    return (Asking(field=whom, missing="Choose with whom you disagree"), *_WORDS)


def _form_page(
    asked: Asked, form: Filled, title: str, button: str, back: str, about: Any = None
) -> web.Response:
    return asked.page(
        "register/disagree.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        title=title,
        problem=bool(form.errors) or None,
        form=form,
        button=button,
        back=back,
        about=about,
        action=asked.request.path,
    )


def _raise_page(asked: Asked, core: ObjectHash, form: Filled) -> web.Response:
    back = f"/register/package/{core.hex()}"
    return _form_page(asked, form, "Say that you disagree", "Tell them", back)


async def ask_raise(asked: Asked) -> web.StreamResponse:
    """What somebody disagrees with, and why."""
    core = kept_core(asked)
    return _raise_page(asked, core, empty(_raise_asks(await _contacts(asked, core))))


async def raise_(asked: Asked) -> web.StreamResponse:
    """Tell them. It stops nothing, and is listed until it is closed."""
    core = kept_core(asked)
    form = filled(_raise_asks(await _contacts(asked, core)), asked.form, asked.now)
    if form.problems:
        return _raise_page(asked, core, form)
    said = Raised(
        to=address(form.text("to")),
        what=form.text("what"),
        why=form.text("why"),
        wanted=form.text("wanted") or None,
        with_whom=form.text("with_whom") or None,
        by=form.text("by") or None,
        due=form.text("due") or None,
    )
    try:
        await _carry(asked, asked.client.raise_disagreement(core, said))
    except PhoenixError as error:
        return _raise_page(asked, core, form.with_failure(error))
    return asked.go("/disagreements?said=raised")


async def _carry(asked: Asked, sending: Any) -> None:
    done = await in_time(sending)
    await asked.client.told(done.sent.result.package)


# -- answering and closing --------------------------------------------------------------------------------------------


async def _one(asked: Asked) -> Disagreement:
    """The one that the path names. Raises HTTPNotFound."""
    number = record_of(asked)
    every: tuple[Disagreement, ...] = await asked.client.disagreements()
    for each in every:
        if each.record == number:
            return each
    raise web.HTTPNotFound


async def _answer_page(asked: Asked, form: Filled) -> web.Response:
    about = await _one(asked)
    return _form_page(asked, form, "Answer a disagreement", "Answer", "/disagreements", about)


async def ask_answer(asked: Asked) -> web.StreamResponse:
    """What they disagree with, and our answer."""
    return await _answer_page(asked, empty(_ANSWER))


async def answer(asked: Asked) -> web.StreamResponse:
    """Answer it; they close it."""
    form = filled(_ANSWER, asked.form, asked.now)
    if form.problems:
        return await _answer_page(asked, form)
    about = await _one(asked)
    try:
        await _carry(
            asked,
            asked.client.answer_disagreement(
                about.record, form.text("text"), form.text("by") or None
            ),
        )
    except PhoenixError as error:
        return await _answer_page(asked, form.with_failure(error))
    return asked.go("/disagreements?said=answered")


async def _close_page(asked: Asked, form: Filled) -> web.Response:
    about = await _one(asked)
    return _form_page(asked, form, "Close a disagreement", "Close it", "/disagreements", about)


async def ask_close(asked: Asked) -> web.StreamResponse:
    """How it ended."""
    return await _close_page(asked, empty(_CLOSE))


async def close(asked: Asked) -> web.StreamResponse:
    """Say how it ended, to ourselves and to them."""
    form = filled(_CLOSE, asked.form, asked.now)
    if form.problems:
        return await _close_page(asked, form)
    about = await _one(asked)
    ended, text, by = Ended(form.text("outcome")), form.text("text"), form.text("by") or None
    try:
        await _carry(asked, asked.client.close_disagreement(about.record, ended, text, by))
    except PhoenixError as error:
        return await _close_page(asked, form.with_failure(error))
    return asked.go("/disagreements?said=closed")


PAGES = (
    get("/disagreements", disagreements),
    get("/disagreements/raise/{package}", ask_raise),
    post("/disagreements/raise/{package}", raise_),
    get("/disagreements/{record}/answer", ask_answer),
    post("/disagreements/{record}/answer", answer),
    get("/disagreements/{record}/close", ask_close),
    post("/disagreements/{record}/close", close),
)
