"""Sent: every recipient's way, what is said afterwards, what did not arrive, and the pictures. All of it real."""

from __future__ import annotations

import time

from playwright.sync_api import expect

from tests.browser.journeys import NARROW, NAUGHTY, SHOWN, WIDE, Begin, sound
from tests.browser.keyboard import follow, press, write
from tests.end_to_end.documents import MASH, NURSE, package
from tests.end_to_end.quillmere import Town


def test_a_package_is_followed_corrected_and_answered_by_keyboard(town: Town, begin: Begin) -> None:
    id_ = town.send(package("Strategy discussion wanted", sections={"observed": (MASH, NURSE)}))
    town.desk.phoenix("accept", id_)
    town.desk.phoenix("acknowledge", id_, "--owner", "Duty sergeant", "--use", "Discussion")
    page, app = begin("social-care")
    page.goto(app.url + "/sent")
    sound(page)
    follow(page, "Strategy discussion wanted")
    press(page, "Ask the relay how far it is")
    expect(page.get_by_text("The relay has been asked")).to_be_visible()
    police = page.get_by_role("list", name=f"The way to {MASH}")
    expect(police.get_by_text("Somebody took responsibility")).to_be_visible()
    expect(police.get_by_text("Duty sergeant")).to_be_visible()
    expect(police.get_by_text("Not yet: They tell you what came of it")).to_be_visible()
    nurse = page.get_by_role("list", name=f"The way to {NURSE}")
    expect(nurse.get_by_text("Not yet: They accept it as theirs")).to_be_visible()
    sound(page)

    follow(page, "Correct or withdraw something in it")
    follow(page, "Correct Title of observed, 1")
    write(page, "What it should say", "")
    press(page, "Correct it")
    expect(page.get_by_role("link", name="Enter what it should say")).to_be_visible()
    assert page.title().startswith("Error: ")
    sound(page)
    write(page, "What it should say", "Said in observed, on another day")
    write(page, "Why it was wrong", NAUGHTY)
    press(page, "Correct it")
    expect(page.get_by_text("The correction is on its way")).to_be_visible()
    expect(page.get_by_text("Said in observed, on another day")).to_be_visible()
    expect(page.get_by_text(SHOWN)).to_be_visible()
    expect(page.get_by_text(f"{MASH} has not confirmed it yet")).to_be_visible()

    town.desk.phoenix("inbox")
    [notice] = town.desk.phoenix("notices").json["received"]
    town.desk.phoenix("settle", notice["notice"], "--outcome", "disagreed", "--why", "We saw it")
    press(page, "Ask the relay how far it is")
    expect(page.get_by_text(f"{MASH} disagrees")).to_be_visible()
    expect(page.get_by_text("We saw it")).to_be_visible()


def test_a_part_of_a_protected_name_is_shown_before_a_correction_is_said(
    town: Town, begin: Begin
) -> None:
    friend = f'[[people]]\nid = "friend"\nname = "Robin S"\nrole = "peer"\nsource_known_to = ["{MASH}"]\n'
    text = package("Ask about a friend", sections={"attendance": (NURSE,), "observed": (MASH,)})
    first, then, rest = text.replace("[[people]]", f"{friend}[[people]]", 1).partition(
        'id = "observed"'
    )
    id_ = town.send(first + then + rest.replace('["child"]', '["friend"]', 1))
    page, app = begin("social-care", java_script_enabled=False)
    page.goto(f"{app.url}/sent/{id_}/statements")
    follow(page, "Correct Title of attendance, 1")
    write(page, "What it should say", "Robin was there")
    press(page, "Correct it")
    expect(page.get_by_text("a part of a protected source's name")).to_be_visible()
    assert page.get_by_label("What it should say").input_value() == "Robin was there"
    write(page, "What it should say", "And Robin too")
    press(page, "Correct it")
    expect(page.get_by_text("Nothing was said yet")).to_be_visible()  # other words, another look
    press(page, "Correct it")
    expect(page.get_by_text("The correction is on its way")).to_be_visible()


