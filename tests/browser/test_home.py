"""Home: what needs me now, as counts that lead there; the relay in words; a manager's home. All of it real."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, expect

from tests.browser.apps import App
from tests.browser.axe import violations
from tests.browser.keyboard import follow, press
from tests.end_to_end.documents import FRONT, package
from tests.end_to_end.processes import Machine
from tests.end_to_end.quillmere import PASSPHRASE, Town

NARROW = {"width": 320, "height": 640}

Begin = Callable[..., tuple[Page, App]]


@pytest.fixture
def begin(town: Town, opened: Callable[..., Page]) -> Iterator[Begin]:
    """Starts the app of a machine for one browser: a launch link works once."""
    with ExitStack() as stack:

        def start(name: str, **options: object) -> tuple[Page, App]:
            app = stack.enter_context(App(machine=town[name]))
            return opened(app, **options), app

        yield start


def until(page: Page, app: App, words: str) -> None:
    """Load the home page until it says something: the app looks at the relay in the background."""
    for _ in range(200):
        page.goto(app.url + "/")
        if page.get_by_text(words).count():
            return
        page.wait_for_timeout(250)
    raise AssertionError(page.inner_text("main"))


def test_what_came_is_counted_and_leads_to_where_it_is_dealt_with(town: Town, begin: Begin) -> None:
    page, app = begin("social-care")
    until(page, app, "The last full look at the relay")
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    assert violations(page) == []
    id_ = town.send(package("About two visits", sections={"visits": (FRONT,)}), by="nurse")
    press(page, "Look again")
    until(page, app, "1 package has come and nobody has accepted it")
    assert page.title() == "What needs you now – Phoenix"
    assert violations(page) == []
    follow(page, "1 package has come and nobody has accepted it")
    expect(page.get_by_role("link", name="About two visits")).to_be_visible()
    town.sender.phoenix("accept", id_)
    page.goto(app.url + "/")
    expect(
        page.get_by_text("1 package is here and nobody has taken responsibility")
    ).to_be_visible()
    expect(page.get_by_text("Nobody has opened it on this machine")).to_be_visible()
    town.sender.phoenix("open", id_)
    page.goto(app.url + "/")
    expect(page.get_by_text("Say who takes responsibility")).to_be_visible()


def test_when_the_relay_is_away_it_says_what_can_be_done(town: Town, begin: Begin) -> None:
    page, app = begin("nurse", java_script_enabled=False, viewport=NARROW)
    until(page, app, "The last full look at the relay")
    town.relay.stop()
    try:
        press(page, "Look again")
        until(page, app, "The relay does not answer. It last did")
        expect(page.get_by_text("You can read, write and prepare everything here")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    finally:
        town.relay.start()
    press(page, "Look again")
    until(page, app, "The last full look at the relay")


def test_a_manager_sees_who_waits_to_join(town: Town, begin: Begin) -> None:
    page, app = begin("police", viewport=NARROW)
    until(page, app, "The last full look at the relay")
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    expect(page.get_by_role("link", name="How deliveries go")).to_have_count(0)
    newcomer = Machine(folder=town.folder / "newcomer", passphrase=PASSPHRASE)
    newcomer.phoenix(
        *("join", "front.desk@ardenfold-police", "--anchor", town.anchor),
        *("--relay", town.relay.url, "--name", "Front desk"),
    )
    press(page, "Look again")
    until(page, app, "1 person or desk waits to join")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
