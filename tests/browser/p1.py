"""The demonstration's first package, written page by page: config/demo/p1.toml, to desks of Quillmere."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.keyboard import follow, press, reach, write
from tests.browser.writing import answer, fill

Document = dict[str, Any]

_FILE = Path(__file__).resolve().parents[2] / "config" / "demo" / "p1.toml"
#: Pages of fields, and the tables or fields of the document that each asks.
_PAGES: Mapping[str, tuple[str, ...]] = {
    "purpose": ("purpose", "purpose_code", "urgency", "expires", "thread"),
    "marking": ("classification", "handling", "permitted_action"),
    "contact": ("contact",),
    "decision": (
        *("decision.welfare", "decision.outcome", "decision.decided_by", "decision.decided_at"),
        "decision.review_at",
    ),
    "weighing": (
        *("decision.if_shared", "decision.if_not_shared", "decision.consequence_of_not_sharing"),
        *("decision.more_harm", "decision.relevance", "decision.may_facilitate"),
    ),
    "how-much": (
        *("decision.why_this_much", "decision.why_enough", "decision.withheld"),
        *("decision.relationship_impact", "decision.information_known_at"),
        "decision.labels_checked_by",
    ),
    "advice": ("advice",),
    "consent": ("consent", "legal.consent", "legal.consent_not_sought_reason"),
    "child": ("child_voice",),
    "capacity": ("capacity",),
    "informing": (
        *("legal.informed", "legal.informed_how", "legal.do_not_alert", "legal.privacy_notice"),
    ),
    "law": ("legal.regime", "legal.article_6", "legal.gateway"),
    "confidence": (
        *("legal.confidence_basis", "legal.public_interest_ground", "legal.article_8"),
        "decision.public_interest_reasons",
    ),
    "keeping": ("legal.retention",),
    "quality": ("quality",),
}
#: What the page names by itself.
_OWN = frozenset({"id", "statement", "need_to_know", "title", "jurisdiction"})


def p1(desks: Collection[str], otherwise: str) -> Document:
    """The document for those desks alone, with a rule for keeping that its writer here may use.

    What nobody of them would get goes to ``otherwise``.
    """
    document = tomllib.loads(_FILE.read_text("utf-8"))
    document["to"] = [address for address in document["to"] if address in desks]
    for section in document["section"]:
        needs = section["need_to_know"]
        kept = {address: why for address, why in needs.items() if address in desks}
        section["need_to_know"] = kept or {otherwise: next(iter(needs.values()))}
    for person in document["people"]:
        if "source_known_to" in person:
            person["source_known_to"] = [otherwise]
    document["legal"]["retention"] = "safeguarding_default"
    return document


def granted(document: Document, address: str) -> list[tuple[str, list[str]]]:
    """What an address should get: the titles of its sections with the texts of their statements."""
    return [
        (section["title"], [each["text"] for each in section["statement"]])
        for section in document["section"]
        if address in section["need_to_know"]
    ]


def write_p1(page: Page, url: str, document: Document) -> str:
    """Write it by keyboard alone, up to the last page; gives where its pages are."""
    page.goto(url + "/share")
    press(page, "Begin a package")
    root = page.url
    ids = _people(page, root, document)
    for n, section in enumerate(document["section"], 1):
        _section(page, root, n, section, ids)
    _readers(page, root, document)
    flat = dict(_flat(document, ids))
    for slug, places in _PAGES.items():
        said = {
            name: value
            for name, value in flat.items()
            if any(name == place or name.startswith((f"{place}.", f"{place}[")) for place in places)
        }
        answer(page, f"{root}/ask/{slug}", said)
        assert page.url == root, (slug, page.url)
    press(page, "Check and send")
    return root


def _people(page: Page, root: str, document: Document) -> dict[str, str]:
    """Everybody, in their order; gives what the page calls them."""
    for n, person in enumerate(document["people"], 1):
        page.goto(root + "/people")
        press(page, "Add a person")
        answer(page, page.url, dict(_named(person, f"people[{n}]")))
    return {person["id"]: f"p{n}" for n, person in enumerate(document["people"], 1)}


def _section(page: Page, root: str, n: int, section: Document, ids: Mapping[str, str]) -> None:
    page.goto(root + "/statements")
    write(page, "Title", section["title"])
    press(page, "Add it and write its first statement")
    for m, statement in enumerate(section["statement"], 1):
        if m > 1:
            press(page, f"Add a statement to {section['title']}")
        _statement(page, f"section[{n}].statement[{m}]", statement, ids)
    answer(page, f"{root}/section/{n}", dict(_named(section, f"section[{n}]")))


def _statement(page: Page, at: str, statement: Document, ids: Mapping[str, str]) -> None:
    said = dict(_named({**statement, "about": [ids[x] for x in statement["about"]]}, at))
    later = {
        f"{at}.{name}": said.pop(f"{at}.{name}")
        for name in ("basis", "test")
        if f"{at}.{name}" in said
    }
    answer(page, page.url, said)
    if later:  # what a kind needs is asked once it is chosen
        follow(page, f"Change statement {_number(page)}")
        answer(page, page.url, later)


def _number(page: Page) -> int:
    return page.get_by_role("link", name="Change statement").count()


def _readers(page: Page, root: str, document: Document) -> None:
    page.goto(root + "/readers")
    fill(page, "to", document["to"])
    press(page, "Save who gets it")
    for n, section in enumerate(document["section"], 1):
        for address in document["to"]:
            why = section["need_to_know"].get(address)
            if why is not None:
                fill(page, f"section-{n}", address)
                field = page.locator(f'[name="why-{n}-{address}"]')
                reach(page, field)
                page.keyboard.insert_text(why)
    press(page, "Save and continue")


def _named(table: Document, at: str) -> Iterator[tuple[str, Any]]:
    """What a table says, by the names of fields."""
    for name, value in table.items():
        place = f"{at}.{name}" if at else name
        if name in _OWN:
            continue
        if isinstance(value, dict):
            yield from _named(value, place)
        elif value is not False:
            yield place, value


def _flat(document: Document, ids: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Everything beside people and sections."""
    for name, value in document.items():
        if name in ("to", "people", "section", "informing"):
            continue
        if isinstance(value, list) and value and isinstance(value[0], dict):
            entry = {
                **value[0],
                **({"person": ids[value[0]["person"]]} if "person" in value[0] else {}),
            }
            yield from _named(entry, f"{name}[1]")
        else:
            yield from _named({name: value}, "")
