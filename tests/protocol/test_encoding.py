"""Strict CBOR (docs/protocol.md §2.3): one table drives both ways, and nothing else is read."""

from __future__ import annotations

import contextlib
import random
import time
import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from phoenix_protocol.encoding import MAX_DEPTH, MAX_ITEMS, Plain, decode, encode
from phoenix_protocol.errors import TamperError
from tests.protocol.plain_values import CLEAN_TEXT, depth, plain_values

LIMIT = 1 << 20

#: Values and their only bytes, most of them from RFC 8949, appendix A.
PAIRS: list[tuple[Plain, str]] = [
    (0, "00"),
    (23, "17"),
    (24, "1818"),
    (255, "18ff"),
    (256, "190100"),
    (65535, "19ffff"),
    (65536, "1a00010000"),
    (4294967295, "1affffffff"),
    (4294967296, "1b0000000100000000"),
    (18446744073709551615, "1bffffffffffffffff"),
    (-1, "20"),
    (-24, "37"),
    (-25, "3818"),
    (-1000, "3903e7"),
    (-(1 << 63), "3b7fffffffffffffff"),
    (False, "f4"),
    (True, "f5"),
    (b"", "40"),
    (b"\x01\x02\x03\x04", "4401020304"),
    (b"x" * 24, "5818" + "78" * 24),
    (b"x" * 256, "590100" + "78" * 256),
    (b"x" * 65536, "5a00010000" + "78" * 65536),
    ("", "60"),
    ("IETF", "6449455446"),
    ('"\\', "62225c"),
    ("\u00fc", "62c3bc"),
    ("\u6c34", "63e6b0b4"),
    ("\U00010151", "64f0908591"),
    ("a\0b", "63610062"),
    ("e\u0301", "6365cc81"),
    ("x" * 24, "7818" + "78" * 24),
    ([], "80"),
    ([1, [2, 3], [4, 5]], "8301820203820405"),
    ([0] * 24, "9818" + "00" * 24),
    ({}, "a0"),
    ({"a": 1, "b": [2, 3]}, "a26161016162820203"),
    # Shorter keys first, then by their bytes: not as Python orders texts.
    ({"aa": 1, "b": 2}, "a261620262616101"),
    ({"\U00010151": 1, "\uffee": 2}, "a263efbfae0264f090859101"),
    ({"z": {}, "a": {"k": b"v"}}, "a26161a1616b4176617aa0"),
]


def head(major: int, argument: int) -> bytes:
    """A head of eight bytes, whatever the argument."""
    return bytes([major << 5 | 27]) + argument.to_bytes(8, "big")


def shortest(major: int, argument: int) -> bytes:
    """A head as it must be."""
    for code, width in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if argument < 24:
            return bytes([major << 5 | argument])
        if argument < 1 << 8 * width:
            return bytes([major << 5 | code]) + argument.to_bytes(width, "big")
    raise ValueError(argument)


def reference(value: Plain) -> bytes:
    """RFC 8949 §4.2.1, written down once more."""
    match value:
        case bool():
            return b"\xf5" if value else b"\xf4"
        case int():
            return shortest(0, value) if value >= 0 else shortest(1, -1 - value)
        case bytes():
            return shortest(2, len(value)) + value
        case str():
            return shortest(3, len(value.encode())) + value.encode()
        case list():
            return shortest(4, len(value)) + b"".join(map(reference, value))
        case dict():
            entries = sorted((reference(key), reference(item)) for key, item in value.items())
            return shortest(5, len(entries)) + b"".join(key + item for key, item in entries)


