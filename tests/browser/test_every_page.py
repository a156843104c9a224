"""Every page of the app, reached by links from the first: its title, axe, narrow as at 400 % zoom, in forced colours.

Pictures of all of them are left in ``build/pages/`` for people to look at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, ViewportSize

from agency_client.web.site import all_pages
from tests.browser.apps import App
from tests.browser.axe import violations
from tests.end_to_end.documents import FRONT, MASH, package
from tests.end_to_end.processes import Machine
from tests.end_to_end.quillmere import PASSPHRASE, Town

PICTURES = Path("build/pages")
#: A desktop's window at 400 % is so wide.
NARROW: ViewportSize = {"width": 320, "height": 640}
WIDE: ViewportSize = {"width": 1280, "height": 900}
#: No title, which a window shows to whoever walks by, names a child.
CHILD = re.compile(r"jordan", re.IGNORECASE)
#: Parts of a path that make another page of it, and are not only another thing on the same page.
_OWN = frozenset({"step"})
_PART = re.compile(r"\{(\w+)(?::((?:[^{}]|\{[^{}]*\})+))?\}")
#: What is no page: files and what scripts ask for.
_NO_PAGES = frozenset(
    {
        "/lock/state",
        "/work/{job}/state",
        "/inbox/{package}/file/{item}",
        "/sent/{package}/file/{item}",
        "/reviews/holds/{hold}/order",
        "/reviews/holds/{hold}/lifted/{order}",
        "/evidence/ready/{job}/file",
        "/members/partnership/protocol/text",
    }
)
#: Pages that are there only after something was done, or while something goes on: the tests of that look at them.
_AFTER = frozenset(
    {
        "/inbox/put-away",
        "/inbox/{package}/acknowledge",
        "/inbox/{package}/outcome",
        "/inbox/{package}/return",
        "/members/joining",
        "/register/record/{record}/breach",
        "/requests/answer",
        "/reviews/look/record/{record}",
        "/reviews/owed/record/{record}",
        "/reviews/owed/record/{record}/answer",
        "/sent/{package}/correct/{item}",
        "/sent/{package}/release/{item}",
        "/sent/{package}/withdraw/{item}",
        "/work",
        "/unlock",
        "/work/{job}",
        "/share/sent/{package:[0-9a-f]{32}}",
        "/requests/sent/{package:[0-9a-f]{32}}",
        "/decisions/recorded/{record:[0-9]{1,12}}",
        "/evidence/verdict/{job}",
        "/evidence/ready/{job}",
        "/members/partnership/admit/{kept}",
        "/members/partnership/review/{kept}",
        "/reviews/restricted/{package}",
    }
)
#: Of these several are looked at: what waits, what was accepted, what is answered differ.
_SEVERAL = {
    "/inbox/{package}": 4,
    "/sent/{package}": 3,
    "/register/record/{record}": 3,
    "/register/package/{package}": 2,
}
REQUEST = f"""
to = ["{MASH}"]
purpose = "Which episodes are known"
classification = "OFFICIAL-SENSITIVE"
urgency = "amber"
[request]
on_behalf_of = "Quillmere Council"
threshold = "ca1989_s47"
why = "A strategy discussion is today"
due = "2d"
[[people]]
id = "p1"
name = "Jordan T"
role = "child"
[[question]]
id = "q1"
text = "Which episodes do you know of?"
about = ["p1"]
[question.ask]
"{MASH}" = "They record them"
"""


@dataclass(slots=True)
class Seen:
    """What was seen of the app: which of its pages, and what was wrong with them."""

    routes: set[str] = field(default_factory=set)
    #: Steps of documents: the same questions are asked in several kinds, and looked at in one.
    steps: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)


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


@pytest.fixture(scope="module")
def story(town: Town) -> Town:
    """Something of everything: what waits, what was read, what is asked, said, owed, held and disagreed with."""
    text = package("Strategy discussion wanted", mark="Seen ")
    extract = town.sender.folder / "extract.txt"
    extract.write_text("a register", "utf-8")
    first = town.send(text, "--attach", f"attendance={extract}")
    town.send(package("Nobody has read this yet", sections={"observed": (MASH,)}))
    controlled = 'handling = ["C"]\n' + package("Ours to release", sections={"observed": (MASH,)})
    third = town.send(controlled.replace('handling = ["RECIPIENTS_ONLY"]\n', ""))
    for id_ in (first, third):
        town.desk.phoenix("accept", id_)
    town.sender.phoenix("correct", first, "1", "--text", "Absent 12 of 30", "--why", "Recounted")
    raised = town.desk.phoenix("disagreement", "raise", first, "--what", "This", "--why", "That")
    town.sender.phoenix("accept", raised.json["package"])
    asked = town.sender.folder / "request.toml"
    asked.write_text(REQUEST, "utf-8")
    town.desk.phoenix("accept", town.sender.phoenix("request", asked, "--urgent").json["package"])
    town.desk.phoenix("advice", "ask", first, "--of", "Caldicott Guardian", "--question", "May we?")
    town.desk.phoenix("retention", "set", first, "--review", "2d")
    order = town.folder / "order"
    held = ("--thread", "QM-0417", "--authority", "inquiry", "--ref", "7")
    town["council"].phoenix(
        *("hold", "add", *held, "--by", "B. L.", "--review", "30d", "--out", order)
    )
    newcomer = Machine(folder=town.folder / "newcomer", passphrase=PASSPHRASE)
    town.machines["newcomer"] = newcomer
    newcomer.phoenix(
        *(
            "join",
            FRONT,
            "--anchor",
            town.anchor,
            "--relay",
            town.relay.url,
            "--name",
            "A colleague",
        )
    )
    return town


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
        seen.routes.add(route[0])
        seen.wrong += [f"{name} {path}: {text}" for text in look(page, f"{name}{'-'.join(route)}")]
        links = page.eval_on_selector_all(
            "a[href]:not([download])", "links => links.map(link => link.getAttribute('href'))"
        )
        for link in links:
            to = urlsplit(link)
            other = route_of(to.path) if to.path.startswith("/") else None
            if other is None or other[0] in _NO_PAGES:
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
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        yield "it is wider than a narrow window"
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


@pytest.mark.timeout(900)
def test_every_page_is_reached_by_links_and_is_as_it_should_be(
    story: Town, apps: Callable[..., App], opened: Callable[..., Page]
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
    everything = {route for route, _ in ROUTES} - _NO_PAGES - _AFTER
    missing = sorted(everything - seen.routes)
    assert missing == [], "\n".join(missing)
