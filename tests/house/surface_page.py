"""docs/surface.md taken apart: usages, the shapes of what is printed, exit codes, names that are kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_FENCED: Final = re.compile(r"```text\n(.*?)```", re.DOTALL)
_COMMAND: Final = re.compile(r"(phoenix(?:-relay)?)((?: [a-z][a-z-]*)*)")
_OPTION: Final = re.compile(
    r"(?P<can>\[)?(?P<name>--[a-z-]+)(?: (?P<value>[^\s\[\]+-][^\s\[\]]*))?\]?(?P<many>\.\.\.)?"
)
_ARGUMENT: Final = re.compile(r"(?P<can>\[)?(?P<name>[A-Z]+)\]?")
_TOKEN: Final = re.compile(r'\s*("[a-z_0-9]+"|[A-Z]+|\{\*\}|[{}\[\],:?+])')


@dataclass(frozen=True, slots=True)
class Option:
    """An option as the page or a program has it. ``choices`` are empty where any value goes."""

    takes_value: bool
    is_required: bool
    is_repeated: bool
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """How a command is called: its options by name, its arguments in order, each with whether it must be there."""

    options: Mapping[str, Option]
    arguments: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Anything:
    """A value of any form, or an object whose names are its own."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of values of one shape."""

    inner: Shape


@dataclass(frozen=True, slots=True)
class Keys:
    """An object: what each key holds, and which keys may be left out."""

    holds: Mapping[str, Shape]
    optional: frozenset[str]


Shape = Anything | Listed | Keys


@dataclass(frozen=True, slots=True)
class Page:
    """The page: usages and JSON shapes by command (``phoenix members list``), exit codes, names that are kept."""

    usages: Mapping[str, Usage]
    shapes: Mapping[str, Shape]
    error: Shape
    exit_codes: Mapping[int, str]
    not_built: frozenset[str]


def read_page(repository: Path) -> Page:
    """The page as it is in the repository."""
    text = (repository / "docs" / "surface.md").read_text("utf-8")
    head, built = text.split("## phoenix: write and send", 1)
    built, later = built.split("## Not built yet", 1)
    names = dict(_named(head))
    usages: dict[str, Usage] = {}
    shapes: dict[str, Shape] = {}
    for section in re.split(r"^###? ", built, flags=re.MULTILINE):
        blocks = _FENCED.findall(section)
        if blocks:
            command, usages_of = read_usage(blocks[0])
            title = section.splitlines()[0].removeprefix("+ ")
            assert command.endswith(f" {title}"), f"{title}: {command}"
            assert len(blocks) == 2, f"{command} needs its usage and its JSON"
            usages[command] = usages_of
            shapes[command] = read_shape(blocks[1], names)
    errors = [block for block in _FENCED.findall(head) if block.startswith('{"error"')]
    rows = re.findall(r"^\| (\d+) \| .+ \| (?:`(\w+)`)? ?\|$", head, re.MULTILINE)
    return Page(
        usages=usages,
        shapes=shapes,
        error=read_shape(errors[0], names),
        exit_codes={int(code): name for code, name in rows},
        not_built=frozenset(re.findall(r"`(phoenix [a-z ]+)`", later)),
    )


def _named(head: str) -> Iterator[tuple[str, Shape]]:
    for block in _FENCED.findall(head):
        name, separator, shape = block.partition(" = ")
        if separator:
            yield name.removeprefix("+"), read_shape(shape, {})


def read_usage(text: str) -> tuple[str, Usage]:
    """A line such as ``phoenix send FILE [--urgent]``: the command, and how it is called."""
    found = _COMMAND.match(text)
    assert found is not None, text
    rest = text[found.end() :].replace("+", "").strip()
    options = {m["name"]: _option(m) for m in _OPTION.finditer(rest)}
    arguments = _ARGUMENT.finditer(_OPTION.sub("", rest))
    return found[0], Usage(
        options=options, arguments=tuple((m["name"], m["can"] is None) for m in arguments)
    )


def _option(found: re.Match[str]) -> Option:
    value = found["value"]
    return Option(
        takes_value=value is not None,
        is_required=found["can"] is None,
        is_repeated=found["many"] is not None,
        choices=tuple(value.split("|")) if value and "|" in value else (),
    )


def read_shape(text: str, names: Mapping[str, Shape]) -> Shape:
    """A shape such as ``{"a", "b": [{"c"?}], "d": NAME}``."""
    tokens = [token for token in _tokens(text) if token != "+"]
    shape, rest = _shape(tokens, names)
    assert rest == [], f"left over: {rest}"
    return shape


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        assert found is not None, text[at:]
        yield found[1]
        at = found.end()


def _shape(tokens: list[str], names: Mapping[str, Shape]) -> tuple[Shape, list[str]]:
    first, rest = tokens[0], tokens[1:]
    if first == "{*}":
        return Anything(), rest
    if first == "[":
        inner: Shape = Anything()
        if rest[0] != "]":
            inner, rest = _shape(rest, names)
        assert rest[0] == "]"
        return Listed(inner), rest[1:]
    if first == "{":
        return _keys(rest, names)
    return names[first], rest


def _keys(rest: list[str], names: Mapping[str, Shape]) -> tuple[Shape, list[str]]:
    holds: dict[str, Shape] = {}
    optional: set[str] = set()
    while rest[0] != "}":
        key, rest = rest[0].strip('"'), rest[1:]
        assert key not in holds, key
        if rest[0] == "?":
            optional.add(key)
            rest = rest[1:]
        holds[key] = Anything()
        if rest[0] == ":":
            holds[key], rest = _shape(rest[1:], names)
        rest = rest[1:] if rest[0] == "," else rest
    return Keys(holds, frozenset(optional)), rest[1:]
