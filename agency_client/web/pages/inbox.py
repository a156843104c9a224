"""The inbox: what came, by its cover; whether it is ours; what is kept away because it did not verify."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from aiohttp import web

from agency_client.use_cases.inbox_pages import InboxPage, SaidHere
from agency_client.use_cases.viewing import Received
from agency_client.web.alarm_words import words_of
from agency_client.web.asked import Asked
from agency_client.web.fields import Field, Shape
from agency_client.web.in_time import in_time
from agency_client.web.jobs import Job
from agency_client.web.naming import inbox_path, number_of, received_core
from agency_client.web.pages.reading import erased, read
from agency_client.web.paging import pages_of
from agency_client.web.relay_words import looked
from agency_client.web.simple_forms import Asking, Filled, empty, filled
from agency_client.web.states import DID, FILTERS, HERE, Filter, filter_of
from agency_client.web.table import get, post
from phoenix_protocol.errors import PhoenixError, RefusedError
from phoenix_protocol.identifiers import ObjectHash
from phoenix_protocol.package.lifecycle import STORED, State

_MOST: Final = 50
#: Whoever has accepted a package waits for it so long (seconds); what takes longer goes on by itself.
_QUICK: Final = 3.0
_WAITING: Final = frozenset({State.OFFERED, State.ACCEPTED})

_REASON: Final = (
    Asking(
        field=Field(
            at=("reason",),
            shape=Shape.LONG,
            label="Why is it not yours?",
            hint="The sender reads this. For example: the family moved out of our area in October.",
        ),
        missing="Enter why it is not yours",
    ),
)


# -- the list ---------------------------------------------------------------------------------------------------------


async def inbox(asked: Asked) -> web.StreamResponse:
    """What came, by its cover: what waits, then the newest."""
    chosen = filter_of(asked.query("show"))
    number = number_of(asked.query("page"))
    start = (number - 1) * _MOST
    found = await asked.client.inbox_page(chosen.states, start=start, most=_MOST)
    whole = _count(chosen, found)
    return asked.page(
        "inbox/list.html",
        title="Inbox",
        lines=found.lines,
        words=HERE,
        did=DID,
        catalogue=await asked.client.catalogue(),
        filters=[(each, _count(each, found)) for each in FILTERS],
        chosen=chosen,
        whole=whole,
        put_away=len(await asked.client.put_away()),
        pagination=pages_of(whole, _MOST, number, f"/inbox?show={chosen.word}&page="),
        looked=looked(asked.desk.heard),
        could_not=asked.desk.heard.error.what if asked.desk.heard.error else None,
    )


def _count(chosen: Filter, found: InboxPage) -> int:
    counts = found.counts.items()
    return sum(n for state, n in counts if chosen.states is None or state in chosen.states)


async def put_away(asked: Asked) -> web.StreamResponse:
    """What came and did not verify: when, what was wrong, and by which digest an expert finds it."""
    found = await asked.client.put_away()
    return asked.page(
        "inbox/put_away.html",
        title="Put away because it did not verify",
        found=[
            (time, words_of(code), code, digest.hex())
            for digest, code, time in reversed(found[-_MOST:])
        ],
        whole=len(found),
    )


async def look(asked: Asked) -> web.StreamResponse:
    """Ask the relay now, and give it a moment: what comes is then on the page."""
    await asked.desk.look_again()
    return asked.go("/inbox")


# -- one package ------------------------------------------------------------------------------------------------------


async def package(asked: Asked) -> web.StreamResponse:
    """What somebody may see of a package now: its cover until it is accepted, then all of it."""
    core = received_core(asked)
    line = await asked.client.received(core)
    if line.package.state is State.ERASED:
        return await erased(asked, core, await _about(asked, core, line))
    if line.package.state in STORED:
        return await read(asked, core, line)
    return asked.page("inbox/cover.html", **await _about(asked, core, line))


async def _about(asked: Asked, core: ObjectHash, line: Received) -> dict[str, Any]:
    """What the cover of a package shows."""
    return {
        "title": "A package for you" if line.package.state in _WAITING else "A package",
        "line": line,
        "here": inbox_path(core),
        "state": HERE[line.package.state],
        "waits": line.package.state in _WAITING,
        "is_offered": line.package.state is State.OFFERED,
        "size": await asked.client.size_of(core),
        "signature": await asked.client.signature_of(core),
        "catalogue": await asked.client.catalogue(),
        "said": _others(await asked.client.said_here(core)),
        "did": DID,
        "now": asked.now,
    }


def _others(said: tuple[SaidHere, ...]) -> tuple[SaidHere, ...]:
    return tuple(each for each in said if not each.own)


async def accept(asked: Asked) -> web.StreamResponse:
    """This is ours and we know that it is confidential: straight to reading, or to the page of long work."""
    core = received_core(asked)
    client = asked.client

    async def work(job: Job) -> ObjectHash:
        await client.accept(core, job.progressed)
        return core

    job = asked.desk.jobs.start("Fetching a package", work, then=inbox_path)
    if job.task is not None:
        await asyncio.wait({job.task}, timeout=_QUICK)
    if job.error is not None:
        raise job.error
    return asked.go(job.goes_to or f"/work/{job.id}")


async def ask_reason(asked: Asked) -> web.StreamResponse:
    """Why it is not ours."""
    return await _reason(asked, empty(_REASON))


async def _reason(asked: Asked, form: Filled) -> web.StreamResponse:
    core = received_core(asked)
    line = await asked.client.received(core)
    if line.package.state is not State.OFFERED:
        raise RefusedError("E_RECEIPT_STATE", "This package does not wait for an answer any more.")
    return asked.page(
        "inbox/return.html",
        title="Return a package unread",
        problem=bool(form.errors),
        form=form,
        line=line,
        here=inbox_path(core),
    )


async def give_back(asked: Asked) -> web.StreamResponse:
    """This is not ours: it goes back unread, with the reason."""
    core = received_core(asked)
    form = filled(_REASON, asked.form, asked.now)
    if form.problems:
        return await _reason(asked, form)
    try:
        await in_time(asked.client.give_back(core, form.text("reason")))
    except PhoenixError as error:
        return await _reason(asked, form.with_failure(error))
    return asked.go(inbox_path(core))


PAGES = (
    get("/inbox", inbox),
    post("/inbox/look", look),
    get("/inbox/put-away", put_away),
    get("/inbox/{package}", package),
    post("/inbox/{package}/accept", accept),
    get("/inbox/{package}/return", ask_reason),
    post("/inbox/{package}/return", give_back),
)
