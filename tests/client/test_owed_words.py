"""What is owed is told as a question, with a command that the rules take; a review tells what closes it."""

from __future__ import annotations

import dataclasses
import re
import shlex

import pytest
from click.testing import CliRunner

from agency_client.cli.owed import tell_owed
from agency_client.cli.program import program
from agency_client.cli.reviewing import _closed_by
from agency_client.record.catalogue import LocalQuestion
from agency_client.record.owed_words import owed_of
from agency_client.record.shipped import shipped_catalogue
from agency_client.record.templates import Template, template
from agency_client.use_cases.falling_due import ToReview
from phoenix_protocol.identifiers import PackageId, Seconds
from tests.client.record_cases import CASES
from tests.client.record_values import check
from tests.client.test_request_templates import of_decision

CATALOGUE = shipped_catalogue()
#: Everything that any rule has owed in a test of the rules.
OWED = sorted({line.split(maxsplit=1)[1] for c in CASES for line in c.found if line[:4] == "owed"})
NAMES = [each.removeprefix("O_").replace(" ", ":", 1) for each in OWED]


@pytest.mark.parametrize("name", NAMES)
def test_whatever_is_owed_is_a_question_in_words_and_not_a_place(name: str) -> None:
    owed = owed_of(name, CATALOGUE)
    assert not re.search(r"[a-z]_[a-z]|\\w\\.\\w", owed.question), owed.question
    assert not owed.question.startswith(("Section ", "Legal ", "Decision ", "Consent "))
    words = shlex.split(owed.command("4f2a77c01b9e").partition("   (")[0])
    assert words[:4] == ["phoenix", "answer", "4f2a77c01b9e", name.partition(":")[2]]


def test_an_answer_out_of_a_list_names_the_list() -> None:
    owed = owed_of("KM5:legal.consent", CATALOGUE)
    assert owed.question == "Is there informed consent?"
    assert owed.words == "consent"
    assert owed.command("r1") == (
        "phoenix answer r1 legal.consent --code WORD   (words: phoenix catalogue consent)"
    )


def test_the_section_and_statement_are_named_by_number() -> None:
    owed = owed_of("OB2:section[2].statement[3].as_of", CATALOGUE)
    assert owed.question == "As of when does this hold? (section 2, statement 3)"
    assert "'section[2].statement[3].as_of'" in owed.command("r1")


def test_a_question_of_ones_own_agency_is_told_in_its_words() -> None:
    asked = LocalQuestion(
        id="officer", text="Who told the officer?", required=True, documents=frozenset({"package"})
    )
    catalogue = dataclasses.replace(CATALOGUE, questions={"officer": asked})
    assert owed_of("SH1:local.officer", catalogue).question == "Who told the officer?"


def test_everything_that_an_empty_template_owes_can_be_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for found in (check(template(Template.PACKAGE)), of_decision(template(Template.DECISION))):
        assert len(found.owed) > 3
        tell_owed([f"{p.clause}:{p.place}" for p in found.owed], "r7", CATALOGUE)
        shown = capsys.readouterr().out
        assert shown.startswith(f"{len(found.owed)} answers are owed.")
        assert shown.count("phoenix answer r7 ") == len(found.owed)


@pytest.mark.parametrize(
    ("kind", "place", "told"),
    [
        ("owed_answer", "KM1:decision.welfare", "phoenix answer 000000000000 decision.welfare"),
        ("package_review", "next_review", "--kind package_review --outcome done"),
        ("retention_review", "", "--outcome keep --until 365d"),
    ],
)
def test_a_review_says_what_closes_it(kind: str, place: str, told: str) -> None:
    item = ToReview(
        kind=kind, at=Seconds(0), overdue=False, package=PackageId(bytes(16)), place=place
    )
    lines = _closed_by(item, bytes(16).hex()[:12], CATALOGUE)
    assert told in lines[-1]
    command = lines[-1].partition("   (")[0]
    made = CliRunner().invoke(program, [*shlex.split(command)[1:], "--help"])
    assert made.exit_code == 0, made.output
