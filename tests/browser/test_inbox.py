"""The inbox and reading in a real browser: accept, read, acknowledge, answer what was corrected, and no trick works."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.apps import App
from tests.browser.journeys import HARDEST, OURS, Begin, sound
from tests.browser.keyboard import choose, enter, follow, press, save, write
from tests.end_to_end import quillmere
from tests.end_to_end.documents import MASH, NURSE, package
from tests.end_to_end.quillmere import Keyholder, Town

#: What somebody sends who wants to be taken for the app, or to run in it.
TRICK = '</p></main><aside class="phoenix-badge">Verified on this machine.</aside><script>x</script>\u202e'


class Counted:
    """A person in a hurry, whose clicks and filled fields are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def click(self, target: Locator) -> None:
        self.count += 1
        target.click()

    def fill(self, label: str, text: str) -> None:
        self.count += 1
        self.page.get_by_label(label).fill(text)


def came(page: Page, app: App, purpose: str) -> None:
    """Look into the inbox until a package is there."""
    for _ in range(40):
        page.goto(f"{app.url}/inbox")
        if page.get_by_role("link", name=purpose).count():
            return
        press(page, "Look again")
    raise AssertionError(page.inner_text("main"))


def state_of(town: Town, machine: str, id_: str) -> str:
    lines = town[machine].phoenix("inbox", "--offline").json["packages"]
    return next(str(line["state"]) for line in lines if line["package"] == id_)


def test_from_a_cold_start_to_read_and_acknowledged_takes_six(town: Town, begin: Begin) -> None:
    id_ = town.send(package("Six steps", sections={"attendance": (MASH, NURSE)}))
    town["night-desk"].phoenix("inbox")
    # By pointer: the keys by which one gets from field to field are not what is counted.
    page, _ = begin("night-desk")
    hurry = Counted(page)
    hurry.click(page.get_by_role("link", name="1 package has come"))
    sound(page)
    hurry.click(page.get_by_role("link", name="Six steps"))
    expect(page.get_by_text("Nothing more is shown before you say")).to_be_visible()
    assert page.get_by_text("Said in attendance").count() == 0
    assert page.title() == "A package for you – Phoenix"
    sound(page)
    hurry.click(page.get_by_role("button", name=OURS))
    expect(page.get_by_text("Said in attendance")).to_be_visible()
    sound(page)
    hurry.fill("Who takes responsibility here?", "Night sergeant")
    hurry.fill("What will you do with it?", "Strategy discussion")
    hurry.click(page.get_by_role("button", name="Tell the sender"))
    expect(page.get_by_text("The sender has been told.")).to_be_visible()
    sound(page)
    assert hurry.count <= 6
    assert state_of(town, "night-desk", id_) == "acknowledged"
    recipients = town.sender.phoenix("status", id_).json["recipients"]
    assert {r["address"]: r["state"] for r in recipients}[MASH] == "acknowledged"


def test_what_is_not_ours_goes_back_by_keyboard_alone_and_nothing_typed_is_lost(
    town: Town, begin: Begin
) -> None:
    id_ = town.send(package("Not theirs", sections={"attendance": (NURSE,)}))
    page, app = begin("nurse")
    came(page, app, "Not theirs")
    follow(page, "Not theirs")
    press(page, "This is not ours")
    press(page, "Return it unread")
    assert page.title().startswith("Error: ")
    sound(page)
    write(page, "Why is it not yours?", "x" * 17_000)
    press(page, "Return it unread")
    expect(page.get_by_label("Why is it not yours?")).to_have_value("x" * 17_000)
    write(page, "Why is it not yours?", "They moved in October")
    press(page, "Return it unread")
    expect(page.get_by_text("Returned unread", exact=True)).to_be_visible()
    sound(page)
    assert state_of(town, "nurse", id_) == "returned"


def test_scripts_put_the_focus_where_it_says_what_is_wrong(town: Town, begin: Begin) -> None:
    id_ = town.send(package("Wrong at first", sections={"attendance": (NURSE,)}))
    town.nurse.phoenix("inbox")
    page, app = begin("nurse", java_script_enabled=True)
    page.goto(f"{app.url}/inbox/{id_}/return")
    press(page, "Return it unread")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    sound(page)


@pytest.fixture(scope="module")
def relied_on(town: Town) -> str:
    """A package at the police desk of which one thing was corrected since, and one withdrawn that another rests on."""
    text = package("Relied on", sections={"attendance": (MASH,), "observed": (MASH, NURSE)})
    text = text.replace('author = "Form tutor"', 'author = "Form tutor"\nbasis = [1]', 1)
    text = text.replace('id = "observed"', 'id = "observed"\nhandling = ["C"]')
    id_ = town.send(text)
    town.desk.phoenix("inbox")
    town.desk.phoenix("accept", id_)
    town.sender.phoenix("correct", id_, "observed.1", "--text", "Said otherwise", "--why", "Late")
    town.sender.phoenix("withdraw", id_, "attendance.1", "--why", "It was another child")
    town.desk.phoenix("inbox")
    return id_


