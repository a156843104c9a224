"""Reading a document: what is not text or not TOML is refused with its line; everything else is noted at once."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agency_client.record.document import Document
from agency_client.record.faults import MOST
from agency_client.record.reading import read_document
from agency_client.record.syntax import LARGEST
from agency_client.record.tables import TABLE_BYTES
from phoenix_protocol import limits
from phoenix_protocol.errors import UsageError
from tests.client.record_values import COMPLETE, check, edited, told


def faults(text: str) -> list[tuple[str, str, int | None]]:
    return [(p.code, p.place, p.line) for p in read_document(text.encode()).faults.problems]


def refused(data: bytes) -> UsageError:
    with pytest.raises(UsageError) as caught:
        read_document(data)
    assert caught.value.exit_code == 2
    assert caught.value.code == "E_DOC_SYNTAX"
    return caught.value


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"Dear colleague,\n\nplease find below", 1, "="),
        (b'to = ["a"]\npurpose = "no end\nx = 1', 2, "closing quotes"),
        (b'to = ["a"]\npurpose = "a tab\x07"\nx = 1', 2, "character"),
        (b'to = ["a"\n\npurpose = "x"', 3, "list"),
        (b"a = 1\na = 2", 2, "twice"),
        (b"[a]\n[a]", 2, "twice"),
        (b"a = yes", 1, "quotes"),
        (b"a = 2026-02-30", 1, "day"),
        (b'a = "C:\\share"', 1, "backslash"),
        (b"a = " + b"9" * 5000, None, "number"),
        (b'{"a": 1,\n "b" 2}', 2, "JSON"),
        (b'{"a": 1,\n "a": 2}', 2, "twice"),
        (b'{"a": NaN}', None, "finite"),
        (b'{"a": 1} x', 1, "JSON"),
        (b'a = "x"\nb = "caf\xe9"', 2, "UTF-8"),
        ("a = 1".encode("utf-16"), 1, "UTF-8"),
        (b"\x00\x01\x02", 1, "neither"),
        (b"a = " + b"[" * 100_000, None, "deep"),
        (b"{" + b'"a":{' * 100_000, None, "deep"),
        (b"\n" + b".".join([b"a"] * 20_000) + b" = 1", 2, "too many parts"),
        (b"x = { " + b". ".join([b'"a"'] * 20_000) + b" = 1 }", 1, "too many parts"),
        ("purpose = \u201cask\u201d".encode(), 1, "curly quote"),
        (b"#" * (LARGEST + 1), None, "large"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(
    data: bytes, line: int | None, words: str
) -> None:
    error = refused(data)
    assert words in error.what
    assert [p.line for p in error.problems] == [line]
    assert line is None or f"line {line}" in error.what
    assert error.next


def test_the_refusal_of_a_file_tells_nothing_that_is_in_it() -> None:
    for data in (b'"Jordan T" = 1\n"Jordan T" = 2', b"a = \x07Jordan T", b'x = "Jordan\xff"'):
        error = refused(data)
        assert "Jordan" not in f"{error} {error.next} {error.problems}"


@given(st.binary(max_size=400))
@example(b"\xef\xbb\xbfto = []")
@example(b"{}")
@example(b"[[]]")
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        document = read_document(data)
    except UsageError:
        return
    assert isinstance(document, Document)
    check(data)


NAMES = [
    *("to", "purpose", "section", "statement", "need_to_know", "people", "id", "kind", "text"),
    *("about", "legal", "decision", "consent", "given_by", "source", "grade", "basis", "expires"),
    *("as_of", "article_6", "at", "lines", "faults", "number"),
]
PLAIN = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=5),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(NAMES),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=20,
)


@given(
    st.dictionaries(st.sampled_from(["to", "section", "people", "legal", "consent", "x"]), PLAIN)
)
def test_any_values_in_any_field_are_read_and_judged(values: dict[str, Any]) -> None:
    text = json.dumps(values)
    read_document(text.encode())
    found = check(text)
    assert found.problems
    assert all(p.next and p.message for p in found.problems)


def test_a_document_in_json_is_the_same_document() -> None:
    values = tomllib.loads(COMPLETE)
    text = json.dumps(values, default=str, indent=1)
    assert told(check(text)) == set()
    spoilt = edited(('"Form tutor"', '""'), text=text)
    (problem,) = check(spoilt).problems
    assert problem.code == "E_DOC_AUTHOR"
    assert spoilt.splitlines()[(problem.line or 0) - 1].strip() == '"author": "",'


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    assert told(check("\ufeff" + COMPLETE.replace("\n", "\r\n"))) == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("too = []", ("E_DOC_FIELD", "too", 1)),
        ("[legal]\nx = 1\narticle6 = 'a'", ("E_DOC_FIELD", "legal.article6", 3)),
        ("at = 1", ("E_DOC_FIELD", "at", 1)),
        ("lines = 1", ("E_DOC_FIELD", "lines", 1)),
        (
            "[[section]]\n[[section.statement]]\nnumber = 3",
            ("E_DOC_FIELD", "section[1].statement[1].number", 3),
        ),
        ("to = [1]", ("E_DOC_TYPE", "to[1]", 1)),
        ("to = ['a',\n'']", ("E_DOC_MISSING", "to[2]", 2)),
        ("purpose = 5", ("E_DOC_TYPE", "purpose", 1)),
        ("section = 'x'", ("E_DOC_TYPE", "section", 1)),
        ("[section]\nid = 'x'", ("E_DOC_TYPE", "section", 1)),
        ("[[legal]]", ("E_DOC_TYPE", "legal", 1)),
        ("[[section]]\nneed_to_know = ['a']", ("E_DOC_TYPE", "section[1].need_to_know", 2)),
        (
            "[[section]]\n[section.need_to_know]\n'a' = 1",
            ("E_DOC_TYPE", "section[1].need_to_know.a", 3),
        ),
        (
            "[[section]]\n[section.need_to_know]\n'' = 'x'",
            ("E_DOC_FIELD", 'section[1].need_to_know.""', 3),
        ),
        (
            "[[people]]\nlocation_sensitive = 'yes'",
            ("E_DOC_TYPE", "people[1].location_sensitive", 2),
        ),
        ("[[people]]\nborn = 'spring'", ("E_DOC_TIME", "people[1].born", 2)),
        ("[[people]]\nborn = 07:30:00", ("E_DOC_TIME", "people[1].born", 2)),
        (
            "[[section]]\n[[section.statement]]\nbasis = [true]",
            ("E_DOC_TYPE", "section[1].statement[1].basis[1]", 3),
        ),
        (
            "[[section]]\n[[section.statement]]\nbasis = 0",
            ("E_DOC_TYPE", "section[1].statement[1].basis", 3),
        ),
        ('purpose = "a\\u0000b"', ("E_DOC_TEXT", "purpose", 1)),
        ("purpose = '" + "é" * 513 + "'", ("E_DOC_LIMIT", "purpose", 1)),
        ("[[people]]\nid = '" + "x" * 65 + "'", ("E_DOC_LIMIT", "people[1].id", 2)),
        ("handling = [" + "'x'," * 17 + "]", ("E_DOC_LIMIT", "handling", 1)),
        ("[[section]]\n" * 63, ("E_DOC_LIMIT", "section", 1)),
    ],
)
def test_each_fault_has_its_code_place_and_line(
    text: str, found: tuple[str, str, int | None]
) -> None:
    assert found in faults(text)


def test_json_texts_that_are_no_unicode_are_refused() -> None:
    assert faults('{"purpose": "\\ud800"}') == [("E_DOC_TEXT", "purpose", 1)]


def test_an_unknown_field_comes_with_the_nearest_known_one() -> None:
    document = read_document(b"[[section]]\n[[section.statement]]\nautor = 'x'\n[legall]")
    messages = [p.message for p in document.faults.problems]
    assert any("Did you mean author?" in m for m in messages)
    assert any("Did you mean legal?" in m for m in messages)


def test_everything_that_is_wrong_is_said_at_once_and_in_order() -> None:
    text = "x = 1\npurpose = 2\n[[people]]\nid = 3\nborn = 4\n[decision]\ny = 1"
    assert [line for _, _, line in faults(text)] == [1, 2, 4, 5, 7]


def test_a_place_that_cannot_be_read_has_one_fault_only() -> None:
    places = [p.place for p in check("to = 'mash@ardenfold-police'\npurpose = 1").problems]
    assert len(places) == len(set(places))
    assert "purpose" in places


def test_an_endless_list_of_faults_ends() -> None:
    text = "\n".join(f"x{n} = 1" for n in range(3 * MOST))
    assert len(faults(text)) == MOST


def test_texts_that_no_item_could_hold_are_refused() -> None:
    long = "x" * limits.LONG_TEXT
    text = "[decision]\n" + "".join(
        f"{name} = '{long}'\n"
        for name in (
            *("welfare", "if_shared", "if_not_shared", "relevance", "may_facilitate", "why_enough"),
            *("why_this_much", "conditions", "relationship_impact", "public_interest_reasons"),
        )
    )
    assert faults(text) == []
    text += "withheld = [" + f"'{long}'," * 16 + "]"
    assert limits.LONG_TEXT * 26 > TABLE_BYTES
    assert faults(text) == [("E_DOC_LIMIT", "decision", 1)]


def test_statements_are_numbered_through_the_whole_document() -> None:
    document = read_document(COMPLETE.encode())
    assert {n: s.text for n, (_, s) in document.statements.items()} == {
        1: "Absent 11 of 30 sessions",
        2: "Out of character",
        3: "A friend saw a car",
    }


def test_texts_are_kept_as_they_are(vectors: Path) -> None:
    naughty = json.loads((vectors / "naughty-strings.json").read_text("utf-8"))
    kept = [s for s in naughty if s.strip() and "\0" not in s and len(s.encode()) <= limits.LINE]
    assert len(kept) > 490
    for text in kept:
        document = read_document(json.dumps({"purpose": text}).encode())
        assert document.purpose == text
        assert document.faults.problems == ()
