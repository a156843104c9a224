"""How the journeys of people are gone through, and what every page of them has to be.

The ordinary way is the hardest, all at once: by keyboard alone (``keyboard.py``, ``writing.py``), with scripts off,
in forced colours, and 320 px wide, which is also what a window of 1280 px has left at 400 %. A test that takes an
easier way says why.
"""

from __future__ import annotations

from fnmatch import fnmatch
from typing import Any, Final, Protocol

from playwright.sync_api import Page, ViewportSize

from tests.browser.apps import App
from tests.browser.axe import violations
from tests.browser.keyboard import follow, usable
from tests.end_to_end.processes import Machine
from tests.end_to_end.quillmere import Town

#: A phone held upright; a window of 1280 px at 400 % (WCAG 2.2, 1.4.10).
NARROW: Final[ViewportSize] = {"width": 320, "height": 640}
WIDE: Final[ViewportSize] = {"width": 1280, "height": 900}
#: The options of a browser in which everything has to work.
HARDEST: Final[dict[str, Any]] = {
    "java_script_enabled": False,
    "viewport": NARROW,
    "forced_colors": "active",
}
#: Markup, quotes, a direction override, what a template would run, and what looks like an entity.
NAUGHTY: Final = '<b onclick="x">"{{ 7*7 }}"</b>\u202e &lt;'
#: The same as it is shown: what is not to be seen has its code.
SHOWN: Final = NAUGHTY.replace("\u202e", "<U+202E>")
#: The button by which somebody accepts.
OURS: Final = "This is ours and we know it is confidential"


class Begin(Protocol):
    """Starts the app of a machine and opens it in a browser of its own."""

    def __call__(self, name: str, *arguments: str, **options: Any) -> tuple[Page, App]:
        """``arguments`` go to the app; ``options`` make the browser an easier one than :data:`HARDEST`."""


def sound(page: Page) -> None:
    """A page that everybody can use: one heading above all, nothing too wide, nothing that axe finds."""
    assert usable(page) == []
    assert violations(page) == []


def until(page: Page, app: App, words: str) -> None:
    """Load the home page until it says something: the app looks at the relay in the background."""
    for _ in range(200):
        page.goto(app.url + "/")
        if page.get_by_text(words).count():
            return
        page.wait_for_timeout(250)
    raise AssertionError(page.inner_text("main"))


def finished(page: Page, where: str) -> None:
    """Go on from long work to what comes of it, as somebody does without scripts: by looking how far it is."""
    for _ in range(100):
        if "/work/" not in page.url:
            break
        page.wait_for_timeout(200)
        follow(page, "Look how far it is")
    assert fnmatch(page.url, where), (page.url, page.inner_text("main"))


def actions(town: Town, name: str) -> list[str]:
    """What the audit record of a machine has, oldest first."""
    return [row["action"] for row in town[name].phoenix("audit", "show").json["rows"]]


def accept_all(machine: Machine) -> None:
    """Accept whatever waits."""
    for line in machine.phoenix("inbox").json["packages"]:
        if line["state"] == "offered":
            machine.phoenix("accept", line["package"])
