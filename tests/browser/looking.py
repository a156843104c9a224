"""Looking at a page as everybody may have it before them, keeping a picture of it, and which pages there are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Page

from agency_client.web.site import all_pages
from tests.browser.axe import violations
from tests.browser.journeys import NARROW, WIDE
from tests.browser.keyboard import usable

PICTURES = Path("build/pages")
#: No title, which a window shows to whoever walks by, names a child.
CHILD = re.compile(r"jordan", re.IGNORECASE)
#: What the app answered: a page of what is wrong is not the page that was asked for.
_STATUS = "performance.getEntriesByType('navigation')[0].responseStatus"
#: Parts of a path that make another page of it, and are not only another thing on the same page.
_OWN = frozenset({"step"})
_PART = re.compile(r"\{(\w+)(?::((?:[^{}]|\{[^{}]*\})+))?\}")
#: What is no page: files and what scripts ask for.
NO_PAGES = frozenset(
    {
        "/lock/state",
        "/work/{job}/state",
        "/inbox/{package}/file/{item}",
        "/sent/{package}/file/{item}",
        "/reviews/holds/{hold}/order",
        "/reviews/holds/{hold}/lifting-order",
        "/evidence/ready/{job}/file",
        "/members/partnership/protocol/text",
        "/requests/answer",  # leads on to the requests
    }
)
#: Pages that are there only after something was done, or while something goes on: which test of
#: ``test_every_state.py`` does that and looks at them. All others are reached by links.
AFTER: Final[Mapping[str, frozenset[str]]] = {
    "test_of_whom_nobody_let_in_yet": frozenset({"/members/joining"}),
    "test_of_what_came": frozenset(
        {
            "/inbox/put-away",
            "/inbox/{package}/acknowledge",
            "/inbox/{package}/outcome",
            "/inbox/{package}/return",
        }
    ),
    "test_of_what_was_sent": frozenset(
        {
            "/sent/{package}/correct/{item}",
            "/sent/{package}/release/{item}",
            "/sent/{package}/withdraw/{item}",
            "/requests/sent/{package:[0-9a-f]{32}}",
            "/reviews/restricted/{package}",
            "/register/record/{record}/breach",
        }
    ),
    "test_of_long_work": frozenset(
        {
            "/share/sent/{package:[0-9a-f]{32}}",
            "/work",
            "/work/{job}",
            "/evidence/ready/{job}",
            "/evidence/verdict/{job}",
        }
    ),
    "test_of_what_was_decided": frozenset(
        {
            "/decisions/recorded/{record:[0-9]{1,12}}",
            "/reviews/look/record/{record}",
            "/reviews/owed/record/{record}",
            "/reviews/owed/record/{record}/answer",
        }
    ),
    "test_of_what_governance_is_about_to_do": frozenset(
        {
            "/members/partnership/admit/{kept}",
            "/members/partnership/agency/{agency}/standing",
            "/members/partnership/amend/{kept}",
            "/members/partnership/review/{kept}",
        }
    ),
    "test_of_what_is_locked_or_ended": frozenset({"/unlock"}),
}


@dataclass(slots=True)
class Seen:
    """What was seen of the app: which of its pages, and what was wrong with them."""

    routes: set[str] = field(default_factory=set)
    #: Steps of documents: the same questions are asked in several kinds, and looked at in one.
    steps: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def look(self, page: Page, name: str) -> None:
        """Look at a page as it stands."""
        route = route_of(urlsplit(page.url).path)
        if route is not None and page.evaluate(_STATUS) == HTTPStatus.OK:
            self.routes.add(route[0])
        self.wrong += [f"{name} {urlsplit(page.url).path}: {text}" for text in look(page, name)]


def _pattern(path: str) -> re.Pattern[str]:
    found, at = "", 0
    for part in _PART.finditer(path):
        found += re.escape(path[at : part.start()])
        found += f"(?P<{part[1]}>{part[2] or '[^/]+'})"
        at = part.end()
    return re.compile(found + re.escape(path[at:]))


ROUTES = [(page.path, _pattern(page.path)) for page in all_pages() if page.method == "GET"]


def route_of(path: str) -> tuple[str, str] | None:
    """Which page a path is, and what tells it from others of the same kind."""
    for route, pattern in ROUTES:
        if (found := pattern.fullmatch(path)) is not None:
            return route, "".join(v for k, v in found.groupdict().items() if k in _OWN)
    return None


def look(page: Page, name: str) -> Iterator[str]:
    """What is wrong with a page as it stands, and a picture of it."""
    title = page.title()
    if not title.endswith(" – Phoenix") or CHILD.search(title):
        yield f"its title is {title}"
    yield from violations(page)
    PICTURES.mkdir(parents=True, exist_ok=True)
    file = re.sub(r"[^a-z-]+", "-", name.lower()).strip("-")
    page.screenshot(path=PICTURES / f"{file}.png", full_page=True)
    page.set_viewport_size(NARROW)
    yield from usable(page)
    page.emulate_media(forced_colors="active")
    hidden = page.evaluate(
        """() => [...document.querySelectorAll("a, button, input, summary")].filter(e => e.checkVisibility()
            && getComputedStyle(e).color === getComputedStyle(document.body).backgroundColor
            && getComputedStyle(e).backgroundColor === "rgba(0, 0, 0, 0)").length"""
    )
    if hidden:
        yield f"{hidden} things cannot be seen in forced colours"
    page.emulate_media(forced_colors="none")
    page.set_viewport_size(WIDE)
