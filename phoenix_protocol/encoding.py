"""Strict deterministic CBOR: the one way Phoenix writes and reads bytes (docs/protocol.md §2, RFC 8949 §4.2.1).

Writing sorts map keys and uses the shortest forms. Reading accepts exactly what writing would have produced: no
duplicate keys, no indefinite lengths, no floats or tags, nothing trailing, bounded nesting. Two programs that read
the same bytes therefore read the same value, and a hash of a value is a hash of its bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NoReturn, TypeAlias

import cbor2

from phoenix_protocol.errors import TamperError

#: What may appear on the wire. Maps have text keys only.
Plain: TypeAlias = "int | bytes | str | bool | list[Plain] | dict[str, Plain]"

MAX_DEPTH: Final = 16


def _refuse_tag(_decoder: object, _immutable: bool) -> NoReturn:
    raise ValueError("There are no tags here.")


class _NoTags(dict[int, Callable[[Any, bool], Any]]):
    """Refuses every tag before its content is read.

    Shared references make a few kilobytes unfold to terabytes, and big decimals or patterns cost seconds each.
    """

    def __missing__(self, _tag: int) -> Callable[[Any, bool], Any]:
        return _refuse_tag


_NO_TAGS: Final = _NoTags()


def encode(value: Plain) -> bytes:
    """The deterministic CBOR encoding of ``value``."""
    # cbor2's canonical order is length-first (RFC 7049); for maps whose keys are all text the two rules agree.
    return cbor2.dumps(value, canonical=True)


def decode(data: bytes, *, limit: int) -> Plain:
    """Read exactly one value from ``data``.

    Raises TamperError ``E_LIMIT`` when ``data`` is longer than ``limit`` bytes and ``E_PARSE`` when it is not the
    deterministic encoding of one plain value.
    """
    if len(data) > limit:
        raise TamperError(
            "E_LIMIT", f"A message of {len(data)} bytes is over its limit of {limit}."
        )
    try:
        value = cbor2.loads(
            data,
            semantic_decoders=_NO_TAGS,
            max_depth=MAX_DEPTH,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            strict_hashable_types=True,
        )
        # One comparison refuses trailing bytes, long integers, unsorted keys and everything else non-canonical.
        canonical = _only_plain(value, 0) and encode(value) == data
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError, MemoryError):
        canonical = False
    if not canonical:
        raise TamperError("E_PARSE", "The bytes are not one deterministic CBOR value.")
    return value  # type: ignore[no-any-return]  # _only_plain has just proved the type


def _only_plain(value: object, depth: int) -> bool:
    if depth > MAX_DEPTH:
        return False
    if isinstance(value, (bool, bytes, str)):
        return True
    if isinstance(value, int):
        return -(1 << 63) <= value < (1 << 64)
    if type(value) is list:
        return all(_only_plain(item, depth + 1) for item in value)
    if type(value) is dict:
        return all(type(key) is str and _only_plain(item, depth + 1) for key, item in value.items())
    return False
