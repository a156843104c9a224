"""The protocol takes its time and its randomness as arguments: what import contracts cannot see."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

CLOCKS = {"now", "utcnow", "today"}
DOORS = {"open", "print", "input", "exec", "eval", "breakpoint", "__import__"}


def outside_calls(source: str) -> list[str]:
    """Every call in a module that reads a clock, a disk or a terminal, with its line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id in DOORS:
            found.append(f"{node.lineno}: {called.id}")
        if isinstance(called, ast.Attribute) and called.attr in CLOCKS:
            found.append(f"{node.lineno}: {called.attr}")
    return found


@pytest.mark.parametrize(
    "source", ["datetime.now(UTC)", "date.today()", "open('a')", "print(1)", "x = eval('1')"]
)
def test_the_check_finds_a_way_out(source: str) -> None:
    assert outside_calls(source)


def test_the_protocol_has_no_way_out(repository: Path) -> None:
    modules = sorted((repository / "phoenix_protocol").rglob("*.py"))
    assert modules
    found = {str(path): outside_calls(path.read_text("utf-8")) for path in modules}
    assert {path: calls for path, calls in found.items() if calls} == {}


def test_configuration_holds_no_code(repository: Path) -> None:
    for path in sorted((repository / "config").rglob("*.py")):
        body = ast.parse(path.read_text("utf-8")).body
        assert all(isinstance(statement, ast.Expr) for statement in body), path
