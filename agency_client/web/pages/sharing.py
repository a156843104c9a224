"""The last look at a document, and sending it: long work that can be left. And the page after a package went."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from agency_client.web.asked import Asked
from agency_client.web.jobs import Job
from agency_client.web.pages.draft_files import file_pages
from agency_client.web.pages.readers import reader_pages
from agency_client.web.table import Page, get, post
from agency_client.web.writing import editing
from agency_client.web.writing.asking import path_of
from agency_client.web.writing.checking import Linked, answers, linked
from agency_client.web.writing.opened import DRAFT, Open
from agency_client.web.writing.package import ROOT
from agency_client.web.writing.statement_questions import KINDS
from phoenix_protocol.errors import Problem
from phoenix_protocol.record import CLASS_OF
from phoenix_protocol.record import Kind as StatementKind


async def check(asked: Asked) -> web.StreamResponse:
    """Everything that was answered, what is wrong, owed and to think about; and the button that sends."""
    open_ = Open(asked)
    kind, draft = open_.kind, open_.draft
    findings = await kind.find(asked.client, draft)
    groups = kind.groups(open_.setting)
    return asked.page(
        "share/check.html",
        title=f"Check before you {kind.finish[:1].lower()}{kind.finish[1:]}",
        path_of_draft=open_.path,
        kind=kind,
        added=await kind.adds(asked.client, draft) if kind.adds is not None else "",
        urgent=open_.setting.urgent,
        problems=_linked(open_, findings.problems),
        warnings=_linked(open_, findings.warnings),
        owed=_linked(open_, findings.owed),
        prompts=findings.prompts,
        answered=[
            (step, path_of(kind, draft, step), rows)
            for group in groups
            for step in group.steps
            if (rows := answers(step, open_.setting))
        ],
        **_what(asked, open_),
    )


def _linked(open_: Open, found: tuple[Problem, ...]) -> tuple[Linked, ...]:
    return linked(found, open_.kind.groups(open_.setting), open_.setting, open_.path)


def _what(asked: Asked, open_: Open) -> dict[str, Any]:
    names = open_.setting.names
    files = asked.client.draft_files(open_.draft.id)
    sections = [
        {
            "title": each.get("title") or "No title yet",
            "readers": [(names.get(a, a), why) for a, why in editing.readers_of(each).items()],
            "statements": [_statement(s) for s in editing.statements_of(each)],
            "files": [file.name for file in files if file.section == each.get("id")],
        }
        for each in editing.sections_of(open_.document)
    ]
    fixed = open_.kind.readers
    to = fixed(open_.setting) if fixed is not None else open_.document.get("to") or []
    return {
        "sections": sections,
        "people": editing.people_of(open_.document),
        "to": [names.get(a, a) for a in to],
    }


def _statement(said: dict[str, Any]) -> tuple[str, str, str, bool]:
    """A statement's words, its class, how it is known, and whether its source is protected."""
    text, is_protected = str(said.get("text") or ""), editing.has_protected_source(said)
    known = next((each for each in StatementKind if each.value == said.get("kind")), None)
    if known is None:
        return text, "", "How it is known is not said", is_protected
    return text, CLASS_OF[known].value, KINDS[known][0], is_protected


async def send(asked: Asked) -> web.StreamResponse:
    """Send or record it. The page again when the rules say no."""
    open_ = Open(asked)
    kind, client = open_.kind, asked.client
    if kind.may_be_urgent:
        open_.content["urgent"] = asked.form.has("urgent")
        open_.save()
    draft = open_.draft
    findings = await kind.find(client, draft)
    if findings.problems:
        return asked.go(f"{open_.path}/check")

    async def work(job: Job) -> str:
        page = await kind.act(client, draft, job.progressed)
        asked.desk.went.sent(draft.id, page)
        return page

    job = asked.desk.jobs.start(kind.doing, work, then=str, back=f"{open_.path}/check")
    await asked.desk.jobs.soon(job)
    return asked.go(job.goes_to or f"/work/{job.id}")


async def sent(asked: Asked) -> web.StreamResponse:
    """It is sealed and at the relay: what happens next."""
    package = asked.part("package")
    asked.client.find_sent(package)
    return asked.page("share/sent.html", title="Sent", package=package)


def last_pages(root: str) -> tuple[Page, ...]:
    """The last look at the documents below a path, and sending."""
    draft = f"{root}/{DRAFT}"
    return (get(f"{draft}/check", check), post(f"{draft}/send", send))


PAGES = (
    get(f"{ROOT}/sent/{{package:[0-9a-f]{{32}}}}", sent),
    *reader_pages(ROOT),
    *file_pages(ROOT),
    *last_pages(ROOT),
)
