"""What people type, through every field that a package's pages declare, to the screens of who gets and who sent it.

The fields are those that the pages themselves are made of (``web/writing``), so a new one is gone through as well.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page

from agency_client.client import Client
from agency_client.unlocking import Unlock
from agency_client.web.fields import Field, Shape
from agency_client.web.writing.package import PACKAGE
from agency_client.web.writing.statement_questions import (
    KINDS,
    person_fields,
    section_fields,
    statement_fields,
)
from agency_client.web.writing.steps import Setting
from phoenix_protocol.record import Kind
from tests.browser.journeys import NAUGHTY, SHOWN, Begin, finished
from tests.browser.keyboard import choose, press
from tests.end_to_end.documents import MASH, NURSE, package
from tests.end_to_end.quillmere import Town

_TEXT = frozenset({Shape.LINE, Shape.LONG, Shape.LINES})
#: What a spreadsheet, a database, a shell or another script would make something of, and letters of several parts.
_AND_MORE = "=HYPERLINK(1) @SUM(1) ${7*7} '; DROP TABLE x; -- \U0001f9d2 \U00020bb7 e\u0301"
#: What takes a few words only.
_SHORT = frozenset({"people[1].role"})
#: What is no text for people: a number with a rule, words of a list, a time. It is refused and stays where it is.
_RULED = frozenset(
    {
        "expires",
        "people[1].identifiers.nhs_number",
        "people[1].identifiers.upn",
        "section[1].handling",
        "handling",
    }
)
#: Only the police grade intelligence.
_KINDS = tuple(kind for kind in KINDS if kind is not Kind.INTELLIGENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A page of a draft, and the fields of it that take text."""

    path: str
    names: tuple[str, ...]


def document() -> dict[str, Any]:
    """Something whole of everything that opens more questions: every kind of statement, and consent."""
    text = package("A purpose", sections={"observed": (MASH, NURSE)})
    found = tomllib.loads(text)
    found["section"][0]["statement"] = [
        {
            "kind": kind.value,
            "text": f"Said {n}",
            "about": ["child"],
            "author": "Form tutor",
            "source": {"type": "own_record"},
        }
        | ({"basis": [1]} if n else {})
        for n, kind in enumerate(_KINDS)
    ]
    found["legal"] = {"regime": "uk_gdpr_part2", "consent": "yes_explicit"}
    return found


def declared(setting: Setting) -> Iterator[Declared]:
    """Every page that takes text, by its declaration."""
    people, sections = person_fields(setting, 0), section_fields(setting, 0)
    yield Declared(path="person/1", names=names_of(people))
    yield Declared(path="section/1", names=names_of(sections))
    for n in range(len(_KINDS)):
        fields = statement_fields(setting, 0, n)
        yield Declared(path=f"section/1/statement/{n + 1}", names=names_of(fields))
    for group in PACKAGE.groups(setting):
        for step in group.steps:
            if step.fields is not None and (names := names_of(step.fields(setting))):
                yield Declared(path=f"ask/{step.slug}", names=names)


def names_of(fields: tuple[Field, ...]) -> tuple[str, ...]:
    """The names of those that take text."""
    return tuple(each.name for each in fields if each.shape in _TEXT)


def begun(town: Town) -> tuple[str, tuple[Declared, ...]]:
    """A draft of the council's front door, and the pages that it has."""
    key = bytes.fromhex(town.keys["social-care"])
    with Client.open(town.sender.home, Unlock(environment={}, master_key=key)) as client:
        written = document()
        draft = client.new_draft("package", {"document": written})
        writer = client.writer()
        setting = Setting(
            own=writer.own,
            catalogue=writer.catalogue,
            today=datetime.now(UTC).date(),
            document=written,
            known=client.addressees(),
        )
        return str(draft.id), tuple(declared(setting))


def written_in(
    page: Page, url: str, each: Declared, typed: dict[str, str], numbers: Iterator[int]
) -> None:
    """Type something of its own into every field of a page. What a rule refuses stays, and is then taken out."""
    page.goto(f"{url}/{each.path}")
    page.evaluate(
        "() => { for (const one of document.querySelectorAll('details')) one.open = true }"
    )
    for name in each.names:
        more = "" if name in _SHORT else f" {_AND_MORE}"
        typed[name] = f"N{next(numbers):03} {NAUGHTY}{more}"
        page.locator(f'[name="{name}"]').fill(typed[name])
    press(page, "Save and continue")
    refused = [name for name in each.names if page.locator(f"#{error_of(name)}").count()]
    for name in refused:
        field = page.locator(f'[name="{name}"]')
        assert field.input_value() == typed.pop(name)
        assert name in _RULED, name
        field.fill("")
    if refused:
        press(page, "Save and continue")
    assert page.locator(".govuk-error-summary").count() == 0, page.inner_text("main")


def error_of(name: str) -> str:
    """Where a page says what is wrong with a field."""
    from agency_client.web.writing.checking import field_id

    return f"{field_id(name)}-error"


@pytest.mark.timeout(600)
def test_every_field_is_shown_literally_to_who_gets_it_and_who_sent_it(
    town: Town, begin: Begin
) -> None:
    draft, pages = begun(town)
    page, app = begin("social-care")
    typed: dict[str, str] = {}
    numbers = count(100)
    for each in pages:
        written_in(page, f"{app.url}/share/{draft}", each, typed, numbers)
    assert len(typed) > 40
    page.goto(f"{app.url}/share/{draft}/check")
    screens = [page.inner_text("main")]
    choose(page, page.locator("[name=urgent]"))
    press(page, "Send")
    finished(page, "**/share/sent/*")
    id_ = page.url.rpartition("/")[2]
    page.goto(f"{app.url}/sent/{id_}/read")
    screens.append(page.inner_text("main"))
    for name in ("desk", "nurse"):
        town[name].phoenix("inbox")
        town[name].phoenix("accept", id_)
        # With scripts: what got through would run.
        there, other = begin(name, java_script_enabled=True)
        there.on("dialog", lambda dialog: pytest.fail(dialog.message))
        there.goto(f"{other.url}/inbox/{id_}")
        assert there.locator("main b, main [onclick]").count() == 0
        screens.append(there.inner_text("main"))
    everything = "\n".join(" ".join(screen.split()) for screen in screens)
    assert "\u202e" not in everything
    lost = {name for name, text in typed.items() if text.replace(NAUGHTY, SHOWN) not in everything}
    assert lost == set()
