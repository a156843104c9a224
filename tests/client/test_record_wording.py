"""What people read in place of codes: the catalogue's own words."""

from __future__ import annotations

from agency_client.record.answer_names import TITLES, known_places
from agency_client.record.shipped import shipped_catalogue
from agency_client.record.statements import SECTION_ANSWERS
from agency_client.record.wording import answer_lines, in_words

CATALOGUE = shipped_catalogue()


def lines(**answers: tuple[str, ...]) -> list[tuple[str, str]]:
    named = {name.replace("__", "."): values for name, values in answers.items()}
    return list(answer_lines(named, CATALOGUE))


def test_a_code_is_shown_by_its_label_under_the_question_that_it_answers() -> None:
    assert lines(legal__article_6=("e_public_task",)) == [("Lawful basis", "Public task")]
    assert lines(purpose_code=("promote_welfare",))[0][0] == CATALOGUE.titles["purpose"]
    assert lines(confidential=("private",))[0][1] != "private", "an answer of a section"


def test_a_numbered_place_is_a_code_too() -> None:
    [(question, answer)] = answer_lines({"informing[2].status": ("not_informed",)}, CATALOGUE)
    assert question == CATALOGUE.titles["informed"]
    assert answer == in_words(CATALOGUE, "informed", "not_informed") == "Not told"


def test_three_questions_with_the_same_words_are_told_apart() -> None:
    names = [f"consent.seeking_would_{what}" for what in ("risk", "prejudice", "delay")]
    shown = list(answer_lines(dict.fromkeys(names, ("not_known",)), CATALOGUE))
    assert len({question for question, _ in shown}) == 3
    assert {answer for _, answer in shown} == {in_words(CATALOGUE, "three_way", "not_known")}


def test_every_name_is_of_an_answer_that_there_is() -> None:
    places = {*known_places(), *SECTION_ANSWERS, "urgent"}
    assert set(TITLES) <= places


def test_what_is_no_code_is_shown_as_it_was_written() -> None:
    assert lines(legal__article_6=("something else",)) == [("Lawful basis", "something else")]
    assert lines(quality__known_gaps=("No record before 2025",)) == [
        ("Known gaps", "No record before 2025")
    ]
    assert lines(unheard_of=("of",)) == [("Unheard of", "of")]


def test_answers_stand_in_the_order_of_the_document_and_by_the_person() -> None:
    said = [
        "later.version",
        "quality.checked_on",
        "informing[2].note",
        "informing[1].how",
        "legal.article_8",
        "informing[10].person",
        "informing[2].person",
        "informing[1].person",
        "legal.regime",
    ]
    shown = [answer for _, answer in answer_lines({n: (n,) for n in said}, CATALOGUE)]
    assert shown == [
        "legal.regime",
        "legal.article_8",
        "informing[1].person",
        "informing[1].how",
        "informing[2].person",
        "informing[2].note",
        "informing[10].person",
        "quality.checked_on",
        "later.version",
    ]
    in_a_section = {"subject_access": ("b",), "quality": ("a",)}
    assert [answer for _, answer in answer_lines(in_a_section, CATALOGUE)] == ["a", "b"]


def test_what_only_a_program_can_use_is_left_to_programs() -> None:
    assert lines(catalogue__digest=("00" * 32,)) == []


def test_what_people_read_is_called_in_plain_words() -> None:
    names = ("next_review", "section[0].confider", "capacity[0].person")
    assert [question for question, _ in answer_lines(dict.fromkeys(names, ("x",)), CATALOGUE)] == [
        "The sender's next review",
        "Who gave this in confidence",
        "Whose capacity to decide this is about",
    ]
