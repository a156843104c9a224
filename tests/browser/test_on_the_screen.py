"""What is still on a screen when the app locks or ends: nothing of a child. Scripts do this, so they are on."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.journeys import Begin
from tests.browser.keyboard import press
from tests.end_to_end.documents import MASH, package
from tests.end_to_end.quillmere import Town

WORDS = "Said in observed"


@pytest.fixture(scope="module")
def read(town: Town) -> str:
    """A package that the police desk has accepted."""
    id_ = town.send(package("To be read", sections={"observed": (MASH,)}))
    town.desk.phoenix("inbox")
    town.desk.phoenix("accept", id_)
    return id_


def test_a_page_shows_nothing_once_another_tab_has_locked_the_app(read: str, begin: Begin) -> None:
    page, app = begin("desk", java_script_enabled=True)
    page.goto(f"{app.url}/inbox/{read}")
    expect(page.get_by_text(WORDS).first).to_be_visible()
    tab = page.context.new_page()
    tab.goto(app.url)
    press(tab, "Lock")
    expect(page.get_by_text(WORDS)).to_have_count(0, timeout=3_000)
    expect(page.get_by_role("heading", name="Phoenix is locked")).to_be_visible()


def test_a_page_shows_nothing_once_the_app_has_ended(read: str, begin: Begin) -> None:
    page, app = begin("desk", java_script_enabled=True)
    page.goto(f"{app.url}/inbox/{read}")
    expect(page.get_by_text(WORDS).first).to_be_visible()
    app.stop()
    expect(page.get_by_role("heading", name="Phoenix does not answer")).to_be_visible(
        timeout=14_000
    )
    expect(page.get_by_text(WORDS).first).not_to_be_visible()
