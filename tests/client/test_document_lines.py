"""The line of everything that a TOML or JSON text writes down, whatever way it is written."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency_client.record.json_lines import json_lines
from agency_client.record.places import Place, line_of, written
from agency_client.record.toml_lines import toml_lines

TRICKY = '''\
# a comment with [brackets] and "quotes"
to = [ "a",   # first
  "b # not a comment",
  'c\\',
  """d
]""",
]
site."google.com".on = true
"quo\\u0074ed" = 1
\'lit[eral\' = 2
day = 1979-05-27 07:32:00
long = """
[not.a.table]
x = "\\"" inside \\
  ""
"""
raw = \'\'\'
[[neither]] \'\' \'\'\'
empty = ""
table = { a.b = 1, "c" = [ { d = "}" }, 2 ] }
[contact]
phone = "1"  # [x]
[[section]]
id = "one"
[section.need_to_know]
"mash@ardenfold-police" = "why"
[[section.statement]]
kind = "record"
[[section.statement]]

source.type = "x"
[[ section ]]
[[section . "statement"]]
text = """a"""""
[a.b]
[a]
c = 1
'''

EXPECTED: dict[Place, int] = {
    ("to",): 2,
    ("to", 0): 2,
    ("to", 1): 3,
    ("to", 2): 4,
    ("to", 3): 5,
    ("site",): 8,
    ("site", "google.com"): 8,
    ("site", "google.com", "on"): 8,
    ("quoted",): 9,
    ("lit[eral",): 10,
    ("day",): 11,
    ("long",): 12,
    ("raw",): 17,
    ("empty",): 19,
    ("table",): 20,
    ("table", "a"): 20,
    ("table", "a", "b"): 20,
    ("table", "c"): 20,
    ("table", "c", 0): 20,
    ("table", "c", 0, "d"): 20,
    ("table", "c", 1): 20,
    ("contact",): 21,
    ("contact", "phone"): 22,
    ("section",): 23,
    ("section", 0): 23,
    ("section", 0, "id"): 24,
    ("section", 0, "need_to_know"): 25,
    ("section", 0, "need_to_know", "mash@ardenfold-police"): 26,
    ("section", 0, "statement"): 27,
    ("section", 0, "statement", 0): 27,
    ("section", 0, "statement", 0, "kind"): 28,
    ("section", 0, "statement", 1): 29,
    ("section", 0, "statement", 1, "source"): 31,
    ("section", 0, "statement", 1, "source", "type"): 31,
    ("section", 1): 32,
    ("section", 1, "statement"): 33,
    ("section", 1, "statement", 0): 33,
    ("section", 1, "statement", 0, "text"): 34,
    ("a",): 35,
    ("a", "b"): 35,
    ("a", "c"): 37,
}


def places(value: Any, at: Place = ()) -> set[Place]:
    """Every place inside a plain value."""
    found = {at} if at else set()
    if isinstance(value, dict):
        found |= {p for name, inner in value.items() for p in places(inner, (*at, name))}
    if isinstance(value, list):
        found |= {p for n, inner in enumerate(value) for p in places(inner, (*at, n))}
    return found


def test_every_way_of_writing_toml_has_its_lines() -> None:
    assert toml_lines(TRICKY) == EXPECTED
    assert set(EXPECTED) == places(tomllib.loads(TRICKY))


def test_windows_line_ends_count_the_same() -> None:
    assert toml_lines(TRICKY.replace("\n", "\r\n")) == EXPECTED


NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
SCALARS = st.one_of(WORDS, st.booleans(), st.integers(-9, 9), st.just("two\nlines\\"))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)


def toml_text(text: str, style: int) -> str:
    basic = json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    if style % 3 == 0 or "'" in text or not text.isprintable():
        return f'"""\n{basic[1:-1]}"""' if style % 2 else basic
    return f"'''{text}'''" if style % 2 else f"'{text}'"


def toml_value(value: Any, style: int) -> str:
    if isinstance(value, str):
        return toml_text(value, style)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        gap = "\n # note ]\n" if style % 2 else " "
        return "[" + f",{gap}".join(toml_value(v, style) for v in value) + gap + "]"
    if isinstance(value, dict):
        inner = ", ".join(f"{toml_text(k, 0)} = {toml_value(v, 0)}" for k, v in value.items())
        return "{ " + inner + " }"
    return str(value)


@given(st.dictionaries(NAMES, VALUES, max_size=4), st.lists(st.integers(0, 5), min_size=1))
def test_whatever_is_in_a_toml_text_has_a_line(document: dict[str, Any], styles: list[int]) -> None:
    lines = ["# start"]
    starts = {}
    for n, (name, value) in enumerate(document.items()):
        starts[name] = sum(line.count("\n") + 1 for line in lines) + 1
        lines.append(f"{toml_text(name, 0)} = {toml_value(value, styles[n % len(styles)])}")
    text = "\n".join(lines)
    assert tomllib.loads(text) == document
    found = toml_lines(text)
    assert found.keys() == places(document)
    assert {name: found[(name,)] for name in document} == starts


@given(st.dictionaries(NAMES, VALUES, max_size=4), st.sampled_from([None, 1, "\t"]))
def test_whatever_is_in_a_json_text_has_a_line(
    document: dict[str, Any], indent: int | str | None
) -> None:
    text = json.dumps(document, indent=indent)
    found, twice = json_lines(text)
    assert twice == []
    assert found.keys() == places(document)
    lines = text.split("\n")
    for place, line in found.items():
        if isinstance(place[-1], str):
            assert json.dumps(place[-1]) + ":" in lines[line - 1]


def test_a_field_twice_in_json_is_found() -> None:
    lines, twice = json_lines('{"a": 1,\n "b": [{"c": 1,\n "c": 2}]}')
    assert twice == [("b", 0, "c")]
    assert lines[twice[0]] == 3


@given(st.text())
def test_any_text_is_walked_to_an_end(text: str) -> None:
    assert isinstance(toml_lines(text), dict)


@given(st.text(alphabet="[]{}=.,#\"'\\\n a1"))
def test_any_punctuation_is_walked_to_an_end(text: str) -> None:
    assert isinstance(toml_lines(text), dict)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ((), ""),
        (("to", 0), "to[1]"),
        (("section", 1, "statement", 0, "author"), "section[2].statement[1].author"),
        (("section", 0, "need_to_know", "a@b"), 'section[1].need_to_know."a@b"'),
        (("\x1b[31m",), '"<U+001B>[31m"'),
        (("x" * 99,), '"' + "x" * 80 + '…"'),
    ],
)
def test_places_are_written_as_people_count(place: Place, text: str) -> None:
    assert written(place) == text


def test_what_is_missing_has_the_line_of_what_is_around_it() -> None:
    lines = {("section",): 3, ("section", 0): 3, ("section", 0, "statement", 0): 7}
    assert line_of(("section", 0, "statement", 0, "author"), lines) == 7
    assert line_of(("section", 0, "title"), lines) == 3
    assert line_of(("decision", "outcome"), lines) is None