REFUSED: dict[str, bytes] = {
    "nothing": b"",
    "something behind it": b"\x00\x00",
    "a value behind a map": b"\xa0\xa0",
    "cut in a head": b"\x19\x01",
    "cut in a text": b"\x64abc",
    "cut in a list": b"\x82\x00",
    "cut in a map": b"\xa1\x61a",
    # One value, one encoding
    "long 0": b"\x18\x00",
    "long 23": b"\x18\x17",
    "long 255": b"\x19\x00\xff",
    "long 65535": b"\x1a\x00\x00\xff\xff",
    "long 2^32-1": b"\x1b\x00\x00\x00\x00\xff\xff\xff\xff",
    "long -1": b"\x38\x00",
    "long length of bytes": b"\x58\x01x",
    "long length of text": b"\x78\x01x",
    "long length of a list": b"\x98\x01\x00",
    "long length of a map": b"\xb8\x01\x61a\x00",
    "keys not in order": b"\xa2\x61b\x01\x61a\x01",
    "keys in the order of texts": b"\xa2\x62aa\x01\x61b\x01",
    "one key twice": b"\xa2\x61a\x01\x61a\x02",
    "one key and value twice": b"\xa2\x61a\x01\x61a\x01",
    "one key twice, far in": b"\x81\xa1\x61k\xa2\x61a\x01\x61a\x02",
    # Indefinite lengths
    "indefinite bytes": b"\x5f\x41x\xff",
    "indefinite text": b"\x7f\x61x\xff",
    "indefinite list": b"\x9f\x00\xff",
    "indefinite map": b"\xbf\x61a\x00\xff",
    "a break alone": b"\xff",
    "reserved lengths": b"\x1c",
    "reserved lengths of bytes": b"\x5e",
    # Floats and simple values
    "half 1.0": b"\xf9\x3c\x00",
    "single 1.0": b"\xfa\x3f\x80\x00\x00",
    "double 1.1": b"\xfb\x3f\xf1\x99\x99\x99\x99\x99\x9a",
    "NaN": b"\xf9\x7e\x00",
    "long NaN": b"\xfb\x7f\xf8\x00\x00\x00\x00\x00\x00",
    "infinity": b"\xf9\x7c\x00",
    "null": b"\xf6",
    "undefined": b"\xf7",
    "simple 0": b"\xe0",
    "simple 32": b"\xf8\x20",
    "long false": b"\xf8\x14",
    # Whole numbers beyond 64 bits
    "below -2^63": b"\x3b\x80\x00\x00\x00\x00\x00\x00\x00",
    "-2^64": b"\x3b\xff\xff\xff\xff\xff\xff\xff\xff",
    "2^64": b"\xc2\x49\x01" + bytes(8),
    # Texts
    "lone high surrogate": b"\x63\xed\xa0\x80",
    "lone low surrogate": b"\x63\xed\xb0\x80",
    "surrogate pair": b"\x66\xed\xa0\x80\xed\xb0\x80",
    "not UTF-8": b"\x61\xff",
    "overlong UTF-8": b"\x62\xc0\x80",
    "beyond Unicode": b"\x64\xf4\x90\x80\x80",
    "surrogate as a key": b"\xa1\x63\xed\xa0\x80\x00",
    # Keys
    "a number as a key": b"\xa1\x01\x00",
    "bytes as a key": b"\xa1\x41a\x00",
    "a list as a key": b"\xa1\x80\x00",
    "true as a key": b"\xa1\xf5\x00",
    # Tags, each of which the library would understand
    "time as text": b"\xc0\x74" + b"2026-11-20T12:00:00Z",
    "time as a number": b"\xc1\x00",
    "big number": b"\xc2\x41\x01",
    "negative big number": b"\xc3\x41\x01",
    "decimal": b"\xc4\x82\x20\x01",
    "big float": b"\xc5\x82\x20\x01",
    "string reference": b"\xd8\x19\x00",
    "shared value": b"\xd8\x1c\x80",
    "reference to itself": b"\xd8\x1c\x81\xd8\x1d\x00",
    "rational": b"\xd8\x1e\x82\x01\x00",
    "regular expression": b"\xd8\x23\x61(",
    "e-mail": b"\xd8\x24\x63a:b",
    "UUID": b"\xd8\x25\x50" + bytes(16),
    "days": b"\xd8\x64\x00",
    "string namespace": b"\xd9\x01\x00\x80",
    "set": b"\xd9\x01\x02\x80",
    "address": b"\xd9\x01\x04\x44" + bytes(4),
    "network": b"\xd9\x01\x05\xa0",
    "self-described": b"\xd9\xd9\xf7\x00",
    "unknown tag": b"\xda\x00\x01\x00\x00\x00",
    "tag as a key": b"\xa1\xc2\x41\x01\x00",
    "tag far in": b"\x81\xa1\x61k\x81\xc2\x41\x01",
    # Nesting
    "one too deep": b"\x81" * (MAX_DEPTH + 1) + b"\x00",
    "one map too deep": b"\xa1\x61k" * (MAX_DEPTH + 1) + b"\x00",
    # Sizes that are only said
    "2^64-1 bytes": head(2, (1 << 64) - 1),
    "2^63-1 bytes": head(2, (1 << 63) - 1) + b"x",
    "2^40 bytes": head(2, 1 << 40) + b"x" * 100,
    "2^63-1 characters": head(3, (1 << 63) - 1) + b"x",
    "2^64-1 items": head(4, (1 << 64) - 1),
    "2^40 items": head(4, 1 << 40) + b"\x00" * 100,
    "2^31 items in each other": b"\x9a\x7f\xff\xff\xff" * 10,
    "2^63-1 entries": head(5, (1 << 63) - 1),
    "2^40 entries": head(5, 1 << 40) + b"\x61a\x00",
}


