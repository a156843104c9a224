"""Answering for what came: who takes responsibility, what came of it, and disputing a statement."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from agency_client.record.opened import ReadStatement
from agency_client.record.pointing import Pointed, called
from agency_client.use_cases.notice_subjects import Wanted
from agency_client.use_cases.viewing import Received
from agency_client.web.asked import Asked
from agency_client.web.fields import Field, Shape
from agency_client.web.in_time import in_time
from agency_client.web.naming import inbox_path, item_of, received_core
from agency_client.web.second_look import digest_of, hints_of
from agency_client.web.simple_forms import Asking, Filled, day_end, empty, filled
from agency_client.web.table import get, post
from phoenix_protocol.errors import PhoenixError, RefusedError
from phoenix_protocol.identifiers import ItemId, ObjectHash
from phoenix_protocol.package.lifecycle import Step, allowed
from phoenix_protocol.sealing.notices import NoticeAction

ACKNOWLEDGE: Final = (
    Asking(
        field=Field(
            at=("owner",),
            shape=Shape.LINE,
            label="Who takes responsibility here?",
            hint="A name or a role that the sender can ask for, such as Duty sergeant.",
        ),
        missing="Enter who takes responsibility",
    ),
    Asking(
        field=Field(
            at=("use",),
            shape=Shape.LONG,
            label="What will you do with it?",
            hint="The sender reads this.",
            rows=3,
        ),
        missing="Enter what you will do with it",
    ),
    Asking(
        field=Field(
            at=("due",),
            shape=Shape.DAY,
            label="By which day? (optional)",
            hint="For example, 4 12 2026.",
        ),
    ),
)
_OUTCOME: Final = (
    Asking(
        field=Field(
            at=("words",),
            shape=Shape.LONG,
            label="What came of it?",
            hint="The sender reads this. Say what was done, and what was not.",
            rows=6,
        ),
        missing="Enter what came of it",
    ),
)
_DISPUTE: Final = (
    Asking(
        field=Field(
            at=("why",),
            shape=Shape.LONG,
            label="What is wrong with it?",
            hint="Everybody who has the statement reads this. The statement itself stays as it was signed.",
            rows=6,
        ),
        missing="Enter what is wrong with it",
    ),
)


async def ask_owner(asked: Asked) -> web.StreamResponse:
    """Who takes responsibility, on a page of its own: when that changes, or something was left out."""
    return await _owner(asked, empty(ACKNOWLEDGE))


async def _owner(asked: Asked, form: Filled) -> web.StreamResponse:
    line = await _line(asked, Step.ACKNOWLEDGE)
    return _page(asked, "inbox/acknowledge.html", "Say who takes responsibility", form, line)


async def acknowledge(asked: Asked) -> web.StreamResponse:
    """A person takes responsibility; the sender is told who, what for and by when."""
    core = received_core(asked)
    form = filled(ACKNOWLEDGE, asked.form, asked.now)
    if form.problems:
        return await _owner(asked, form)
    due = day_end(form.text("due"))
    try:
        owner, use = form.text("owner"), form.text("use")
        await in_time(asked.client.acknowledge(core, owner, use, due))
    except PhoenixError as error:
        return await _owner(asked, form.with_failure(error))
    return asked.go(f"{inbox_path(core)}?told")


async def ask_outcome(asked: Asked) -> web.StreamResponse:
    """What came of it."""
    return await _outcome(asked, empty(_OUTCOME))


async def _outcome(asked: Asked, form: Filled) -> web.StreamResponse:
    line = await _line(asked, Step.OUTCOME)
    return _page(asked, "inbox/outcome.html", "Tell the sender what came of it", form, line)


async def outcome(asked: Asked) -> web.StreamResponse:
    """The sender is told what came of it."""
    core = received_core(asked)
    form = filled(_OUTCOME, asked.form, asked.now)
    if form.problems:
        return await _outcome(asked, form)
    try:
        await in_time(asked.client.outcome(core, form.text("words")))
    except PhoenixError as error:
        return await _outcome(asked, form.with_failure(error))
    return asked.go(f"{inbox_path(core)}?told")


async def _line(asked: Asked, step: Step) -> Received:
    """The package, if that can be said of it now. Raises RefusedError ``E_RECEIPT_STATE``."""
    line = await asked.client.received(received_core(asked))
    if not allowed(line.package.state, step):
        raise RefusedError("E_RECEIPT_STATE", "This cannot be said of the package as it stands.")
    return line


def _page(
    asked: Asked, template: str, title: str, form: Filled, line: Received, **more: Any
) -> web.Response:
    return asked.page(
        template,
        title=title,
        problem=bool(form.errors),
        form=form,
        line=line,
        here=inbox_path(line.package.core),
        **more,
    )


# -- disputing --------------------------------------------------------------------------------------------------------


async def ask_dispute(asked: Asked) -> web.StreamResponse:
    """What is wrong with a statement or file."""
    return await _dispute(asked, empty(_DISPUTE))


async def _dispute(asked: Asked, form: Filled, **look: Any) -> web.StreamResponse:
    core = received_core(asked)
    line = await asked.client.received(core)
    found = await find_said(asked, core, item_of(asked))
    title = "Dispute a statement"
    values = {"hints": (), "seen": "", **look, "found": found, "item": item_of(asked).hex()}
    return _page(asked, "inbox/dispute.html", title, form, line, **values)


async def dispute(asked: Asked) -> web.StreamResponse:
    """Everybody who has the statement is told that it is disputed, and why."""
    core, item = received_core(asked), item_of(asked)
    form = filled(_DISPUTE, asked.form, asked.now)
    if form.problems:
        return await _dispute(asked, form)
    line = await asked.client.received(core)
    wanted = Wanted(
        action=NoticeAction.DISPUTE,
        package=line.package.package.hex(),
        statement=item.hex(),
        why=form.text("why"),
    )
    try:
        hints = await hints_of(asked, wanted)
        if hints:
            return await _dispute(asked, form, hints=hints, seen=digest_of(wanted))
        await in_time(asked.client.give_notice(wanted))
    except PhoenixError as error:
        return await _dispute(asked, form.with_failure(error))
    return asked.go(f"{inbox_path(core)}#s-{item.hex()}")


async def find_said(
    asked: Asked, core: ObjectHash, item: ItemId
) -> tuple[Pointed, ReadStatement | None, str]:
    """What a statement or file is called, the statement, and the words by which people know it.

    Raises HTTPNotFound when it is not in the package.
    """
    opened = await asked.client.open_package(core)
    names = {pointed.item: pointed for pointed in called(opened.sections)}
    statements = {each.id: each for section in opened.sections for each in section.statements}
    files = {each.id: each.said.name for section in opened.sections for each in section.attachments}
    if item not in names:
        raise web.HTTPNotFound
    statement = statements.get(item)
    return names[item], statement, statement.said.text if statement else files[item]


PAGES = (
    get("/inbox/{package}/acknowledge", ask_owner),
    post("/inbox/{package}/acknowledge", acknowledge),
    get("/inbox/{package}/outcome", ask_outcome),
    post("/inbox/{package}/outcome", outcome),
    get("/inbox/{package}/dispute/{item}", ask_dispute),
    post("/inbox/{package}/dispute/{item}", dispute),
)
