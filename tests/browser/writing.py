"""Filling in pages of documents by keyboard alone: by the names of fields, whatever their shape."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from playwright.sync_api import ElementHandle, Locator, Page

from tests.browser.keyboard import press, reach

_SAVE = "Save and continue"


def fill(page: Page, name: str, value: Any) -> None:
    """Answer a field: text, words to choose, a day, or yes."""
    if isinstance(value, date):
        value = value.isoformat()
    field = page.locator(f'[name="{name}"]')
    choice = page.locator(f'[name="{name}:who"]')
    if choice.count():  # the boxes stand below one of three choices
        _radio(page, choice, "these")
    if page.locator(f'[name="{name}:day"]').count():
        _day(page, name, str(value))
    elif not field.count():
        raise AssertionError(f"{name} is not asked on {page.url}")
    elif field.first.get_attribute("type") == "radio":
        _radio(page, field, str(value))
    elif field.first.get_attribute("type") == "checkbox":
        _boxes(page, name, value)
    elif field.first.evaluate("element => element.tagName") == "SELECT":
        _select(page, field.first, str(value))
    else:
        _text(page, field.first, "\n".join(value) if isinstance(value, list) else str(value))


def answer(page: Page, url: str, said: Mapping[str, Any], button: str = _SAVE) -> None:
    """Go to a page, answer what is said by the names of fields, in their order on the page, and save."""
    page.goto(url)
    names: list[str] = page.evaluate("[...document.querySelectorAll('[name]')].map(e => e.name)")
    order = {name.partition(":")[0]: n for n, name in reversed(list(enumerate(names)))}
    for name in sorted(said, key=lambda name: order.get(name, -1)):
        fill(page, name, said[name])
    press(page, button)


def _text(page: Page, field: Locator, text: str) -> None:
    _uncovered(page, field)
    reach(page, field)
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def _day(page: Page, name: str, value: str) -> None:
    day, _, clock = value.partition("T")
    year, month, number = (*day.split("-"), "", "")[:3]
    for part, text in (("day", number), ("month", month), ("year", year), ("time", clock[:5])):
        if text:
            _text(page, page.locator(f'[name="{name}:{part}"]'), text)


def _radio(page: Page, group: Locator, value: str) -> None:
    values = [each.get_attribute("value") for each in group.all()]
    assert value in values, (value, values)
    _uncovered(page, group.first)
    reach(page, group.first)
    page.keyboard.press("Space")
    for _ in range(values.index(value)):
        page.keyboard.press("ArrowDown")


def _boxes(page: Page, name: str, value: Any) -> None:
    for each in value if isinstance(value, list) else [value]:
        code = "yes" if each is True else str(each)
        box = page.locator(f'[name="{name}"][value="{code}"]')
        assert box.count(), (name, code)
        _uncovered(page, box)
        reach(page, box)
        if not box.is_checked():
            page.keyboard.press("Space")


def _select(page: Page, field: Locator, value: str) -> None:
    reach(page, field)
    values = field.evaluate("element => [...element.options].map(o => o.value)")
    page.keyboard.press("Home")
    for _ in range(values.index(value)):
        page.keyboard.press("ArrowDown")
    assert field.input_value() == value


def _uncovered(page: Page, field: Locator) -> None:
    """Unfold what a field is folded away in."""
    folded: ElementHandle | None = (
        field.element_handle()
        .evaluate_handle("element => element.closest('details:not([open])')")
        .as_element()
    )
    if folded is None:
        return
    summary = page.locator("details:not([open]) > summary")
    inside = [
        each for each in summary.all() if each.evaluate("(s, d) => s.parentElement === d", folded)
    ]
    reach(page, inside[0])
    page.keyboard.press("Enter")
