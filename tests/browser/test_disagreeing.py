"""Restricting what is kept as evidence, and disagreements between two desks: through a real browser."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.journeys import NAUGHTY, SHOWN, Begin, accept_all, actions, sound
from tests.browser.keyboard import choose, follow, press, write
from tests.browser.writing import fill
from tests.end_to_end.documents import FRONT, MASH, NURSE, package
from tests.end_to_end.quillmere import Town

WORDS = "Said in health"


def test_what_is_restricted_is_read_only_by_whoever_says_why(town: Town, begin: Begin) -> None:
    id_ = town.send(package("Contested", sections={"observed": (MASH,), "health": (NURSE,)}))
    page, app = begin("social-care")
    page.goto(f"{app.url}/reviews/restrict/{id_}")
    sound(page)
    assert page.locator("input:checked").count() == 0
    press(page, "Restrict it")
    expect(page.get_by_role("link", name="Choose why it is kept and not used")).to_be_visible()
    choose(page, page.get_by_label("Section: Title of health", exact=True))
    fill(page, "reason", "contested")
    write(page, "In your own words (optional)", NAUGHTY)
    press(page, "Restrict it")
    expect(page.get_by_text("It is restricted, and that is recorded.")).to_be_visible()
    expect(page.get_by_text(SHOWN)).to_be_visible()
    sound(page)

    page.goto(f"{app.url}/sent/{id_}/read")
    assert WORDS not in page.content()
    assert "Said in observed" in page.content()
    sound(page)
    for where in ("statements", ""):
        page.goto(f"{app.url}/sent/{id_}/{where}".rstrip("/"))
        assert WORDS not in page.content(), where
    page.goto(f"{app.url}/sent/{id_}/read")
    follow(page, "Read it all the same, and say why")
    press(page, "Read it")
    expect(page.get_by_role("link", name="Enter why you have to read it")).to_be_visible()
    assert "restricted.opened" not in actions(town, "social-care")
    write(page, "Why do you have to read it?", "The court asks for it")
    press(page, "Read it")
    assert WORDS in page.content()
    sound(page)
    assert actions(town, "social-care").count("restricted.opened") == 1

    page.goto(f"{app.url}/reviews/restrict/{id_}")
    press(page, "Lift the restriction")
    page.goto(f"{app.url}/sent/{id_}/read")
    assert WORDS in page.content()


def test_a_disagreement_goes_there_and_back_until_it_is_closed(town: Town, begin: Begin) -> None:
    id_ = town.send(package("We will not visit", sections={"observed": (MASH,)}))
    town.desk.phoenix("inbox")
    town.desk.phoenix("accept", id_)
    desk, there = begin("desk")
    desk.goto(f"{there.url}/register/package/{id_}")
    follow(desk, "Disagree with their answer or decision")
    press(desk, "Tell them")
    expect(desk.get_by_role("link", name="Enter what you disagree with")).to_be_visible()
    sound(desk)
    fill(desk, "to", FRONT)
    write(desk, "What do you disagree with?", NAUGHTY)
    write(desk, "Why?", "She was seen again")
    press(desk, "Tell them")
    expect(desk.get_by_text("They have been told.")).to_be_visible()
    expect(desk.get_by_text("No answer yet")).to_be_visible()

    accept_all(town.sender)
    page, app = begin("social-care")
    page.goto(app.url + "/disagreements")
    expect(page.get_by_text(SHOWN)).to_be_visible()
    sound(page)
    follow(page, "Answer it")
    sound(page)
    write(page, "Your answer", "We visit tomorrow")
    press(page, "Answer")
    expect(page.get_by_text("They have your answer.")).to_be_visible()

    accept_all(town.desk)
    desk.goto(there.url + "/disagreements")
    expect(desk.get_by_text("We visit tomorrow")).to_be_visible()
    follow(desk, "Say how it ended")
    fill(desk, "outcome", "changed")
    write(desk, "In your words", "Agreed")
    press(desk, "Close it")
    expect(desk.get_by_text("It is closed, and they have been told.")).to_be_visible()
    accept_all(town.sender)
    page.goto(app.url + "/disagreements")
    expect(page.get_by_text("It was changed")).to_be_visible()
    sound(page)
