"""Reviews of the protocol and assurances of security as people write them: everything wrong at once, the rest said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agency_client.record.assurances import doubt, read_assurances
from agency_client.record.facts import WordFacts
from agency_client.record.findings import Findings
from agency_client.record.reviews import ReviewFacts, due_on, read_review
from agency_client.record.rules.assuring import check_assurances
from agency_client.record.rules.reviewing import check_review
from agency_client.record.shipped import shipped_catalogue, shipped_clauses
from agency_client.record.when import span
from phoenix_protocol.directory.statements import Assurance
from phoenix_protocol.identifiers import Seconds
from tests.client.record_values import NOW, Edit, edited, own, told


@pytest.fixture(scope="module")
def review(repository: Path) -> str:
    return (repository / "config" / "demo" / "review.toml").read_text("utf-8")


@pytest.fixture(scope="module")
def assurances(repository: Path) -> str:
    return (repository / "config" / "demo" / "assurances.toml").read_text("utf-8")


def reviewed(text: str, *, amends: bool = True, now: Seconds = NOW) -> Findings:
    words: dict[str, Any] = {"now": now, "own": own(), "catalogue": shipped_catalogue()}
    return check_review(read_review(text.encode()), ReviewFacts(**words, amends=amends))


def declared(text: str) -> Findings:
    facts = WordFacts(now=NOW, own=own(), catalogue=shipped_catalogue())
    return check_assurances(read_assurances(text.encode()), facts)


def test_nothing_is_said_of_the_examples(review: str, assurances: str) -> None:
    assert told(reviewed(review)) == set()
    assert told(declared(assurances)) == set()


def test_everything_that_a_review_lacks_is_said_at_once() -> None:
    found = reviewed("[[changes]]\n[[lessons]]\n")
    assert {p.place for p in found.problems} == {
        "held",
        "next_due",
        "attended_by",
        "changes[1].what",
        "changes[1].because",
        "lessons[1].what",
    }
    assert {p.clause for p in found.problems} == {"RV1"}
    assert "RV1" in shipped_clauses()


DAY = "next_due = 2027-11-10"
ONE = 'because = "lessons"\n'
REVIEWS: dict[str, tuple[tuple[Edit, ...], set[str]]] = {
    "on the last day of twelve months": (((DAY, "next_due = 2027-11-10"),), set()),
    "a day later": (((DAY, "next_due = 2027-11-11"),), {"problem E_DOC_TIME next_due"}),
    "sooner": (((DAY, "next_due = 2027-02-01"),), set()),
    "not after it": (((DAY, "next_due = 2026-11-10"),), {"problem E_DOC_TIME next_due"}),
    "some day of a month": (((DAY, 'next_due = "2027-10"'),), {"problem E_DOC_TIME next_due"}),
    "not said": (((DAY, ""),), {"problem E_DOC_MISSING next_due"}),
    "no day": (((DAY, 'next_due = "soon"'),), {"problem E_DOC_TIME next_due"}),
    "overdue already": (
        (("held = 2026-11-10", "held = 2025-11-10"), (DAY, "next_due = 2026-11-10")),
        {"warning W_DOC_TIME next_due"},
    ),
    "from one leap day to the end of February": (
        (("held = 2026-11-10", "held = 2024-02-29"), (DAY, "next_due = 2025-02-28")),
        {"warning W_DOC_TIME next_due"},
    ),
    "from one leap day to March": (
        (("held = 2026-11-10", "held = 2024-02-29"), (DAY, "next_due = 2025-03-01")),
        {"problem E_DOC_TIME next_due"},
    ),
    "not held yet": (
        (("held = 2026-11-10", "held = 2026-12-10"),),
        {"problem E_DOC_TIME held"},
    ),
    "no such reason": (((ONE, 'because = "whim"\n'),), {"problem E_DOC_CODE changes[2].because"}),
    "a reason that is none": (
        ((ONE, 'because = "not known: x"\n'),),
        {"problem E_DOC_MISSING changes[2].because"},
    ),
    "no such field": (((ONE, f"{ONE}wy = 1\n"),), {"problem E_DOC_FIELD changes[2].wy"}),
    "not because of law": (
        (('because = "law"', 'because = "other"'),),
        {"prompt P_RV1 changes"},
    ),
}


@pytest.mark.parametrize("name", REVIEWS)
def test_a_rule_on_reviews_says_what_it_should(review: str, name: str) -> None:
    edits, found = REVIEWS[name]
    assert told(reviewed(edited(*edits, text=review))) == found


def test_what_was_learnt_is_asked_and_not_demanded(review: str) -> None:
    without = review[: review.index("[[lessons]]")]
    assert told(reviewed(without)) == {"prompt P_RV1 lessons"}


def test_the_text_and_the_review_change_together(review: str) -> None:
    unchanged = review[: review.index("[[changes]]")] + review[review.index("[[lessons]]") :]
    asked = {"prompt P_RV1 changes"}
    assert told(reviewed(review, amends=False)) == {"warning W_DOC_PROTOCOL changes"}
    assert told(reviewed(unchanged, amends=True)) == {"warning W_DOC_PROTOCOL changes", *asked}
    assert told(reviewed(unchanged, amends=False)) == asked


def test_the_next_review_is_due_when_its_day_begins(review: str) -> None:
    day = span("2027-11-10")
    assert day is not None
    assert due_on(read_review(review.encode())) == day.first


# -- assurances --------------------------------------------------------------------------------------------------------

CYBER = '[[assurances]]\nscheme = "CE+"\n'
ASSURANCES: dict[str, tuple[tuple[Edit, ...], set[str]]] = {
    "twice": ((('"CE+"', '"DSPT"'),), {"problem E_DOC_DUPLICATE assurances[2].scheme"}),
    "none beside another": (
        (('"CE+"', '"none"'),),
        {"problem E_DOC_DUPLICATE assurances[2].scheme"},
    ),
    "no such scheme": ((('"CE+"', '"CE++"'),), {"problem E_DOC_CODE assurances[2].scheme"}),
    "no scheme": (
        (('scheme = "CE+"\n', ""),),
        {"problem E_DOC_MISSING assurances[2].scheme"},
    ),
    "a scheme that is none": (
        (('"CE+"', '"not known: lost"'),),
        {"problem E_DOC_MISSING assurances[2].scheme"},
    ),
    "no status": (
        (('scheme = "CE+"\nstatus = "met"\n', 'scheme = "CE+"\n'),),
        {"problem E_DOC_MISSING assurances[2].status"},
    ),
    "until when": (
        (("valid_to = 2027-03-14\n", ""),),
        {"problem E_DOC_MISSING assurances[2].valid_to"},
    ),
    "only applied for": (
        (
            (
                'scheme = "CE+"\nstatus = "met"\nvalid_to = 2027-03-14\n',
                'scheme = "CE+"\nstatus = "applied"\n',
            ),
        ),
        set(),
    ),
    "over": (
        (("valid_to = 2027-03-14\n", "valid_to = 2026-03-14\n"),),
        {"warning W_DOC_TIME assurances[2].valid_to"},
    ),
}


@pytest.mark.parametrize("name", ASSURANCES)
def test_a_rule_on_assurances_says_what_it_should(assurances: str, name: str) -> None:
    edits, found = ASSURANCES[name]
    assert told(declared(edited(*edits, text=assurances))) == found


def test_nothing_is_no_declaration_and_none_is_one() -> None:
    assert told(declared("")) == {"problem E_DOC_MISSING assurances"}
    assert told(declared('[[assurances]]\nscheme = "none"\n')) == set()


def test_what_is_declared_holds_to_the_end_of_its_day(assurances: str) -> None:
    day = span("2027-03-14")
    assert day is not None
    first, second = read_assurances(assurances.encode()).said()
    assert (first.scheme, first.status) == ("DSPT", "met")
    assert second == Assurance(scheme="CE+", status="met", valid_to=Seconds(day.last))
    assert doubt((second,), Seconds(day.last)) is None
    assert "2027-03-14" in (doubt((second,), Seconds(day.last + 1)) or "")
