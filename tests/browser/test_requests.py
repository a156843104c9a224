"""Asking and answering in a real browser, question by question; a deputy who is asked; a decision not to share."""

from __future__ import annotations

import time

from playwright.sync_api import Page, expect

from tests.browser.journeys import NAUGHTY, OURS, SHOWN, Begin, finished, sound
from tests.browser.keyboard import follow, press, reach, write
from tests.browser.writing import answer, fill
from tests.end_to_end.documents import FRONT, MASH, NURSE
from tests.end_to_end.quillmere import Town


def ask(page: Page, url: str, purpose: str, due: str, questions: dict[str, str]) -> None:
    """Write a request by keyboard: who is asked what. The police's desk stands in for the nurses."""
    page.goto(url + "/requests")
    press(page, "Ask other agencies")
    root = page.url
    follow(page, "Who it concerns")
    press(page, "Add a person")
    answer(page, page.url, {"people[1].name": "Jordan T", "people[1].role": "child"})
    for n, (address, text) in enumerate(questions.items(), 1):
        page.goto(root + "/questions")
        press(page, "Add a question")
        fill(page, f"question[{n}].text", text)
        fill(page, f"question[{n}].about", "p1")
        fill(page, "ask", address)
        reach(page, page.locator(f'[name="why-{address}"]'))
        page.keyboard.insert_text("You hold the record")
        press(page, "Save and continue")
    answer(page, root + "/deputies", {"deputy[1].address": MASH if NURSE in questions else NURSE})
    asking = {
        "request.on_behalf_of": "Quillmere Council",
        "request.threshold": "ca1989_s47",
        "request.why": "A strategy discussion is today",
        "request.public_task": "Enquiries under section 47",
    }
    answer(page, root + "/ask/asking", asking)
    answer(page, root + "/ask/purpose", {"purpose": purpose, "urgency": "red"})
    answer(page, root + "/ask/due", {"request.due": due})
    press(page, "Check and send")
    fill(page, "urgent", True)


def test_a_request_is_written_answered_and_read_question_by_question(
    town: Town, begin: Begin
) -> None:
    page, app = begin("social-care")
    ask(page, app.url, "Enquiry into absences", "4h", {NURSE: NAUGHTY, MASH: "Any episodes?"})
    expect(page.get_by_text("answers are due")).to_be_visible()
    expect(page.get_by_text(SHOWN)).to_be_visible()
    sound(page)
    press(page, "Send")
    finished(page, "**/requests/sent/*")
    expect(page.get_by_text("Answers are due")).to_be_visible()

    # The nurses read their own question alone, and answer it without scripts on a narrow screen.
    town.nurse.phoenix("inbox")
    there, other = begin("nurse")
    there.goto(other.url + "/requests")
    follow(there, "Enquiry into absences")
    expect(there.get_by_text("Accept it to read the questions")).to_be_visible()
    follow(there, "See its cover")
    press(there, OURS)
    there.goto(other.url + "/requests")
    follow(there, "Enquiry into absences")
    expect(there.get_by_text(SHOWN)).to_be_visible()
    expect(there.get_by_text("Any episodes?")).to_have_count(0)
    sound(there)
    press(there, "Answer it")
    root = there.url
    there.goto(root + "/statements")
    write(there, "Title", "Appointments")
    press(there, "Add it and write its first statement")
    at = "section[1].statement[1]"
    answer(there, there.url, {f"{at}.text": "Kept 3 of 5 appointments", f"{at}.kind": "record"})
    there.goto(root + "/readers")
    fill(there, "section-1", FRONT)
    press(there, "Save and continue")
    there.goto(root + "/answer/1")
    assert there.locator("input:checked").count() == 0
    sound(there)
    fill(there, "answers", ["shared", "withheld"])
    press(there, "Save and continue")
    expect(there.get_by_role("link", name="something is shared, and not what")).to_be_visible()
    fill(there, "answer[1].statements", "1")
    fill(there, "answer[2].what", "Counselling notes")
    fill(there, "answer[2].reason", "Not needed for this")
    press(there, "Save and continue")
    assert there.url == root
    press(there, "Check and send the answer")
    fill(there, "urgent", True)
    press(there, "Send the answer")
    expect(there.get_by_text("Your answer is sealed")).to_be_visible()
    expect(there.get_by_text("You have answered")).to_be_visible()

    # Whoever asked sees both answers beside the question.
    town.sender.phoenix("inbox")
    page.goto(app.url + "/requests")
    expect(page.get_by_text("An answer has come")).to_be_visible()
    [id_] = [p["package"] for p in town.sender.phoenix("inbox").json["packages"]]
    town.sender.phoenix("accept", id_)
    page.goto(app.url + "/requests")
    follow(page, "Enquiry into absences")
    nurses = page.get_by_role("region", name="School nurses")
    expect(nurses.get_by_text("Held and shared")).to_be_visible()
    expect(nurses.get_by_text("Held, and not shared")).to_be_visible()
    expect(nurses.get_by_text("Not needed for this")).to_be_visible()
    expect(
        page.get_by_role("region", name="MASH desk").get_by_text("No answer yet.")
    ).to_be_visible()
    sound(page)
    follow(page, "Read what was shared")
    expect(page.get_by_text("Kept 3 of 5 appointments")).to_be_visible()