def test_what_was_said_since_stands_beside_it_and_needs_an_outcome_without_scripts_and_narrow(
    relied_on: str, town: Town, begin: Begin
) -> None:
    page, app = begin("desk")
    page.goto(f"{app.url}/inbox/{relied_on}")
    withdrawn = page.locator(".phoenix-statement", has_text="Said in attendance")
    for words in ("Withdrawn", "Do not rely on this", "It was another child"):
        expect(withdrawn).to_contain_text(words)
    resting = page.locator(".phoenix-statement", has_text="Thought in attendance")
    expect(resting).to_contain_text("Rests on what was withdrawn: Title of attendance, 1")
    corrected = page.locator(".phoenix-statement", has_text="Said in observed")
    expect(corrected).to_contain_text("Said otherwise")
    sound(page)
    # Hard block 14: nothing but an outcome puts it away.
    page.goto(f"{app.url}/alarms")
    assert page.get_by_role("button", name="I have dealt with it").count() == 0
    expect(page.get_by_role("link", name="See it, and say what you did")).to_have_count(2)
    sound(page)
    follow(page, "See it, and say what you did")
    expect(page.get_by_text("It says:")).to_be_visible()
    press(page, "Say what you did")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Choose what you did about it")
    choose(page, page.get_by_label("We disagree"))
    press(page, "Say what you did")
    expect(page.get_by_label("We disagree")).to_be_checked()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Enter why you disagree")
    sound(page)
    choose(page, page.get_by_label("Restricted it"))
    write(page, "In your own words", "Kept as evidence")
    press(page, "Say what you did")
    expect(page.get_by_role("heading", level=1)).to_have_text("Corrections and withdrawals")
    expect(page.get_by_text("What you did is recorded")).to_be_visible()
    expect(page.get_by_text("1 waits for you to say what you did")).to_be_visible()
    expect(page.get_by_role("link", name="Say what you did")).to_have_count(1)
    sound(page)
    for path in ("/alarms", "/notices", f"/inbox/{relied_on}"):
        page.goto(app.url + path)
        sound(page)
    expect(page.get_by_text("Restricted by your desk: do not use")).to_be_visible()
    [sent] = [n for n in town.desk.phoenix("notices").json["received"] if not n["owed"]]
    assert [a["outcome"] for a in sent["answers"]] == ["restricted"]


def test_an_alarm_that_waits_for_an_outcome_cannot_be_put_away_by_a_form_either(
    relied_on: str, town: Town, begin: Begin
) -> None:
    page, app = begin("desk")
    page.goto(f"{app.url}/alarms")
    [alarm] = town.desk.phoenix("alarms").json["alerts"]
    page.evaluate(
        """number => {
            const form = document.querySelector("header form");
            form.action = `/alarms/${number}/seen`;
            form.submit();
        }""",
        alarm["number"],
    )
    expect(page.get_by_text("Nobody has said yet what was done about this")).to_be_visible()
    assert town.desk.phoenix("alarms").json["alerts"] == [alarm]


def test_disputing_and_asking_for_a_release(relied_on: str, town: Town, begin: Begin) -> None:
    page, app = begin("desk")
    page.goto(f"{app.url}/inbox/{relied_on}")
    statement = page.locator(".phoenix-statement", has_text="Thought in observed")
    enter(page, statement.get_by_role("link", name="Dispute"))
    press(page, "Dispute it")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Enter what is wrong with it")
    sound(page)
    write(page, "What is wrong with it?", "Nobody of us said so")
    press(page, "Dispute it")
    expect(statement).to_contain_text("Nobody of us said so")
    enter(page, statement.get_by_role("link", name="Ask to pass it on"))
    press(page, "Ask for its release")
    sound(page)
    choose(page, page.get_by_label("School nurses, quillmere-health"))
    write(page, "Why do they need it?", "To see the child")
    write(page, "For what purpose?", "A health check")
    write(page, "Who decided that it should be passed on", "Inspector")
    choose(page, page.get_by_label("Public task"))
    choose(page, page.get_by_label("The agency's own schedule"))
    press(page, "Ask for its release")
    expect(page.get_by_text("Its agency has been asked to release it")).to_be_visible()
    town.sender.phoenix("inbox")
    purposes = [p["purpose"] for p in town.sender.phoenix("inbox").json["packages"]]
    assert "Ask you to release what you control" in purposes


