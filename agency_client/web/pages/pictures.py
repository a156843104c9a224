"""Pictures where people would rather look: a case, deliveries, what expires; each with the same as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiohttp import web

from agency_client.record.register_table import RegisterEntry, kind_in_words
from agency_client.use_cases.registering import Sought
from agency_client.web.asked import Asked
from agency_client.web.drawing.calendar import calendar, end_of_calendar
from agency_client.web.drawing.case import DRAWN, Line, Told, case_picture, told_map
from agency_client.web.drawing.deliveries import PIECES, bars
from agency_client.web.fields import Field, Shape
from agency_client.web.naming import sent_core
from agency_client.web.sent_words import THERE
from agency_client.web.simple_forms import Asking, Filled, empty, filled
from agency_client.web.states import HERE
from agency_client.web.table import get, post
from phoenix_protocol.identifiers import ObjectHash, Seconds
from phoenix_protocol.package.lifecycle import State

_DAY: Final = 86400
#: Over how many days deliveries are looked at.
_PERIODS: Final = (7, 30, 90, 365)
_USUAL: Final = 90
#: A page has at most so many lines of a case: the newest.
_MOST: Final = 200

_SUBJECT: Final = (
    Asking(
        field=Field(
            at=("subject",),
            shape=Shape.LINE,
            label="Reference, name or number",
            hint="Your own reference such as QM-0417, or the whole name or number of somebody it is about.",
        ),
        missing="Enter a reference, name or number",
    ),
)
_TOLD: Final[dict[Told, str]] = {
    Told.THERE: "Told: it is there",
    Told.ON_ITS_WAY: "Told: on its way",
    Told.NOT_THERE: "Did not get there",
    Told.NOT_TOLD: "Not told",
}


async def index(asked: Asked) -> web.StreamResponse:
    """Which pictures there are."""
    return asked.page("pictures/index.html", title="Pictures")


# -- a case ------------------------------------------------------------------------------------------------------------


async def ask_case(asked: Asked) -> web.StreamResponse:
    """Which case."""
    return _ask_case(asked, empty(_SUBJECT))


def _ask_case(asked: Asked, form: Filled) -> web.StreamResponse:
    return asked.page(
        "pictures/ask_case.html",
        title="A case as a picture",
        problem=bool(form.errors) or None,
        form=form,
    )


async def find_case(asked: Asked) -> web.StreamResponse:
    """The case that was asked for. What it is called stays out of the address."""
    form = filled(_SUBJECT, asked.form, asked.now)
    if form.problems:
        return _ask_case(asked, form)
    return await _case(asked, form.text("subject"))


async def case_of(asked: Asked) -> web.StreamResponse:
    """The case of a package that was sent from here: all under the same reference."""
    found = await asked.client.follow(sent_core(asked))
    if not found.package.thread:
        return _ask_case(asked, empty(_SUBJECT))
    return await _case(asked, found.package.thread)


async def _case(asked: Asked, subject: str) -> web.StreamResponse:
    entries = await asked.client.register(Sought(subject=subject))
    lines = [Line(number=n, entry=each) for n, each in enumerate(entries, 1)][-_MOST:]
    told = told_map(lines)
    about = await _statements(asked, lines)
    return asked.page(
        "pictures/case.html",
        title="A case as a picture",
        subject=subject,
        lines=[(line, _what(line.entry, about), _states(line.entry)) for line in lines],
        whole=len(entries),
        picture=case_picture(lines),
        told=told,
        told_words=_TOLD,
        drawn=min(DRAWN, len(lines)),
    )


async def _statements(asked: Asked, lines: Sequence[Line]) -> dict[ObjectHash, str]:
    """Of which statement a correction is, and the like, by the hash of the notice."""
    if not any(line.entry.line.said for line in lines):
        return {}
    return {each.noticed.notice: each.words for each in await asked.client.notices()}


def _what(entry: RegisterEntry, about: Mapping[ObjectHash, str]) -> str:
    said = entry.line.said
    words = about.get(said) if said is not None else None
    return f"{kind_in_words(entry.line.kind)}: {words}" if words else kind_in_words(entry.line.kind)


def _states(entry: RegisterEntry) -> list[tuple[str, str]]:
    """Each other side with how far it is there, or here."""
    if entry.line.kind == "received" and entry.state is not None:
        label = HERE[State(entry.state)].label
        return [(party.name, f"here: {label}") for party in entry.parties]
    return [
        (party.name, THERE[State(party.state)].label if party.state else "")
        for party in entry.parties
    ]


# -- deliveries ------------------------------------------------------------------------------------------------------


async def deliveries(asked: Asked) -> web.StreamResponse:
    """How what was sent from here went, agency by agency."""
    wanted = asked.query("days")
    days = int(wanted) if wanted in {str(each) for each in _PERIODS} else _USUAL
    found = await asked.client.delivery_health(Seconds(max(0, asked.now - days * _DAY)))
    return asked.page(
        "pictures/deliveries.html",
        title="How deliveries go",
        days=days,
        periods=_PERIODS,
        found=found,
        picture=bars(found),
        pieces=PIECES,
        now=asked.now,
    )


# -- what expires ----------------------------------------------------------------------------------------------------


async def expiries(asked: Asked) -> web.StreamResponse:
    """What expires in the next weeks and is not with everybody."""
    found = await asked.client.expiring(end_of_calendar(asked.now))
    values: dict[str, Any] = {"found": found[:_MOST], "whole": len(found)}
    return asked.page(
        "pictures/expiries.html",
        title="What expires",
        picture=calendar(found, asked.now),
        **values,
    )


PAGES = (
    get("/pictures", index),
    get("/pictures/case", ask_case),
    post("/pictures/case", find_case),
    get("/pictures/case/{package}", case_of),
    get("/pictures/deliveries", deliveries),
    get("/pictures/expiries", expiries),
)
