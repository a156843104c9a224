"""The clauses of the protocol as data: all of them, each with its class, its behaviour and a place that exists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agency_client.record.clauses import Class, load_clauses
from agency_client.record.document import Document
from agency_client.record.shipped import shipped, shipped_clauses
from agency_client.record.tables import declared
from phoenix_protocol.errors import UsageError
from tests.client.record_cases import CASES
from tests.client.record_values import check, edited, facts

IDS = [
    *(f"KM{n}" for n in range(1, 6)),
    "PU1",
    *(f"PR{n}" for n in range(1, 4)),
    *("OB1", "OB2"),
    *(f"CF{n}" for n in range(1, 8)),
    *(f"CO{n}" for n in range(1, 13)),
    *(f"SH{n}" for n in range(1, 8)),
    *("RT1", "RT2", "RV1", "SG1", "LG1"),
    *(f"Q{n}" for n in range(1, 17)),
]


def test_every_clause_and_every_question_is_there_in_order() -> None:
    assert list(shipped_clauses()) == IDS


def test_every_clause_is_complete() -> None:
    for clause in shipped_clauses().values():
        assert clause.says.endswith((".", "?"))
        assert clause.behaviour.endswith(".")
        assert {Class(name) for name in clause.classes}
        assert (clause.line is None) == clause.id.startswith("Q")
        assert (clause.question is None) == (not clause.id.startswith("Q"))


def field_exists(path: str) -> bool:
    table: Any = Document
    for name in path.split("."):
        found = [f for f in declared(table) if f.name == name]
        if not found:
            return False
        table = getattr(found[0].reader, "table", Document)
    return True


def test_what_clauses_point_to_is_there(repository: Path) -> None:
    assert not field_exists("decision.nothing")
    for clause in shipped_clauses().values():
        assert all(field_exists(path) for path in clause.fields), clause.id
        assert all((repository / module).is_file() for module in clause.modules), clause.id


def test_what_is_found_has_the_class_of_its_clause() -> None:
    """An answer is owed by a clause of class R, or of B in an emergency; a question is asked by one of class P."""
    clauses = shipped_clauses()
    seen: set[tuple[str, str]] = set()
    for case in CASES:
        found = check(edited(*case.edits), facts(**case.facts))
        seen |= {("R", p.clause or "") for p in found.owed}
        seen |= {("P", p.clause or "") for p in found.prompts}
    for letter, name in sorted(seen):
        starred = name in {"SH6", "RT1", "SH4"}
        assert letter in clauses[name].classes or starred, (letter, name)
    prompted = {clause.id for clause in clauses.values() if "P" in clause.classes}
    assert {name for letter, name in seen if letter == "P"} <= prompted


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('id = "KM2"', 'id = "KM1"'),
        ('id = "KM2"\n', ""),
        ('classes = ["P"]', 'classes = ["X"]'),
        ('classes = ["P"]', "classes = []"),
        ("line = 27", 'line = "x"'),
        ("line = 27", "lin = 27"),
    ],
)
def test_a_broken_list_is_refused_with_its_line(old: str, new: str) -> None:
    text = edited((old, new), text=shipped("clauses.toml").decode())
    with pytest.raises(UsageError) as caught:
        load_clauses(text.encode())
    assert caught.value.code == "E_CLAUSES"
    assert caught.value.problems[0].line
