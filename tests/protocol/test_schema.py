"""Codecs one by one (docs/protocol.md §2.4): what each accepts both ways, and how it refuses."""

# ruff: noqa: RUF009  # codecs stand where a dataclass has its defaults; they are immutable
from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix_protocol import encoding, schema
from phoenix_protocol.encoding import Plain
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import address
from phoenix_protocol.schema import critical_map, optional_map, wire


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Fruit(Enum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    left: int = wire(schema.UInt(9))
    right: str = wire(schema.Text(3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    zeal: str = wire(schema.Text(10))
    a: bytes | None = wire(schema.Blob(4), optional=True)
    pair: Pair = wire(schema.Nested(Pair))
    local: int = 7  # not on the wire
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


class OtherPair(Pair):
    """The same fields, another class."""


CODECS: dict[str, tuple[Any, list[tuple[Any, Plain]], list[Any]]] = {
    # name: codec, (value, plain) both ways, values not written
    "blob": (
        schema.Blob(3, minimum=1),
        [(b"a", b"a"), (b"abc", b"abc")],
        [b"", b"abcd", bytearray(b"a"), memoryview(b"a"), "a", None, 1],
    ),
    "fixed": (schema.fixed(2), [(b"ab", b"ab")], [b"a", b"abc"]),
    "text": (
        schema.Text(4),
        [("a", "a"), ("éé", "éé"), ("\U0001f642", "\U0001f642"), ("\r\n\x1b", "\r\n\x1b")],
        ["", "abcde", "ééé", "a\0", "\ud800", b"a", None, 1],
    ),
    "text that may be empty": (schema.Text(4, minimum=0), [("", "")], ["abcde"]),
    "address": (schema.Text(20, check=address), [("a@b", "a@b")], ["ab", "A@b", "a@b" + "b" * 20]),
    "number": (schema.UInt(5, minimum=2), [(2, 2), (5, 5)], [1, 6, True, 2.0, "2", None, -2]),
    "flag": (schema.Flag(), [(True, True), (False, False)], [1, 0, "true", None]),
    "choice": (schema.Choice(Colour), [(Colour.RED, "red")], [Fruit.RED, "red", None]),
    "list": (
        schema.ListOf(schema.UInt(9), maximum=3, minimum=1),
        [((1,), [1]), ((3, 1, 3), [3, 1, 3])],
        [(), (1, 1, 1, 1), (10,)],
    ),
    "ordered list": (
        schema.ListOf(schema.Text(3), maximum=3, ordered=True),
        [((), []), (("b", "aa"), ["b", "aa"])],
        [("aa", "b"), ("a", "a"), ("b", "a")],
    ),
    "nested": (
        schema.Nested(Pair),
        [(Pair(left=1, right="x"), {"left": 1, "right": "x"})],
        [Pair(left=10, right="x"), OtherPair(left=1, right="x"), {"left": 1, "right": "x"}, None],
    ),
    "row": (
        schema.Row(Pair),
        [(Pair(left=1, right="x"), [1, "x"])],
        [Pair(left=1, right="xxxx"), OtherPair(left=1, right="x"), [1, "x"]],
    ),
    "map": (
        schema.MapOf(schema.UInt(9), maximum=2, key_maximum=2),
        [({}, {}), ({"b": 1, "aa": 2}, {"b": 1, "aa": 2})],
        [{"": 1}, {"aaa": 1}, {"a": 10}, {"a": 1, "b": 1, "c": 1}, {"a\0": 1}],
    ),
    "anything": (schema.Anything(4), [([1, 2], [1, 2]), (b"abc", b"abc")], [b"abcd", [1, 2, 3, 4]]),
}


@pytest.mark.parametrize("name", CODECS)
def test_a_codec_turns_values_into_plain_ones_and_back(name: str) -> None:
    codec, pairs, _ = CODECS[name]
    for value, plain in pairs:
        assert codec.to_plain(value, "field") == plain
        read = codec.from_plain(plain, "field")
        assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize("name", CODECS)
def test_a_codec_does_not_write_what_it_would_not_read(name: str) -> None:
    codec, _, refused = CODECS[name]
    for value in refused:
        with pytest.raises(TamperError, match="E_PARSE|E_LIMIT"):  # noqa: RUF043  # either
            codec.to_plain(value, "field")


def test_maps_are_written_in_the_order_of_the_wire() -> None:
    codec = schema.MapOf(schema.UInt(9), maximum=3)
    unsorted = {"aa": 1, "b": 2, "a": 3}
    written = encoding.encode_in_order(codec.to_plain(unsorted, "field"))
    assert written == encoding.encode({"a": 3, "b": 2, "aa": 1})


@pytest.mark.parametrize(
    "plain",
    [{"aa": 1, "b": 1}, {"b": 1, "a": 1}, {1: 1}, {b"a": 1}, [["a", 1]], None],
)
def test_maps_in_another_order_or_with_other_keys_are_not_read(plain: Any) -> None:
    with pytest.raises(TamperError, match="E_PARSE"):
        schema.MapOf(schema.UInt(9), maximum=3).from_plain(plain, "field")


NOTE = Note(zeal="x", pair=Pair(left=1, right="y"))


def test_a_message_is_a_map_of_its_wire_fields_without_what_is_absent() -> None:
    assert schema.to_plain(NOTE) == {
        "zeal": "x",
        "pair": {"left": 1, "right": "y"},
        "critical": {},
        "optional": {},
    }
    assert [f.name for f in schema.fields_of(Note)] == ["zeal", "a", "pair", "critical", "optional"]
    full = Note(zeal="x", a=b"", pair=Pair(left=1, right="y"))
    assert schema.decode(Note, schema.encode(full)) == full
    assert schema.to_plain(full)["a"] == b""


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"zeal": 1}, "E_PARSE", "Note.zeal"),
        ({"a": "text"}, "E_PARSE", "Note.a"),
        ({"pair": {"left": 99, "right": "y"}}, "E_PARSE", "Pair.left"),
        ({"pair": {"left": 1}}, "E_PARSE", "Pair.right"),
        ({"pair": {"left": 1, "right": "y", "up": 1}}, "E_PARSE", "pair"),
        ({"local": 7}, "E_PARSE", "Note"),
        ({"optional": {str(n): 0 for n in range(17)}}, "E_LIMIT", "Note.optional"),
        ({"optional": {"k": bytes(4094)}}, "E_LIMIT", "Note.optional"),
        ({"critical": {str(n): 0 for n in range(17)}}, "E_LIMIT", "Note.critical"),
        ({"critical": {"k": 0}}, "E_CRITICAL", "extension"),
    ],
)
def test_errors_name_the_field(change: dict[str, Plain], code: str, place: str) -> None:
    data = encoding.encode(schema.to_plain(NOTE) | change)
    with pytest.raises(TamperError) as caught:
        schema.decode(Note, data)
    assert caught.value.code == code
    assert place in caught.value.what


