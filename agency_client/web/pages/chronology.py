"""What several agencies said, by when it happened: each in its own voice, with its gaps; printed and saved."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.record.chronology import with_gaps
from agency_client.record.chronology_copies import chronology_csv, chronology_page
from agency_client.record.dated import USUAL
from agency_client.use_cases.chronicling import Stretch, Told, people_in
from agency_client.web.asked import Asked
from agency_client.web.chronology_words import chronology_words, left_out
from agency_client.web.copies import to_print, to_save
from agency_client.web.fields import Field, Shape, shown, summary, take
from agency_client.web.naming import number_of
from agency_client.web.near import near_to
from agency_client.web.paging import pages_of
from agency_client.web.searching import (
    DAYS,
    PERSON,
    first_second,
    problem,
    second_after,
    wrong_days,
)
from agency_client.web.table import get, post
from agency_client.web.when import moment
from phoenix_protocol.errors import Problem
from phoenix_protocol.identifiers import agency_of

_MOST: Final = 50
#: Of a hundred years nothing is missed.
_LONGEST_GAP: Final = 36_600
_HERE: Final = "/register/chronology"
_FIELDS: Final = (
    Field(
        at=("subject",),
        shape=Shape.LINE,
        label="About whom",
        hint="A whole name, or a number such as an NHS number.",
    ),
    PERSON,
    Field(
        at=("thread",),
        shape=Shape.LINE,
        label="Under which reference",
        hint="A sender's whole reference such as QM-0417.",
    ),
    *DAYS,
    Field(
        at=("gap",),
        shape=Shape.LINE,
        label="Show a gap after how many days without an entry?",
        hint=f"Without a number it is {USUAL}.",
    ),
)


async def chronology(asked: Asked) -> web.StreamResponse:
    """What to look for; and what was found, fifty lines on a page."""
    name = asked.query("search")
    tree = asked.desk.sought.get(name) or {}
    if not tree:
        return _ask(asked, {}, (), is_forgotten=bool(name))
    told: Told = await asked.client.chronology(_stretch(tree))
    lines, number = list(with_gaps(told.found)), number_of(asked.query("page"))
    start = (number - 1) * _MOST
    catalogue = await asked.client.catalogue()
    names = {str(agency_of(each.address)): each.agency for each in asked.client.addressees()}
    shown_lines = lines[start : start + _MOST]
    return asked.page(
        "register/chronology.html",
        title="Chronology",
        lines=[chronology_words(line, catalogue, names) for line in shown_lines],
        whole=len(told.found.entries),
        near=() if told.found.entries else await near_to(asked, tree),
        people=people_in(told, tree["person"]) if "person" in tree else (),
        gap_days=told.found.gap_days,
        do_not_alert=told.found.do_not_alert,
        left_out=list(left_out(told)),
        search=name,
        pagination=pages_of(len(lines), _MOST, number, f"{_HERE}?search={name}&page="),
    )


def _ask(
    asked: Asked,
    tree: Mapping[str, Any],
    problems: tuple[Problem, ...],
    *,
    is_forgotten: bool = False,
) -> web.Response:
    return asked.page(
        "register/ask_chronology.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        title="Chronology",
        problem=bool(problems) or None,
        is_forgotten=is_forgotten,
        fields=shown(_FIELDS, tree, problems),
        errors=summary(_FIELDS, problems),
    )


async def search(asked: Asked) -> web.StreamResponse:
    """Look for something. What was typed stays out of the address."""
    tree: dict[str, Any] = {}
    take(_FIELDS, asked.form, tree)
    problems = _wrong(tree)
    if problems:
        return _ask(asked, tree, problems)
    return asked.go(f"{_HERE}?search={asked.desk.sought.put(tree)}")


def _wrong(tree: Mapping[str, Any]) -> tuple[Problem, ...]:
    found = []
    if not tree.keys() & {"subject", "person", "thread"}:
        found.append(problem("subject", "Enter about whom, or under which reference"))
    found += wrong_days(tree)
    if "gap" in tree and _gap(tree) is None:
        found.append(problem("gap", f"Enter a whole number of days, from 1 to {_LONGEST_GAP:,}"))
    return tuple(found)


def _gap(tree: Mapping[str, Any]) -> int | None:
    text = str(tree.get("gap", USUAL))
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(_LONGEST_GAP))
    return int(text) if is_number and 1 <= int(text) <= _LONGEST_GAP else None


def _stretch(tree: Mapping[str, Any]) -> Stretch:
    return Stretch(
        subject=tree.get("subject"),
        person=tree.get("person"),
        thread=tree.get("thread"),
        since=first_second(tree),
        until=second_after(tree),
        gap_days=_gap(tree) or USUAL,
    )


# -- copies that leave the app ----------------------------------------------------------------------------------------


async def _exported(asked: Asked, kind: str) -> Told:
    """The same again, recorded as a copy that leaves. Raises HTTPNotFound once the search is forgotten."""
    tree = asked.desk.sought.get(asked.form.text("search"))
    if not tree:
        raise web.HTTPNotFound
    told: Told = await asked.client.chronology(_stretch(tree), exported=(kind,))
    return told


async def table(asked: Asked) -> web.StreamResponse:
    """As a spreadsheet, to be saved."""
    told = await _exported(asked, "csv")
    return to_save(chronology_csv(told.found, await asked.client.catalogue()), "chronology.csv")


async def printed(asked: Asked) -> web.StreamResponse:
    """As a page to print. Nobody whom it is about stands above it."""
    told = await _exported(asked, "page")
    above = {"Kept by": asked.client.whose(), "Made": moment(asked.now)}
    catalogue = await asked.client.catalogue()
    page = chronology_page(told.found, catalogue, above, tuple(left_out(told)))
    return await to_print(asked, page)


PAGES = (
    get(_HERE, chronology),
    post(_HERE, search),
    post(f"{_HERE}/csv", table),
    post(f"{_HERE}/print", printed),
)
