"""The urgent way: what is needed to protect somebody now on one page, and the last look."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.use_cases.drafts import tree_of
from agency_client.web.asked import Asked
from agency_client.web.fields import Field, Shape, Word, shown, take, whole_summary
from agency_client.web.gone import find_draft
from agency_client.web.table import get, post
from agency_client.web.writing import editing
from agency_client.web.writing.asking import setting_of
from agency_client.web.writing.cover_questions import CONTACT
from agency_client.web.writing.documents import document_of
from agency_client.web.writing.package import NAME, ROOT, look
from agency_client.web.writing.statement_questions import kind_words
from agency_client.web.writing.steps import Setting, Step
from phoenix_protocol.errors import Problem

_NAME: Final = re.compile(r"[0-9a-f]{32}")
_URGENT: Final = Step(slug="urgent", title="Share now to protect somebody", places=("",))


def urgent_fields(setting: Setting, known: Any) -> tuple[Field, ...]:
    """What a package needs when somebody must be protected now: who, what, to whom, what for, how to reach you."""
    at = ("section", 0, "statement", 0)
    contact = CONTACT.fields(setting) if CONTACT.fields is not None else ()
    return (
        Field(
            at=("to",),
            shape=Shape.MANY,
            label="Who must know now?",
            words=tuple(Word(code=a.address, label=a.name, help=a.agency) for a in known),
        ),
        Field(
            at=("purpose",),
            shape=Shape.LINE,
            label="What must they do, or know it for?",
            hint="One sentence, without names. It stands on the cover.",
        ),
        Field(at=("people", 0, "name"), shape=Shape.LINE, label="Who is it about?"),
        Field(at=(*at, "text"), shape=Shape.LONG, label="What do you know?", rows=6),
        Field(
            at=(*at, "kind"),
            shape=Shape.ONE,
            label="How do you know it?",
            words=kind_words(setting),
        ),
        Field(
            at=(*at, "author"),
            shape=Shape.LINE,
            label="Whose words or opinion is it? (for reports and opinions)",
            hint="Everybody who gets this reads it. Of somebody to protect write only what they are: a friend.",
        ),
        Field(
            at=(*at, "source", "type"),
            shape=Shape.SELECT,
            label="Who told you? (for reports)",
            hint="A report needs it. Leave it open for anything else.",
            words=setting.words("source_type"),
        ),
        *(field for field in contact if field.at[1] in ("name", "phone")),
    )


async def urgent(asked: Asked) -> web.StreamResponse:
    """The first of two pages."""
    name = asked.query("draft")
    if not name:
        return _urgent(asked, {"document": _known_contact(asked)}, asked.client.new_draft_id(), ())
    draft = find_draft(asked, name)
    return _urgent(asked, tree_of(draft), draft.id, ())


def _urgent(
    asked: Asked, content: dict[str, Any], draft: str, problems: tuple[Problem, ...]
) -> web.Response:
    setting = setting_of(asked, content)
    fields = urgent_fields(setting, asked.client.addressees())
    problems = tuple(_here(each, fields) for each in problems)
    errors = whole_summary(fields, problems)
    return asked.page(
        "share/urgent.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        title=_URGENT.title,
        draft=draft,
        fields=shown(fields, setting.document, problems),
        errors=errors,
        problem=bool(errors) or None,
    )


def _here(problem: Problem, fields: Sequence[Field]) -> Problem:
    """A problem with something of which the page asks one part is one with that part."""
    inside = (field.name for field in fields if field.name.startswith(f"{problem.place}."))
    return replace(problem, place=next(inside, problem.place))


def _known_contact(asked: Asked) -> dict[str, Any]:
    """How to reach the sender, as they last said it: a convenience, and theirs to change."""
    contact = asked.client.last_contact()
    return {"contact": contact} if contact else {}


async def begin_urgent(asked: Asked) -> web.StreamResponse:
    """Keep the first page; on to the second when nothing stands against sending."""
    name = asked.form.text("draft")
    if not _NAME.fullmatch(name):
        raise web.HTTPBadRequest
    begun = any(draft.id == name for draft in asked.client.drafts(NAME))
    content: dict[str, Any] = (
        tree_of(asked.client.find_draft(name)) if begun else {"document": _known_contact(asked)}
    )
    document = document_of(content)
    content["urgent"] = True
    setting = setting_of(asked, content)
    take(urgent_fields(setting, asked.client.addressees()), asked.form, document)
    _complete(document)
    saved = (
        asked.client.save_draft(name, content)
        if begun
        else asked.client.new_draft(NAME, content, id_=name)
    )
    if asked.form.has("autosave"):
        return web.json_response({"saved": True})
    findings = await look(asked.client, saved)
    if findings.problems:
        return _urgent(asked, content, saved.id, findings.problems)
    return asked.go(f"{ROOT}/{saved.id}/check")


def _complete(document: dict[str, Any]) -> None:
    """What follows from the one page: one section, for all recipients, about the one person."""
    document.setdefault("classification", "OFFICIAL-SENSITIVE")
    document.setdefault("urgency", "red")
    person = editing.people_of(document)
    if person:
        person[0].setdefault("id", "p1")
        person[0].setdefault("role", "child")
    section = editing.sections_of(document)[0]
    section.setdefault("id", "s1")
    section.setdefault("title", "What we know")
    reason = str(document.get("purpose") or "")
    editing.set_readers(section, dict.fromkeys(document.get("to") or [], reason))
    for statement in editing.statements_of(section):
        statement["about"] = [each["id"] for each in person]
    for statement in editing.statements_of(section):
        if not statement.get("source"):
            statement.pop("source", None)


PAGES = (
    get(f"{ROOT}/urgent", urgent),
    post(f"{ROOT}/urgent", begin_urgent),
)
