"""The register, records, what is to be looked at, holds and evidence: through a real browser and real processes."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from playwright.sync_api import Page, expect

from agency_client.record.hold_words import KNOWN
from tests.browser.apps import App
from tests.browser.journeys import NAUGHTY, SHOWN, Begin, actions, finished, sound
from tests.browser.keyboard import (
    choose,
    enter,
    follow,
    hand_in,
    press,
    reach,
    save,
    write,
    write_into,
)
from tests.end_to_end.documents import MASH, NURSE, package
from tests.end_to_end.quillmere import Town

#: What a spreadsheet would run.
FORMULA = '=HYPERLINK("http://example.invalid")'


def write_day(page: Page, name: str, day: str, month: str, year: str) -> None:
    """Type a day into the three fields of a question."""
    for part, text in (("day", day), ("month", month), ("year", year)):
        write_into(page, page.locator(f'[name="{name}:{part}"]'), text)


def test_the_register_leads_to_what_is_recorded_and_owed_by_keyboard(
    town: Town, begin: Begin
) -> None:
    town.send(package("Strategy discussion wanted", sections={"observed": (MASH,)}))
    town.send(package("Another matter", sections={"health": (NURSE,)}))
    page, app = begin("social-care")
    page.goto(app.url + "/register")
    sound(page)
    reach(page, page.locator("summary").first)
    page.keyboard.press("Enter")
    write(page, "Person", "jor")
    write(page, "Agency or address", MASH)
    press(page, "Search")
    assert "jor" not in page.url.lower()
    expect(page.get_by_role("link", name="Strategy discussion wanted").first).to_be_visible()
    expect(page.get_by_text("Another matter")).to_have_count(0)
    sound(page)
    follow(page, "Everything recorded about it")
    assert page.title() == "What is recorded about a package – Phoenix"
    sound(page)

    follow(page, "Ask for advice about it")
    press(page, "File the question")
    expect(page.get_by_role("link", name="Enter whom you ask")).to_be_visible()
    sound(page)
    write(page, "Whom do you ask?", "Information manager")
    write(page, "What do you ask?", NAUGHTY)
    press(page, "File the question")
    expect(page.get_by_role("definition").get_by_text(SHOWN)).to_be_visible()
    follow(page, "File the advice")
    write(page, "What was the advice?", "Yes, with care")
    press(page, "File the advice")
    expect(page.get_by_role("definition").get_by_text("Yes, with care")).to_be_visible()
    sound(page)

    follow(page, "The package that it is about")
    follow(page, "answers that are owed")
    sound(page)
    follow(page, "Is it confidential, and how?")
    press(page, "Record the answer")
    expect(page.get_by_role("link", name="Give an answer")).to_be_visible()
    reach(page, page.get_by_role("checkbox").first)
    page.keyboard.press("Space")
    press(page, "Record the answer")
    expect(page.get_by_text("The answer is recorded.")).to_be_visible()
    expect(page.get_by_role("link", name="Is it confidential, and how?")).to_have_count(0)


def test_copies_of_the_register_are_recorded_and_run_nothing(town: Town, begin: Begin) -> None:
    town.send(package(FORMULA, sections={"observed": (MASH,)}))
    page, app = begin("social-care")
    page.goto(app.url + "/register")
    sound(page)
    copy = save(page, page.get_by_role("button", name="Save a spreadsheet (CSV)"))
    assert copy.suggested_filename == "register.csv"
    text = copy.path().read_text("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert any(cell == f"'{FORMULA}" for row in rows for cell in row)
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert actions(town, "social-care")[-1] == "register.exported"

    press(page, "Show a page to print")
    expect(page.get_by_role("heading", name="Register")).to_be_visible()
    expect(page.get_by_text(FORMULA)).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('th')).borderTopStyle") == "solid"


def test_a_breach_has_its_clock_and_what_was_learnt_since(town: Town, begin: Begin) -> None:
    id_ = town.send(package("Sent to the wrong desk", sections={"observed": (MASH,)}))
    page, app = begin("social-care")
    page.goto(f"{app.url}/register/breach?package={id_}")
    sound(page)
    write(page, "At what time? (optional)", "99")
    press(page, "Record it")
    expect(page.get_by_role("link", name="Enter a time such as 2:30pm or 14:30")).to_be_visible()
    sound(page)
    write(page, "What happened?", NAUGHTY)
    write_day(page, "breach.aware_at", "1", "2", "2020")
    write(page, "At what time? (optional)", "9:15am")
    write(page, "Who got it and should not have?", MASH)
    press(page, "Record it")
    expect(
        page.get_by_text(
            "The 72 hours to tell the regulator ended at 9:15am GMT on 4 February 2020"
        )
    ).to_be_visible()
    expect(page.get_by_role("definition").get_by_text(SHOWN)).to_be_visible()
    expect(page.get_by_text("They have not been offered it.")).to_be_visible()
    sound(page)
    press(page, "Record what was learnt since")
    told = page.get_by_role("group", name="Was the regulator told?")
    choose(page, told.get_by_role("radio").first)
    press(page, "Record it")
    expect(page.get_by_text("The regulator's clock stopped")).to_be_visible()
    sound(page)


def test_what_is_due_is_looked_at_changed_and_erased_without_scripts(
    town: Town, begin: Begin
) -> None:
    id_ = town.send(package("To be erased", sections={"observed": (MASH,), "health": (NURSE,)}))
    page, app = begin("social-care")
    page.goto(app.url + "/reviews?days=366")
    sound(page)
    line = page.get_by_role("listitem").filter(has_text="To be erased").filter(has_text="kept")
    enter(page, line.get_by_role("link"))
    press(page, "Record that I looked")
    expect(page.get_by_role("link", name="Choose what came of it")).to_be_visible()
    sound(page)
    assert page.locator("input:checked").count() == 0
    choose(page, page.locator("input[value=keep]"))
    press(page, "Record that I looked")
    expect(page.get_by_role("link", name="Enter the day")).to_be_visible()
    write_day(page, "until", "1", "2", "2031")
    write_into(page, page.locator("[name=words]"), NAUGHTY)
    press(page, "Record that I looked")
    expect(page.get_by_text("That you looked is recorded.")).to_be_visible()

    page.goto(f"{app.url}/reviews/kept/{id_}")
    expect(page.get_by_text("1 February 2031").first).to_be_visible()
    choose(page, page.get_by_label("Title of health", exact=True))
    write_day(page, "review", "1", "2", "2080")
    press(page, "Change how long it is kept")
    expect(page.get_by_text("1 February 2080")).to_have_count(1)
    sound(page)

    page.goto(f"{app.url}/reviews/erase/{id_}")
    assert page.locator("input:checked").count() == 0
    press(page, "Go on")
    expect(page.get_by_role("link", name="Choose why it is erased")).to_be_visible()
    choose(page, page.locator("input[value=some]"))
    choose(page, page.get_by_label("Title of health", exact=True))
    choose(page, page.locator("input[value=not_needed]"))
    press(page, "Go on")
    expect(page.get_by_text("This cannot be undone.")).to_be_visible()
    press(page, "Erase it for good")
    expect(page.get_by_text("A section was erased")).to_be_visible()
    expect(page.get_by_text(SHOWN)).to_be_visible()
    page.goto(f"{app.url}/reviews/erase/{id_}")
    expect(page.get_by_label("Title of health", exact=True)).to_have_count(0)


def test_a_hold_is_set_handed_over_applied_and_refuses_erasing(
    town: Town, begin: Begin, tmp_path: Path
) -> None:
    id_ = town.send(package("Has to be kept", sections={"observed": (MASH,)}, mark="HOLD "))
    office, app = begin("council")
    office.goto(app.url + "/reviews/holds/new")
    press(office, "Set the hold")
    expect(office.get_by_role("link", name="Choose what asks for it")).to_be_visible()
    sound(office)
    choose(office, office.get_by_label("An inquiry", exact=True))
    write(office, "What is its reference there?", NAUGHTY)
    choose(office, office.get_by_label("Everything under a reference of yours", exact=True))
    write(office, "Which?", "HOLD QM-0417")
    write(office, "Who sets it?", "B. Lindqvist")
    write_day(office, "review", "1", "2", "2031")
    press(office, "Set the hold")
    expect(office.get_by_text(SHOWN)).to_be_visible()
    reaches = office.get_by_text(
        "It reaches nothing on this machine now. Check the name or reference."
    )
    expect(reaches).to_be_visible()
    sound(office)
    order = save(office, office.get_by_role("link", name="Save the order that sets it"))
    order.save_as(tmp_path / "order")

    desk, at = begin("social-care")
    desk.goto(at.url + "/reviews/holds")
    press(desk, "Apply the order")
    expect(desk.get_by_role("link", name="Choose the file with the order")).to_be_visible()
    sound(desk)
    hand_in(desk, "[name=order]", tmp_path / "order")
    press(desk, "Apply the order")
    expect(desk.get_by_text("The order is applied here.")).to_be_visible()
    expect(desk.get_by_text("It reaches 1 package on this machine now.")).to_be_visible()
    desk.goto(f"{at.url}/reviews/erase/{id_}")
    expect(desk.get_by_text("It cannot be erased.")).to_be_visible()
    assert desk.get_by_role("button", name="Go on").count() == 0
    sound(desk)
    _lifts_it_and_saves_the_order_again(office, desk, at, tmp_path)


def _lifts_it_and_saves_the_order_again(office: Page, desk: Page, at: App, folder: Path) -> None:
    write(office, "Who lifts it?", "B. Lindqvist")
    write(office, "Why is it needed no longer?", "It ended")
    press(office, "Lift the hold")
    sound(office)
    office.reload()
    end = save(office, office.get_by_role("link", name="Save the order that lifts it"))
    end.save_as(folder / "end")
    for name, words in (("end", "The order is applied here."), ("order", KNOWN), ("end", KNOWN)):
        desk.goto(at.url + "/reviews/holds")
        hand_in(desk, "[name=order]", folder / name)
        press(desk, "Apply the order")
        expect(desk.get_by_text(words)).to_be_visible()
        expect(desk.get_by_text("Lifted", exact=True).first).to_be_visible()
    expect(desk.get_by_role("heading", name="Nothing changed")).to_be_visible()


def test_evidence_leaves_out_what_is_ticked_and_is_verified_or_refused(
    town: Town, begin: Begin, tmp_path: Path
) -> None:
    id_ = town.send(package("For the court", sections={"observed": (MASH,), "health": (NURSE,)}))
    page, app = begin("social-care")
    before = sorted(path.name for path in town.sender.home.iterdir())
    page.goto(f"{app.url}/evidence/{id_}")
    sound(page)
    assert page.locator("input:checked").count() == 0
    for name in ("Title of health", "Decision"):
        group = page.get_by_role("group", name=f"Section: {name}")
        choose(page, group.get_by_label("Leave out this whole section"))
    said = page.get_by_role("group", name="Section: Title of observed").get_by_role("checkbox").last
    left_out = said.evaluate("box => box.labels[0].textContent.trim()")
    choose(page, said)
    press(page, "Make the file")
    finished(page, "**/evidence/ready/*")
    sound(page)
    saved = save(page, page.get_by_role("button", name="Save the file"))
    bundle = tmp_path / saved.suggested_filename
    saved.save_as(bundle)
    assert left_out.encode() not in bundle.read_bytes()
    assert b"Said in health" not in bundle.read_bytes()
    page.reload()
    expect(page.get_by_role("heading", name="The file was handed over")).to_be_visible()
    assert sorted(path.name for path in town.sender.home.iterdir()) == before
    assert actions(town, "social-care")[-1] == "evidence.exported"

    _hand_in(page, app, bundle)
    expect(page.get_by_role("heading", name="This verifies")).to_be_visible()
    expect(page.get_by_text("2 sections or files of the package")).to_be_visible()
    expect(page.get_by_role("heading", name="What it does not prove")).to_be_visible()
    sound(page)
    whole = bytearray(bundle.read_bytes())
    whole[len(whole) // 2] ^= 1
    bundle.write_bytes(whole)
    _hand_in(page, app, bundle)
    expect(page.get_by_role("heading", name="This does not verify")).to_be_visible()
    sound(page)
    assert sorted(path.name for path in town.sender.home.iterdir()) == before


def _hand_in(page: Page, app: App, bundle: Path) -> None:
    page.goto(app.url + "/evidence/verify")
    sound(page)
    choose(page, page.get_by_label("My own", exact=True))
    hand_in(page, "[name=file]", bundle)
    press(page, "Verify it")
    finished(page, "**/evidence/verdict/*")


def test_a_chronology_keeps_voices_apart_and_shows_gaps(town: Town, begin: Begin) -> None:
    town.send(package("In order", sections={"observed": (MASH,)}, mark="CHRON "))
    page, app = begin("social-care")
    page.goto(app.url + "/register/chronology")
    press(page, "Show the chronology")
    expect(page.get_by_role("link", name="Enter about whom")).to_be_visible()
    sound(page)
    write(page, "Under which reference", "CHRON QM-0417")
    write_day(page, "since", "", "", "2020")
    press(page, "Show the chronology")
    expect(page.get_by_role("heading", name="quillmere-council").first).to_be_visible()
    expect(page.get_by_text("Gap. No entry for")).to_be_visible()
    sound(page)
    sound(page)
    follow(page, "Read it in its package")
    expect(page.locator(":target")).to_be_visible()