def unfolding(width: int, levels: int) -> bytes:
    """A few kilobytes that unfold to ``width ** levels`` values: each list holds the one before many times."""
    lists = [b"\xd8\x1c\x81\x00"]
    for number in range(levels):
        lists.append(b"\xd8\x1c" + head(4, width) + (b"\xd8\x1d" + head(0, number)) * width)
    return head(4, len(lists)) + b"".join(lists)


#: Small or large, each took seconds, or memory without bound, in a decoder that reads all of CBOR.
BOMBS: dict[str, bytes] = {
    "shared lists": unfolding(200, 8),
    "a decimal of a million bytes": b"\xc4\x82\x00\xc2" + head(2, 10**6) + b"\xff" * 10**6,
    "a pattern of a hundred thousand groups": b"\xd8\x23" + head(3, 5 * 10**5) + b"(a|b)" * 10**5,
    "a million mail headers": b"\xd8\x24" + head(3, 4 * 10**6) + b"A:b\n" * 10**6,
    "a million lists in each other": b"\x81" * 10**6,
    "a million maps in each other": b"\xa1\x61k" * 10**6,
    "a list of a million without a length": b"\x9f" + b"\x00" * 10**6 + b"\xff",
    "a million reserved heads": b"\x9a\x00\x0f\x42\x40" + b"\x1f" * 10**6,
    "a million empty maps": b"\x9a\x00\x0f\x42\x40" + b"\xa0" * 10**6,
    "a million empty lists": b"\x9a\x00\x0f\x42\x40" + b"\x80" * 10**6,
    "a million keys": b"\xba\x00\x0f\x42\x40" + b"\x60\x00" * 10**6,
}


@pytest.mark.parametrize(("value", "written"), PAIRS, ids=[w[:20] for _, w in PAIRS])
def test_a_value_has_these_bytes_and_no_others(value: Plain, written: str) -> None:
    data = bytes.fromhex(written)
    assert encode(value) == data == reference(value)
    read = decode(data, limit=LIMIT)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("what", REFUSED)
def test_what_writing_would_not_have_produced_is_not_read(what: str) -> None:
    with pytest.raises(TamperError) as caught:
        decode(REFUSED[what], limit=LIMIT)
    assert caught.value.code == "E_PARSE"


@pytest.mark.parametrize("what", BOMBS)
def test_bombs_cost_next_to_nothing(what: str) -> None:
    began = time.process_time()
    with pytest.raises(TamperError) as caught:
        decode(BOMBS[what], limit=1 << 26)
    assert time.process_time() - began < 1
    assert caught.value.code in {"E_PARSE", "E_LIMIT"}


