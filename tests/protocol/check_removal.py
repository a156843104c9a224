"""Takes the checks of a module out one at a time, so that tests can be shown to notice.

A check is an ``if`` that raises an alarm, a part of its condition (an operand, a link of a comparison, one of two
tuples' pairs, also where the condition has a name), or a statement that only calls something, which may raise. Each is
found in the source by itself: a new check without a test fails the tests that use this.
"""

from __future__ import annotations
import __future__

import ast
import inspect
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from types import CodeType, ModuleType
from typing import Any, Final

_FLAGS: Final = __future__.annotations.compiler_flag
_Function = ast.FunctionDef
_CONDITIONS: Final = (ast.BoolOp, ast.Compare, ast.UnaryOp)
#: What a sender or programmer is told; nothing that arrives raises these.
_NO_ALARMS: Final = frozenset({"RefusedError", "ValueError"})


@dataclass(frozen=True, kw_only=True)
class Removal:
    """A function of a module, or of a class in it, without one check."""

    module: ModuleType
    owner: Any
    name: str
    line: int
    what: str
    code: CodeType

    @property
    def is_call(self) -> bool:
        """Whether it is a statement that only calls something."""
        return self.what.endswith(" -> pass")

    def __str__(self) -> str:
        return f"{self.name}:{self.line}:{self.what}"

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Within this, the module's function is the one without the check."""
        made: dict[str, Any] = {}
        exec(self.code, vars(self.module), made)
        before = inspect.getattr_static(self.owner, self.name)
        places = [self.owner, *(m for m in _modules() if vars(m).get(self.name) is before)]
        for place in places:
            setattr(place, self.name, made[self.name])
        try:
            yield
        finally:
            for place in places:
                setattr(place, self.name, before)


def _modules() -> list[ModuleType]:
    """The protocol's and the tests': a function is also where it was imported."""
    rooms = ("phoenix_protocol.", "tests.")
    return [module for name, module in sys.modules.items() if name.startswith(rooms)]


def removals(module: ModuleType) -> Iterator[Removal]:
    """Every check of a module, each taken out alone."""
    tree = ast.parse(inspect.getsource(module))
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            owner = getattr(module, node.name)
            methods = (part for part in node.body if isinstance(part, _Function))
            for method in methods:
                yield from _of_function(module, owner, method)
        elif isinstance(node, _Function):
            yield from _of_function(module, module, node)


def _of_function(module: ModuleType, owner: Any, function: _Function) -> Iterator[Removal]:
    for line, what in _without_one(function):
        code = compile(
            ast.fix_missing_locations(ast.Module(body=[function], type_ignores=[])),
            f"<{module.__name__} without {what}>",
            "exec",
            flags=_FLAGS,
            dont_inherit=True,
        )
        yield Removal(
            module=module, owner=owner, name=function.name, line=line, what=what, code=code
        )


def _without_one(function: _Function) -> Iterator[tuple[int, str]]:
    """Changes the function in place, once for each check, and puts it right again."""
    named = {
        target.id: node
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and isinstance(node.value, _CONDITIONS)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(function):
        if isinstance(node, ast.If) and _is_alarm(node.body[-1]):
            yield from _weaker(node, "test", False)
            for name, wanted in _names(node.test, False):
                if name in named:
                    yield from _weaker(named[name], "value", wanted)
        for body in _bodies(node):
            yield from _calls(body)


def _is_alarm(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Raise) and not any(
        isinstance(node, ast.Name) and node.id in _NO_ALARMS for node in ast.walk(statement)
    )


def _weaker(node: Any, part: str, wanted: bool) -> Iterator[tuple[int, str]]:
    whole = getattr(node, part)
    for weaker in _passing(whole, wanted):
        setattr(node, part, weaker)
        yield node.lineno, f"{ast.unparse(whole)} -> {ast.unparse(weaker)}"
    setattr(node, part, whole)


def _bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for part in ("body", "orelse"):
        body = getattr(node, part, None)
        if isinstance(body, list):
            yield body


def _calls(body: list[ast.stmt]) -> Iterator[tuple[int, str]]:
    for at, statement in enumerate(body):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            body[at] = ast.Pass()
            yield statement.lineno, f"{ast.unparse(statement)} -> pass"
            body[at] = statement


# -- conditions -----------------------------------------------------------------------------------------------------


def _passing(condition: ast.expr, wanted: bool) -> Iterator[ast.expr]:
    """The condition weakened: with one part of it, or all, fixed at what lets everything pass."""
    yield ast.Constant(wanted)
    match condition:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            for weaker in _passing(operand, not wanted):
                if not isinstance(weaker, ast.Constant):
                    yield ast.UnaryOp(op=ast.Not(), operand=weaker)
        case ast.BoolOp(op=op, values=values) if isinstance(op, ast.And) is wanted:
            for at, value in enumerate(values):
                for weaker in _passing(value, wanted):
                    yield ast.BoolOp(op=op, values=[*values[:at], weaker, *values[at + 1 :]])
        case ast.Compare() if wanted and len(condition.ops) > 1:
            yield from _fewer_links(condition)
        case ast.Compare(
            left=ast.Tuple() as left, ops=[ast.NotEq()], comparators=[ast.Tuple() as right]
        ):
            yield from _fewer_pairs(left, right)


def _fewer_links(chain: ast.Compare) -> Iterator[ast.expr]:
    """``a < b <= c`` without each of its comparisons."""
    operands = pairwise([chain.left, *chain.comparators])
    links: Sequence[ast.expr] = [
        ast.Compare(left=a, ops=[op], comparators=[b])
        for op, (a, b) in zip(chain.ops, operands, strict=True)
    ]
    for at in range(len(links)):
        kept = [*links[:at], *links[at + 1 :]]
        yield kept[0] if len(kept) == 1 else ast.BoolOp(op=ast.And(), values=kept)


def _fewer_pairs(left: ast.Tuple, right: ast.Tuple) -> Iterator[ast.expr]:
    """``(a, b) != (c, d)`` without each of its pairs."""
    for at in range(len(left.elts)):
        one, other = (
            ast.Tuple(elts=[*t.elts[:at], *t.elts[at + 1 :]], ctx=ast.Load()) for t in (left, right)
        )
        yield ast.Compare(left=one, ops=[ast.NotEq()], comparators=[other])


def _names(condition: ast.expr, wanted: bool) -> Iterator[tuple[str, bool]]:
    """Names of conditions inside a condition, with the value of each that lets everything pass."""
    match condition:
        case ast.Name(id=name):
            yield name, wanted
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _names(operand, not wanted)
        case ast.BoolOp(values=values):
            for value in values:
                yield from _names(value, wanted)
