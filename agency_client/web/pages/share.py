"""What every document that is sent has: people, sections and statements. And the drafts of packages to share."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.use_cases.drafts import tree_of
from agency_client.web.asked import Asked
from agency_client.web.fields import STILL_TO_COME
from agency_client.web.table import Page, get, post
from agency_client.web.writing import editing
from agency_client.web.writing.asking import beginning, pages_of
from agency_client.web.writing.documents import document_of
from agency_client.web.writing.opened import DRAFT, Open, position_of
from agency_client.web.writing.package import NAME, PACKAGE, ROOT
from agency_client.web.writing.statement_questions import (
    KINDS,
    person_fields,
    section_fields,
    statement_fields,
)
from phoenix_protocol.record import CLASS_OF, Kind

_NUMBER: Final = "[0-9]{1,4}"


async def drafts(asked: Asked) -> web.StreamResponse:
    """The drafts, and the two ways to begin."""
    rows = [
        (draft, document_of(tree_of(draft)).get("purpose") or "No purpose yet")
        for draft in asked.client.drafts(NAME)
    ]
    return asked.page("share/drafts.html", title="Share information", rows=rows)


# -- people -----------------------------------------------------------------------------------------------------------


async def people(asked: Asked) -> web.StreamResponse:
    """Whom it concerns."""
    open_ = Open(asked)
    found = await open_.kind.find(asked.client, open_.draft)
    births = {each.place: STILL_TO_COME for each in found.warnings if each.code == "W_DOC_TIME"}
    return asked.page(
        "share/people.html",
        title="Who it concerns",
        path_of_draft=open_.path,
        people=[
            (each, births.get(f"people[{n}].born"))
            for n, each in enumerate(editing.people_of(open_.document), 1)
        ],
    )


async def add_person(asked: Asked) -> web.StreamResponse:
    """One more person."""
    open_ = Open(asked)
    position = editing.add_person(open_.document)
    open_.save()
    return asked.go(f"{open_.path}/person/{position + 1}")


async def person(asked: Asked) -> web.StreamResponse:
    """What is known of one person."""
    open_ = Open(asked)
    position = position_of(asked.part("person"), editing.people_of(open_.document))
    return await open_.ask(
        person_fields(open_.setting, position),
        f"people[{position + 1}]",
        "share/person.html",
        title=f"Person {position + 1}",
        number=position + 1,
    )


async def save_person(asked: Asked) -> web.StreamResponse:
    """Keep what is known of one person."""
    open_ = Open(asked)
    position = position_of(asked.part("person"), editing.people_of(open_.document))
    return await open_.answer(
        person_fields(open_.setting, position),
        f"people[{position + 1}]",
        "share/person.html",
        f"{open_.path}/people",
        title=f"Person {position + 1}",
        number=position + 1,
    )


async def remove_person(asked: Asked) -> web.StreamResponse:
    """Take a person out."""
    open_ = Open(asked)
    position = position_of(asked.part("person"), editing.people_of(open_.document))
    editing.remove_person(open_.document, position)
    open_.save()
    return asked.go(f"{open_.path}/people")


# -- statements -------------------------------------------------------------------------------------------------------


async def statements(asked: Asked) -> web.StreamResponse:
    """What is known: sections with their statements in order."""
    open_ = Open(asked)
    sections = [
        (n, section, [_row(open_, n, m, s) for m, s in enumerate(editing.statements_of(section))])
        for n, section in enumerate(editing.sections_of(open_.document))
    ]
    return asked.page(
        "share/statements.html",
        title="What you know",
        path_of_draft=open_.path,
        sections=sections,
    )


def _row(open_: Open, section: int, position: int, statement: dict[str, Any]) -> dict[str, Any]:
    kind = statement.get("kind")
    known = next((each for each in Kind if each.value == kind), None)
    return {
        "number": editing.number_of(open_.document, section, position),
        "position": position,
        "text": statement.get("text") or "Nothing written yet",
        "class": CLASS_OF[known].value if known is not None else None,
        "kind": KINDS[known][0] if known is not None else "How it is known is not said yet",
        "is_protected": editing.has_protected_source(statement),
    }


async def add_section(asked: Asked) -> web.StreamResponse:
    """One more section, with a first statement to write."""
    open_ = Open(asked)
    section = editing.add_section(open_.document, asked.form.text("title").strip())
    editing.add_statement(open_.document, section)
    open_.save()
    return asked.go(f"{open_.path}/section/{section + 1}/statement/1")


async def section(asked: Asked) -> web.StreamResponse:
    """How one section is marked and may be used."""
    open_ = Open(asked)
    position = open_.section()
    return await open_.ask(
        section_fields(open_.setting, position),
        f"section[{position + 1}]",
        "share/section.html",
        title=f"Section {position + 1}",
        number=position + 1,
    )


async def save_section(asked: Asked) -> web.StreamResponse:
    """Keep how one section is marked and may be used. Its id follows its title."""
    open_ = Open(asked)
    position = open_.section()
    title = str(editing.sections_of(open_.document)[position].get("title") or "")
    answered = await open_.answer(
        section_fields(open_.setting, position),
        f"section[{position + 1}]",
        "share/section.html",
        f"{open_.path}/statements",
        title=f"Section {position + 1}",
        number=position + 1,
    )
    renamed = editing.name_section(open_.document, position, title)
    if renamed is not None:
        open_.save()
        asked.client.rename_draft_section(open_.draft.id, *renamed)
    return answered


async def remove_section(asked: Asked) -> web.StreamResponse:
    """Take a section out, with its statements and files."""
    open_ = Open(asked)
    position = open_.section()
    gone = editing.sections_of(open_.document)[position].get("id")
    editing.remove_section(open_.document, position)
    open_.save()
    for file in asked.client.draft_files(open_.draft.id):
        if file.section == gone:
            asked.client.detach(open_.draft.id, file.id)
    return asked.go(f"{open_.path}/statements")


async def add_statement(asked: Asked) -> web.StreamResponse:
    """One more statement."""
    open_ = Open(asked)
    section = open_.section()
    position = editing.add_statement(open_.document, section)
    open_.save()
    return asked.go(f"{open_.path}/section/{section + 1}/statement/{position + 1}")


async def statement(asked: Asked) -> web.StreamResponse:
    """One statement to write."""
    open_ = Open(asked)
    section = open_.section()
    position = open_.statement(section)
    return await open_.ask(
        statement_fields(open_.setting, section, position),
        f"section[{section + 1}].statement[{position + 1}]",
        "share/statement.html",
        title=f"Statement {position + 1} of section {section + 1}",
        section=section + 1,
        number=position + 1,
        **_choices(open_, section),
    )


def _choices(open_: Open, section: int) -> dict[str, Any]:
    titles = [each.get("title") or "No title yet" for each in editing.sections_of(open_.document)]
    return {"sections": list(enumerate(titles, 1)), "own_section": section + 1}


async def save_statement(asked: Asked) -> web.StreamResponse:
    """Keep a statement, and put it into the section that was chosen."""
    open_ = Open(asked)
    section = open_.section()
    position = open_.statement(section)
    fields = statement_fields(open_.setting, section, position)
    answered = await open_.answer(
        fields,
        f"section[{section + 1}].statement[{position + 1}]",
        "share/statement.html",
        f"{open_.path}/statements",
        title=f"Statement {position + 1} of section {section + 1}",
        section=section + 1,
        number=position + 1,
        **_choices(open_, section),
    )
    chosen = asked.form.text("in_section")
    if answered.status == HTTPStatus.SEE_OTHER and chosen.isdecimal():
        to = position_of(chosen, editing.sections_of(open_.document))
        editing.put_statement(open_.document, section, position, to)
        open_.save()
    return answered


async def change_statement(asked: Asked) -> web.StreamResponse:
    """Move a statement up or down, or take it out."""
    open_ = Open(asked)
    section = open_.section()
    position = open_.statement(section)
    match asked.form.text("do"):
        case "up":
            editing.move_statement(open_.document, section, position, -1)
        case "down":
            editing.move_statement(open_.document, section, position, 1)
        case "remove":
            editing.remove_statement(open_.document, section, position)
    open_.save()
    return asked.go(f"{open_.path}/statements")


def people_pages(root: str) -> tuple[Page, ...]:
    """The pages about people of the documents below a path."""
    draft = f"{root}/{DRAFT}"
    person_ = f"{draft}/person/{{person:{_NUMBER}}}"
    return (
        get(f"{draft}/people", people),
        post(f"{draft}/people/new", add_person),
        get(person_, person),
        post(person_, save_person),
        post(f"{person_}/remove", remove_person),
    )


def statement_pages(root: str) -> tuple[Page, ...]:
    """The pages about sections and statements of the documents below a path."""
    draft = f"{root}/{DRAFT}"
    section_ = f"{draft}/section/{{section:{_NUMBER}}}"
    statement_ = f"{section_}/statement/{{statement:{_NUMBER}}}"
    return (
        get(f"{draft}/statements", statements),
        post(f"{draft}/section/new", add_section),
        get(section_, section),
        post(section_, save_section),
        post(f"{section_}/remove", remove_section),
        post(f"{section_}/statement/new", add_statement),
        get(statement_, statement),
        post(statement_, save_statement),
        post(f"{statement_}/change", change_statement),
    )


PAGES = (
    get(ROOT, drafts),
    beginning(PACKAGE, {}),
    *pages_of(PACKAGE),
    *people_pages(ROOT),
    *statement_pages(ROOT),
)
