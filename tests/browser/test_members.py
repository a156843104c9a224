"""Members, the directory and the partnership in a real browser: a manager lets somebody in, and ends them again."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.journeys import NARROW, NAUGHTY, SHOWN, Begin, finished, sound, until
from tests.browser.keyboard import choose, follow, hand_in, press, write
from tests.browser.writing import fill
from tests.end_to_end.documents import NURSE
from tests.end_to_end.processes import Machine
from tests.end_to_end.quillmere import PASSPHRASE, Town

POLICE_DESK = "night.shift@ardenfold-police"


def newcomer(town: Town, name: str, address: str, called: str) -> dict[str, Any]:
    """A machine that asks to join; what it reads out."""
    machine = Machine(folder=town.folder / name, passphrase=PASSPHRASE)
    town.machines[name] = machine
    asked: dict[str, Any] = machine.phoenix(
        *("join", address, "--anchor", town.anchor, "--relay", town.relay.url, "--name", called)
    ).json
    return asked


def admission(town: Town, name: str, agency: str, called: str) -> Path:
    """The request file of an agency that asks to be admitted."""
    machine = Machine(folder=town.folder / name, passphrase=PASSPHRASE)
    town.machines[name] = machine
    request = town.folder / f"{name}.request"
    machine.phoenix(
        *("agency", "create", agency, "--name", called, "--anchor", town.anchor),
        *("--relay", town.relay.url, "--out", request, "--kind", "education"),
    )
    return request


def done(page: Page, words: str) -> None:
    """What was begun is done: shown on the page that follows."""
    expect(page.get_by_role("status")).to_contain_text(words)


def test_a_manager_compares_the_words_and_approves_a_person_who_then_sends(
    town: Town, begin: Begin
) -> None:
    asked = newcomer(town, "night", POLICE_DESK, NAUGHTY)
    own, there = begin("night")
    follow(own, "See your code and words")
    for word in asked["words"]:
        expect(own.get_by_role("listitem").filter(has_text=word)).to_be_visible()
    expect(own.get_by_text(asked["code"])).to_be_visible()
    sound(own)

    page, app = begin("police")
    page.goto(app.url + "/members/waiting")
    sound(page)
    follow(page, SHOWN)
    expect(page.get_by_text("Leave it. There is no refusing")).to_be_visible()
    assert page.locator("input:checked").count() == 0
    press(page, "Approve")
    expect(page.get_by_role("alert")).to_contain_text("Say how you compared the words")
    fill(page, "how", "typed")
    write(page, "What they read out, if", " ".join(reversed(asked["words"])))
    press(page, "Approve")
    expect(page.get_by_role("alert")).to_contain_text("These are not the words of this request")
    assert page.title().startswith("Error: ")
    sound(page)
    write(page, "What they read out, if", "  ".join(asked["words"]).upper())
    press(page, "Approve")
    done(page, "They are a member now")
    expect(page.get_by_text("1 waiting to join")).to_have_count(0)
    expect(page.get_by_text(POLICE_DESK, exact=True)).to_be_visible()
    sound(page)

    press(own, "They have approved it")
    until(own, there, "The last full look at the relay")
    press(own, "Share something")
    press(own, "Share now to protect somebody")
    id_ = send_urgently(own)
    town.nurse.phoenix("inbox")
    town.nurse.phoenix("accept", id_)
    (section,) = [s for s in town.nurse.phoenix("open", id_).json["sections"] if s["statements"]]
    assert section["statements"][0]["text"] == "Seen at the station at 15:20"


def send_urgently(page: Page) -> str:
    """Tell the school nurses something on two pages; the id of the package."""
    choose(page, page.get_by_label("School nurses"))
    for label, words in (
        ("What must they do", "Phone back"),
        ("Who is it about?", "Jordan T"),
        ("What do you know?", "Seen at the station at 15:20"),
        ("Who can they ask?", "Night shift"),
        ("Phone number", "01632 960 010"),
    ):
        write(page, label, words)
    choose(page, page.get_by_label("FACT: I, or"))
    press(page, "Continue")
    press(page, "Send")
    finished(page, "**/share/sent/*")
    return page.url.rpartition("/")[2]


def test_a_member_is_ended_without_scripts_and_nobody_finds_them_any_more(
    town: Town, begin: Begin
) -> None:
    asked = newcomer(town, "leaver", "leaver@ardenfold-police", "Leaver")
    town["police"].phoenix("members", "approve", asked["code"])
    page, app = begin("police")
    page.goto(app.url + "/members/keys")
    expect(page.get_by_text("Look again from")).to_be_visible()
    page.goto(app.url + "/members")
    expect(page.get_by_role("link", name="Holds")).to_be_visible()
    follow(page, "Directory")
    write(page, "Name, address or agency", "leaver police")
    press(page, "Search")
    assert "leaver" not in page.url  # whom somebody looks for stays out of the history
    follow(page, "Leaver")
    follow(page, "End this member")
    assert page.locator("input:checked").count() == 0
    press(page, "End this member")
    expect(page.get_by_role("alert")).to_contain_text("Choose why it ends")
    fill(page, "reason", "left")
    fill(page, "since", "2026-11-20")
    press(page, "End this member")
    expect(page.get_by_role("alert")).to_contain_text("Leave the day out")
    fill(page, "reason", "compromised")
    press(page, "End this member")
    done(page, "Nobody can write to this address any more")
    expect(page.get_by_text("Keys got into other hands")).to_be_visible()
    lines = town["police"].phoenix("members", "list").json["members"]
    standing = {line["address"]: line["standing"] for line in lines}
    assert standing["leaver@ardenfold-police"] == "compromised"
    page.goto(app.url + "/members/directory")
    expect(page.get_by_role("link", name="Leaver")).to_have_count(0)


def test_a_desk_compares_words_and_sees_only_what_it_may(town: Town, begin: Begin) -> None:
    page, app = begin("social-care")
    page.goto(app.url + "/members")
    for hidden in ("Who waits to join", "Members of your agency", "Admit an agency"):
        expect(page.get_by_role("link", name=hidden)).to_have_count(0)
    for path in ("waiting", "own", "partnership/admit", "partnership/review", "partnership/amend"):
        answered = page.request.get(f"{app.url}/members/{path}")
        assert answered.status == 404, path
    follow(page, "Directory")
    follow(page, "School nurses")
    expect(page.get_by_text("Never compared here")).to_be_visible()
    press(page, "Show the words to compare by phone")
    words = town.nurse.phoenix("fingerprint", NURSE).json["words"]
    assert page.get_by_role("main").locator("ol li").all_inner_texts() == words
    press(page, "Record that they are the same")
    expect(page.get_by_role("alert")).to_contain_text("Tick this once you have compared")
    sound(page)
    fill(page, "same", "same")
    fill(page, "by", "Duty lead")
    press(page, "Record that they are the same")
    done(page, "That the words were compared is recorded")
    expect(page.get_by_text("by Duty lead")).to_be_visible()
    sound(page)
    compared = town.sender.phoenix("fingerprint", NURSE).json["compared"]
    assert compared["by"] == "Duty lead"
    for path in ("", "/keys", "/audit", "/partnership", "/partnership/protocol", "/joining"):
        page.goto(f"{app.url}/members{path}")
        sound(page)


def test_governance_admits_an_agency_by_its_words_and_suspends_it(town: Town, begin: Begin) -> None:
    request = admission(town, "academy", "fennick-academy", "Fennick Academy")
    keys = town["academy"].phoenix("keys", "status").json["keys"]
    code = next(key["code"] for key in keys if key["kind"] == "root")
    page, app = begin("council")
    page.goto(app.url + "/members/partnership/admit")
    press(page, "See who it is from")
    expect(page.get_by_role("alert")).to_contain_text("Choose the file")
    hand_in(page, "#request", {"name": "x", "mimeType": "", "buffer": b"no request"})
    press(page, "See who it is from")
    expect(page.get_by_role("alert")).to_contain_text("not an admission request")
    hand_in(page, "#request", request)
    press(page, "See who it is from")
    expect(page.get_by_text(code)).to_be_visible()
    expect(page.get_by_role("heading", name="Fennick Academy")).to_be_visible()
    press(page, "Admit this agency")
    expect(page.get_by_role("alert")).to_contain_text("compared the words")
    sound(page)
    fill(page, "same", "yes")
    press(page, "Admit this agency")
    done(page, "The agency is admitted")
    sound(page)
    follow(page, "Suspend this agency")
    expect(page.get_by_text("what is on their machines stays there")).to_be_visible()
    sound(page)
    press(page, "Suspend this agency")
    done(page, "The agency is suspended")
    press(page, "Close this agency")
    expect(page.get_by_role("alert")).to_contain_text("never comes back")
    follow(page, "Resume this agency")
    press(page, "Resume this agency")
    done(page, "takes part again")
    status = town["council"].phoenix("partnership", "status").json["agencies"]
    assert {"fennick-academy": "active"}.items() <= {a["id"]: a["standing"] for a in status}.items()
    page.goto(app.url + "/members/partnership/agency/quillmere-council")
    expect(page.get_by_role("button", name="Close this agency")).to_have_count(0)


def test_the_protocol_is_reviewed_changed_adopted_and_its_assurances_declared(
    town: Town, begin: Begin, repository: Path
) -> None:
    page, app = begin("council")
    page.goto(app.url + "/members/partnership/review")
    press(page, "Add another lesson")
    fill(page, "lessons[2].what", NAUGHTY)
    press(page, "Go on")
    expect(page.get_by_role("alert")).to_contain_text("Enter the day on which the review was held")
    fill(page, "held", "2026-11-10")
    fill(page, "attended_by", "Chair\nLegal adviser")
    fill(page, "next_due", "2027-11-10")
    hand_in(page, "#text", {"name": "agreed.txt", "mimeType": "", "buffer": b"Agreed."})
    press(page, "Go on")
    expect(page.get_by_text("agreed.txt")).to_be_visible()
    expect(page.get_by_text(hashlib.sha256(b"Agreed.").hexdigest())).to_be_visible()
    expect(page.get_by_text(SHOWN)).to_be_visible()
    expect(page.get_by_text("Has the law or guidance changed")).to_be_visible()
    press(page, "Sign and record the review")
    done(page, "The review is recorded")
    expect(page.get_by_text("10 November 2027")).to_be_visible()

    page.goto(app.url + "/members/partnership/amend")
    text = repository / "config" / "demo" / "protocol.txt"
    hand_in(page, "#text", text)
    press(page, "Go on")
    expect(page.get_by_text("protocol.txt")).to_be_visible()
    expect(page.get_by_text(hashlib.sha256(text.read_bytes()).hexdigest())).to_be_visible()
    sound(page)
    press(page, "Sign the change")
    done(page, "The partnership is changed")
    page.goto(app.url + "/members/partnership/protocol")
    expect(page.get_by_text("The welfare of a child or young person comes first")).to_be_visible()
    press(page, "Adopt version 3")
    expect(page.get_by_role("alert")).to_contain_text("Tick that your agency has agreed")
    fill(page, "sure", "yes")
    press(page, "Adopt version 3")
    done(page, "Your agency has adopted the protocol")

    page.goto(app.url + "/members/partnership/assurances")
    press(page, "Declare it to the partnership")
    expect(page.get_by_role("alert")).to_contain_text("Say how your agency stands")
    fill(page, "assurances[2].status", "met")
    press(page, "Declare it to the partnership")
    expect(page.get_by_role("alert")).to_contain_text("Enter the last day for which it holds")
    fill(page, "assurances[2].valid_to", "2027-03-14")
    press(page, "Declare it to the partnership")
    done(page, "is declared")
    found = town["council"].phoenix("partnership", "status").json
    own = next(each for each in found["agencies"] if each["id"] == "quillmere-council")
    assert own["is_current"]
    assert [each["scheme"] for each in own["assurances"]] == ["CE+"]

    page.goto(app.url + "/members/audit")
    page.set_viewport_size({"width": 1090, "height": 800})
    box = page.get_by_role("main").bounding_box()
    assert box is not None
    assert box["x"] >= 30
    assert box["x"] + box["width"] <= 1060
    page.set_viewport_size(NARROW)
    press(page, "Verify every row")
    done(page, "None was changed or taken out")
    rows = town["council"].phoenix("audit", "verify").json["rows"]
    expect(page.get_by_text(f"All {rows} rows follow one another")).to_be_visible()
