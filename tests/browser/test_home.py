"""Home: what needs me now, as counts that lead there; the relay in words; a manager's home. All of it real."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.journeys import Begin, sound, until
from tests.browser.keyboard import follow, press
from tests.end_to_end.documents import FRONT, package
from tests.end_to_end.processes import Machine
from tests.end_to_end.quillmere import PASSPHRASE, Town


def test_what_came_is_counted_and_leads_to_where_it_is_dealt_with(town: Town, begin: Begin) -> None:
    page, app = begin("social-care")
    until(page, app, "The last full look at the relay")
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    sound(page)
    id_ = town.send(package("About two visits", sections={"visits": (FRONT,)}), by="nurse")
    press(page, "Look again")
    until(page, app, "1 package has come and nobody has accepted it")
    assert page.title() == "What needs you now – Phoenix"
    sound(page)
    follow(page, "1 package has come and nobody has accepted it")
    expect(page.get_by_role("link", name="About two visits")).to_be_visible()
    town.sender.phoenix("accept", id_)
    page.goto(app.url + "/")
    expect(
        page.get_by_text("1 package is here and nobody has taken responsibility")
    ).to_be_visible()
    expect(page.get_by_text("Nobody has opened it on this machine")).to_be_visible()
    town.sender.phoenix("open", id_)
    page.goto(app.url + "/")
    expect(page.get_by_text("Say who takes responsibility")).to_be_visible()


def test_when_the_relay_is_away_it_says_what_can_be_done(town: Town, begin: Begin) -> None:
    page, app = begin("nurse")
    until(page, app, "The last full look at the relay")
    town.relay.stop()
    try:
        press(page, "Look again")
        until(page, app, "The relay does not answer. It last did")
        expect(page.get_by_text("You can read, write and prepare everything here")).to_be_visible()
        sound(page)
    finally:
        town.relay.start()
    press(page, "Look again")
    until(page, app, "The last full look at the relay")


def test_a_manager_sees_who_waits_to_join(town: Town, begin: Begin) -> None:
    page, app = begin("police")
    until(page, app, "The last full look at the relay")
    adopting = page.get_by_role("link", name="has not adopted the partnership's protocol")
    expect(adopting).to_be_visible()
    expect(page.get_by_role("link", name="How deliveries go")).to_have_count(0)
    newcomer = Machine(folder=town.folder / "newcomer", passphrase=PASSPHRASE)
    newcomer.phoenix(
        *("join", "front.desk@ardenfold-police", "--anchor", town.anchor),
        *("--relay", town.relay.url, "--name", "Front desk"),
    )
    press(page, "Look again")
    until(page, app, "1 person or desk waits to join")
    sound(page)
