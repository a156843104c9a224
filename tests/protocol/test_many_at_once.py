"""Long lists are written and read all at once: with the result, and the refusal, of one item after another."""

# ruff: noqa: RUF009  # codecs stand where a dataclass has its defaults; they are immutable
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix_protocol import encoding, schema
from phoenix_protocol.codecs import FEW
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import address
from phoenix_protocol.schema import wire


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    address: str = wire(schema.Text(30, check=address))
    text: str = wire(schema.Text(6, minimum=0))
    colour: Colour = wire(schema.Choice(Colour))
    short: bytes = wire(schema.Blob(2))
    fixed: bytes = wire(schema.fixed(2))
    number: int = wire(schema.UInt(1000))


ROW = schema.Row(Line)
CODECS: list[Any] = [*(f.codec for f in schema.fields_of(Line)), ROW]

ADDRESSES = st.sampled_from(["a@b", "b@a", "desk@agency", "é@a", "ü.desk@agency"])
TEXTS = st.sampled_from(["", "a", "é", "éé", "zz", "b", "aa", "\U0001f642"])
PLAIN_ROWS = st.tuples(
    ADDRESSES,
    TEXTS,
    st.sampled_from(["red", "blue"]),
    st.binary(max_size=2),
    st.binary(min_size=2, max_size=2),
    st.integers(0, 1000),
).map(list)
WRONG = st.sampled_from(
    [
        None,
        1001,
        -1,
        True,
        "",
        "ab",
        "A@b",
        "a\0",
        "toolong",
        "\ud800",
        b"",
        b"abc",
        [],
        ["a@b"],
        {},
    ]
)


def outcome(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except TamperError as error:
        return error.code, error.what


def one_by_one(codec: Any, items: list[Any]) -> list[Any]:
    return [codec.from_plain(item, "field") for item in items]


@settings(max_examples=40)
@given(st.lists(PLAIN_ROWS, min_size=FEW + 1, max_size=12))
def test_right_items_are_read_and_written_as_one_by_one(rows: list[list[Any]]) -> None:
    for codec, items in zip(CODECS, [*zip(*rows, strict=True), rows], strict=True):
        values = one_by_one(codec, [*items])
        assert codec.all_from_plain(items, "field") == values
        assert codec.all_to_plain(values, "field") == list(items)


@settings(max_examples=60)
@given(st.lists(PLAIN_ROWS, min_size=FEW + 1, max_size=8), st.data())
def test_a_wrong_item_is_refused_as_by_itself(rows: list[list[Any]], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    for codec, items in zip(CODECS, [*zip(*rows, strict=True), rows], strict=True):
        wrong = [*items]
        wrong[at] = data.draw(WRONG)
        alone = outcome(partial(one_by_one, codec, wrong))
        assert outcome(partial(codec.all_from_plain, wrong, "field")) == alone


@settings(max_examples=60)
@given(st.lists(PLAIN_ROWS, min_size=FEW + 1, max_size=8), st.data())
def test_a_wrong_value_in_a_row_is_refused(rows: list[list[Any]], data: st.DataObject) -> None:
    row = [*data.draw(st.sampled_from(rows))]
    column = data.draw(st.integers(0, 5))
    row[column] = data.draw(WRONG)
    alone = outcome(lambda: ROW.from_plain(row, "field"))
    together = outcome(lambda: ROW.all_from_plain([*rows, row], "field"))
    assert together == (alone if isinstance(alone, tuple) else [*map(read, rows), alone])


def read(row: list[Any]) -> Line:
    return ROW.from_plain(row, "field")


@settings(max_examples=60)
@given(st.lists(PLAIN_ROWS, min_size=2, max_size=12))
def test_sort_keys_compare_as_the_encodings_do(rows: list[list[Any]]) -> None:
    for codec, items in zip(CODECS, [*zip(*rows, strict=True), rows], strict=True):
        keys, encodings = codec.sort_keys(items), [encoding.encode(item) for item in items]
        for at, key in enumerate(keys):
            assert [other < key for other in keys] == [e < encodings[at] for e in encodings]


def test_an_ordered_list_of_many_has_one_order() -> None:
    rows = [[f"desk{n}@agency", "x", "red", b"", b"ab", n] for n in range(10, 30)]
    codec = schema.ListOf(ROW, maximum=50, ordered=True)
    values = codec.from_plain(rows, "field")
    assert codec.to_plain(values, "field") == rows
    for wrong in (rows[::-1], [*rows, rows[-1]], [rows[1], rows[0], *rows[2:]]):
        with pytest.raises(TamperError, match="E_PARSE"):
            codec.from_plain(wrong, "field")
        with pytest.raises(TamperError, match="E_PARSE"):
            codec.to_plain([read(row) for row in wrong], "field")


def test_what_is_no_row_is_not_written_among_many() -> None:
    rows = [read(["a@b", "x", "red", b"", b"ab", 1])] * (FEW + 1)
    with pytest.raises(TamperError, match="E_PARSE"):
        ROW.all_to_plain([*rows, "a@b"], "field")  # type: ignore[list-item]
