"""Writing a request: its questions with who is asked each, who stands in for whom, and the last look."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.web.asked import Asked
from agency_client.web.fields import shown, take, whole_summary
from agency_client.web.pages.draft_files import file_pages
from agency_client.web.pages.readers import reader_pages
from agency_client.web.pages.share import people_pages, statement_pages
from agency_client.web.pages.sharing import last_pages
from agency_client.web.table import get, post
from agency_client.web.writing.asking import pages_of
from agency_client.web.writing.opened import DRAFT, Open, position_of
from agency_client.web.writing.request import REQUEST, ROOT
from agency_client.web.writing.request_questions import (
    asked_of,
    deputy_fields,
    question_fields,
    questions_of,
)
from agency_client.web.writing.steps import belonging, typed_wrong
from phoenix_protocol.errors import Problem

_ONE: Final = f"{ROOT}/{DRAFT}/question/{{question:[0-9]{{1,4}}}}"


async def questions(asked: Asked) -> web.StreamResponse:
    """The questions in their order."""
    open_ = Open(asked)
    names = open_.setting.names
    rows = [
        (
            str(q.get("text") or "Nothing is asked yet"),
            [names.get(a, a) for a in q.get("ask") or {}],
        )
        for q in questions_of(open_.document)
    ]
    return asked.page(
        "requests/questions.html",
        title="What you ask, and whom",
        path_of_draft=open_.path,
        rows=rows,
    )


async def add_question(asked: Asked) -> web.StreamResponse:
    """One more question."""
    open_ = Open(asked)
    found = open_.document.setdefault("question", [])
    taken = {each.get("id") for each in found}
    number = next(n for n in range(1, len(found) + 2) if f"q{n}" not in taken)
    found.append({"id": f"q{number}"})
    open_.save()
    return asked.go(f"{open_.path}/question/{len(found)}")


async def question(asked: Asked) -> web.StreamResponse:
    """One question to write."""
    open_ = Open(asked)
    return _question(open_, _position(open_), ())


def _position(open_: Open) -> int:
    return position_of(open_.asked.part("question"), questions_of(open_.document))


def _question(open_: Open, position: int, problems: tuple[Problem, ...]) -> web.Response:
    fields = question_fields(open_.setting, position)
    said = questions_of(open_.document)[position]
    place = f"question[{position + 1}].ask"
    asking = next((p.message for p in problems if p.place.startswith(place)), None)
    errors = whole_summary(fields, problems)
    if asking is not None:
        errors.append({"text": asking, "href": "#ask"})
    names, chosen = open_.setting.names, said.get("ask") or {}
    words = [*names.items(), *((a, a) for a in chosen if a not in names)]
    return open_.asked.page(
        "requests/question.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        title=f"Question {position + 1}",
        path_of_draft=open_.path,
        number=position + 1,
        fields=shown(fields, open_.document, problems),
        known=words,
        chosen=chosen,
        asking=asking,
        errors=errors,
        problem=bool(errors) or None,
    )


async def save_question(asked: Asked) -> web.StreamResponse:
    """Keep a question, and who is asked it."""
    open_ = Open(asked)
    position = _position(open_)
    take(question_fields(open_.setting, position), asked.form, open_.document)
    ticked = dict.fromkeys(asked.form.texts("ask"))
    said = questions_of(open_.document)[position]
    said["ask"] = {name: asked.form.text(f"why-{name}").strip() for name in ticked}
    _settle_deputies(open_)
    open_.save()
    if asked.form.has("autosave"):
        return web.json_response({"saved": True})
    findings = await REQUEST.find(asked.client, open_.draft)
    place = f"question[{position + 1}]"
    own = tuple(p for p in findings.problems if p.place.startswith((f"{place}.", f"{place}[")))
    problems = typed_wrong(own)
    if problems:
        return _question(open_, position, problems)
    return asked.go(f"{open_.path}/questions")


async def remove_question(asked: Asked) -> web.StreamResponse:
    """Take a question out."""
    open_ = Open(asked)
    questions_of(open_.document).pop(_position(open_))
    _settle_deputies(open_)
    open_.save()
    return asked.go(f"{open_.path}/questions")


# -- who stands in ----------------------------------------------------------------------------------------------------


def _settle_deputies(open_: Open) -> None:
    """One entry for each of those asked, in their order; what was said of them before stays."""
    before = {each.get("instead_of"): each for each in open_.document.get("deputy") or ()}
    asked = asked_of(open_.document)
    open_.document["deputy"] = [before.get(name) or {"instead_of": name} for name in asked]


async def deputies(asked: Asked) -> web.StreamResponse:
    """Who is asked when somebody has not answered in time."""
    open_ = Open(asked)
    _settle_deputies(open_)
    return _deputies(open_, ())


def _fields(open_: Open) -> tuple[Any, ...]:
    return tuple(
        field
        for n, name in enumerate(asked_of(open_.document))
        for field in deputy_fields(open_.setting, n, name)
    )


def _deputies(open_: Open, problems: tuple[Problem, ...]) -> web.Response:
    fields = _fields(open_)
    errors = whole_summary(fields, problems)
    return open_.asked.page(
        "requests/deputies.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        title="Who is asked when somebody does not answer",
        path_of_draft=open_.path,
        fields=shown(fields, open_.document, problems),
        errors=errors,
        problem=bool(errors) or None,
    )


async def save_deputies(asked: Asked) -> web.StreamResponse:
    """Keep who stands in for whom."""
    open_ = Open(asked)
    _settle_deputies(open_)
    take(_fields(open_), asked.form, open_.document)
    open_.save()
    if asked.form.has("autosave"):
        return web.json_response({"saved": True})
    findings = await REQUEST.find(asked.client, open_.draft)
    step = REQUEST.step(open_.setting, "deputies")
    problems = belonging(step, findings.problems) if step is not None else ()
    return _deputies(open_, problems) if problems else asked.go(open_.path)


PAGES = (
    *pages_of(REQUEST),
    *people_pages(ROOT),
    *statement_pages(ROOT),
    *reader_pages(ROOT),
    *file_pages(ROOT),
    *last_pages(ROOT),
    get(f"{ROOT}/{DRAFT}/questions", questions),
    post(f"{ROOT}/{DRAFT}/questions/new", add_question),
    get(_ONE, question),
    post(_ONE, save_question),
    post(f"{_ONE}/remove", remove_question),
    get(f"{ROOT}/{DRAFT}/deputies", deputies),
    post(f"{ROOT}/{DRAFT}/deputies", save_deputies),
)
