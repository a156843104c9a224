"""Reading accepts exactly what writing produces, through the schema as well as bare."""

# ruff: noqa: RUF009  # codecs stand where a dataclass has its defaults; they are immutable
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix_protocol import encoding, schema
from phoenix_protocol.encoding import Plain
from phoenix_protocol.errors import TamperError
from phoenix_protocol.schema import critical_map, optional_map, wire

KEYS = st.text(max_size=6)
LEAVES = st.integers(-(2**63), 2**64 - 1) | st.binary(max_size=8) | KEYS | st.booleans()
PLAIN = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=12,
)
#: What cbor2 would write and Phoenix must not read.
FOREIGN = [None, 1.5, float("nan"), cbor2.undefined, cbor2.CBORSimpleValue(7), -(2**63) - 1, 2**64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    number: int = wire(schema.UInt(100))
    data: bytes = wire(schema.Blob(8))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    name: str = wire(schema.Text(40))
    a: bool = wire(schema.Flag())
    inner: Inner = wire(schema.Nested(Inner))
    rows: tuple[Inner, ...] = wire(schema.ListOf(schema.Row(Inner), maximum=4))
    words: dict[str, str] = wire(schema.MapOf(schema.Text(40), maximum=8))
    rest: int | None = wire(schema.UInt(9), optional=True)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


def outer(**changes: Any) -> Outer:
    inner = Inner(number=3, data=b"abc")
    values: dict[str, Any] = {
        "name": "Fennick",
        "a": True,
        "inner": inner,
        "rows": (inner, inner),
        "words": {"b": "1", "aa": "2", "é": "3", "a": "4"},
    }
    return Outer(**{**values, **changes})


@given(PLAIN)
def test_what_is_written_is_read(value: Plain) -> None:
    written = encoding.encode(value)
    assert encoding.decode(written, limit=1 << 16) == value
    assert encoding.encode_in_order(encoding.ordered(value)) == written


@given(st.dictionaries(KEYS, LEAVES, min_size=2, max_size=6), st.randoms())
def test_a_map_in_another_order_is_not_read(value: dict[str, Any], random: Any) -> None:
    keys = list(value)
    random.shuffle(keys)
    shuffled = cbor2.dumps({key: value[key] for key in keys})
    if shuffled == encoding.encode(value):
        assert encoding.decode(shuffled, limit=1 << 16) == value
    else:
        with pytest.raises(TamperError, match="E_PARSE"):
            encoding.decode(shuffled, limit=1 << 16)


@pytest.mark.parametrize("foreign", FOREIGN, ids=repr)
@pytest.mark.parametrize("place", ["alone", "in a list", "in a map"])
def test_values_of_other_types_are_not_read(foreign: Any, place: str) -> None:
    value = {"alone": foreign, "in a list": [1, foreign], "in a map": {"a": foreign}}[place]
    with pytest.raises(TamperError, match="E_PARSE"):
        encoding.decode(cbor2.dumps(value), limit=1 << 16)


@pytest.mark.parametrize("tag", [*range(64), 100, 256, 258, 260, 261, 1004, 43000, 55799, 99999])
def test_a_tag_is_refused_before_its_content(tag: int) -> None:
    inner = bytes.fromhex("81" * 12 + "00")
    with pytest.raises(TamperError, match="E_PARSE"):
        encoding.decode(cbor2.dumps([cbor2.CBORTag(tag, 0)])[:-1] + inner, limit=1 << 16)


def test_a_message_is_read_from_its_own_bytes_alone() -> None:
    assert schema.decode(Outer, schema.encode(outer())) == outer()
    assert schema.encode(outer()) == encoding.encode(schema.to_plain(outer()))


@settings(max_examples=60)
@given(st.data())
def test_no_field_takes_another_type_or_order(data: st.DataObject) -> None:
    plain = schema.to_plain(outer(optional={"x": {"b": 1, "aa": 2}}))
    path: list[Any] = []
    here: Any = plain
    while isinstance(here, (dict, list)) and here and (not path or data.draw(st.booleans())):
        path.append(
            data.draw(st.sampled_from(list(here) if isinstance(here, dict) else range(len(here))))
        )
        here = here[path[-1]]
    holder: Any = plain
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = data.draw(st.sampled_from([*FOREIGN, [None], {"a": 1.5}, {1: 2}, {b"": 0}]))
    with pytest.raises(TamperError):
        schema.decode(Outer, cbor2.dumps(plain))


@given(st.randoms())
def test_no_map_of_a_message_is_read_in_another_order(random: Any) -> None:
    value = outer(optional={"long": {"b": 1, "aa": [{"d": 1, "c": 2}]}, "x": 1})
    shuffled = _shuffled(schema.to_plain(value), random)
    written = cbor2.dumps(shuffled)
    if written == schema.encode(value):
        assert schema.decode(Outer, written) == value
    else:
        with pytest.raises(TamperError, match="E_PARSE"):
            schema.decode(Outer, written)


def _shuffled(value: Any, random: Any) -> Any:
    if isinstance(value, list):
        return [_shuffled(item, random) for item in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    if random.random() < 0.4:
        random.shuffle(keys)
    return {key: _shuffled(value[key], random) for key in keys}


def test_a_long_message_is_counted_and_a_short_one_needs_no_counting() -> None:
    most = encoding.MAX_ITEMS
    fits = encoding.encode([b""] * (most - 1))
    assert len(encoding.decode(fits, limit=1 << 20)) == most - 1  # type: ignore[arg-type]
    with pytest.raises(TamperError, match="E_LIMIT"):
        encoding.decode(encoding.encode([b""] * most), limit=1 << 20)
    with pytest.raises(TamperError, match="E_LIMIT"):
        encoding.decode(encoding.encode([[b"x" * 300]] * (most // 2)), limit=1 << 26)
