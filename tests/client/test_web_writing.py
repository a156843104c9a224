"""The task list: what is still to be said, and no word of what nobody has typed; the short way of an empty answer."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from agency_client.record.facts import Facts
from agency_client.record.findings import Findings
from agency_client.use_cases.notice_subjects import Wanted
from agency_client.web.fields import Field, Shape, value_at
from agency_client.web.gone import Went
from agency_client.web.second_look import digest_of
from agency_client.web.telling import telling
from agency_client.web.writing import cover_questions as cover
from agency_client.web.writing import decision_questions as decision
from agency_client.web.writing.answer_questions import is_both_ways
from agency_client.web.writing.checking import linked
from agency_client.web.writing.documents import document_bytes
from agency_client.web.writing.naming_people import with_names
from agency_client.web.writing.package import PEOPLE, STATEMENTS
from agency_client.web.writing.package import groups as package_groups
from agency_client.web.writing.request import asked_by_questions
from agency_client.web.writing.request import groups as request_groups
from agency_client.web.writing.request_questions import QUESTIONS
from agency_client.web.writing.response import groups as response_groups
from agency_client.web.writing.section_steps import section_steps
from agency_client.web.writing.short_answer import NEEDED, shares_nothing
from agency_client.web.writing.statement_questions import person_fields, statement_fields
from agency_client.web.writing.steps import (
    Progress,
    Setting,
    of_typed,
    own_findings,
    progress,
    still_open,
)
from phoenix_protocol.errors import Problem
from phoenix_protocol.sealing.notices import NoticeAction
from tests.client.record_values import facts
from tests.client.request_values import NURSE, of_response, response_facts

TWO: dict[str, Any] = {
    "section": [
        {"id": "a", "title": "Attendance", "statement": [{"text": "Absent"}]},
        {"id": "b", "title": "Health", "confidential": ["not_confidential"]},
    ]
}


def setting(document: dict[str, Any], given: Facts | None = None, **beside: Any) -> Setting:
    known = given or facts()
    return Setting(
        own=known.own,
        catalogue=known.catalogue,
        today=date(2026, 11, 22),
        document=document,
        beside=beside,
    )


def said(place: str, code: str = "O_CF1", message: str = "Say it.") -> Problem:
    return Problem(code=code, message=message, next="", place=place)


# -- the task list ----------------------------------------------------------------------------------------------------


def test_each_section_has_a_line_that_says_what_is_still_missing() -> None:
    here = setting(TWO)
    first, second = section_steps(here)
    assert (first.slug, second.slug) == ("section/1", "section/2")
    assert "Attendance" in first.title
    owed = Findings(
        owed=(
            said("section[1].confidential"),
            said("section[1].sensitivity"),
            said("section[2].permitted_action"),
            said("section[1].statement[1].about"),
        )
    )
    steps = [step for group in package_groups(here) for step in group.steps]
    own = own_findings(steps, owed)
    assert still_open(first, own[first.slug]) == (
        "whether it is confidential",
        "whether it is sensitive",
    )
    assert still_open(second, own[second.slug]) == ("what its readers may do with it",)
    assert [each.place for each in own[STATEMENTS.slug].owed] == ["section[1].statement[1].about"]
    assert progress(first, TWO, own[first.slug]) is Progress.INCOMPLETE
    assert progress(second, TWO, own[second.slug]) is Progress.INCOMPLETE


def test_a_page_that_nobody_began_is_not_started_and_no_problem() -> None:
    missing = Findings(problems=(said("decision.outcome", "E_DOC_DECISION"),))
    assert progress(decision.DECISION, {}, missing) is Progress.EMPTY
    begun = {"decision": {"welfare": "Considered"}}
    assert progress(decision.DECISION, begun, missing) is Progress.INCOMPLETE
    wrong = Findings(problems=(said("decision.review_at", "E_DOC_TIME"),))
    assert progress(decision.DECISION, begun, wrong) is Progress.PROBLEM
    assert progress(decision.DECISION, begun, Findings()) is Progress.DONE


def test_a_page_warns_of_what_was_typed_alone() -> None:
    found = (
        said("expires", "W_DOC_EXPIRES"),
        said("purpose", "W_DOC_COVER"),
        said("--expires", "W"),
    )
    assert of_typed({"purpose": "Jordan"}, found) == (found[1],)
    assert of_typed({}, found) == ()


# -- people by their names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "words"), [("Robin S", "Robin S"), ("", "Person 2")])
def test_a_source_is_called_by_the_name_that_the_writer_gave(name: str, words: str) -> None:
    people = [
        {"id": "p1", "name": "Jordan T"},
        {"id": "p2", "name": name, "source_known_to": ["x@y"]},
    ]
    message = "This tells readers who the source p2 is. Not the source p9, and not the source p1."
    found = Findings(problems=(said("purpose", message=message),))
    (named,) = with_names(found, {"people": people}).problems
    assert named.message == (
        f"This tells readers who the source {words} is. Not the source p9, and not the source p1."
    )
    here = setting({"people": people})
    (line,) = linked((said("people[2].role"),), package_groups(here), here, "/share/x")
    assert (line.title, line.href) == (words, "/share/x/person/2#f-people-2--role")


def test_a_line_says_which_section_and_which_address_it_means() -> None:
    document = {"to": ["mash@q"], "section": [{"title": "Attendance"}, {"title": ""}]}
    found = Findings(
        problems=(said("to[1]", message="No section is for this address."),),
        owed=tuple(
            said(
                f'section[{n}].need_to_know."mash@q"',
                "O_SH5",
                "Say why this address needs this section.",
            )
            for n in (1, 2)
        ),
    )
    named = with_names(found, document, {"mash@q": "MASH desk, Council"})
    assert [each.message for each in (*named.problems, *named.owed)] == [
        "No section is for MASH desk, Council.",
        "Say why MASH desk, Council needs the section “Attendance”.",
        "Say why MASH desk, Council needs the section 2.",
    ]


def test_who_a_source_is_is_mended_at_the_box_of_that_source() -> None:
    people = [
        {"id": "p1", "name": "Jordan T"},
        {"id": "p2", "name": "Robin S", "source_known_to": ["x"]},
    ]
    section = {"title": "Attendance", "statement": [{"about": ["p1", "p2"]}]}
    here = setting({"people": people, "section": [section]})
    message = "This tells readers who the source Robin S is. Only 1 of the addresses may know."
    place = "section[1].statement[1].about"
    (line,) = linked(
        (said(place, "E_DOC_PROTECTED", message),), package_groups(here), here, "/share/x"
    )
    assert line.href == "/share/x/section/1/statement/1#f-section-1--statement-1--about-2"
    assert line.title == "Statement 1 of the section “Attendance”"


def test_no_secret_is_no_word_of_the_document_and_a_source_can_be_kept_from_everybody() -> None:
    open_ = {"document": {"people": [{"id": "p1", "source_known_to": []}]}}
    assert json.loads(document_bytes(open_)) == {"people": [{"id": "p1"}]}
    person = next(f for f in person_fields(setting({}), 0) if f.name.endswith("source_known_to"))
    assert person.own == facts().own.address
    assert person.own not in {word.code for word in person.words}


def test_that_a_source_is_protected_is_asked_beside_the_question_of_the_source() -> None:
    names = [
        f.name.rpartition(".")[2] for f in statement_fields(setting(TWO), 0, 0) if not f.is_rare
    ]
    assert names[names.index("detail") + 1] == "identity_protected"
    about = next(f for f in statement_fields(setting(TWO), 0, 0) if f.name.endswith("about"))
    assert about.label == "Whom does it tell something about?"


# -- an answer that nothing is held -----------------------------------------------------------------------------------

EMPTY = """
classification = "OFFICIAL-SENSITIVE"
[[answer]]
question = "appointments"
answer = "not_held"
what = "Ours"
"""


def answered(*words: str, **more: Any) -> Setting:
    document = {"answer": [{"question": "q", "answer": word} for word in words], **more}
    return setting(document, response_facts(NURSE), questions=[{"text": "Any?"}])


@pytest.mark.parametrize(
    ("here", "nothing"),
    [
        (answered("not_held", "not_searched"), True),
        (answered("not_held"), True),
        (answered("not_held", "withheld"), False),
        (answered("shared"), False),
        (answered("not_held", section=[{"id": "a"}]), False),
        (setting({"answer": [{"question": "q"}]}), False),
        (setting({}), False),
    ],
)
def test_only_an_answer_that_shares_nothing_is_short(here: Setting, nothing: bool) -> None:
    assert shares_nothing(here) is nothing
    slugs = {step.slug for group in response_groups(here) for step in group.steps}
    assert (NEEDED.slug in slugs) is nothing
    assert (PEOPLE.slug in slugs) is not nothing
    assert cover.CONTACT.slug in slugs


def test_the_one_page_of_a_short_answer_asks_all_that_stands_against_sending_it() -> None:
    """Nothing is weakened: what the rules stop for is asked, and what is owed has a page where it can be answered."""
    here = answered("not_held")
    assert NEEDED.fields is not None
    asked = {field.name for field in NEEDED.fields(here)}
    found = of_response(EMPTY, response_facts(NURSE))
    assert {problem.place for problem in found.problems} <= asked
    assert len(found.problems) == 4
    links = linked(found.owed, response_groups(here), here, "/requests/answer/x")
    assert all(link.href for link in links)
    assert all(value_at(here.document, field.at) is None for field in NEEDED.fields(here))


def test_an_answer_that_nothing_is_held_asks_nothing_twice_and_names_pages_that_it_has() -> None:
    here = answered(
        "not_held", decision={"outcome": "information_not_held"}, legal={"retention": "x"}
    )
    steps = [step for group in response_groups(here) for step in group.steps]
    names = [f.name for step in steps if step.fields is not None for f in step.fields(here)]
    assert len(names) == len(set(names))
    every = of_response(EMPTY, response_facts(NURSE))
    titles = {step.title for step in steps}
    places = (
        "legal.retention_review",
        "decision.welfare",
        "section[1].need_to_know",
        "people[1].role",
    )
    found = (*every.problems, *every.owed, *(said(place) for place in places))
    assert {line.title for line in linked(found, response_groups(here), here, "/x")} <= titles | {
        ""
    }
    assert not any("to share" in each.message for each in every.problems)


def test_looked_and_not_looked_need_a_word_on_where() -> None:
    both = [{}, {}, {"answer": "not_held"}, {"answer": "not_searched"}]
    assert is_both_ways(setting({"answer": both}), 0)
    assert not is_both_ways(setting({"answer": both[:3]}), 0)
    told = [
        {},
        {},
        {"answer": "not_held", "what": "Ours"},
        {"answer": "not_searched", "what": "Paper"},
    ]
    assert not is_both_ways(setting({"answer": told}), 0)


# -- words that fit ---------------------------------------------------------------------------------------------------


def every_field(here: Setting) -> list[Field]:
    steps = [step for group in package_groups(here) for step in group.steps]
    return [f for step in steps if step.fields is not None for f in step.fields(here)]


def test_an_example_of_a_day_lies_where_the_day_must_lie() -> None:
    examples = {f.name: f.example for f in every_field(setting({})) if f.shape is Shape.DAY}
    for name in ("decision.review_at", "legal.retention_review", "legal.inform_by"):
        assert examples[name] == "20 12 2026"
    for name in ("decision.decided_at", "quality.checked_on"):
        assert examples[name].endswith("2025")
    expires = next(f for f in every_field(setting({})) if f.name == "expires")
    assert "20 December 2026 or 20/12/2026 5pm" in expires.hint


def test_choices_of_law_and_decision_are_told_apart_and_fit() -> None:
    here = setting({})
    for field in every_field(here):
        labels = [word.label for word in field.words]
        assert len(labels) == len(set(labels)), field.name
    outcome = next(f for f in every_field(here) if f.name == "decision.outcome")
    assert outcome.words[0].code == "share_all_requested"
    assert outcome.words[0].label == "Share it"
    asked = setting({}, reply_to=["x@y"])
    answering = next(f for f in every_field(asked) if f.name == "decision.outcome")
    assert "asked for" in answering.words[0].label


def test_which_interest_it_is_is_asked_of_those_who_can_choose_that_basis() -> None:
    for known in (facts(), response_facts(NURSE)):
        asked = {f.name: f for f in every_field(setting({}, known))}
        bases = [word.label for word in asked["legal.article_6"].words]
        condition = asked.get("legal.article_6_condition")
        assert (condition is not None) is ("Recognised legitimate interest" in bases)


def test_that_nobody_is_asked_is_mended_under_the_questions() -> None:
    found = asked_by_questions(Findings(problems=(said("to", "E_DOC_RECIPIENT"),)))
    (line,) = linked(found.problems, request_groups(setting({})), setting({}), "/requests/x")
    assert (line.title, line.href) == (QUESTIONS.title, "/requests/x/questions")
    assert "question" in line.problem.message


# -- drafts that are gone ---------------------------------------------------------------------------------------------


def test_a_draft_that_is_gone_says_what_became_of_it() -> None:
    went = Went()
    went.sent("a", "/share/sent/" + "0" * 32)
    went.sent("b", "/decisions/recorded/3")
    went.thrown_away("c")
    assert telling(went.error_of("a")).also == (("/sent/" + "0" * 32, "See what you sent"),)
    assert telling(went.error_of("b")).also[0][0] == "/decisions/recorded/3"
    assert "threw" in telling(went.error_of("c")).heading
    unknown = telling(went.error_of("d"))
    assert [path for path, _ in unknown.also] == ["/sent", "/share"]


def test_a_second_look_is_of_the_words_that_were_seen() -> None:
    wanted = Wanted(action=NoticeAction.DISPUTE, package="p", statement="s", why="Robin was there")
    other = Wanted(action=NoticeAction.DISPUTE, package="p", statement="s", why="Robin was here")
    assert digest_of(wanted) == digest_of(wanted) != digest_of(other)