def test_who_does_not_answer_is_told_plainly_and_the_deputy_is_asked(
    town: Town, begin: Begin
) -> None:
    page, app = begin("social-care")
    ask(page, app.url, "Enquiry about a visit", "3s", {NURSE: "Was there a visit?"})
    press(page, "Send")
    finished(page, "**/requests/sent/*")
    time.sleep(4)
    town.sender.phoenix("inbox")
    page.goto(app.url + "/requests")
    follow(page, "Enquiry about a visit")
    expect(page.get_by_text("No answer: the deputy was asked")).to_be_visible()
    expect(page.get_by_text(f"Their deputy, {MASH}, was asked at")).to_be_visible()
    expect(page.get_by_text("which has passed")).to_be_visible()
    sound(page)
    sound(page)
    town.desk.phoenix("inbox")
    there, other = begin("desk")
    there.goto(other.url + "/requests")
    follow(there, "Enquiry about a visit")
    follow(there, "See its cover")
    press(there, OURS)
    there.goto(other.url + "/requests")
    follow(there, "Enquiry about a visit")
    press(there, "Answer it")
    answer_that_nothing_is_held(there)
    there.goto(other.url + "/requests")
    press(there, "Ask about a victim")
    root = there.url
    follow(there, "The victim: three tests and a notice")
    expect(there.get_by_label("Why do you believe that they hold this")).to_be_visible()
    sound(there)
    there.goto(root + "/check")
    owed = there.get_by_text("Say to which reasonable line of enquiry it is relevant.")
    expect(owed.first).to_be_visible()


def answer_that_nothing_is_held(page: Page) -> None:
    """What the rules need of such an answer is one page, and the rest can follow."""
    root = page.url
    page.goto(root + "/answer/1")
    fill(page, "answers", "not_held")
    fill(page, "answer[3].what", "Our own system")
    press(page, "Save and continue")
    expect(page.get_by_role("heading", name="What is needed to send it")).to_be_visible()
    expect(page.get_by_role("link", name="What you know")).to_have_count(0)
    sound(page)
    needed = {
        "decision.outcome": "information_not_held",
        "decision.decided_by": "Duty sergeant",
        "legal.regime": "uk_gdpr_part2",
        "legal.article_6": "e_public_task",
        "legal.retention": "safeguarding_default",
    }
    answer(page, root + "/ask/needed", needed)
    press(page, "Check and send the answer")
    expect(page.get_by_text("This is not complete yet")).to_have_count(0)
    press(page, "Send the answer")
    expect(page.get_by_text("You have answered")).to_be_visible()


def sent_by(town: Town) -> list[str]:
    """The packages that the nurses sent."""
    return [line["package"] for line in town.nurse.phoenix("sent").json["packages"]]


def test_a_decision_not_to_share_is_recorded_and_nobody_is_sent_it(
    town: Town, begin: Begin
) -> None:
    before = sent_by(town)
    page, app = begin("nurse")
    page.goto(app.url + "/decisions")
    expect(page.get_by_text("No partner is sent it")).to_be_visible()
    press(page, "Record a decision")
    root = page.url
    press(page, "Check and record it")
    expect(page.get_by_role("link", name="outcome of the decision is missing")).to_be_visible()
    sound(page)
    said = {
        "purpose": "Asked whether the project may read the notes",
        "asked.by": "lead@lantern-youth",
        "asked.what": NAUGHTY,
    }
    answer(page, root + "/ask/asked", said)
    decided = {
        "decision.welfare": "Jordan's trust comes first",
        "decision.outcome": "do_not_share",
        "decision.decided_by": "Named nurse",
        "decision.review_at": "2099-12-05",
    }
    answer(page, root + "/ask/decision", decided)
    weighed = {
        "decision.if_shared": "Jordan may stop talking",
        "decision.if_not_shared": "They plan without it",
        "decision.detriment": "It was said in confidence",
    }
    answer(page, root + "/ask/weighing", weighed)
    press(page, "Check and record it")
    sound(page)
    press(page, "Record it")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recorded")
    expect(page.get_by_text("5 December 2099")).to_be_visible()
    follow(page, "Read the decision")
    expect(page.get_by_text(SHOWN).first).to_be_visible()
    page.goto(app.url + "/decisions")
    expect(page.get_by_text("Do not share").first).to_be_visible()
    sound(page)
    assert sent_by(town) == before
