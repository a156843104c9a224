"""Strict deterministic CBOR: the one way Phoenix writes and reads bytes (docs/protocol.md §2, RFC 8949 §4.2.1).

Writing sorts map keys and uses the shortest forms. Reading accepts exactly what writing would have produced: no
duplicate keys, no indefinite lengths, no floats or tags, nothing trailing, bounded nesting. Two programs that read
the same bytes therefore read the same value, and a hash of a value is a hash of its bytes.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import cbor2

from phoenix_protocol.errors import TamperError

#: What may appear on the wire. Maps have text keys only.
Plain: TypeAlias = "int | bytes | str | bool | list[Plain] | dict[str, Plain]"

MAX_DEPTH: Final = 16
#: Most values in one message, map keys among them; a plan of the largest upload has half as many.
MAX_ITEMS: Final = 1 << 17

_FALSE: Final = 0xF4
_TRUE: Final = 0xF5
_MAPS: Final = 5
_STRINGS: Final = (2, 3)
_EIGHT_BYTES: Final = 27


def encode(value: Plain) -> bytes:
    """The deterministic CBOR encoding of ``value``."""
    # cbor2's canonical order is length-first (RFC 7049); for maps whose keys are all text the two rules agree.
    return cbor2.dumps(value, canonical=True)


def decode(data: bytes, *, limit: int) -> Plain:
    """Read exactly one value from ``data``.

    Raises TamperError ``E_LIMIT`` when ``data`` is longer than ``limit`` bytes or holds more than ``MAX_ITEMS`` values,
    and ``E_PARSE`` when it is not the deterministic encoding of one plain value.
    """
    if len(data) > limit:
        raise TamperError(
            "E_LIMIT", f"A message of {len(data)} bytes is over its limit of {limit}."
        )
    _check_heads(data)
    try:
        value = cbor2.loads(
            data,
            max_depth=MAX_DEPTH,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            strict_hashable_types=True,
        )
        # One comparison refuses trailing bytes, long integers, unsorted keys and everything else non-canonical.
        canonical = _only_plain(value) and encode(value) == data
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError, MemoryError):
        canonical = False
    if not canonical:
        raise _not_plain()
    return value  # type: ignore[no-any-return]  # _only_plain has just proved the type


def _not_plain() -> TamperError:
    return TamperError("E_PARSE", "The bytes are not one deterministic CBOR value.")


def _check_heads(data: bytes) -> None:
    """Walk over the heads of all values and build none, so that what is refused here costs next to nothing.

    Tags must not reach the decoder: shared references make a few kilobytes unfold for hours, and a decimal or a
    pattern costs seconds. Counted are values, because each empty map of one byte becomes an object.
    """
    at = items = 0
    while at < len(data):
        head, at, items = data[at], at + 1, items + 1
        major, argument = head >> 5, head & 31
        if argument > _EIGHT_BYTES or (major > _MAPS and head not in (_FALSE, _TRUE)):
            raise _not_plain()
        if items > MAX_ITEMS:
            raise TamperError(
                "E_LIMIT", f"A message of more than {MAX_ITEMS} values is over the limit."
            )
        if argument >= 24:
            width = 1 << (argument - 24)
            argument, at = int.from_bytes(data[at : at + width], "big"), at + width
        if major in _STRINGS:
            at += argument


def _only_plain(value: object) -> bool:
    if isinstance(value, (bool, bytes, str)):
        return True
    if isinstance(value, int):
        return -(1 << 63) <= value < (1 << 64)
    if type(value) is list:
        return all(map(_only_plain, value))
    if type(value) is dict:
        return all(type(key) is str for key in value) and all(map(_only_plain, value.values()))
    return False
