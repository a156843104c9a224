"""Sharing in a real browser: page by page, urgently, and whatever goes wrong meanwhile loses nothing."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.journeys import NAUGHTY, SHOWN, Begin, finished, sound
from tests.browser.keyboard import choose, follow, hand_in, press, write, write_into
from tests.browser.p1 import granted, p1, write_p1
from tests.browser.writing import fill
from tests.end_to_end import quillmere
from tests.end_to_end.documents import FRONT, MASH, NURSE
from tests.end_to_end.processes import Machine
from tests.end_to_end.quillmere import PASSPHRASE, Town

#: Whoever gets the package, and the machine that opens it.
DESKS = {FRONT: "social-care", MASH: "desk", NURSE: "nurse"}
LARGE = 200 << 20


@pytest.fixture(scope="module")
def school(town: Town) -> str:
    """A designated safeguarding lead who has nothing but the app: the name of their machine."""
    machine = Machine(folder=town.folder / "school", passphrase=PASSPHRASE)
    address = "dsl@quillmere-council"
    quillmere.join(machine, address, town.machines, town.anchor, town.relay.url)
    town.machines["school"] = machine
    return "school"


def package_of(page: Page) -> str:
    """The id of what was just sent."""
    finished(page, "**/share/sent/*")
    return page.url.rpartition("/")[2]


def test_p1_is_written_by_keyboard_alone_and_each_gets_what_is_theirs(
    town: Town, school: str, begin: Begin
) -> None:
    document = p1(DESKS, FRONT)
    page, app = begin(school)
    write_p1(page, app.url, document)
    expect(page.get_by_text("This is not complete yet")).to_have_count(0)
    expect(page.get_by_role("heading", name="Answers you owe")).to_have_count(0)
    press(page, "Send")
    id_ = package_of(page)
    for address, name in DESKS.items():
        machine = town[name]
        machine.phoenix("inbox")
        machine.phoenix("accept", id_)
        found = machine.phoenix("open", id_).json["sections"]
        got = [(s["title"], [x["text"] for x in s["statements"]]) for s in found if s["statements"]]
        assert got == granted(document, address)
        kinds = {x["text"]: x["kind"] for s in found for x in s["statements"]}
        said = {x["text"]: x["kind"] for s in document["section"] for x in s["statement"]}
        assert kinds == {text: said[text] for text in kinds}
    assert "Robin S" not in town.desk.phoenix("open", id_).out


class Counted:
    """A person in a hurry: each click and each field that they fill is counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def click(self, role: Any, name: str) -> None:
        self.count += 1
        self.page.get_by_role(role, name=name).first.click()

    def fill(self, label: str, text: str) -> None:
        self.count += 1
        self.page.get_by_label(label).fill(text)


def test_the_urgent_way_takes_at_most_twelve_steps_from_a_cold_start(
    town: Town, begin: Begin
) -> None:
    # With scripts and a pointer, as somebody in a hurry has it: what is counted is what they do.
    page, _ = begin("social-care", java_script_enabled=True)
    hurry = Counted(page)
    hurry.click("button", "Share something")
    hurry.click("button", "Share now to protect somebody")
    sound(page)
    assert page.locator("input:checked").count() == 0
    hurry.click("checkbox", "MASH desk")
    hurry.fill("What must they do", "Go there now")
    hurry.fill("Who is it about?", "Jordan T")
    hurry.fill("What do you know?", "Jordan was pulled into a van at 15:20")
    hurry.click("radio", "FACT: I, or the author, saw or heard it")
    hurry.fill("Who can they ask?", "Duty social worker")
    hurry.fill("Phone number", "01632 960 010")
    hurry.click("button", "Continue")
    expect(page.get_by_text("This is urgent")).to_be_visible()
    sound(page)
    hurry.click("button", "Send")
    page.wait_for_url("**/share/sent/*")  # its script goes on by itself
    id_ = package_of(page)
    assert hurry.count <= 12
    # Whoever goes back is told that it went, and where it is.
    page.go_back()
    expect(page.get_by_role("heading", name="This was sent")).to_be_visible()
    sound(page)
    follow(page, "See what you sent")
    assert page.url.endswith(f"/sent/{id_}")
    town.desk.phoenix("inbox")
    town.desk.phoenix("accept", id_)
    found = town.desk.phoenix("open", id_).json["sections"]
    texts = [each["text"] for section in found for each in section["statements"]]
    assert texts == ["Jordan was pulled into a van at 15:20"]


