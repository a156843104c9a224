"""Evidence: a bundle of a package with what is left out ticked away, made as long work and handed over once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from aiohttp import web

from agency_client.adapters.unnamed_file import UnnamedFile
from agency_client.record.opened import read_section
from agency_client.record.verdict_words import hidden_line, left_out_lines
from agency_client.use_cases.evidence import Choice, Exported
from agency_client.use_cases.leavable import LeavableItem, LeavableSection
from agency_client.web import guards
from agency_client.web.asked import Asked
from agency_client.web.fields import Field, Shape, Word
from agency_client.web.jobs import Job
from agency_client.web.naming import kept_core
from agency_client.web.simple_forms import Asking, Filled, empty, filled
from agency_client.web.table import get, post
from phoenix_protocol.errors import Problem
from phoenix_protocol.identifiers import ObjectHash

_END: Final = object()
_KINDS: Final = {"person": "Person", "file": "File"}
#: The section that stays with the sender's own agency.
_DECISION: Final = "decision"
_MORE: Final = (
    Word(code="cover", label="The cover: its purpose, marking and contact"),
    Word(code="words", label="The words of receipts: owners, uses and outcomes"),
    Word(
        code="brief",
        label="Who else is in the partnership",
        help="It then proves less: that nobody named in it had been ended or replaced is left to the relay's word.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A bundle that was made and verified, in a file without a name until it is handed over."""

    core: ObjectHash
    done: Exported
    file: UnnamedFile


def _asks(sections: tuple[LeavableSection, ...]) -> tuple[Asking, ...]:
    asked = [Asking(field=_section_field(n, each)) for n, each in enumerate(sections)]
    more = Field(at=("more",), shape=Shape.MANY, label="Leave out besides", words=_MORE)
    return (*asked, Asking(field=more))


def _section_field(number: int, section: LeavableSection) -> Field:
    whole = "Leave out this whole section"
    if section.kind == _DECISION:
        help_ = "The decision stayed with your agency. Leave it out if others are to have the file."
    else:
        help_ = ""
    return Field(
        at=(f"part-{number}",),
        shape=Shape.MANY,
        label=f"Section: {section.title or section.kind}",
        words=(
            Word(code=section.name, label=whole, help=help_),
            *(Word(code=item.name, label=item.words, help=_kind(item)) for item in section.items),
        ),
    )


def _kind(item: LeavableItem) -> str:
    return _KINDS.get(item.kind, item.kind)


async def _page(asked: Asked, core: ObjectHash, form: Filled) -> web.Response:
    return asked.page(
        "evidence/export.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        title="Export as evidence",
        problem=bool(form.errors) or None,
        form=form,
        core=core.hex(),
    )


async def ask(asked: Asked) -> web.StreamResponse:
    """What is left out, by ticking it."""
    core = kept_core(asked)
    return await _page(asked, core, empty(_asks(await asked.client.leavable(core))))


async def export(asked: Asked) -> web.StreamResponse:
    """Make the bundle: long work that can be left. It is verified before it is handed over."""
    core = kept_core(asked)
    sections = await asked.client.leavable(core)
    form = filled(_asks(sections), asked.form, asked.now)
    if sections and all(each.name in form.texts(f"part-{n}") for n, each in enumerate(sections)):
        words = "Leave something in: a file without any section shows nothing that was said"
        form = form.with_problem(Problem(code="E_USAGE", place="part-0", message=words, next=""))
    if form.problems:
        return await _page(asked, core, form)
    more = form.texts("more")
    ticked = (_left_out(form.texts(f"part-{n}"), each.name) for n, each in enumerate(sections))
    choice = Choice(
        redact=tuple(name for each in ticked for name in each),
        without=tuple(each for each in more if each != "brief"),
        whole="brief" not in more,
    )
    return await _start(asked, core, choice)


def _left_out(ticked: tuple[str, ...], section: str) -> tuple[str, ...]:
    """What is left out of one section: all of it, or what was ticked in it."""
    return (section,) if section in ticked else ticked


async def _start(asked: Asked, core: ObjectHash, choice: Choice) -> web.StreamResponse:
    client, folder = asked.client, asked.desk.path

    async def work(_job: Job) -> Ready:
        file = UnnamedFile(folder)
        return Ready(core=core, done=await client.export_to(core, file, choice), file=file)

    def then(_ready: Ready) -> str:
        return f"/evidence/ready/{job.id}"

    job = asked.desk.jobs.start("Making a file of evidence", work, then=then)
    await asked.desk.jobs.soon(job)
    return asked.go(job.goes_to or f"/work/{job.id}")


def _ready(asked: Asked) -> Ready:
    """What the path names, once it is made. Raises HTTPNotFound."""
    job = asked.desk.jobs.get(asked.part("job"))
    if job is None or not isinstance(job.result, Ready):
        raise web.HTTPNotFound
    return job.result


async def ready(asked: Asked) -> web.StreamResponse:
    """The bundle is made: what is in it, and the link that hands it over."""
    found = _ready(asked)
    proved = found.done.proved
    shown = [read_section([item for _, item in each.items]) for each in proved.parts.sections]
    return asked.page(
        "evidence/ready.html",
        title="The file is ready" if found.file.is_open else "The file was handed over",
        core=found.core.hex(),
        is_open=found.file.is_open,
        size=found.file.size,
        digest=found.done.written.digest.hex(),
        titles=[each.title for each in shown],
        still_named=found.done.still_named,
        has_decision=any(each.kind == _DECISION for each in shown),
        left_out=list(left_out_lines(proved)),
        named_left_out=found.done.left_out,
        hidden_line=hidden_line(proved),
        anchor=proved.anchor.hex(),
        here=f"/evidence/ready/{asked.part('job')}",
    )


async def file(asked: Asked) -> web.StreamResponse:
    """The bundle, piece by piece, to be saved. Once all of it has gone it is here no more."""
    found = _ready(asked)
    if not found.file.is_open:
        raise web.HTTPNotFound
    name = f"{found.done.package.hex()[:12]}.evidence"
    response = web.StreamResponse(
        headers={
            **guards.HEADERS,
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Content-Type": "application/octet-stream",
            "Content-Disposition": f'attachment; filename="{name}"',
        }
    )
    response.content_length = found.file.size
    await response.prepare(asked.request)
    pieces = found.file.pieces()
    piece: object = await asyncio.to_thread(next, pieces, _END)
    while isinstance(piece, bytes):
        await response.write(piece)
        asked.desk.asked()
        piece = await asyncio.to_thread(next, pieces, _END)
    await response.write_eof()
    found.file.close()
    return response


PAGES = (
    get("/evidence/ready/{job}", ready),
    get("/evidence/ready/{job}/file", file),
    get("/evidence/{package:[0-9a-f]{8,64}}", ask),
    post("/evidence/{package:[0-9a-f]{8,64}}", export),
)
