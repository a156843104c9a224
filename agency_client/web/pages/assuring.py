"""Declaring what an agency assures of the security of its systems: every scheme of the catalogue, on one page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.record.assurances import NONE
from agency_client.use_cases.adopting import Declared
from agency_client.web.asked import Asked
from agency_client.web.asked_for import asked_for
from agency_client.web.fields import Field, Shape, Shown, Word, shown, summary, take
from agency_client.web.pages.partnership import status_of
from agency_client.web.people_words import agency_facts, label, who_of
from agency_client.web.questions import setting_for
from agency_client.web.saying import say
from agency_client.web.table import get, post
from agency_client.web.writing.steps import Setting
from phoenix_protocol.errors import Problem
from phoenix_protocol.identifiers import Seconds

_HERE: Final = "/members/partnership/assurances"
_NOTHING: Final = Field(
    at=("nothing",),
    shape=Shape.MANY,
    label="If your agency has none of these",
    words=(Word(code="none", label="We have none of them"),),
)


def _schemes(setting: Setting) -> tuple[str, ...]:
    return tuple(w.code for w in setting.words("assurance_scheme") if w.code != NONE)


def _fields(setting: Setting, position: int) -> tuple[Field, ...]:
    """The questions of one scheme."""
    at = ("assurances", position)
    return (
        Field(
            at=(*at, "status"),
            shape=Shape.SELECT,
            label="How does your agency stand in it?",
            words=setting.words("assurance_status"),
        ),
        Field(
            at=(*at, "valid_to"),
            shape=Shape.DAY,
            label="The last day for which that holds",
            hint="For example, 30 6 2027.",
        ),
    )


async def ask(asked: Asked) -> web.StreamResponse:
    """What is declared now, and what is declared from now on: nothing is chosen beforehand."""
    return await _page(asked, {"assurances": []})


async def _page(
    asked: Asked, tree: Mapping[str, Any], problems: Sequence[Problem] = ()
) -> web.Response:
    own = _own(asked)
    setting = setting_for(asked, {})
    groups = _groups(setting, tree, problems)
    every = [f for n in range(len(groups)) for f in _fields(setting, n)]
    errors = summary([*every, _NOTHING], problems)
    placed = {each["text"] for each in errors}
    errors += [
        {"text": p.message, "href": f"#{every[0].id}"} for p in problems if p.message not in placed
    ]
    line = next((each for each in (await status_of(asked)).agencies if each.id == own), None)
    return asked.page(
        "people/assurances.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        title="What your agency assures of its security",
        problem=bool(problems) or None,
        errors=errors,
        groups=groups,
        nothing=shown([_NOTHING], tree, problems),
        now=agency_facts(line, setting.catalogue, Seconds(asked.now)) if line is not None else None,
    )


def _own(asked: Asked) -> str:
    """The agency that this home speaks for. Raises HTTPNotFound."""
    own = who_of(asked).speaks_for
    if own is None:
        raise web.HTTPNotFound
    return own


def _groups(
    setting: Setting, tree: Mapping[str, Any], problems: Sequence[Problem]
) -> list[tuple[str, tuple[Shown, ...]]]:
    names = [label(setting.catalogue, "assurance_scheme", code) for code in _schemes(setting)]
    return [
        (name, shown(_fields(setting, position), tree, problems))
        for position, name in enumerate(names)
    ]


async def declare(asked: Asked) -> web.StreamResponse:
    """Declare it, in the place of what was declared before."""
    _own(asked)
    setting = setting_for(asked, {})
    codes = _schemes(setting)
    tree: dict[str, Any] = {"assurances": [{} for _ in codes]}
    take([f for n in range(len(codes)) for f in _fields(setting, n)], asked.form, tree)
    take([_NOTHING], asked.form, tree)
    said = [n for n, entry in enumerate(tree["assurances"]) if entry]
    data = _document(tree, codes, said)
    if data is None:
        words = "Say how your agency stands in one of them, or that it has none of them"
        problem = Problem(code="E_USAGE", place="nothing", message=words, next="")
        return await _page(asked, tree, (problem,))
    looked: Declared = await asked.client.look_at_assurances(data)
    problems = asked_for(looked.findings.problems)
    if problems:
        return await _page(asked, tree, [_back(p, said) for p in problems])

    async def work() -> Any:
        return await asked.client.declare_assurances(data)

    then = "/members/partnership?said=declared"
    return await say(asked, "Declaring assurances", work, then=lambda _: then, back=_HERE)


def _document(tree: Mapping[str, Any], codes: Sequence[str], said: Sequence[int]) -> bytes | None:
    """The declaration as a document; None where the page says nothing, or both something and nothing."""
    entries = [{"scheme": codes[n], **tree["assurances"][n]} for n in said]
    if bool(tree.get("nothing")) == bool(entries):
        return None
    return json.dumps({"assurances": entries or [{"scheme": NONE}]}).encode()


def _back(problem: Problem, said: Sequence[int]) -> Problem:
    """A problem of the document, at the place of its scheme on the page: those without an answer are not written."""
    for position, on_page in enumerate(said):
        begins = Field(at=("assurances", position), shape=Shape.LINE, label="").name
        there = Field(at=("assurances", on_page), shape=Shape.LINE, label="").name
        if problem.place.startswith(begins):
            return replace(problem, place=there + problem.place.removeprefix(begins))
    return problem


PAGES = (get(_HERE, ask), post(_HERE, declare))