def test_days_are_written_as_people_write_them_or_said_not_to_be_known(begin: Begin) -> None:
    page, app = begin("nurse")
    page.goto(app.url + "/share")
    press(page, "Begin a package")
    root = page.url
    expect(page.get_by_text("There is a problem")).to_have_count(0)
    page.goto(root + "/ask/purpose")
    expect(page.get_by_text("Warning")).to_have_count(0)
    write(page, "When does it end", "12/31/2026")
    press(page, "Save and continue")
    expect(page.get_by_role("link", name="such as 4 December 2026")).to_be_visible()
    assert page.get_by_label("When does it end").input_value() == "12/31/2026"
    write(page, "When does it end", "in 2 weeks")
    press(page, "Save and continue")
    assert page.url == root
    page.goto(root + "/ask/decision")
    assert page.locator("input:checked").count() == 0
    fill(page, "decision.decided_at:open", "not known: nobody has asked yet")
    write_into(page, page.locator('[name="decision.review_at:day"]'), "4 December 2026")
    press(page, "Save and continue")
    assert page.url == root
    expect(page.get_by_text("To do").first).to_be_visible()
    expect(page.get_by_text("There is a problem")).to_have_count(0)
    page.goto(root + "/check")
    expect(page.get_by_text("Not known: nobody has asked yet")).to_be_visible()
    expect(page.get_by_text("4 December 2026")).to_be_visible()
    expect(page.get_by_text("in 2 weeks")).to_be_visible()


def test_what_people_type_arrives_as_they_typed_it_and_is_shown_literally(
    town: Town, begin: Begin
) -> None:
    page, app = begin("social-care")
    page.goto(app.url + "/share/urgent")
    choose(page, page.get_by_label("MASH desk"))
    choose(page, page.get_by_label("FACT: I, or"))
    for field in page.locator("main input[type=text], main textarea").all():
        write_into(page, field, NAUGHTY)
    press(page, "Continue")
    expect(page.get_by_text(SHOWN).first).to_be_visible()
    press(page, "Send")
    id_ = package_of(page)
    town.desk.phoenix("inbox")
    town.desk.phoenix("accept", id_)
    found = town.desk.phoenix("open", id_).json["sections"]
    texts = [each["text"] for section in found for each in section["statements"]]
    assert texts == [NAUGHTY]
    # With scripts, so that what gets through would run.
    there, other = begin("desk", java_script_enabled=True)
    alarms: list[str] = []
    there.on("dialog", lambda dialog: alarms.append(dialog.message))
    there.goto(f"{other.url}/inbox/{id_}")
    expect(there.get_by_text(SHOWN).first).to_be_visible()
    assert there.locator("main").inner_text().count(SHOWN) >= 4
    assert "49" not in there.locator("main .phoenix-statement").first.inner_text()
    assert alarms == []


def test_what_an_urgent_report_lacks_is_said_beside_its_field(begin: Begin) -> None:
    page, app = begin("social-care")
    page.goto(app.url + "/share/urgent")
    choose(page, page.get_by_label("MASH desk"))
    write(page, "What must they do", "Go there now")
    write(page, "Who is it about?", "Jordan T")
    write(page, "What do you know?", "Said to be at the station")
    choose(page, page.get_by_label("REPORTED: Somebody told the author", exact=True))
    press(page, "Continue")
    wrong = page.get_by_role("alert").get_by_role("link")
    assert wrong.first.get_attribute("href") == "#f-section-1--statement-1--source-type"
    expect(page.locator("#f-section-1--statement-1--source-type-error")).to_be_visible()
    sound(page)


