"""Strict deterministic CBOR: the one way Phoenix writes and reads bytes (docs/protocol.md §2, RFC 8949 §4.2.1).

Writing sorts map keys and uses the shortest forms. Reading accepts exactly what writing would have produced: no
duplicate keys, no indefinite lengths, no floats or tags, nothing trailing, bounded nesting. Two programs that read
the same bytes therefore read the same value, and a hash of a value is a hash of its bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NoReturn, TypeAlias

import cbor2

from phoenix_protocol.errors import TamperError

#: What may appear on the wire. Maps have text keys only.
Plain: TypeAlias = "int | bytes | str | bool | list[Plain] | dict[str, Plain]"

MAX_DEPTH: Final = 16
#: Most values in one message, map keys among them; a plan of the largest upload has half as many.
MAX_ITEMS: Final = 1 << 17

_STRINGS: Final = (2, 3)
_LIST: Final = 4
_MAP: Final = 5
_EIGHT_BYTES: Final = 27
_LEAVES: Final = frozenset({bytes, str, bool})
_LOWEST: Final = -(1 << 63)


def encode(value: Plain) -> bytes:
    """The deterministic CBOR encoding of ``value``."""
    # cbor2's canonical order is length-first (RFC 7049); for maps whose keys are all text the two rules agree.
    return cbor2.dumps(value, canonical=True)


def encode_in_order(value: Plain) -> bytes:
    """:func:`encode` for a value whose maps have their keys in order already: no sorting, half the time."""
    return cbor2.dumps(value)


def in_order(keys: Iterable[str]) -> list[str]:
    """The keys of a map in the order of the wire, that of their encoded bytes: shorter ones first."""
    # UTF-8 keeps the order of code points, so sorting the texts sorts their bytes.
    return sorted(sorted(keys), key=_encoded_length)


def _encoded_length(key: str) -> int:
    return len(key.encode())


def ordered(value: Plain) -> Plain:
    """``value`` with the keys of all its maps in order."""
    if isinstance(value, list):
        return [ordered(item) for item in value]
    if isinstance(value, dict):
        return {key: ordered(value[key]) for key in in_order(value)}
    return value


def list_of_encoded(items: Sequence[bytes]) -> bytes:
    """The encoding of a list out of those of its items."""
    return _head(_LIST, len(items)) + b"".join(items)


def map_of_encoded(entries: Mapping[str, bytes]) -> bytes:
    """The encoding of a map out of those of its values."""
    pairs = [cbor2.dumps(key) + entries[key] for key in in_order(entries)]
    return _head(_MAP, len(pairs)) + b"".join(pairs)


def _head(major: int, count: int) -> bytes:
    # The head of a list or map is that of a whole number with another major type.
    number = cbor2.dumps(count)
    return bytes([number[0] | major << 5]) + number[1:]


def decode(data: bytes, *, limit: int) -> Plain:
    """Read exactly one value from ``data``.

    Raises TamperError ``E_LIMIT`` when ``data`` is longer than ``limit`` bytes or holds more than ``MAX_ITEMS`` values,
    and ``E_PARSE`` when it is not the deterministic encoding of one plain value.
    """
    value = decode_unchecked(data, limit=limit)
    if not plain_in_order(value):
        raise _not_plain()
    return value


def decode_unchecked(data: bytes, *, limit: int) -> Plain:
    """:func:`decode` for :mod:`~phoenix_protocol.schema`, which checks the type of each value and the order of keys.

    Until that is done the value may hold floats, nulls and maps whose keys are no text or not in order.
    """
    if len(data) > limit:
        raise TamperError(
            "E_LIMIT", f"A message of {len(data)} bytes is over its limit of {limit}."
        )
    _check_items(data)
    try:
        value = cbor2.loads(
            data,
            max_depth=MAX_DEPTH,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            strict_hashable_types=True,
            semantic_decoders=_NO_TAGS,
        )
        # Maps are read and written in the order they came in. So this refuses all but that order:
        # trailing bytes, long integers and everything else that writing would not have produced.
        canonical = encode_in_order(value) == data
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError, MemoryError):
        canonical = False
    if not canonical:
        raise _not_plain()
    return value  # type: ignore[no-any-return]  # as the docstring says, somebody else proves the type


def _not_plain() -> TamperError:
    return TamperError("E_PARSE", "The bytes are not one deterministic CBOR value.")


def _check_items(data: bytes) -> None:
    """Count the values in ``data`` by their heads and build none: each empty map of one byte becomes an object."""
    if len(data) <= MAX_ITEMS:
        return  # a value has at least one byte
    at = items = 0
    while at < len(data):
        head, at, items = data[at], at + 1, items + 1
        if items > MAX_ITEMS:
            raise TamperError(
                "E_LIMIT", f"A message of more than {MAX_ITEMS} values is over the limit."
            )
        major, argument = head >> 5, head & 31
        if argument > _EIGHT_BYTES:
            raise _not_plain()
        if argument >= 24:
            width = 1 << (argument - 24)
            argument, at = int.from_bytes(data[at : at + width], "big"), at + width
        if major in _STRINGS:
            at += argument


class _NoTags(Mapping[int, Callable[[object], NoReturn]]):
    """What the decoder is told of every tag: to refuse it, before its content is read.

    Shared references make a few kilobytes unfold for hours, and a decimal or a pattern costs seconds.
    """

    def __getitem__(self, tag: int) -> Callable[[object], NoReturn]:
        return _refuse_tag

    def __iter__(self) -> Iterator[int]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _refuse_tag(_decoder: object) -> NoReturn:
    raise ValueError("There are no tags on the wire.")


_NO_TAGS: Final = _NoTags()


def plain_in_order(value: object) -> bool:
    """Whether all of ``value`` is of the plain types, with the keys of its maps in order."""
    if type(value) in _LEAVES:
        return True
    if type(value) is int:
        return value >= _LOWEST
    if type(value) is list:
        return _all_plain(value)
    if type(value) is dict:
        return keys_in_order(value) and _all_plain(value.values())
    return False


def _all_plain(items: Iterable[object]) -> bool:
    # Leaves are told here, without a call for each: lists of hashes are long.
    return not [i for i in items if type(i) not in _LEAVES and not plain_in_order(i)]


def keys_in_order(value: dict[Any, Any]) -> bool:
    """Whether the keys of a map are text and in order."""
    texts = [key for key in value if type(key) is str]
    return len(texts) == len(value) and texts == in_order(texts)
