"""docs/threat-model.md promises tests: each one that it names is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_test_that_the_threat_model_names_is_there(repository: Path) -> None:
    named = NAMED.findall((repository / "docs" / "threat-model.md").read_text("utf-8"))
    assert len(named) > 40
    missing = [
        f"{path}::{name}" for path, name in named if name not in defined_in(repository / path)
    ]
    assert missing == []


def defined_in(path: Path) -> set[str]:
    """The tests that a file defines."""
    if not path.is_file():
        return set()
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    return {
        n.name for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, functions)
    }