@pytest.mark.parametrize("what", ["shared lists", "a million empty maps"])
def test_bombs_take_no_room(what: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(TamperError):
            decode(BOMBS[what], limit=1 << 26)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_the_limit_in_bytes_comes_before_all_reading() -> None:
    assert decode(b"\x43abc", limit=4) == b"abc"
    with pytest.raises(TamperError, match="E_LIMIT"):
        decode(b"\x43abc", limit=3)
    with pytest.raises(TamperError, match="E_LIMIT"):
        decode(b"\xff" * 5, limit=4)


def test_as_many_values_as_allowed_are_read_and_not_one_more() -> None:
    most: list[Plain] = [0] * (MAX_ITEMS - 1)
    assert decode(encode(most), limit=LIMIT) == most
    with pytest.raises(TamperError, match="E_LIMIT"):
        decode(encode([*most, 0]), limit=LIMIT)
    keyed: dict[str, Plain] = {str(n): 0 for n in range(MAX_ITEMS // 2)}
    with pytest.raises(TamperError, match="E_LIMIT"):
        decode(encode(keyed), limit=LIMIT)


def test_bytes_inside_strings_are_not_counted_as_values() -> None:
    value: list[Plain] = [b"\xa0" * (2 * MAX_ITEMS), "\x00" * (2 * MAX_ITEMS)]
    assert decode(encode(value), limit=LIMIT) == value


def test_values_nest_as_deep_as_allowed() -> None:
    for layer in (b"\x81", b"\xa1\x61k"):
        assert decode(layer * MAX_DEPTH + b"\x00", limit=LIMIT)
    assert decode(b"\x81" * (MAX_DEPTH - 1) + b"\xa0", limit=LIMIT)


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb"])
def test_a_lone_surrogate_is_never_written(text: str) -> None:
    with pytest.raises(ValueError, match="surrogates"):
        encode(text)


@given(plain_values())
def test_what_is_written_is_read_again(value: Plain) -> None:
    data = encode(value)
    assert data == reference(value)
    assert decode(data, limit=LIMIT) == value


@given(st.dictionaries(CLEAN_TEXT, st.booleans(), min_size=2, max_size=8), st.randoms())
def test_the_order_of_entries_in_memory_does_not_show(
    entries: dict[str, bool], order: random.Random
) -> None:
    shuffled = list(entries.items())
    order.shuffle(shuffled)
    assert encode(dict(shuffled)) == encode(dict(entries))


def read_or_refused(data: bytes) -> None:
    """Whatever the bytes: one refusal, or a value that has exactly these bytes."""
    try:
        value = decode(data, limit=LIMIT)
    except TamperError:
        return
    assert encode(value) == data
    assert depth(value) <= MAX_DEPTH


@given(st.binary(max_size=64))
@example(b"\x9b\x00\x00\x00\x00\x00\x00\x00\x01\x00")
def test_any_bytes_survive(data: bytes) -> None:
    read_or_refused(data)


#: Heads of every kind, so that random bytes look like CBOR for longer.
HEADS = st.integers(0, 255).map(lambda n: bytes([n])) | st.sampled_from(list(REFUSED.values()))


@given(st.lists(HEADS | plain_values(5).map(encode), max_size=8).map(b"".join))
def test_any_heads_survive(data: bytes) -> None:
    read_or_refused(data)


@given(plain_values(), st.data())
def test_any_damage_is_refused_or_is_another_value(value: Plain, data: st.DataObject) -> None:
    written = bytearray(encode(value))
    at = data.draw(st.integers(0, len(written) - 1))
    written[at] ^= data.draw(st.integers(1, 255))
    read_or_refused(bytes(written))
    read_or_refused(bytes(written[:at]))
    with contextlib.suppress(TamperError):
        assert decode(bytes(written), limit=LIMIT) != value
