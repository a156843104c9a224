"""Advice: filed with what it is about, due until it is given, and a gate to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agency_client.record.opened import ReadSection
from agency_client.use_cases.advice_packages import came_in_a_package, take_advice
from agency_client.use_cases.advising import (
    ASK_AGAIN,
    Question,
    advice,
    answer_advice,
    ask,
    file_question,
)
from agency_client.use_cases.deciding import decide
from agency_client.use_cases.home import Home
from agency_client.use_cases.registering import Sought, register
from agency_client.use_cases.showing import records_of, show_record
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Address, ItemId, Seconds
from tests.client.record_homes import DESK_ID, opened_home
from tests.client.vault_values import NURSE, core_hash, offer, package_id, received, send
from tests.keys.rings import DESK

QUESTION = Question(
    asked_of="Sam Reeve", role="Information manager", question="Does the duty to share apply?"
)


@pytest.fixture
def home(tmp_path: Path, repository: Path) -> Iterator[Home]:
    """A home with a decision, r1, and a package that was sent."""
    decision = (repository / "config" / "demo" / "decision.toml").read_bytes()
    with opened_home(tmp_path / "home") as home:
        decide(home, decision)
        with home.vault.transaction() as tx:
            send(tx, 1, (1, NURSE, False))
        yield home


def due(home: Home) -> list[tuple[int | None, int]]:
    with home.vault.reading() as view:
        return [(each.record, each.at) for each in view.dues.open({"advice_answer"})]


def test_a_question_is_filed_with_a_decision_and_due_until_it_is_answered(home: Home) -> None:
    now = home.clock.now()
    number = ask(home, 1, QUESTION)
    assert due(home) == [(number, now + ASK_AGAIN)]
    (asked,) = advice(home, 1)
    assert (asked.record, asked.about, asked.answers) == (number, 1, ())
    assert (asked.question.asked_of, asked.question.role) == ("Sam Reeve", "Information manager")
    given = answer_advice(home, number, "It does. Weigh the detriment.", "Sam Reeve")
    assert due(home) == []
    (asked,) = advice(home, 1)
    assert asked.answers == ((given, now, "It does. Weigh the detriment.", "Sam Reeve"),)


def test_a_question_is_filed_with_a_package_or_with_nothing(home: Home) -> None:
    first = ask(home, core_hash(1), QUESTION)
    second = ask(
        home, None, Question(asked_of="DPO", question="In general?", due=Seconds(2 * 10**9))
    )
    assert [each.record for each in advice(home, core_hash(1))] == [first]
    assert [each.record for each in advice(home, None)] == [first, second]
    assert (second, 2 * 10**9) in due(home)
    assert [each.record.number for each in records_of(home, core_hash(1))] == [first]


def test_more_can_be_said_later(home: Home) -> None:
    number = ask(home, None, QUESTION)
    answer_advice(home, number, "Probably.")
    answer_advice(home, number, "On reflection: yes.")
    (asked,) = advice(home, None)
    assert [text for _, _, text, _ in asked.answers] == ["Probably.", "On reflection: yes."]


def test_advice_is_found_with_its_subject(home: Home) -> None:
    number = ask(home, 1, QUESTION)
    answer_advice(home, number, "Yes.", "Sam Reeve")
    found = register(home, Sought(subject="QM-0417"))
    assert [(e.line.kind, e.reference) for e in found] == [
        ("decision", "r1"),
        ("advice_question", "r2"),
    ]
    assert found[1].answered == ("Sam Reeve: Yes.",)
    assert found[0].answered == ()
    assert [e.reference for e in register(home, Sought(person="jordan"))] == ["r1", "r2"]


# -- by packages -------------------------------------------------------------------------------------------------------


def section(kind: str, **answers: str) -> ReadSection:
    return ReadSection(
        id=kind,
        item=ItemId(b"i" * 16),
        kind=kind,
        title="Advice",
        marking="OFFICIAL",
        handling=(),
        people=(),
        statements=(),
        attachments=(),
        answers={name.replace("__", "."): (text,) for name, text in answers.items()},
        do_not_alert=(),
    )


def came(home: Home, by: Address, *sections: ReadSection, to: Address = DESK) -> None:
    """Take in a package of ``by`` to ``to`` at the desk of this home."""
    package = replace(received(7), sent_from=by)
    with home.vault.transaction() as tx:
        tx.received.add(package, offer(7))
        take_advice(home, tx, DESK, package, [to], sections, home.clock.now())


def asked_by_package(home: Home) -> int:
    with home.vault.transaction() as tx:
        return file_question(home, tx, 1, QUESTION, home.clock.now(), core_hash(1))


def advised(core: str) -> ReadSection:
    return section("advice_answer", advising__answer="Yes.", advising__core=core)


def test_an_answer_of_whoever_was_asked_is_filed(home: Home) -> None:
    number = asked_by_package(home)
    came(home, NURSE, advised(core_hash(1).hex()))
    (asked,) = advice(home, 1)
    assert asked.package == package_id(1)
    assert [(text, by) for _, _, text, by in asked.answers] == [("Yes.", NURSE)]
    assert due(home) == []
    assert questions_of(home) == [number]


def questions_of(home: Home) -> list[int]:
    return [each.record for each in advice(home, core_hash(1))]


@pytest.mark.parametrize("core", ["", "zz", "00" * 31, core_hash(1).hex(), core_hash(3).hex()])
def test_an_answer_that_nobody_was_asked_for_is_a_finding(home: Home, core: str) -> None:
    asked_by_package(home)
    came(home, Address("stranger@quillmere-health"), advised(core))
    (asked,) = advice(home, 1)
    assert asked.answers == ()
    with home.vault.reading() as view:
        assert [alert.code for alert in view.alerts.unseen()] == ["N_STRAY_ANSWER"]


def test_a_question_that_comes_is_filed_without_its_words(home: Home) -> None:
    came(home, NURSE, section("advice", asking__question="May we?", asking__due="9999-01-01"))
    (asked,) = advice(home, core_hash(7))
    assert (asked.asked_by, asked.question.question) == (NURSE, "")
    assert due(home)[0][1] <= home.clock.now() + ASK_AGAIN
    shown = show_record(home, asked.record)
    assert b"May we" not in (shown.document or b"")
    assert came_in_a_package(home, asked.record)
    assert not came_in_a_package(home, asked_by_package(home))


def test_a_copy_for_the_records_asks_nobody(home: Home) -> None:
    elsewhere = Address("other@ardenfold-police")
    came(home, NURSE, section("advice", asking__question="May we?"), to=elsewhere)
    assert advice(home, None) == ()
    with home.vault.reading() as view:
        assert view.alerts.unseen() == ()


def test_whoever_has_not_asked_by_package_sends_no_advice(home: Home) -> None:
    number = ask(home, None, QUESTION)
    assert not came_in_a_package(home, number)
    with pytest.raises(RefusedError) as refused:
        came_in_a_package(home, 1)
    assert refused.value.code == "E_ANSWER"


def test_what_is_not_there_or_no_question_is_refused(home: Home) -> None:
    for about in (9, core_hash(9)):
        with pytest.raises(RefusedError) as refused:
            ask(home, about, QUESTION)
        assert refused.value.code == "E_NOT_FOUND"
    with pytest.raises(RefusedError) as refused:
        answer_advice(home, 1, "x")
    assert refused.value.code == "E_ANSWER"
    assert due(home) == []


def test_a_record_is_shown_whole_with_what_followed(home: Home, repository: Path) -> None:
    number = ask(home, 1, QUESTION)
    answer_advice(home, number, "Yes.")
    shown = show_record(home, 1)
    assert shown.document == (repository / "config" / "demo" / "decision.toml").read_bytes()
    assert shown.signer == DESK_ID
    assert [due.kind for due in shown.dues] == ["decision_review"]
    (question,) = shown.following
    assert [each.record.kind for each in question.following] == ["advice_answer"]
    (of_package,) = (ask(home, core_hash(1), QUESTION),)
    assert show_record(home, of_package).packages == (package_id(1),)
    with pytest.raises(RefusedError):
        show_record(home, 99)


def test_a_record_whose_texts_are_erased_is_still_one(home: Home) -> None:
    with home.vault.transaction() as tx:
        tx.records.erase(1)
    shown = show_record(home, 1)
    assert (shown.document, shown.signer, shown.record.summary) == (None, None, "")
