"""Whoever named something that is not there is told which command lists what is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from agency_client.cli.program import COMMANDS
from agency_client.record import listed
from agency_client.use_cases.viewing import _LISTED
from phoenix_protocol.errors import NEXT_STEPS

COMMAND = re.compile(r"phoenix ([a-z-]+)")


def not_found(page: Path) -> Iterator[tuple[int, str]]:
    """Line and way out of each ``E_NOT_FOUND`` that a module makes; the way out as source."""
    for node in ast.walk(ast.parse(page.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        if isinstance(node.args[0], ast.Constant) and node.args[0].value == "E_NOT_FOUND":
            ways = [ast.unparse(word.value) for word in node.keywords if word.arg == "next"]
            yield node.lineno, (ways or [NEXT_STEPS["E_NOT_FOUND"]])[0]


def spelt(way_out: str) -> str:
    """What a person reads: the constants are those of one module."""
    if way_out.startswith("listed."):
        return str(getattr(listed, way_out.removeprefix("listed.")))
    return " ".join(_LISTED.values()) if way_out == "_LISTED[verb]" else way_out


def test_every_thing_that_is_not_found_says_what_lists_what_is(repository: Path) -> None:
    generic = []
    for page in sorted((repository / "agency_client").rglob("*.py")):
        for line, way_out in not_found(page):
            if not set(COMMAND.findall(spelt(way_out))) & set(COMMANDS):
                generic.append(f"{page.relative_to(repository)}:{line} {way_out}")
    assert generic == []


def test_every_list_that_is_named_is_a_command() -> None:
    texts = [text for name, text in vars(listed).items() if name.isupper()]
    assert len(texts) > 5
    for text in (*texts, NEXT_STEPS["E_NOT_FOUND"]):
        assert set(COMMAND.findall(text)) <= set(COMMANDS)
        assert COMMAND.findall(text)
