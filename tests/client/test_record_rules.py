"""Every rule says exactly what it should, where it should, and nothing else; without it, a test here fails."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from agency_client.record.facts import Facts
from agency_client.record.problems import NEXT, WARNING_NEXT
from agency_client.record.rules import RULES, Rule
from agency_client.record.shipped import shipped_clauses
from phoenix_protocol.errors import RefusedError
from tests.client.record_cases import CASES, Case
from tests.client.record_values import COMPLETE, check, edited, facts, told


def given(case: Case) -> tuple[str, Facts]:
    return edited(*case.edits), facts(**case.facts)


def test_nothing_is_said_of_a_complete_document() -> None:
    assert told(check(COMPLETE)) == set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_rule_says_what_it_should(case: Case) -> None:
    assert told(check(*given(case))) == case.found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.__module__}.{rule.__name__}")
def test_without_a_rule_a_case_fails(rule: Rule) -> None:
    others = [other for other in RULES if other is not rule]
    assert len(others) == len(RULES) - 1
    touched = [case for case in CASES if told(check(*given(case), [rule]))]
    assert any(told(check(*given(case), others)) != case.found for case in touched[:8])


def test_every_finding_has_a_place_a_way_out_and_a_clause_of_the_protocol() -> None:
    clauses = shipped_clauses()
    for case in CASES:
        found = check(*given(case))
        for told_once in (*found.problems, *found.warnings, *found.owed, *found.prompts):
            assert told_once.message.endswith((".", "?")), told_once
            assert told_once.next
            assert told_once.clause is None or told_once.clause in clauses
        for owing in (*found.owed, *found.prompts):
            assert owing.clause in clauses


#: Faults of form that no clause speaks of: how a file is attached, when a package ends, what a section is called.
_FORM = re.compile(r"--attach|--expires|expires$|section\[\d+\]\.id$")


def test_every_problem_that_comes_from_the_protocol_names_its_clause() -> None:
    for case in CASES:
        for problem in check(*given(case)).problems:
            assert problem.clause is not None or _FORM.match(problem.place or ""), problem


def test_every_code_is_used_and_every_code_used_is_listed() -> None:
    texts = [line for case in CASES for line in case.found]
    used = {line.split()[1] for line in texts if line.startswith(("problem", "warning"))}
    from_reading = {"E_DOC_SYNTAX", "E_DOC_FIELD", "E_DOC_TYPE", "E_DOC_TEXT", "E_DOC_LIMIT"}
    assert used | from_reading == {*NEXT, *WARNING_NEXT}


def test_only_problems_refuse() -> None:
    warned = check(
        COMPLETE.replace('urgency = "amber"\n', "").replace('welfare = "Safety first"\n', "")
    )
    assert warned.warnings
    assert warned.owed
    warned.refuse()
    refused = check(
        COMPLETE.replace('"e_public_task"', '"x"').replace("basis = [1]", "basis = [8]")
    )
    with pytest.raises(RefusedError) as caught:
        refused.refuse()
    assert caught.value.code == "E_DOCUMENT"
    assert caught.value.exit_code == 3
    assert "2 problems" in caught.value.what
    assert caught.value.problems == refused.problems


NEVER_A_BLOCK = {
    "absent consent": [('consent = "not_needed"\n', "")],
    "refused consent that nothing rests on": [('"not_needed"', '"refused"')],
    "a young child": [('role = "child"\n', 'role = "child"\nborn = 2024-05-01\n')],
    "an older child": [('role = "child"\n', 'role = "child"\nborn = 2008-05-01\n')],
    "no identifier": [('role = "child"\n', 'role = "child"\nidentifiers = {}\n')],
    "advice pending": [
        ("[quality]", '[[advice]]\nasked_of = "IM"\nquestion = "May we?"\n[quality]')
    ],
    "any urgency": [('"amber"', '"red"')],
    "no urgency": [('urgency = "amber"\n', "")],
    "unfinished texts": [
        ('welfare = "Safety first"\n', 'welfare = ""\n'),
        ('article_8 = "Necessary"', 'article_8 = "not known"'),
    ],
    "nothing answered but what must be": [
        (COMPLETE[COMPLETE.index("[quality]") :], ""),
        (COMPLETE[COMPLETE.index("[contact]") : COMPLETE.index("[[people]]")], ""),
        (
            COMPLETE[COMPLETE.index("decided_at") : COMPLETE.index("[legal]")],
            "",
        ),
    ],
}


@pytest.mark.parametrize("name", NEVER_A_BLOCK)
def test_what_never_blocks_does_not(name: str) -> None:
    edits = NEVER_A_BLOCK[name]
    assert check(edited(*edits)).problems == ()
    assert check(edited(*edits), facts(review_due=0)).problems == ()


def test_the_urgent_path_needs_only_who_what_for_and_the_statements() -> None:
    least = """
        to = ["mash@ardenfold-police"]
        purpose = "Find a child now"
        [[section]]
        id = "now"
        need_to_know = { "mash@ardenfold-police" = "" }
        [[section.statement]]
        kind = "observed"
        text = "She got into a car at ten past three"
    """
    calm = check(least)
    urgent = check(least, facts(urgent=True))
    assert {p.code for p in calm.problems} == {"E_DOC_DECISION", "E_DOC_LEGAL", "E_DOC_RETENTION"}
    assert urgent.problems == ()
    owed = {p.place for p in urgent.owed}
    assert {p.place for p in calm.problems} <= owed
    assert {p.place for p in calm.owed} <= owed


def test_no_rule_scores_recommends_or_answers() -> None:
    """What is never computed: whatever somebody decides, it is taken as it stands."""
    for outcome in (
        "share_all_requested",
        "share_part",
        "share_on_condition",
        "information_not_held",
    ):
        for harm in ("yes", "no", "finely_balanced"):
            document = edited(
                ('"share_part"', f'"{outcome}"'), ('more_harm = "no"', f'more_harm = "{harm}"')
            )
            assert told(check(document)) == set()


def test_owed_answers_say_where_words_are_an_answer() -> None:
    exact = {
        p.place for case in CASES for p in check(*given(case)).owed if "not known" not in p.next
    }
    assert exact == {
        *(
            "people[1].part3_category",
            "section[2].statement[1].grade",
            "section[1].statement[2].basis",
        ),
        *("decision.outcome", "decision.decided_by", "legal.article_6", "legal.article_9"),
        *("legal.retention", "consent.given_by", "quality"),
    }


@pytest.mark.parametrize(
    ("numbers", "called"),
    [
        ((2,), "Statement 2 is special category data, and"),
        ((1, 3), "Statements 1 and 3 are special category data, and"),
        (range(1, 31), "Statements 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 18 more are special"),
    ],
)
def test_a_missing_condition_names_the_statements_that_need_it(
    numbers: Sequence[int], called: str
) -> None:
    first, second = COMPLETE.split("[[section.statement]]\n", 1)
    other = '[[section.statement]]\nkind = "observed"\ntext = "x"\nabout = ["child"]\n'
    marked = other + 'special_category = "health"\n'
    wanted = [marked if n in numbers else other for n in range(1, max(numbers) + 1)]
    document = first + "".join(wanted) + "[[section.statement]]\n" + second
    found = check(document.replace("basis = [1]\n", f"basis = [{max(numbers) + 1}]\n"))
    (told_of,) = [p for p in found.problems if p.code == "E_DOC_LEGAL"]
    assert told_of.message.startswith(called)


def test_an_owed_condition_names_the_statements_that_need_it() -> None:
    document = edited(("basis = [1]", 'basis = [1]\nflags = ["criminal_offence"]'))
    (owing,) = [p for p in check(document).owed if p.place == "legal.article_10"]
    assert owing.message.startswith("Statement 2 is about a criminal offence.")


@pytest.mark.parametrize(
    ("when", "is_warned_of"),
    [
        ("2026-11-23", False),
        ("2026-11-24", True),
        ("2026-11-23T02:05:00Z", False),
        ("2026-11-23T02:05:01Z", True),
    ],
)
def test_a_day_may_have_begun_elsewhere(when: str, is_warned_of: bool) -> None:
    found = told(check(edited(("as_of = 2026-11-20", f'as_of = "{when}"'))))
    assert ("warning W_DOC_TIME section[1].statement[1].as_of" in found) is is_warned_of