def test_a_critical_entry_is_written_for_those_who_know_it() -> None:
    written = schema.to_plain(Note(zeal="x", pair=NOTE.pair, critical={"new": True}))
    assert written["critical"] == {"new": True}


def test_a_message_is_read_up_to_its_limit() -> None:
    data = schema.encode(NOTE)
    assert schema.decode(Note, data, limit=len(data)) == NOTE
    with pytest.raises(TamperError, match="E_LIMIT"):
        schema.decode(Note, data, limit=len(data) - 1)
    with pytest.raises(TamperError, match="E_LIMIT"):
        schema.decode(Note, encoding.encode(bytes(schema.DEFAULT_LIMIT)))


@pytest.mark.parametrize("plain", [[], "x", b"x", 1, True, None, [["zeal", "x"]], {}])
def test_what_is_not_a_whole_map_is_no_message(plain: Any) -> None:
    with pytest.raises(TamperError, match="E_PARSE"):
        schema.decode(Note, encoding.encode(plain))


@given(st.lists(st.binary(max_size=3), max_size=5))
def test_ordered_lists_have_one_order_and_no_twins(items: list[bytes]) -> None:
    codec = schema.ListOf(schema.Blob(3), maximum=5, ordered=True)
    rising = sorted(set(items), key=encoding.encode)
    assert codec.from_plain([*rising], "field") == tuple(rising)
    if items != rising:
        with pytest.raises(TamperError, match="E_PARSE"):
            codec.from_plain([*items], "field")
