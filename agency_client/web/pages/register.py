"""The register: what was shared with whom, when and why, and what was not; searched, printed and saved."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.record.register_csv import register_csv
from agency_client.record.register_page import register_page
from agency_client.record.register_table import KINDS
from agency_client.use_cases.registering import RegisterPage, Sought
from agency_client.web.asked import Asked
from agency_client.web.copies import to_print, to_save
from agency_client.web.fields import Field, Shape, Word, shown, summary, take
from agency_client.web.naming import number_of
from agency_client.web.near import near_to
from agency_client.web.paging import pages_of
from agency_client.web.register_words import register_words
from agency_client.web.searching import DAYS, PERSON, first_second, second_after, wrong_days
from agency_client.web.table import get, post
from agency_client.web.when import moment
from phoenix_protocol.errors import Problem
from phoenix_protocol.identifiers import agency_of

_MOST: Final = 50
FIELDS: Final = (
    Field(
        at=("subject",),
        shape=Shape.LINE,
        label="Reference, whole name or number",
        hint="Your own reference such as QM-0417, an NHS number, or a whole name.",
    ),
    PERSON,
    Field(
        at=("agency",),
        shape=Shape.LINE,
        label="Agency or address",
        hint="An agency's name or id, or the whole address of a person or desk.",
    ),
    Field(
        at=("kind",),
        shape=Shape.SELECT,
        label="What happened",
        words=tuple(Word(code=code, label=label) for code, label in KINDS.items()),
    ),
    *DAYS,
)

_ALSO: Final = (
    ("Record a decision, above all not to share", "/decisions"),
    ("Chronology: what was said, by when it happened", "/register/chronology"),
    ("Ask for advice", "/register/ask"),
    ("Record a breach", "/register/breach"),
    ("Verify a file of evidence", "/evidence/verify"),
    ("A case as a picture", "/pictures/case"),
)


async def register(asked: Asked) -> web.StreamResponse:
    """The lines that are sought, newest first, fifty on a page."""
    name = asked.query("search")
    return await _page(asked, _found(asked, name), name)


def _found(asked: Asked, name: str) -> Mapping[str, Any]:
    """What was typed for a search; nothing for one that is forgotten."""
    return asked.desk.sought.get(name) or {}


async def _page(
    asked: Asked, tree: Mapping[str, Any], name: str, problems: tuple[Problem, ...] = ()
) -> web.StreamResponse:
    number = number_of(asked.query("page"))
    page = RegisterPage(entries=(), whole=0)
    if not problems:
        sought = sought_of(asked, tree)
        page = await asked.client.register_page(sought, start=(number - 1) * _MOST, most=_MOST)
    catalogue = await asked.client.catalogue()
    path = f"/register?search={name}&page=" if tree else "/register?page="
    return asked.page(
        "register/list.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        title="Register",
        problem=bool(problems) or None,
        lines=[register_words(entry, catalogue) for entry in page.entries],
        whole=page.whole,
        near=() if page.whole or problems else await near_to(asked, tree),
        is_search=bool(tree) and not problems,
        is_forgotten=bool(name) and not tree,
        search=name if tree else "",
        fields=shown(FIELDS, tree, problems),
        errors=summary(FIELDS, problems),
        also=_ALSO,
        pagination=None if problems else pages_of(page.whole, _MOST, number, path),
    )


async def search(asked: Asked) -> web.StreamResponse:
    """Look for something. What was typed stays out of the address."""
    tree: dict[str, Any] = {}
    take(FIELDS, asked.form, tree)
    problems = tuple(wrong_days(tree))
    if problems:
        return await _page(asked, tree, "", problems)
    return asked.go(f"/register?search={asked.desk.sought.put(tree)}" if tree else "/register")


def sought_of(asked: Asked, tree: Mapping[str, Any]) -> Sought:
    """What to look for, out of what was typed."""
    return Sought(
        subject=tree.get("subject"),
        person=tree.get("person"),
        agency=_agency(asked, tree["agency"]) if "agency" in tree else None,
        kinds=frozenset({tree["kind"]}) if "kind" in tree else None,
        since=first_second(tree),
        until=second_after(tree),
    )


def _agency(asked: Asked, text: str) -> str:
    """An agency's id for its name; anything else as it was typed."""
    named = (
        agency_of(each.address)
        for each in asked.client.addressees()
        if each.agency.casefold() == text.casefold()
    )
    return next(named, None) or text


# -- copies that leave the app ----------------------------------------------------------------------------------------


async def table(asked: Asked) -> web.StreamResponse:
    """The lines as a spreadsheet, to be saved. That a copy left is recorded."""
    tree = _found(asked, asked.form.text("search"))
    entries = await asked.client.register(sought_of(asked, tree), exported=("csv",))
    data = register_csv(entries, await asked.client.catalogue())
    return to_save(data, "register.csv")


async def printed(asked: Asked) -> web.StreamResponse:
    """The lines as a page to print. That a copy left is recorded."""
    tree = _found(asked, asked.form.text("search"))
    entries = await asked.client.register(sought_of(asked, tree), exported=("page",))
    data = register_page(entries, await asked.client.catalogue(), _about(asked))
    return await to_print(asked, data)


def _about(asked: Asked) -> dict[str, str]:
    """What stands above the lines: whose they are and when they were printed; nobody whom they are about."""
    return {"Kept by": asked.client.whose(), "Made": moment(asked.now)}


PAGES = (
    get("/register", register),
    post("/register", search),
    post("/register/csv", table),
    post("/register/print", printed),
)
