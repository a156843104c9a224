"""Going through a page by keyboard alone, as somebody without a mouse does."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

#: Nothing on a page is further than this from its beginning.
_MOST = 200


def reach(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus. Fails where it cannot be reached so."""
    element = target.element_handle()
    for _ in range(_MOST):
        if page.evaluate("element => document.activeElement === element", element):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached by Tab")


def follow(page: Page, name: str) -> None:
    """Reach the first link of this name and go there."""
    _press(page, page.get_by_role("link", name=name).first)


def press(page: Page, name: str) -> None:
    """Reach the button of this name, press it, and wait for the page that follows."""
    _press(page, page.get_by_role("button", name=name).first)


def write(page: Page, label: str, text: str) -> None:
    """Reach a field and type."""
    reach(page, page.get_by_label(label).first)
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def _press(page: Page, target: Locator) -> None:
    reach(page, target)
    with page.expect_navigation():
        page.keyboard.press("Enter")
