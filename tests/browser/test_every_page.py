"""Every page of the app, reached by links from the first: its title, axe, narrow as at 400 % zoom, in forced colours.

Pictures of all of them are left in ``build/pages/`` for people to look at. Pages that are there only after something
was done: ``test_every_state.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser import test_every_state
from tests.browser.apps import App
from tests.browser.journeys import WIDE
from tests.browser.looking import AFTER, NO_PAGES, ROUTES, Seen, route_of
from tests.browser.story import Story, told
from tests.end_to_end.quillmere import Town

#: Of these several are looked at: what waits, what was accepted, what is answered differ.
_SEVERAL = {
    "/inbox/{package}": 4,
    "/sent/{package}": 3,
    "/register/record/{record}": 3,
    "/register/package/{package}": 2,
}


@pytest.fixture(scope="module")
def story(town: Town) -> Story:
    """See ``story.py``."""
    return told(town)


def begin_drafts(page: Page, app: App) -> None:
    """Drafts of every kind, as somebody begins them who has not come far."""
    for start, button in (
        ("/share", "Begin a package"),
        ("/requests", "Ask other agencies"),
        ("/decisions", "Record a decision"),
    ):
        page.goto(app.url + start)
        press(page, button)
        root = page.url
        page.goto(root + "/people")
        press(page, "Add a person")
        if start == "/decisions":
            continue
        page.goto(root + "/statements")
        page.fill("[name=title]", "What we know")
        press(page, "Add it and write its first statement")
        if start == "/requests":
            page.goto(root + "/questions")
            press(page, "Add a question")


def press(page: Page, button: str) -> None:
    """Press a button and wait for what follows."""
    with page.expect_navigation():
        page.get_by_role("button", name=button).first.click()


def begin_answer(page: Page, app: App) -> None:
    """Begin an answer to what was asked."""
    page.goto(app.url + "/requests")
    page.get_by_role("link", name="Which episodes are known").first.click()
    press(page, "Answer it")
    root = page.url
    page.goto(root + "/people")
    press(page, "Add a person")
    page.goto(root + "/statements")
    page.fill("[name=title]", "What we know")
    press(page, "Add it and write its first statement")


def crawl(page: Page, app: App, seen: Seen, name: str) -> None:
    """Follow every link that leads to another kind of page, and look at each."""
    waiting, known = ["/"], {("/", "")}
    looked: dict[str, set[str]] = {}
    while waiting:
        path = waiting.pop(0)
        answer = page.goto(app.url + path)
        route = route_of(urlsplit(page.url).path)
        if answer is None or answer.status != 200 or route is None:
            seen.wrong.append(f"{path}: {answer and answer.status}")
            continue
        seen.look(page, f"{name}{'-'.join(route)}")
        links = page.eval_on_selector_all(
            "a[href]:not([download])", "links => links.map(link => link.getAttribute('href'))"
        )
        for link in links:
            to = urlsplit(link)
            other = route_of(to.path) if to.path.startswith("/") else None
            if other is None or other[0] in NO_PAGES:
                continue
            if len(looked.setdefault(other[0], set()) | {to.path}) <= _SEVERAL.get(other[0], 0):
                if to.path not in looked[other[0]]:
                    looked[other[0]].add(to.path)
                    known.add(other)
                    waiting.append(to.path)
                continue
            if other in known:
                continue
            known.add(other)
            if other[1] in seen.steps:
                other = (other[0], "")
                if other in known:
                    continue
                known.add(other)
            seen.steps |= {other[1]} - {""}
            waiting.append(f"{to.path}?{to.query}" if to.query else to.path)


@pytest.mark.timeout(900)
def test_every_page_is_reached_by_links_and_is_as_it_should_be(
    story: Story, apps: Callable[..., App], opened: Callable[..., Page]
) -> None:
    seen = Seen()
    for name, begin in (
        ("social-care", begin_drafts),
        ("desk", begin_answer),
        ("council", None),
    ):
        app = apps(name)
        page = opened(app, viewport=WIDE)
        if begin is not None:
            begin(page, app)
        crawl(page, app, seen, name)
    assert seen.wrong == []
    everything = {route for route, _ in ROUTES} - NO_PAGES - frozenset().union(*AFTER.values())
    missing = sorted(everything - seen.routes)
    assert missing == [], "\n".join(missing)


def test_whatever_no_link_leads_to_is_looked_at_by_a_test_that_is_there() -> None:
    routes = {route for route, _ in ROUTES}
    assert {name for name in AFTER if not hasattr(test_every_state, name)} == set()
    assert frozenset().union(*AFTER.values(), NO_PAGES) <= routes