def test_what_cannot_be_sent_is_said_beside_its_field_and_stays(begin: Begin) -> None:
    page, app = begin("social-care")
    page.goto(app.url + "/share/urgent")
    token = page.locator("[name=form_token]").first.input_value()
    draft = page.locator("main [name=draft]").input_value()
    form = {
        "form_token": token,
        "draft": draft,
        "to": MASH,
        "purpose": "Go there now",
        "people[1].name": "Jordan T",
        "section[1].statement[1].text": "Seen\0here",
        "section[1].statement[1].kind": "observed",
    }
    answer = page.request.post(app.url + "/share/urgent", form=form, headers={"Origin": app.url})
    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    page.set_content(answer.text())
    wrong = page.get_by_role("link", name="character")
    assert wrong.get_attribute("href") == "#f-section-1--statement-1--text"
    expect(page.locator("#f-section-1--statement-1--text-error")).to_be_visible()
    assert page.get_by_label("Who is it about?").input_value() == "Jordan T"


def test_nothing_is_lost_when_it_locks_ends_or_the_relay_is_away(town: Town, begin: Begin) -> None:
    page, app = begin("nurse")
    page.goto(app.url + "/share")
    press(page, "Begin a package")
    root = page.url
    page.goto(root + "/ask/purpose")
    # It locks in another tab while somebody types: what they were saving goes on once they are back.
    tab = page.context.new_page()
    tab.goto(app.url)
    press(tab, "Lock")
    write(page, "What is it for?", "Typed while it was locked")
    press(page, "Save and continue")
    write(page, "Passphrase", PASSPHRASE)
    press(page, "Unlock")
    press(page, "Go on")
    page.goto(root + "/ask/purpose")
    assert page.get_by_label("What is it for?").input_value() == "Typed while it was locked"
    app.stop()
    # It ends before anything is pressed: with scripts, what was typed was saved meanwhile.
    page, app = begin("nurse", java_script_enabled=True)
    page.goto(app.url + root[root.index("/share/") :] + "/ask/purpose")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        write(page, "What is it for?", "Typed before it ended")
    app.stop()
    again, app = begin("nurse")
    again.goto(app.url + root[root.index("/share/") :] + "/ask/purpose")
    assert again.get_by_label("What is it for?").input_value() == "Typed before it ended"


def test_a_page_of_an_ended_session_says_what_to_do(begin: Begin) -> None:
    page, app = begin("nurse")
    page.goto(app.url + "/share")
    page.context.clear_cookies()
    press(page, "Begin a package")
    expect(page.get_by_role("heading", name="Open Phoenix again")).to_be_visible()
    expect(page.get_by_text("Drafts are kept")).to_be_visible()
    sound(page)


def test_without_a_relay_a_package_waits_in_its_draft(town: Town, begin: Begin) -> None:
    page, app = begin("social-care")
    page.goto(app.url + "/share/urgent")
    choose(page, page.get_by_label("MASH desk"))
    write(page, "What must they do", "Go there when the relay is back")
    write(page, "Who is it about?", "Jordan T")
    write(page, "What do you know?", "Seen at the station")
    choose(page, page.get_by_label("FACT: I, or"))
    press(page, "Continue")
    town.relay.stop()
    try:
        press(page, "Send")
        heading = page.get_by_role("heading", name="This cannot be done now")
        for _ in range(100):
            if heading.count():
                break
            page.wait_for_timeout(500)
            follow(page, "Look how far it is")
        expect(page.get_by_text("Nothing is lost")).to_be_visible()
        sound(page)
    finally:
        town.relay.start()
    follow(page, "everything is still there")
    press(page, "Send")
    package_of(page)


def test_a_large_file_goes_through_without_the_process_growing(
    town: Town, begin: Begin, tmp_path: Path
) -> None:
    page, app = begin("social-care")
    page.goto(app.url + "/share")
    press(page, "Begin a package")
    root = page.url
    page.goto(root + "/statements")
    write(page, "Title", "A recording")
    press(page, "Add it and write its first statement")
    page.goto(root + "/files")
    large = tmp_path / "recording.bin"
    with large.open("wb") as file:
        file.truncate(LARGE)
    assert app.process is not None
    before = peak(app.process.pid)
    hand_in(page, "#file", large)
    page.set_default_timeout(120_000)
    press(page, "Add the file")
    expect(page.get_by_text("recording.bin")).to_be_visible()
    assert peak(app.process.pid) - before < 48 << 20


def peak(process: int) -> int:
    """The most memory that a process has had (bytes)."""
    status = Path(f"/proc/{process}/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) << 10
