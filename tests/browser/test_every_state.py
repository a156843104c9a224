"""Pages that are there only after something was done, or while something goes on, or when something is wrong.

Each is looked at as the others are (``looking.py``), where ``AFTER`` says which test does that.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from agency_client.web.navigation import NAVIGATION
from tests.browser.apps import App
from tests.browser.journeys import WIDE, Begin, until
from tests.browser.keyboard import choose, enter, press, write
from tests.browser.looking import AFTER, Seen
from tests.browser.story import Story, told
from tests.browser.writing import answer, fill
from tests.end_to_end.processes import Machine
from tests.end_to_end.quillmere import PASSPHRASE, Town

#: As most have it before them; what is narrow and in forced colours ``look`` sees to.
_USUAL: dict[str, Any] = {
    "java_script_enabled": True,
    "viewport": WIDE,
    "forced_colors": "none",
}


@pytest.fixture(scope="module")
def story(town: Town) -> Story:
    """See ``story.py``."""
    return told(town)


@pytest.fixture
def seen(request: pytest.FixtureRequest) -> Iterator[Seen]:
    """What a test saw: nothing wrong, and everything that it is there for."""
    found = Seen()
    yield found
    assert found.wrong == []
    assert sorted(AFTER.get(request.node.name, frozenset()) - found.routes) == []


def look(seen: Seen, page: Page, app: App, **paths: str) -> None:
    """Go to each path and look at it under its name."""
    for name, path in paths.items():
        page.goto(app.url + path)
        seen.look(page, f"state-{name}")


def through(page: Page, part: str) -> None:
    """Through the first link with this in its path."""
    enter(page, page.locator(f'main a[href*="{part}"]').first)


def test_of_whom_nobody_let_in_yet(story: Story, begin: Begin, seen: Seen) -> None:
    page, app = begin("newcomer", **_USUAL)
    until(page, app, "is not approved yet")
    parts = {f"newcomer-{name}": path for name, path in NAVIGATION}
    look(seen, page, app, joining="/members/joining", **parts)


def test_of_what_came(story: Story, begin: Begin, seen: Seen) -> None:
    page, app = begin("desk", **_USUAL)
    accepted, offered = f"/inbox/{story.accepted}", f"/inbox/{story.offered}"
    look(seen, page, app, put_away="/inbox/put-away", acknowledge=f"{accepted}/acknowledge")
    story.town.desk.phoenix("acknowledge", story.accepted, "--owner", "Sergeant", "--use", "Visit")
    look(seen, page, app, outcome=f"{accepted}/outcome", not_ours=f"{offered}/return")
    press(page, "Return it unread")
    seen.look(page, "state-error-summary")
    look(seen, page, app, unknown=f"/inbox/{'0' * 32}", nothing="/nothing", refused="/inbox?page=x")
    look(seen, page, app, no_work="/work")


def test_of_what_was_sent(story: Story, begin: Begin, seen: Seen) -> None:
    page, app = begin("social-care", **_USUAL)
    for name in ("correct", "withdraw", "release"):
        page.goto(f"{app.url}/sent/{story.controlled}/statements")
        through(page, f"/{name}/")
        seen.look(page, f"state-{name}")
    look(seen, page, app, asked=f"/requests/sent/{story.request}")
    page.goto(f"{app.url}/reviews/restrict/{story.controlled}")
    choose(page, page.get_by_role("checkbox").first)
    fill(page, "reason", "contested")
    press(page, "Restrict it")
    seen.look(page, "state-restricted-now")
    look(seen, page, app, restricted=f"/reviews/restricted/{story.controlled}")
    page.goto(f"{app.url}/register/breach?package={story.controlled}")
    press(page, "Record it")
    seen.look(page, "state-breach-wrong")
    write(page, "What happened?", "It went to the wrong desk")
    answer_day(page, "breach.aware_at")
    press(page, "Record it")
    seen.look(page, "state-breach")
    press(page, "Record what was learnt since")
    look(seen, page, app, learnt=page.url.removeprefix(app.url))


def answer_day(page: Page, name: str) -> None:
    """Any day that is over."""
    fill(page, name, "2020-02-01")


@contextmanager
def slow(town: Town) -> Iterator[None]:
    """The relay answers nobody, and is not away either."""
    assert town.relay.process is not None
    town.relay.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        town.relay.process.send_signal(signal.SIGCONT)


def test_of_long_work(story: Story, begin: Begin, seen: Seen, tmp_path: Path) -> None:
    page, app = begin("social-care", **{**_USUAL, "java_script_enabled": False})
    urgently(page, app)
    with slow(story.town):
        press(page, "Send")
        seen.look(page, "state-work-goes-on")
        look(seen, page, app, work="/work")
    page.go_back()
    until_sent(page, app)
    seen.look(page, "state-sent")
    urgently(page, app)
    story.town.relay.stop()
    try:
        press(page, "Send")
        for _ in range(120):
            if "/work/" not in page.url or page.get_by_text("Nothing is lost").count():
                break
            page.wait_for_timeout(500)
            page.reload()
        seen.look(page, "state-relay-away-while-sending")
        look(seen, page, app, work_failed="/work")
        page.goto(app.url + "/")
        press(page, "Look again")
        until(page, app, "The relay does not answer")
        seen.look(page, "state-relay-away")
    finally:
        story.town.relay.start()
    evidence(seen, page, app, story, tmp_path)


def urgently(page: Page, app: App) -> None:
    """As far as the last page of the urgent way."""
    page.goto(app.url + "/share/urgent")
    choose(page, page.get_by_label("MASH desk"))
    choose(page, page.get_by_label("FACT: I, or"))
    for label, words in (
        ("What must they do", "Go there"),
        ("Who is it about?", "Jordan T"),
        ("What do you know?", "Seen at the station"),
        ("Who can they ask?", "Duty lead"),
        ("Phone number", "01632 960 010"),
    ):
        write(page, label, words)
    press(page, "Continue")


def until_sent(page: Page, app: App) -> None:
    """Wait for what was sent last."""
    for _ in range(100):
        page.goto(app.url + "/work")
        done = page.get_by_role("main").locator('a[href*="/share/sent/"]')
        if done.count():
            page.goto(app.url + str(done.first.get_attribute("href")))
            return
        link = page.get_by_role("main").locator('a[href^="/work/"]')
        if link.count():
            page.goto(app.url + str(link.first.get_attribute("href")))
            if "/share/sent/" in page.url:
                return
        page.wait_for_timeout(200)
    raise AssertionError(page.inner_text("main"))


def arrived(page: Page, part: str) -> None:
    """Look at a page of long work until it leads to what came of it."""
    for _ in range(100):
        if part in page.url:
            return
        page.wait_for_timeout(200)
        page.reload()
    raise AssertionError(page.url)


def evidence(seen: Seen, page: Page, app: App, story: Story, folder: Path) -> None:
    """A file for a court, made and verified."""
    page.goto(f"{app.url}/evidence/{story.accepted}")
    press(page, "Make the file")
    arrived(page, "/evidence/ready/")
    seen.look(page, "state-evidence-ready")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save the file").click()
    saving.value.save_as(folder / "bundle")
    page.goto(f"{app.url}/evidence/verify")
    choose(page, page.get_by_label("My own", exact=True))
    page.set_input_files("[name=file]", folder / "bundle")
    press(page, "Verify it")
    arrived(page, "/evidence/verdict/")
    seen.look(page, "state-evidence-verdict")


def test_of_what_was_decided(story: Story, begin: Begin, seen: Seen) -> None:
    page, app = begin("nurse", **_USUAL)
    page.goto(app.url + "/decisions")
    seen.look(page, "state-no-decisions")
    press(page, "Record a decision")
    root = page.url
    press(page, "Check and record it")
    seen.look(page, "state-decision-incomplete")
    answer(page, root + "/ask/asked", {"purpose": "Asked for the notes"})
    decided = {
        "decision.welfare": "Trust comes first",
        "decision.outcome": "do_not_share",
        "decision.decided_by": "Named nurse",
        "decision.review_at": "2099-12-05",
    }
    answer(page, root + "/ask/decision", decided)
    weighed = {"decision.if_shared": "Silence", "decision.if_not_shared": "They plan without it"}
    answer(page, root + "/ask/weighing", {**weighed, "decision.detriment": "In confidence"})
    press(page, "Check and record it")
    press(page, "Record it")
    seen.look(page, "state-decision-recorded")
    number = page.url.rpartition("/")[2]
    page.goto(f"{app.url}/reviews/owed/record/{number}")
    seen.look(page, "state-decision-owed")
    look(seen, page, app, decision_review=f"/reviews/look/record/{number}?kind=decision_review")
    page.goto(f"{app.url}/reviews/owed/record/{number}")
    through(page, "/answer?")
    seen.look(page, "state-decision-answer")
    page.goto(root)
    seen.look(page, "state-draft-that-ended")


def test_of_what_governance_is_about_to_do(story: Story, begin: Begin, seen: Seen) -> None:
    town = story.town
    machine = Machine(folder=town.folder / "academy", passphrase=PASSPHRASE)
    town.machines["academy"] = machine
    request = town.folder / "academy.request"
    machine.phoenix(
        *("agency", "create", "fennick-academy", "--name", "Fennick Academy"),
        *("--anchor", town.anchor, "--relay", town.relay.url, "--out", request),
        *("--kind", "education"),
    )
    page, app = begin("council", **_USUAL)
    page.goto(app.url + "/members/partnership/admit")
    page.set_input_files("#request", request)
    press(page, "See who it is from")
    seen.look(page, "state-admit")
    press(page, "Admit this agency")
    seen.look(page, "state-admit-wrong")
    fill(page, "same", "yes")
    press(page, "Admit this agency")
    seen.look(page, "state-admitted")
    through(page, "/standing")
    seen.look(page, "state-suspending")
    press(page, "Suspend this agency")
    seen.look(page, "state-suspended")
    page.goto(app.url + "/members/partnership/review")
    fill(page, "held", "2026-11-10")
    fill(page, "attended_by", "Chair")
    fill(page, "next_due", "2027-11-10")
    press(page, "Go on")
    seen.look(page, "state-review")
    page.goto(app.url + "/members/partnership/amend")
    fill(page, "name", "Another name")
    press(page, "Go on")
    seen.look(page, "state-amend")


def test_of_what_is_locked_or_ended(story: Story, begin: Begin, seen: Seen) -> None:
    page, app = begin("nurse", **_USUAL)
    page.goto(app.url + "/share")
    press(page, "Lock")
    seen.look(page, "state-locked")
    write(page, "Passphrase", "not this one")
    press(page, "Unlock")
    seen.look(page, "state-locked-wrong")
    write(page, "Passphrase", PASSPHRASE)
    press(page, "Unlock")
    page.goto(app.url + "/share")
    page.evaluate(
        "() => { for (const t of document.getElementsByName('form_token')) t.value = '0' }"
    )
    press(page, "Begin a package")
    seen.look(page, "state-stale-form")
    page.context.clear_cookies()
    page.goto(app.url + "/share")
    seen.look(page, "state-no-session")
