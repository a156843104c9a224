"""Answering a request question by question: shared, withheld, not held, not searched."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.web.asked import Asked
from agency_client.web.fields import put_at, shown, take, whole_summary
from agency_client.web.pages.draft_files import file_pages
from agency_client.web.pages.readers import reader_pages
from agency_client.web.pages.share import people_pages, statement_pages
from agency_client.web.pages.sharing import last_pages
from agency_client.web.table import get, post
from agency_client.web.writing.answer_questions import (
    ANSWERS,
    every_field,
    inside,
    is_both_ways,
    is_given,
    place_of,
    put_here,
)
from agency_client.web.writing.asking import pages_of
from agency_client.web.writing.opened import DRAFT, Open, position_of
from agency_client.web.writing.response import HOME, RESPONSE, ROOT
from agency_client.web.writing.steps import belonging, typed_wrong
from phoenix_protocol.errors import Problem

BOTH_WAYS: Final = (
    "This says that you looked and that you have not looked. "
    "Take one out, or say where you looked and what was not looked for."
)
_ONE: Final = f"{ROOT}/{DRAFT}/answer/{{question:[0-9]{{1,4}}}}"


async def answer(asked: Asked) -> web.StreamResponse:
    """One question, with the four answers that there are."""
    open_ = Open(asked)
    return _answer(open_, position_of(asked.part("question"), put_here(open_.setting)), ())


def _answer(open_: Open, position: int, problems: tuple[Problem, ...]) -> web.Response:
    setting = open_.setting
    errors = whole_summary(every_field(setting, position), problems)
    known = {error["text"] for error in errors}
    errors += [
        {"text": problem.message, "href": "#answers"}
        for problem in problems
        if problem.message not in known
    ]
    both_ways = BOTH_WAYS if is_both_ways(setting, position) else ""
    if both_ways:
        errors.append({"text": both_ways, "href": "#answers"})
    return open_.asked.page(
        "requests/answer.html",
        both_ways=both_ways,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        title=f"Question {position + 1} of {len(put_here(setting))}",
        path_of_draft=open_.path,
        number=position + 1,
        question=put_here(setting)[position],
        choices=[_choice(open_, position, each, problems) for each in ANSWERS],
        errors=errors,
        problem=bool(errors) or None,
        has_statements=bool(open_.document.get("section")),
    )


def _choice(open_: Open, position: int, each: Any, problems: tuple[Problem, ...]) -> dict[str, Any]:
    label, hint = ANSWERS[each]
    return {
        "code": each.value,
        "label": label,
        "hint": hint,
        "checked": is_given(open_.setting, position, each),
        "fields": shown(inside(open_.setting, position, each), open_.document, problems),
    }


async def save_answer(asked: Asked) -> web.StreamResponse:
    """Keep what became of a question; on to the next."""
    open_ = Open(asked)
    position = position_of(asked.part("question"), put_here(open_.setting))
    chosen = asked.form.texts("answers")
    for each in ANSWERS:
        word = each.value if each.value in chosen else None
        put_at(open_.document, (*place_of(position, each), "answer"), word)
    take(every_field(open_.setting, position), asked.form, open_.document)
    open_.save()
    if asked.form.has("autosave"):
        return web.json_response({"saved": True})
    findings = await RESPONSE.find(asked.client, open_.draft)
    step = RESPONSE.step(open_.setting, f"answer/{position + 1}")
    problems = typed_wrong(belonging(step, findings.problems)) if step is not None else ()
    stopping = tuple(p for p in problems if p.code not in _later(open_))
    is_unclear = bool(stopping) or is_both_ways(open_.setting, position)
    return _answer(open_, position, stopping) if is_unclear else asked.go(open_.path)


def _later(open_: Open) -> frozenset[str]:
    """What is put right on other pages: who gets a statement, and, as long as nothing is written, what is shared."""
    return frozenset(
        {"E_DOC_BASIS"} | (set() if open_.document.get("section") else {"E_DOC_ANSWER"})
    )


async def drafts(asked: Asked) -> web.StreamResponse:
    """Drafts of answers are listed with those of requests."""
    return asked.go(HOME)


PAGES = (
    get(ROOT, drafts),
    *pages_of(RESPONSE),
    *people_pages(ROOT),
    *statement_pages(ROOT),
    *reader_pages(ROOT),
    *file_pages(ROOT),
    *last_pages(ROOT),
    get(_ONE, answer),
    post(_ONE, save_answer),
)
