"""Advice: a question that is filed, and the advice that was given. Neither is sent to anybody, and nothing waits."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from aiohttp import web

from agency_client.use_cases.advising import Question
from agency_client.use_cases.showing import ShownRecord
from agency_client.web.asked import Asked
from agency_client.web.fields import Field, Shape
from agency_client.web.naming import record_of
from agency_client.web.simple_forms import Asking, Filled, day_end, empty, filled
from agency_client.web.table import get, post
from phoenix_protocol.errors import PhoenixError
from phoenix_protocol.identifiers import ObjectHash

_ASK: Final = (
    Asking(
        field=Field(
            at=("asked_of",),
            shape=Shape.LINE,
            label="Whom do you ask?",
            hint="A name or a role, such as Information manager.",
        ),
        missing="Enter whom you ask",
    ),
    Asking(field=Field(at=("role",), shape=Shape.LINE, label="In which role? (optional)")),
    Asking(
        field=Field(
            at=("question",),
            shape=Shape.LONG,
            label="What do you ask?",
            hint="With as little of the case as the question needs.",
        ),
        missing="Enter what you ask",
    ),
    Asking(
        field=Field(
            at=("due",),
            shape=Shape.DAY,
            label="When shall Phoenix remind you? (optional)",
            hint="For example, 4 12 2026. Without a day it is in three days.",
        )
    ),
)
_ADVICE: Final = (
    Asking(
        field=Field(at=("text",), shape=Shape.LONG, label="What was the advice?", rows=6),
        missing="Enter the advice",
    ),
    Asking(field=Field(at=("by",), shape=Shape.LINE, label="Who gave it? (optional)")),
)


def _about(asked: Asked) -> tuple[ObjectHash | int | None, str]:
    """What the question is about, and where that is shown."""
    if asked.query("package"):
        core = asked.client.find_kept(asked.query("package"))
        return core, f"/register/package/{core.hex()}"
    number = asked.query("record")
    if number.isascii() and number.isdecimal() and len(number) <= 18:
        return int(number), f"/register/record/{number}"
    return None, "/register"


def _ask_page(asked: Asked, form: Filled) -> web.Response:
    return asked.page(
        "register/ask.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        title="Ask for advice",
        problem=bool(form.errors) or None,
        form=form,
        back=_about(asked)[1],
        action=asked.request.path_qs,
    )


async def ask(asked: Asked) -> web.StreamResponse:
    """What is asked of whom."""
    return _ask_page(asked, empty(_ASK))


async def file_question(asked: Asked) -> web.StreamResponse:
    """File the question with what it is about."""
    form = filled(_ASK, asked.form, asked.now)
    if form.problems:
        return _ask_page(asked, form)
    question = Question(
        asked_of=form.text("asked_of"),
        role=form.text("role") or None,
        question=form.text("question"),
        due=day_end(form.text("due")),
    )
    try:
        number = await asked.client.ask_advice(_about(asked)[0], question)
    except PhoenixError as error:
        return _ask_page(asked, form.with_failure(error))
    return asked.go(f"/register/record/{number}?said=asked")


async def _advice_page(asked: Asked, form: Filled) -> web.Response:
    found: ShownRecord = await asked.client.show_record(record_of(asked))
    return asked.page(
        "register/advice.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        title="File the advice",
        problem=bool(form.errors) or None,
        form=form,
        back=f"/register/record/{found.record.number}",
        action=f"/register/record/{found.record.number}/advice",
        question=found.record.summary,
    )


async def advice(asked: Asked) -> web.StreamResponse:
    """What was advised."""
    return await _advice_page(asked, empty(_ADVICE))


async def file_advice(asked: Asked) -> web.StreamResponse:
    """File the advice with its question."""
    number = record_of(asked)
    form = filled(_ADVICE, asked.form, asked.now)
    if form.problems:
        return await _advice_page(asked, form)
    try:
        await asked.client.answer_advice(number, form.text("text"), form.text("by") or None)
    except PhoenixError as error:
        return await _advice_page(asked, form.with_failure(error))
    return asked.go(f"/register/record/{number}?said=advised")


PAGES = (
    get("/register/ask", ask),
    post("/register/ask", file_question),
    get("/register/record/{record}/advice", advice),
    post("/register/record/{record}/advice", file_advice),
)
