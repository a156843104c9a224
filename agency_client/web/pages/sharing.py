"""Sharing, the second half: who needs to know what, files, the last look, sending; and the urgent way in two pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from aiohttp import BodyPartReader, web

from agency_client.use_cases.drafts import tree_of
from agency_client.web.asked import Asked
from agency_client.web.fields import Field, Shape, Word, shown, summary, take
from agency_client.web.forms import TOKEN
from agency_client.web.jobs import Job
from agency_client.web.table import get, post
from agency_client.web.writing import editing
from agency_client.web.writing.asking import path_of, setting_of
from agency_client.web.writing.checking import answers, told
from agency_client.web.writing.cover_questions import CONTACT
from agency_client.web.writing.documents import document_bytes, document_of
from agency_client.web.writing.opened import Open
from agency_client.web.writing.package import NAME, PACKAGE, ROOT, groups, look, options_of
from agency_client.web.writing.statement_questions import kind_words
from agency_client.web.writing.steps import Setting, Step
from phoenix_protocol.errors import Problem

_DRAFT: Final = f"{ROOT}/{{draft:[0-9a-f]{{32}}}}"
_PIECE: Final = 1 << 18
_LONGEST_TOKEN: Final = 256


# -- who needs to know what -------------------------------------------------------------------------------------------


async def readers(asked: Asked) -> web.StreamResponse:
    """Recipients, and the grid of sections by recipients."""
    open_ = Open(asked)
    chosen = open_.document.get("to") or []
    sections = editing.sections_of(open_.document)
    known = asked.client.addressees()
    names = {each.address: f"{each.name}, {each.agency}" for each in known}
    return asked.page(
        "share/readers.html",
        title="Who needs to know what",
        path_of_draft=open_.path,
        known=known,
        chosen=chosen,
        unknown=[address for address in chosen if address not in names],
        names=names,
        sections=[
            (n, each.get("title") or "No title yet", editing.readers_of(each))
            for n, each in enumerate(sections, 1)
        ],
    )


async def save_recipients(asked: Asked) -> web.StreamResponse:
    """Who gets the package at all."""
    open_ = Open(asked)
    ticked = list(dict.fromkeys(asked.form.texts("to")))
    typed = asked.form.text("other").split()
    editing.set_recipients(open_.document, list(dict.fromkeys([*ticked, *typed])))
    open_.save()
    return asked.go(f"{open_.path}/readers#sections")


async def save_readers(asked: Asked) -> web.StreamResponse:
    """Who needs which section, and why."""
    open_ = Open(asked)
    for n, section in enumerate(editing.sections_of(open_.document), 1):
        ticked = asked.form.texts(f"section-{n}")
        reasons = {each: asked.form.text(f"why-{n}-{each}").strip() for each in ticked}
        editing.set_readers(section, reasons)
    open_.save()
    if asked.form.has("autosave"):
        return web.json_response({"saved": True})
    return asked.go(open_.path)


# -- files ------------------------------------------------------------------------------------------------------------


async def files(asked: Asked) -> web.StreamResponse:
    """The files of each section."""
    return _files(asked, Open(asked), None)


def _files(asked: Asked, open_: Open, problem: str | None) -> web.Response:
    sections = editing.sections_of(open_.document)
    titles = [(str(each.get("id")), each.get("title") or "No title yet") for each in sections]
    return asked.page(
        "share/files.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        title="Files",
        path_of_draft=open_.path,
        titles=titles,
        files=asked.client.draft_files(open_.draft.id),
        problem=problem,
    )


async def take_file(asked: Asked) -> web.StreamResponse:
    """A file in pieces, straight into its encrypted copy: none of it is ever whole in memory."""
    open_ = Open(asked)
    parts = await asked.request.multipart()
    section = ""
    async for part in parts:
        if not isinstance(part, BodyPartReader):
            raise web.HTTPBadRequest
        if part.name == TOKEN:
            token = (await part.read_chunk(_LONGEST_TOKEN)).decode("ascii", "replace")
            if not asked.sessions.is_form_token(token):
                raise web.HTTPForbidden
            asked.desk.asked()
            asked.form = type(asked.form)(((TOKEN, token),))
        elif not asked.form.has(TOKEN):
            raise web.HTTPForbidden  # the token comes first, so that nobody else's bytes are kept
        elif part.name == "section":
            section = (await part.read(decode=True)).decode("utf-8", "replace")
        elif part.name == "file":
            known = {str(each.get("id")) for each in editing.sections_of(open_.document)}
            if section not in known:
                return _files(asked, open_, "Choose the section that the file belongs to")
            if not part.filename:
                return _files(asked, open_, "Choose a file")
            await _keep(asked, open_, section, part)
    return asked.go(f"{open_.path}/files")


async def _keep(asked: Asked, open_: Open, section: str, part: BodyPartReader) -> None:
    with asked.client.attaching(open_.draft.id, section, part.filename or "") as file:
        while piece := await part.read_chunk(_PIECE):
            file.write(bytes(piece))
            asked.desk.asked()


async def remove_file(asked: Asked) -> web.StreamResponse:
    """Take a file out."""
    open_ = Open(asked)
    asked.client.detach(open_.draft.id, asked.part("file"))
    return asked.go(f"{open_.path}/files")


# -- the last look, and sending ---------------------------------------------------------------------------------------


async def check(asked: Asked) -> web.StreamResponse:
    """Everything that was answered, what is wrong, owed and to think about; and the button that sends."""
    return await _checked(asked, Open(asked))


async def _checked(asked: Asked, open_: Open) -> web.Response:
    findings = await look(asked.client, open_.draft)
    all_groups = groups(open_.setting)
    draft = open_.draft
    return asked.page(
        "share/check.html",
        status=HTTPStatus.OK,
        title="Check before you send",
        path_of_draft=open_.path,
        urgent=open_.setting.urgent,
        problems=_linked(draft, told(findings.problems, all_groups)),
        warnings=_linked(draft, told(findings.warnings, all_groups)),
        owed=_linked(draft, told(findings.owed, all_groups)),
        prompts=findings.prompts,
        answered=[
            (step, path_of(PACKAGE, draft, step), rows)
            for group in all_groups
            for step in group.steps
            if (rows := answers(step, open_.setting))
        ],
        **_what(asked, open_),
    )


def _linked(draft: Any, found: Any) -> list[tuple[Problem, str | None, str]]:
    return [
        (
            each.problem,
            path_of(PACKAGE, draft, each.step) if each.step is not None else None,
            each.step.title if each.step is not None else "",
        )
        for each in found
    ]


def _what(asked: Asked, open_: Open) -> dict[str, Any]:
    names = {each.address: f"{each.name}, {each.agency}" for each in asked.client.addressees()}
    kinds = {word.code: word.label for word in kind_words(open_.setting)}
    files = asked.client.draft_files(open_.draft.id)
    sections = [
        {
            "title": each.get("title") or "No title yet",
            "readers": [(names.get(a, a), why) for a, why in editing.readers_of(each).items()],
            "statements": [
                (s.get("text") or "", kinds.get(str(s.get("kind")), "How it is known is not said"))
                for s in editing.statements_of(each)
            ],
            "files": [file.name for file in files if file.section == each.get("id")],
        }
        for each in editing.sections_of(open_.document)
    ]
    return {
        "sections": sections,
        "people": editing.people_of(open_.document),
        "to": [names.get(a, a) for a in open_.document.get("to") or []],
    }


async def send(asked: Asked) -> web.StreamResponse:
    """Seal and send: long work that can be left. The page again when the rules say no."""
    open_ = Open(asked)
    open_.content["urgent"] = asked.form.has("urgent")
    open_.save()
    findings = await look(asked.client, open_.draft)
    if findings.problems:
        return asked.go(f"{open_.path}/check")
    client, draft = asked.client, open_.draft
    data, options = document_bytes(open_.content), options_of(client, draft)

    async def work(job: Job) -> Any:
        sent = await client.send(data, options, job.progressed)
        await client.told(sent.result.package)
        client.drop_draft(draft.id)
        return sent

    def then(sent: Any) -> str:
        return f"{ROOT}/sent/{sent.result.package.hex()}"

    job = asked.desk.jobs.start("Sending", work, then=then)
    await asked.desk.jobs.soon(job)
    return asked.go(job.goes_to or f"/work/{job.id}")


async def sent(asked: Asked) -> web.StreamResponse:
    """It is sealed and at the relay: what happens next."""
    package = asked.part("package")
    asked.client.find_sent(package)
    return asked.page("share/sent.html", title="Sent", package=package)


# -- the urgent way ---------------------------------------------------------------------------------------------------

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
        ),
        Field(
            at=(*at, "source", "type"),
            shape=Shape.SELECT,
            label="Who told you? (for reports)",
            words=setting.words("source_type"),
        ),
        *(field for field in contact if field.at[1] in ("name", "phone")),
    )


async def urgent(asked: Asked) -> web.StreamResponse:
    """The first of two pages."""
    draft = asked.client.find_draft(asked.query("draft")) if asked.query("draft") else None
    content = tree_of(draft) if draft is not None else {"document": _known_contact(asked)}
    return _urgent(asked, content, draft.id if draft is not None else "", ())


def _urgent(
    asked: Asked, content: dict[str, Any], draft: str, problems: tuple[Problem, ...]
) -> web.Response:
    setting = setting_of(asked, content)
    fields = urgent_fields(setting, asked.client.addressees())
    errors = summary(fields, problems)
    return asked.page(
        "share/urgent.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        title=_URGENT.title,
        draft=draft,
        fields=shown(fields, setting.document, problems),
        errors=errors,
        problem=bool(errors) or None,
    )


def _known_contact(asked: Asked) -> dict[str, Any]:
    """How to reach the sender, as they last said it: a convenience, and theirs to change."""
    contact = asked.client.last_contact()
    return {"contact": contact} if contact else {}


async def begin_urgent(asked: Asked) -> web.StreamResponse:
    """Keep the first page; on to the second when nothing stands against sending."""
    known = asked.form.text("draft")
    draft = asked.client.find_draft(known) if known else None
    content: dict[str, Any] = (
        tree_of(draft) if draft is not None else {"document": _known_contact(asked)}
    )
    document = document_of(content)
    content["urgent"] = True
    setting = setting_of(asked, content)
    take(urgent_fields(setting, asked.client.addressees()), asked.form, document)
    _complete(document)
    saved = (
        asked.client.save_draft(draft.id, content)
        if draft is not None
        else asked.client.new_draft(NAME, content)
    )
    if asked.form.has("autosave"):
        return web.json_response({"saved": True, "draft": saved.id})
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
    get(f"{ROOT}/sent/{{package:[0-9a-f]{{32}}}}", sent),
    get(f"{_DRAFT}/readers", readers),
    post(f"{_DRAFT}/recipients", save_recipients),
    post(f"{_DRAFT}/readers", save_readers),
    get(f"{_DRAFT}/files", files),
    post(f"{_DRAFT}/files", take_file, streams=True),
    post(f"{_DRAFT}/files/{{file:[0-9a-f]{{32}}}}/remove", remove_file),
    get(f"{_DRAFT}/check", check),
    post(f"{_DRAFT}/send", send),
)