def test_what_is_taken_back_says_what_came_of_it_without_scripts(town: Town, begin: Begin) -> None:
    id_ = town.send(package("Sent too early", sections={"health": (MASH, NURSE)}))
    town.desk.phoenix("accept", id_)
    page, app = begin("social-care")
    page.goto(f"{app.url}/sent/{id_}")
    sound(page)
    follow(page, "Take it back from whoever has not accepted it")
    press(page, "Take it back")
    expect(page.get_by_role("link", name="Enter why you take it back")).to_be_visible()
    write(page, "Why you take it back", "It named the wrong child")
    press(page, "Take it back")
    expect(page.get_by_text(f"{NURSE}: taken back")).to_be_visible()
    expect(page.get_by_text(f"{MASH}: too late")).to_be_visible()
    sound(page)
    follow(page, "Correct or withdraw something in it")
    follow(page, "Withdraw Title of health, 1")
    write(page, "Why it does not stand any more", "Another child")
    press(page, "Withdraw it")
    expect(page.get_by_text("The withdrawal is on its way")).to_be_visible()
    page.goto(f"{app.url}/sent/{id_}/statements")
    expect(page.get_by_text("It is withdrawn.")).to_be_visible()
    sound(page)


def test_what_did_not_arrive_is_seen_and_sent_again(town: Town, begin: Begin) -> None:
    text = package("Ask for a welfare check", sections={"observed": (MASH,)})
    id_ = town.send(text, "--expires", "3s")
    time.sleep(4)
    page, app = begin("social-care")
    page.goto(app.url + "/")
    follow(page, "1 package of yours did not get to somebody")
    follow(page, "Ask for a welfare check")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ask for a welfare check")
    expect(page.get_by_text("Phone them now").first).to_be_visible()
    sound(page)
    press(page, "Send it again")
    assert "/share/" in page.url
    page.goto(f"{app.url}/sent/{id_}")
    press(page, "I have seen that it was not delivered")
    expect(page.get_by_text("somebody here has seen that it was not delivered")).to_be_visible()
    page.goto(app.url + "/sent?show=trouble")
    expect(page.get_by_text("There is nothing of this kind")).to_be_visible()


def test_pictures_say_the_same_as_their_tables(town: Town, begin: Begin) -> None:
    marked = package(NAUGHTY, sections={"observed": (MASH,), "health": (NURSE,)}, mark="")
    id_ = town.send(marked.replace("Title of health", NAUGHTY.replace('"', "'")))
    page, app = begin("social-care")
    page.goto(app.url + "/pictures/case")
    press(page, "Show it")
    expect(page.get_by_role("link", name="Enter a reference, name or number")).to_be_visible()
    write(page, "Reference, name or number", "qm-0417")
    press(page, "Show it")
    assert "0417" not in page.url
    assert "0417" not in page.title()
    expect(page.get_by_role("cell", name=SHOWN).first).to_be_visible()
    told = page.get_by_role("row", name=SHOWN.replace('"', "'"))
    expect(told.get_by_role("cell", name="Not told")).to_have_count(1)
    expect(told.get_by_role("cell", name="Told: on its way")).to_have_count(1)
    assert page.locator("svg script, svg [onclick], svg foreignObject").count() == 0
    sound(page)
    page.goto(f"{app.url}/pictures/case/{id_}")
    # A column on a narrow screen, a picture on a wide one.
    expect(page.locator("ol.phoenix-narrow")).to_be_visible()
    page.set_viewport_size(WIDE)
    expect(page.get_by_role("img").first).to_be_visible()
    expect(page.locator("ol.phoenix-narrow")).to_be_hidden()
    page.set_viewport_size(NARROW)
    for path, words in (
        ("/pictures/deliveries?days=7", "ardenfold-police"),
        ("/pictures/expiries", SHOWN),
        ("/pictures", "Each has the same as a table beneath it"),
    ):
        page.goto(app.url + path)
        expect(page.get_by_text(words).last).to_be_visible()
        sound(page)
    for path in ("/pictures/deliveries", "/pictures/expiries", f"/pictures/case/{id_}", "/sent"):
        page.goto(app.url + path)
        sound(page)