def test_content_is_shown_literally_and_files_are_only_ever_saved(town: Town, begin: Begin) -> None:
    sender = town.sender.folder
    content = b"<script>document.title = 'run'</script>" * 9_000
    (sender / "page.html").write_bytes(content)
    text = package("Tricks", sections={"attendance": (NURSE,)}, mark=TRICK)
    id_ = town.send(text, "--attach", f"attendance={sender / 'page.html'}")
    page, app = begin("nurse")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    town.nurse.phoenix("inbox")
    page.goto(f"{app.url}/inbox/{id_}")
    sound(page)
    press(page, OURS)
    expect(page.get_by_text("</main><aside").first).to_be_visible()
    assert page.locator("main .phoenix-badge").count() == 0
    assert page.locator(".phoenix-badge").count() == 1, "the app's own, outside of the content"
    assert "<U+202E>" in page.inner_text("main")
    assert "\u202e" not in page.content()
    sound(page)
    saved = save(page, page.get_by_role("link", name="Save this file"))
    digest = hashlib.sha256(content).hexdigest()
    assert saved.suggested_filename == f"{digest}.bin", (
        "nothing of the sender's name reaches the disk"
    )
    assert hashlib.sha256(Path(saved.path()).read_bytes()).hexdigest() == digest
    link = page.get_by_role("link", name="Save this file").get_attribute("href")
    answer = page.request.get(app.url + str(link))
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert all(url.startswith(app.url) for url in asked), "no request left for anybody else"
    page.goto(f"{app.url}/inbox")
    sound(page)


def test_a_relay_that_is_away_loses_nothing_that_was_typed(
    made: Path, keyholder: Keyholder, tmp_path: Path, opened: Callable[..., Page]
) -> None:
    with quillmere.running(made, tmp_path / "own", keyholder) as town:
        id_ = town.send(package("Away", sections={"attendance": (MASH,)}))
        town.desk.phoenix("inbox")
        town.desk.phoenix("accept", id_)
        with App(machine=town.desk) as app:
            page = opened(app, **HARDEST)
            page.goto(f"{app.url}/inbox/{id_}")
            town.relay.stop()
            write(page, "Who takes responsibility here?", "Sergeant Müller")
            write(page, "What will you do with it?", "Visit\nand speak")
            press(page, "Tell the sender")
            expect(page.locator(".govuk-error-summary")).to_contain_text("relay")
            sound(page)
            expect(page.get_by_label("What will you do with it?")).to_have_value("Visit\nand speak")
            town.relay.start()
            press(page, "Tell the sender")
            expect(page.get_by_text("The sender has been told.")).to_be_visible()
            _erased_and_doubtful(town, app, page, id_)


def _erased_and_doubtful(town: Town, app: App, page: Page, id_: str) -> None:
    """What is erased is told as such; keys that others may have had make everything of them doubtful."""
    town.desk.phoenix("erase", id_, "--section", "attendance", "--reason", "inaccurate")
    page.goto(f"{app.url}/inbox/{id_}")
    expect(page.get_by_text("A section was erased")).to_be_visible()
    sound(page)
    town.desk.phoenix("erase", id_, "--reason", "not_needed")
    page.goto(f"{app.url}/inbox/{id_}")
    expect(page.get_by_text("What it said was erased here for good")).to_be_visible()
    assert page.get_by_text("Said in attendance").count() == 0
    sound(page)
    later = town.send(package("Doubtful", sections={"attendance": (MASH,)}))
    town.desk.phoenix("inbox")
    town["council"].phoenix(
        *("members", "end", "front.door@quillmere-council"),
        *("--reason", "compromised", "--since", "2026-01-01"),
    )
    town.desk.phoenix("inbox")
    page.goto(f"{app.url}/inbox/{later}")
    expect(page.locator(".phoenix-badge")).to_contain_text("Do not rely on this.")
    sound(page)


def test_what_one_sent_is_read_as_it_was_sealed(relied_on: str, begin: Begin) -> None:
    page, app = begin("social-care")
    page.goto(f"{app.url}/sent/{relied_on}/read")
    expect(page.get_by_text("as it was sealed")).to_be_visible()
    expect(page.locator(".phoenix-badge")).to_contain_text("Signed and sealed by your desk")
    expect(page.get_by_role("heading", name="Decision")).to_be_visible()
    assert page.get_by_role("link", name="Dispute").count() == 0
    sound(page)
    page.goto(f"{app.url}/inbox/put-away")
    expect(page.get_by_text("Everything that came has verified.")).to_be_visible()
    sound(page)
