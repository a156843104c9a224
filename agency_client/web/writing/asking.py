"""The pages that every kind of document has: its task list, one page of fields, and saving as it is typed."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from aiohttp import web

from agency_client.ports.vault.drafts import Draft
from agency_client.record.findings import Findings
from agency_client.use_cases.drafts import tree_of
from agency_client.web.asked import Asked
from agency_client.web.fields import shown, summary, take, warning_of, whole_summary
from agency_client.web.gone import find_draft
from agency_client.web.table import Page, get, post
from agency_client.web.writing.documents import document_of
from agency_client.web.writing.kinds import Kind
from agency_client.web.writing.steps import (
    Group,
    Progress,
    Setting,
    Step,
    belonging,
    of_typed,
    own_findings,
    progress,
    still_open,
    typed_wrong,
)
from phoenix_protocol.errors import Problem


def pages_of(kind: Kind) -> tuple[Page, ...]:
    """The pages that every kind has: task list, one page of fields, saving, throwing away."""

    async def tasks(asked: Asked) -> web.StreamResponse:
        return await show_tasks(asked, kind)

    async def ask(asked: Asked) -> web.StreamResponse:
        return await show_step(asked, kind)

    async def answer(asked: Asked) -> web.StreamResponse:
        return await save_step(asked, kind)

    async def drop(asked: Asked) -> web.StreamResponse:
        draft = draft_of(asked, kind)
        asked.client.drop_draft(draft.id)
        asked.desk.went.thrown_away(draft.id)
        return asked.go(kind.home)

    async def really_drop(asked: Asked) -> web.StreamResponse:
        draft = draft_of(asked, kind)
        return asked.page(
            "writing/drop.html", title="Throw this draft away", kind=kind, draft=draft
        )

    root = f"{kind.root}/{{draft:[0-9a-f]{{32}}}}"
    return (
        get(root, tasks),
        get(f"{root}/drop", really_drop),
        post(f"{root}/drop", drop),
        get(f"{root}/ask/{{step}}", ask),
        post(f"{root}/ask/{{step}}", answer),
    )


def draft_of(asked: Asked, kind: Kind) -> Draft:
    """The draft that the path names. Raises RefusedError ``E_NOT_FOUND``; HTTPNotFound for one of another kind."""
    draft = find_draft(asked, asked.part("draft"))
    if draft.kind != kind.name:
        raise web.HTTPNotFound
    return draft


def setting_of(asked: Asked, content: dict[str, Any]) -> Setting:
    """Who writes what, as the pages need it."""
    writer = asked.client.writer()
    return Setting(
        own=writer.own,
        catalogue=writer.catalogue,
        today=datetime.fromtimestamp(asked.now, UTC).date(),
        document=document_of(content),
        urgent=bool(content.get("urgent")),
        beside={name: value for name, value in content.items() if name != "document"},
        known=asked.client.addressees(),
    )


def beginning(kind: Kind, document: dict[str, Any]) -> Page:
    """The button that begins a draft."""

    async def begin(asked: Asked) -> web.StreamResponse:
        draft = asked.client.new_draft(kind.name, {"document": document})
        return asked.go(f"{kind.root}/{draft.id}")

    return post(f"{kind.root}/new", begin)


async def show_tasks(asked: Asked, kind: Kind) -> web.StreamResponse:
    """The task list, with how far each page is."""
    draft = draft_of(asked, kind)
    content = tree_of(draft)
    setting = setting_of(asked, content)
    findings = await kind.find(asked.client, draft)
    groups = kind.groups(setting)
    own = own_findings((step for group in groups for step in group.steps), findings)
    return asked.page(
        "writing/tasks.html",
        title=kind.title,
        kind=kind,
        draft=draft,
        groups=[
            (
                group.title,
                group.intro,
                [_task(kind, draft, group, step, setting, own) for step in group.steps],
            )
            for group in groups
        ],
    )


def _task(
    kind: Kind, draft: Draft, group: Group, step: Step, setting: Setting, own: dict[str, Findings]
) -> dict[str, Any]:
    """A line of the task list: how far a page is, and what of it is still to be said."""
    how_far = progress(step, setting.document, own[step.slug])
    if group.may_follow and how_far in (Progress.EMPTY, Progress.INCOMPLETE):
        how_far = Progress.FOLLOWS
    return {
        "title": step.title,
        "href": path_of(kind, draft, step),
        "progress": how_far,
        "open": still_open(step, own[step.slug]),
    }


def path_of(kind: Kind, draft: Draft, step: Step) -> str:
    """Where a page of a draft is: the pages of fields are below ``ask``, others where their kind has them."""
    below = f"ask/{step.slug}" if step.fields is not None else step.slug
    return f"{kind.root}/{draft.id}/{below}"


async def show_step(
    asked: Asked,
    kind: Kind,
    *,
    problems: tuple[Problem, ...] = (),
) -> web.StreamResponse:
    """One page of fields, as the draft has them."""
    draft = draft_of(asked, kind)
    setting = setting_of(asked, tree_of(draft))
    step = _step(asked, kind, setting)
    fields = step.fields(setting) if step.fields is not None else ()
    findings = await kind.find(asked.client, draft)
    is_refused = bool(problems)
    standing = typed_wrong(belonging(step, findings.problems))
    problems = problems or of_typed(setting.document, standing)
    errors = (whole_summary if is_refused else summary)(fields, problems)
    return asked.page(
        "writing/step.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if is_refused and errors else HTTPStatus.OK,
        title=step.title,
        kind=kind,
        draft=draft,
        step=step,
        fields=shown(fields, setting.document, problems, findings.warnings),
        errors=errors,
        problem=bool(errors) or None,
        prompts=belonging(step, findings.prompts),
        warnings=[
            each
            for each in of_typed(setting.document, belonging(step, findings.warnings))
            if not any(warning_of(field, (each,)) for field in fields)
        ],
    )


async def save_step(asked: Asked, kind: Kind) -> web.StreamResponse:
    """Keep what was typed, whatever it is; then on, or the page again where something typed cannot stand."""
    draft = draft_of(asked, kind)
    content = tree_of(draft)
    setting = setting_of(asked, content)
    step = _step(asked, kind, setting)
    take(step.fields(setting) if step.fields is not None else (), asked.form, document_of(content))
    saved = asked.client.save_draft(draft.id, content)
    if asked.form.has("autosave"):
        return web.json_response({"saved": True})
    findings = await kind.find(asked.client, saved)
    problems = typed_wrong(belonging(step, findings.problems))
    if problems:
        return await show_step(asked, kind, problems=problems)
    return asked.go(f"{kind.root}/{draft.id}")


def _step(asked: Asked, kind: Kind, setting: Setting) -> Step:
    step = kind.step(setting, asked.part("step"))
    if step is None or step.fields is None:
        raise web.HTTPNotFound
    return step
