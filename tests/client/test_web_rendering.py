"""Every page is given what its template needs: a page that lacks a name fails only where somebody opens it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from agency_client.web.rendering import Renderer

#: What every page is given by ``Asked.page``.
_ALWAYS = frozenset({"nonce", "form_token", "path", "is_locked", "status"})


def rendered(source: Path) -> Iterator[tuple[str, int, frozenset[str]]]:
    """Each template that a module names in a call with names of its own, where, and those names."""
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        first, names = node.args[0], {each.arg for each in node.keywords}
        is_template = isinstance(first, ast.Constant) and str(first.value).endswith(".html")
        # Names that come out of a value (**values) are seen when the page is opened.
        if is_template and isinstance(first, ast.Constant) and None not in names:
            yield (
                str(first.value),
                node.lineno,
                frozenset(name for name in names if name is not None),
            )


def test_every_template_is_given_what_it_needs(repository: Path) -> None:
    renderer = Renderer()
    found = 0
    for source in sorted((repository / "agency_client" / "web").rglob("*.py")):
        for template, line, names in rendered(source):
            found += 1
            absent = renderer.absent(template, names | _ALWAYS)
            assert absent == frozenset(), f"{source.name}:{line}: {template} needs {sorted(absent)}"
    assert found > 80
