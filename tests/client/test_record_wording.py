"""What people read in place of codes: the catalogue's own words."""

from __future__ import annotations

from agency_client.record.shipped import shipped_catalogue
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


def test_what_is_no_code_is_shown_as_it_was_written() -> None:
    assert lines(legal__article_6=("something else",)) == [("Lawful basis", "something else")]
    assert lines(quality__known_gaps=("No record before 2025",)) == [
        ("Quality known gaps", "No record before 2025")
    ]
    assert lines(unheard_of=("of",)) == [("Unheard of", "of")]


def test_what_only_a_program_can_use_is_left_to_programs() -> None:
    assert lines(catalogue__digest=("00" * 32,)) == []
