"""Answers that are owed of a package that was sent or of a record: each asked in the words of its question."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.record.breaches import BreachDocument
from agency_client.record.decisions import DecisionDocument
from agency_client.record.document import Document
from agency_client.record.places import Place
from agency_client.record.requests import RequestDocument
from agency_client.record.responses import ResponseDocument
from agency_client.web.asked import Asked
from agency_client.web.fields import Field, Shape, read, shown, value_at, whole_summary
from agency_client.web.forms import Form
from agency_client.web.naming import record_of, sent_core
from agency_client.web.questions import fields_for, label_of, questions, setting_for
from agency_client.web.table import get, post
from agency_client.web.telling import telling
from agency_client.web.writing.steps import Setting
from phoenix_protocol.errors import PhoenixError, Problem, RefusedError
from phoenix_protocol.identifiers import ObjectHash

_PACKAGES: Final = (Document, RequestDocument, ResponseDocument)
_RECORDS: Final[dict[str, type[Any]]] = {"decision": DecisionDocument, "breach": BreachDocument}
_BY: Final = Field(
    at=("by",), shape=Shape.LINE, label="Whose answer is it? (optional)", hint="A role is enough."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """What is answered for."""

    of: ObjectHash | int
    owed: tuple[str, ...]
    kinds: tuple[type[Any], ...]
    here: str
    back: str
    document: dict[str, Any] = field(repr=False)


async def _subject(asked: Asked) -> _Subject:
    if "record" in asked.request.match_info:
        return await _record(asked, record_of(asked))
    core = sent_core(asked)
    found = await asked.client.follow(core)
    document = asked.client.kept_document(core) if found.has_document else {}
    return _Subject(
        of=core,
        owed=found.package.owed,
        kinds=_PACKAGES,
        here=f"/reviews/owed/package/{core.hex()}",
        back=f"/register/package/{core.hex()}",
        document=document,
    )


async def _record(asked: Asked, number: int) -> _Subject:
    found = await asked.client.show_record(number)
    kind = _RECORDS.get(found.record.kind)
    dues = (d for d in found.dues if d.kind == "owed_answer" and d.closed is None)
    return _Subject(
        of=number,
        owed=tuple(due.place for due in dues),
        kinds=(kind,) if kind is not None else (),
        here=f"/reviews/owed/record/{number}",
        back=f"/register/record/{number}",
        document={},
    )


async def every(asked: Asked) -> web.StreamResponse:
    """Every question whose answer is owed."""
    subject = await _subject(asked)
    setting = setting_for(asked, subject.document)
    known = questions(setting)
    return asked.page(
        "register/owed.html",
        title="Answers that are owed",
        here=subject.here,
        back=subject.back,
        is_answered="said" in asked.request.query,
        owed=[
            (place, label_of(place, known, setting.catalogue), _where(place, subject.document))
            for place in (name.partition(":")[2] for name in subject.owed)
        ],
    )


def _where(place: str, document: dict[str, Any]) -> str:
    """The statement or section that a question is about, in its own words."""
    from agency_client.record.amending import place_of

    at: Place = place_of(place)
    statement = value_at(document, at[:4]) if at[2:3] == ("statement",) else None
    section = value_at(document, at[:2]) if at[:1] == ("section",) else None
    words = (statement or {}).get("text") or (section or {}).get("title")
    return str(words) if words else ""


async def ask(asked: Asked) -> web.StreamResponse:
    """One question."""
    subject = await _subject(asked)
    return _question(asked, subject, _fields(asked, subject), {}, ())


def _fields(asked: Asked, subject: _Subject) -> tuple[Field, ...]:
    """What is asked. Raises RefusedError ``E_ANSWER`` for what is not owed, or not any more."""
    place = asked.query("place")
    if place not in {name.partition(":")[2] for name in subject.owed}:
        raise RefusedError(
            "E_ANSWER",
            "Nothing is owed there, or it was answered before.",
            next="Go back to what is owed.",
        )
    setting: Setting = setting_for(asked, subject.document)
    return fields_for(place, setting, subject.kinds)


def _question(
    asked: Asked,
    subject: _Subject,
    fields: tuple[Field, ...],
    tree: dict[str, Any],
    problems: tuple[Problem, ...],
    failed: str = "",
) -> web.Response:
    errors = whole_summary(fields, problems)
    if failed:
        errors = [{"text": failed, "href": f"#{fields[0].id}" if fields else "#f-by"}, *errors]
    return asked.page(
        "register/owed_one.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        title="Give an answer that is owed",
        problem=bool(errors) or None,
        here=subject.here,
        place=asked.query("place"),
        where=_where(asked.query("place"), subject.document),
        fields=(*shown(fields, tree, problems), *shown([_BY], tree)),
        is_empty=not fields,
        errors=errors,
    )


async def answer(asked: Asked) -> web.StreamResponse:
    """Record the answer beside what was sent. Of a question in several parts, each that was answered."""
    subject = await _subject(asked)
    fields = _fields(asked, subject)
    tree = _typed((*fields, _BY), asked.form)
    given = [(each, read(each, asked.form)) for each in fields]
    given = [(each, value) for each, value in given if value is not None]
    if not given:
        problems = tuple(_problem(each.name, "Give an answer") for each in fields[:1])
        return _question(asked, subject, fields, tree, problems)
    for each, value in given:
        try:
            await asked.client.answer(subject.of, each.name, _said(value), tree.get("by"))
        except PhoenixError as error:
            return _question(asked, subject, fields, tree, *_told(each, error))
    return asked.go(f"{subject.here}?said")


def _typed(fields: tuple[Field, ...], form: Form) -> dict[Any, Any]:
    """What was typed, by places: of a list only the entries that are asked for."""
    tree: dict[Any, Any] = {}
    for each in fields:
        here = tree
        for part in each.at[:-1]:
            here = here.setdefault(part, {})
        here[each.at[-1]] = read(each, form)
    return tree


def _said(value: Any) -> tuple[str, ...]:
    if value is True:
        return ("yes",)
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _told(asked: Field, error: PhoenixError) -> tuple[tuple[Problem, ...], str]:
    """What is wrong with an answer, beside its question where that can be said."""
    if error.code != "E_ANSWER":
        raise error
    here = tuple(_problem(asked.name, problem.message) for problem in error.problems)
    return here, "" if here else f"{error.what} {telling(error).next}"


def _problem(place: str, words: str) -> Problem:
    return Problem(code="E_ANSWER", place=place, message=words, next="")


PAGES = (
    get("/reviews/owed/package/{package}", every),
    get("/reviews/owed/package/{package}/answer", ask),
    post("/reviews/owed/package/{package}/answer", answer),
    get("/reviews/owed/record/{record}", every),
    get("/reviews/owed/record/{record}/answer", ask),
    post("/reviews/owed/record/{record}/answer", answer),
)
