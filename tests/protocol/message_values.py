"""Values of every message, derived from its declared codecs: valid ones, the largest and smallest, and wrong ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from phoenix_protocol import schema
from phoenix_protocol.encoding import Plain, encode
from phoenix_protocol.identifiers import address, agency_id
from phoenix_protocol.schema import fields_of
from tests.protocol.plain_values import plain_values

OPTIONAL_MAP: Final = schema.optional_map().metadata["codec"]
CRITICAL_MAP: Final = type(schema.critical_map().metadata["codec"])
#: Longest byte string that is drawn byte by byte; longer ones are stretched out of a few.
_DRAWN: Final = 64
_FEW: Final = 3

# -- valid values, drawn --------------------------------------------------------------------------------------------


def message_plains(message: type[Any]) -> st.SearchStrategy[dict[str, Plain]]:
    """Plain maps that are valid messages of a class."""
    fields = fields_of(message)
    return st.fixed_dictionaries(
        {f.name: plains(f.codec) for f in fields if not f.optional},
        optional={f.name: plains(f.codec) for f in fields if f.optional},
    )


def plains(codec: Any) -> st.SearchStrategy[Any]:
    """Plain values that a codec accepts."""
    match codec:
        case schema.Blob(minimum=low, maximum=high):
            return st.integers(low, min(high, low + _FEW)).flatmap(_bytes)
        case schema.Text():
            return _texts_of(codec)
        case schema.UInt(minimum=low, maximum=high):
            return st.sampled_from([low, high]) | st.integers(low, high)
        case schema.Flag():
            return st.booleans()
        case schema.Choice(enum=enum):
            return st.sampled_from([member.value for member in enum])
        case schema.ListOf():
            return _lists(codec)
    return _of_fields(codec)


def _of_fields(codec: Any) -> st.SearchStrategy[Any]:
    match codec:
        case schema.Nested(message=message):
            return message_plains(message)
        case schema.Row(message=message):
            return st.tuples(*(plains(f.codec) for f in fields_of(message))).map(list)
        case schema.MapOf(item=schema.Anything()):
            return st.dictionaries(_texts(1, 64), plain_values(3), max_size=2)
        case schema.MapOf(item=item, key_maximum=longest, maximum=most):
            return st.dictionaries(_texts(1, longest), plains(item), max_size=min(most, _FEW))
        case CRITICAL_MAP():
            return st.just({})
    raise AssertionError(f"no values for {codec}")


def _texts_of(codec: schema.Text) -> st.SearchStrategy[str]:
    if codec.check is None:
        return _texts(codec.minimum, codec.maximum)
    return _ADDRESSES if codec.check is address else _PARTS


def _bytes(length: int) -> st.SearchStrategy[bytes]:
    if length <= _DRAWN:
        return st.binary(min_size=length, max_size=length)
    return st.binary(max_size=4).map(lambda seed: hashlib.shake_256(seed).digest(length))


def _texts(low: int, high: int) -> st.SearchStrategy[str]:
    letters = st.characters(codec="utf-8", exclude_characters="\0")
    drawn = st.text(letters, min_size=low, max_size=12)
    return drawn.filter(lambda text: low <= len(text.encode()) <= high)


_PARTS: Final = st.from_regex(r"[a-zé0-9]([._-]?[a-zñ0-9]){0,8}", fullmatch=True)
_ADDRESSES: Final = st.builds("{}@{}".format, _PARTS, _PARTS)


def _lists(codec: schema.ListOf[Any]) -> st.SearchStrategy[list[Plain]]:
    most = min(codec.maximum, codec.minimum + _FEW)
    if not codec.ordered:
        return st.lists(plains(codec.item), min_size=codec.minimum, max_size=most)
    distinct = st.lists(plains(codec.item), min_size=codec.minimum, max_size=most, unique_by=encode)
    return distinct.map(lambda items: sorted(items, key=encode))


# -- valid values at the edges --------------------------------------------------------------------------------------


def smallest_message(message: type[Any], *, optional: bool = False) -> dict[str, Plain]:
    """The smallest valid plain map of a message, with its optional fields or without."""
    return {f.name: smallest(f.codec) for f in fields_of(message) if optional or not f.optional}


def smallest(codec: Any) -> Any:
    """The smallest plain value that a codec accepts."""
    return numbered(codec, 0) if isinstance(codec, schema.Text) else _smallest(codec)


def _first(enum: type[Enum]) -> str:
    return str(next(iter(enum)).value)


def _smallest(codec: Any) -> Any:
    match codec:
        case schema.Blob(minimum=low):
            return bytes(low)
        case schema.UInt(minimum=low):
            return low
        case schema.Flag():
            return False
        case schema.Choice(enum=enum):
            return _first(enum)
        case schema.ListOf(item=item, minimum=low):
            return [numbered(item, n) for n in range(low)]
        case schema.Nested(message=message):
            return smallest_message(message)
        case schema.Row(message=message):
            return [smallest(f.codec) for f in fields_of(message)]
        case schema.MapOf() | CRITICAL_MAP():
            return {}
    raise AssertionError(f"no smallest value for {codec}")


def numbered(codec: Any, number: int) -> Any:
    """A valid plain value that is another for each number; ascending with it where the codec allows."""
    match codec:
        case schema.Blob(minimum=low, maximum=high):
            return number.to_bytes(low or min(high, 4), "big")
        case schema.Text(check=None, minimum=low):
            return f"{number:0{max(low, 6)}}"
        case schema.Text(check=check):
            return f"a{number:06}@b" if check is address else f"a{number:06}"
        case schema.UInt(minimum=low):
            return low + number
        case schema.Nested(message=message):
            fields = fields_of(message)
            name = {fields[0].name: numbered(fields[0].codec, number)}
            return smallest_message(message) | name
        case schema.Row(message=message):
            first, *rest = fields_of(message)
            return [numbered(first.codec, number), *(smallest(f.codec) for f in rest)]
        case schema.ListOf(item=item, minimum=low):
            return [numbered(item, number)] if low else []
    return smallest(codec)


def largest(codec: Any) -> Iterator[Any]:
    """Plain values at the upper limits of a codec."""
    match codec:
        case schema.Blob(maximum=high):
            yield bytes(high)
        case schema.Text(check=None, maximum=high):
            yield "x" * high
            yield "\U0001f642" * (high // 4)
        case schema.Text(check=check):
            longest = "-".join(["ab"] * 21) + "c"
            yield f"{longest}@{longest}" if check is address else longest
        case schema.UInt(maximum=high):
            yield high
        case schema.Choice(enum=enum):
            yield from (member.value for member in enum)
        case schema.ListOf(item=item, maximum=high):
            yield sorted((numbered(item, n) for n in range(high)), key=encode)
        case schema.MapOf(item=schema.Anything(maximum=high), maximum=most, key_maximum=longest):
            yield {f"{n:0{longest}}": 0 for n in range(most)}
            yield {"k": bytes(high - 3)}
        case schema.MapOf(item=item, maximum=most, key_maximum=longest):
            yield {f"{n:0{longest}}": smallest(item) for n in range(most)}
        case _:
            yield smallest(codec)


# -- wrong values ---------------------------------------------------------------------------------------------------


class Wrong(NamedTuple):
    """A plain value that a codec refuses, and with which code."""

    why: str
    plain: Any
    code: str = "E_PARSE"


#: Stands in every wrong text, key and byte string: no error may hold it.
MARK: Final = "Zq7-plain-text"

#: One value of every kind on the wire, and of those that are never there.
_KINDS: Final[dict[str, Any]] = {
    "bytes": MARK.encode(),
    "text": MARK,
    "a number": 7,
    "true": True,
    "a list": [1, "x"],
    "a map": {MARK: 1},
    "null": None,
    "a float": 1.0,
    "not a number": float("nan"),
    "too large a number": 1 << 64,
}
_KIND_OF: Final[dict[Any, str]] = {
    schema.Blob: "bytes",
    schema.Text: "text",
    schema.Choice: "text",
    schema.UInt: "a number",
    schema.Flag: "true",
    schema.ListOf: "a list",
    schema.Row: "a list",
    schema.Nested: "a map",
    schema.MapOf: "a map",
    CRITICAL_MAP: "a map",
}


def wrongs(codec: Any) -> Iterator[Wrong]:
    """A value of every wrong kind, then one just over each limit."""
    own = _KIND_OF[type(codec)]
    yield from (Wrong(f"is {kind}", plain) for kind, plain in _KINDS.items() if kind != own)
    yield from _OVER[type(codec)](codec)


def _blob(codec: schema.Blob) -> Iterator[Wrong]:
    yield Wrong("too long", bytes(codec.maximum + 1))
    if codec.minimum:
        yield Wrong("too short", bytes(codec.minimum - 1))


def _text(codec: schema.Text) -> Iterator[Wrong]:
    yield Wrong("too long", MARK + "x" * (codec.maximum + 1))
    yield Wrong("one too long", "x" * (codec.maximum + 1))
    yield Wrong("too long in bytes", "é" * (codec.maximum // 2 + 1))
    yield Wrong("with NUL", f"{MARK}\0")
    if codec.minimum:
        yield Wrong("too short", "x" * (codec.minimum - 1))
    if codec.check is not None:
        yield from (
            Wrong("not a name", text)
            for text in ("", "@", "A@b", "a@B", "a@@b", "a..b", "a@b@c", " a", "a@b\n", "-a", "a-")
        )
    if codec.check is address:
        yield Wrong("an agency", "agency")
    if codec.check is agency_id:
        yield Wrong("an address", "desk@agency")


def _uint(codec: schema.UInt) -> Iterator[Wrong]:
    yield Wrong("too high", codec.maximum + 1)
    yield Wrong("too low", codec.minimum - 1)
    yield Wrong("far too low", -(1 << 63))
    yield Wrong("far too high", (1 << 64) - 1)


def _choice(codec: schema.Choice[Any]) -> Iterator[Wrong]:
    value = _first(codec.enum)
    yield Wrong("not known", MARK)
    yield Wrong("in other letters", value.swapcase())
    yield Wrong("empty", "")
    yield Wrong("with a space", value + " ")


def _list(codec: schema.ListOf[Any]) -> Iterator[Wrong]:
    one = smallest(codec.item)
    yield Wrong("too many", [one] * (codec.maximum + 1), "E_LIMIT")
    if codec.minimum:
        yield Wrong("too few", [one] * (codec.minimum - 1), "E_LIMIT")
    if codec.ordered:
        yield Wrong("twins", [one, one])
        rising = sorted((numbered(codec.item, n) for n in (1, 2)), key=encode)
        yield Wrong("falling", rising[::-1])
    for wrong in wrongs(codec.item):
        yield Wrong(f"an item {wrong.why}", [wrong.plain], wrong.code)


def _row(codec: schema.Row[Any]) -> Iterator[Wrong]:
    plain = smallest(codec)
    yield Wrong("too long", [*plain, 0])
    yield Wrong("too short", plain[:-1])
    for n, field in enumerate(fields_of(codec.message)):
        for wrong in wrongs(field.codec):
            row = [*plain[:n], wrong.plain, *plain[n + 1 :]]
            yield Wrong(f"{field.name} {wrong.why}", row, wrong.code)


def _nested(codec: schema.Nested[Any]) -> Iterator[Wrong]:
    yield from wrong_messages(codec.message)


def _map(codec: schema.MapOf[Any]) -> Iterator[Wrong]:
    one = 0 if isinstance(codec.item, schema.Anything) else smallest(codec.item)
    many = {f"k{n}": one for n in range(codec.maximum + 1)}
    yield Wrong("too many", many, "E_LIMIT")
    yield Wrong("a key too long", {MARK + "k" * (codec.key_maximum + 1): one})
    yield Wrong("a key one too long", {"k" * (codec.key_maximum + 1): one})
    yield Wrong("a key that is empty", {"": one})
    yield Wrong("a key with NUL", {f"{MARK}\0": one})
    if isinstance(codec.item, schema.Anything):
        yield Wrong("an entry too long", {MARK: bytes(codec.item.maximum - 2)}, "E_LIMIT")
        for plain in (None, 1.0, [None], {"k": 1.0}, {1: 1}, {b"k": 1}, -(1 << 64)):
            yield Wrong("an entry that is not plain", {MARK: plain})
    else:
        for wrong in wrongs(codec.item):
            yield Wrong(f"an entry {wrong.why}", {MARK: wrong.plain}, wrong.code)


def _critical(_codec: object) -> Iterator[Wrong]:
    yield Wrong("depends on what is not known", {MARK: True}, "E_CRITICAL")
    yield Wrong("depends on an empty map", {"k": {}}, "E_CRITICAL")
    yield from _map(OPTIONAL_MAP)


_OVER: Final[dict[Any, Callable[[Any], Iterator[Wrong]]]] = {
    schema.Blob: _blob,
    schema.Text: _text,
    schema.UInt: _uint,
    schema.Flag: lambda _codec: iter(()),
    schema.Choice: _choice,
    schema.ListOf: _list,
    schema.Row: _row,
    schema.Nested: _nested,
    schema.MapOf: _map,
    CRITICAL_MAP: _critical,
}


def wrong_messages(message: type[Any]) -> Iterator[Wrong]:
    """The smallest message with one thing wrong: a field too many, one missing, each field wrong in each way."""
    plain = smallest_message(message)
    yield Wrong("has an unknown field", plain | {MARK: 1})
    for field in fields_of(message):
        if not field.optional:
            without = {name: item for name, item in plain.items() if name != field.name}
            yield Wrong(f"{field.name} is missing", without)
        for wrong in wrongs(field.codec):
            yield Wrong(f"{field.name} {wrong.why}", plain | {field.name: wrong.plain}, wrong.code)


# -- texts ----------------------------------------------------------------------------------------------------------


def with_text(message: type[Any], text: str) -> dict[str, Plain]:
    """A valid plain map of a message with ``text`` in every place of free text that takes it."""
    return {f.name: _with_text(f.codec, text) for f in fields_of(message)}


def _with_text(codec: Any, text: str) -> Any:
    match codec:
        case schema.Text(check=None) as free:
            return text if fits(free, text) else smallest(free)
        case schema.ListOf(item=item, minimum=low, maximum=high) if high and low <= 1:
            return [_with_text(item, text)]
        case schema.Nested(message=message):
            return with_text(message, text)
        case schema.Row(message=message):
            return [_with_text(f.codec, text) for f in fields_of(message)]
        case schema.MapOf(item=item, key_maximum=longest):
            value = text if isinstance(item, schema.Anything) else _with_text(item, text)
            return {text: value} if fits(schema.Text(longest), text) else {"k": value}
    return smallest(codec)


def fits(codec: schema.Text, text: str) -> bool:
    """Whether a text without a check of its own keeps the codec's limits."""
    return codec.minimum <= len(text.encode()) <= codec.maximum and "\0" not in text
