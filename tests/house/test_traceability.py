"""docs/traceability.md is whole and true: every clause once, every named test there, every rule at its clause."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from agency_client.record.findings import Findings
from agency_client.record.shipped import shipped_clauses, template
from phoenix_protocol.errors import Problem
from tests.client.record_cases import CASES, Case
from tests.client.record_values import check, edited, facts

RULE = "tests/client/test_record_rules.py::test_a_rule_says_what_it_should"
CASE = re.compile(r"`rule\[([^`]+)\]`")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
STATES = {"built", "part", "next"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the page: a clause or a block, its state, the text, and what shows it."""

    id: str
    state: str
    today: str
    cases: tuple[str, ...]
    tests: tuple[str, ...]
    following: str

    @property
    def shown(self) -> tuple[str, ...]:
        return (*self.cases, *self.tests)


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "traceability.md").read_text("utf-8")


def rows(page: str) -> Iterator[Row]:
    """Every row of the tables with five columns."""
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 5 and cells[1] in STATES:
            id_, state, today, shown, following = cells
            cases, tests = CASE.findall(shown), ["::".join(t) for t in TEST.findall(shown)]
            yield Row(
                id=id_,
                state=state,
                today=today,
                cases=tuple(cases),
                tests=tuple(tests),
                following=following,
            )


def of_clauses(page: str) -> dict[str, Row]:
    return {row.id: row for row in rows(page) if not row.id.isdigit()}


@cache
def case(name: str) -> Case:
    (found,) = [case for case in CASES if case.name == name]
    return found


@cache
def clauses_of(name: str) -> frozenset[str]:
    """The clauses that the findings of a case name."""
    found = check(edited(*case(name).edits), facts(**case(name).facts))
    return frozenset(p.clause for p in everything(found) if p.clause)


def everything(found: Findings) -> tuple[Problem, ...]:
    return (*found.problems, *found.warnings, *found.owed, *found.prompts)


def defined_in(path: Path) -> set[str]:
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    tree = ast.parse(path.read_text("utf-8")) if path.is_file() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, functions)}


def test_every_clause_and_question_has_its_row_in_order(page: str) -> None:
    assert [row.id for row in rows(page) if not row.id.isdigit()] == list(shipped_clauses())


def test_every_test_and_case_that_is_named_is_there(page: str, repository: Path) -> None:
    named = {(path, name) for path, name in TEST.findall(page)}
    assert len(named) > 30
    missing = [f"{p}::{name}" for p, name in named if name not in defined_in(repository / p)]
    assert missing == []
    names = set(CASE.findall(page))
    assert len(names) > 60
    assert names - {each.name for each in CASES} == set()


def test_what_is_built_is_shown_and_what_is_not_says_so(page: str) -> None:
    for row in rows(page):
        if row.state != "next":
            assert row.shown, f"{row.id} shows nothing"
            assert row.today, row.id
        assert row.following.startswith("next: ") == (row.state != "built"), row.id
        assert row.following == "" or row.following.endswith("."), row.id


def test_every_clause_that_a_rule_names_shows_a_case_of_that_rule(page: str) -> None:
    by_rule = frozenset[str]().union(*(clauses_of(case.name) for case in CASES))
    shown = {
        id_: set[str]().union(*map(clauses_of, row.cases)) for id_, row in of_clauses(page).items()
    }
    assert {id_ for id_ in by_rule if id_ not in shown[id_]} == set()


def test_the_short_name_stands_for_the_test_of_the_rules(page: str) -> None:
    assert RULE in page.replace("\n", " ").replace("  ", " ")
    path, name = RULE.split("::")
    assert (path, name) in TEST.findall(page)


def test_every_block_has_its_number_and_stops(page: str) -> None:
    blocks = [row for row in rows(page) if row.id.isdigit()]
    assert [int(row.id) for row in blocks] == list(range(1, 15))
    for row in blocks:
        stopping = [name for name in row.cases if not case(name).facts.get("urgent")]
        allowed = {name for name in stopping if "source is one" in name}
        for name in set(stopping) - allowed:
            assert any(line.startswith("problem ") for line in case(name).found), name
        assert all(case(name).found == frozenset() for name in allowed)


def test_blocks_that_the_code_names_are_on_the_page(page: str, repository: Path) -> None:
    """Modules that say which blocks they are: none of them is called unbuilt here."""
    rules = (repository / "agency_client" / "record" / "rules").glob("*.py")
    said = [
        re.findall(r"hard blocks? ([\d, and]+)", path.read_text("utf-8")) for path in sorted(rules)
    ]
    numbers = {int(n) for texts in said for text in texts for n in re.findall(r"\d+", text)}
    assert numbers == {1, 3, 4, 5, 6, 7, 8, 9, 10, 11}
    assert {row.id for row in rows(page) if row.state == "next" and row.id.isdigit()}.isdisjoint(
        map(str, numbers)
    )


def test_a_clear_risk_of_harm_is_help_and_no_answer() -> None:
    """CF7: said where the ground is chosen; choosing it still leaves the reasons owed."""
    assert "a clear risk of significant harm" in template()
    grounded = edited(
        ('"statutory_duty"', '"overriding_public_interest"'),
        ("[legal]\n", '[legal]\npublic_interest_ground = "protect_child_from_significant_harm"\n'),
    )
    assert {p.place for p in check(grounded).owed} == {"decision.public_interest_reasons"}
