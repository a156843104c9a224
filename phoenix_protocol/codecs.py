"""Codecs: how values are written as plain CBOR values and read back, checking type and limit both ways.

docs/protocol.md §2.4. Each deals with one value, and with many at once: the items of a list, or one column of its rows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from functools import cache
from operator import ge, itemgetter
from typing import Any, Final, Generic, Protocol, TypeVar

from phoenix_protocol import encoding
from phoenix_protocol.encoding import Plain
from phoenix_protocol.errors import PhoenixError, TamperError

T = TypeVar("T")

#: So many values are dealt with sooner one by one than all at once.
FEW: Final = 3


class Codec(Protocol[T]):
    """Turns one Python value, or many, into plain CBOR values and back."""

    def to_plain(self, value: T, at: str) -> Plain: ...

    def from_plain(self, plain: Plain, at: str) -> T: ...

    def all_to_plain(self, items: Sequence[T], at: str) -> list[Plain]: ...

    def all_from_plain(self, items: Sequence[Plain], at: str) -> list[T]: ...

    def sort_keys(self, plains: Sequence[Plain]) -> Sequence[Any]: ...


def refuse(at: str, why: str) -> TamperError:
    """The refusal of a wrong type, value or order."""
    return TamperError("E_PARSE", f"Field {at} {why}.")


class OneByOne(Generic[T]):
    """A codec that deals with many values one after another."""

    __slots__ = ()

    def all_to_plain(self: Codec[T], items: Sequence[T], at: str) -> list[Plain]:
        """Each of ``items`` as a plain value."""
        write = self.to_plain
        return [write(item, at) for item in items]

    def all_from_plain(self: Codec[T], items: Sequence[Plain], at: str) -> list[T]:
        """The value of each of ``items``."""
        read = self.from_plain
        return [read(item, at) for item in items]

    def sort_keys(self, plains: Sequence[Plain]) -> Sequence[Any]:
        """What compares as the encodings of ``plains`` do, which were checked before."""
        return list(map(encoding.encode_in_order, plains))


class _AsItIs(OneByOne[T]):
    """A codec whose values are on the wire what they are in Python, so that writing and reading are one check."""

    __slots__ = ()

    def to_plain(self, value: Any, at: str) -> Any:
        raise NotImplementedError

    def are_right(self, values: Sequence[Any]) -> bool:
        """Whether nothing is wrong with any of ``values``. False may be wrong, and costs time only."""
        raise NotImplementedError

    def all_to_plain(self, items: Sequence[Any], at: str) -> list[Any]:
        """``items``, checked."""
        if len(items) > FEW and self.are_right(items):
            return [*items]
        write = self.to_plain
        return [write(item, at) for item in items]

    all_from_plain = all_to_plain


@dataclasses.dataclass(frozen=True, slots=True)
class Blob(_AsItIs[bytes]):
    """A byte string of ``minimum`` to ``maximum`` bytes."""

    maximum: int
    minimum: int = 0

    def to_plain(self, value: Any, at: str) -> Any:
        if type(value) is not bytes or not self.minimum <= len(value) <= self.maximum:
            raise refuse(at, f"is not {self.minimum} to {self.maximum} bytes")
        return value

    from_plain = to_plain

    def are_right(self, values: Sequence[Any]) -> bool:
        return set(map(type, values)) == {bytes} and _lengths_are(self, values)

    def sort_keys(self, plains: Sequence[Any]) -> Sequence[Any]:
        if self.minimum == self.maximum:
            return plains
        return _shorter_first(plains)


def fixed(length: int) -> Blob:
    """A byte string of exactly ``length`` bytes."""
    return Blob(maximum=length, minimum=length)


def _lengths_are(codec: Blob | Text, values: Sequence[bytes | str]) -> bool:
    lengths = set(map(len, values))
    return codec.minimum <= min(lengths) and max(lengths) <= codec.maximum


def _shorter_first(values: Sequence[bytes]) -> list[tuple[int, bytes]]:
    # The encoding of bytes or text begins with how many bytes there are.
    return list(zip(map(len, values), values, strict=True))


@dataclasses.dataclass(frozen=True, slots=True)
class Text(_AsItIs[str]):
    """A text of ``minimum`` to ``maximum`` bytes in UTF-8, with no NUL; kept exactly as written.

    ``check`` may refuse further, by raising.
    """

    maximum: int
    minimum: int = 1
    check: Callable[[str], object] | None = None

    def to_plain(self, value: Any, at: str) -> Any:
        if type(value) is not str:
            raise refuse(at, "is not text")
        length = len(value) if value.isascii() else _utf8_length(value, at)
        if not self.minimum <= length <= self.maximum or "\0" in value:
            raise refuse(at, f"is not {self.minimum} to {self.maximum} bytes of text")
        if self.check is not None:
            _run_check(self.check, value, at)
        return value

    from_plain = to_plain

    def are_right(self, values: Sequence[Any]) -> bool:
        if set(map(type, values)) != {str}:
            return False
        together = "".join(values)
        if not together.isascii() or "\0" in together or not _lengths_are(self, values):
            return False
        return self.check is None or _all_pass(self.check, values)

    def sort_keys(self, plains: Sequence[Any]) -> Sequence[Any]:
        return _shorter_first([plain.encode() for plain in plains])


def _utf8_length(value: str, at: str) -> int:
    try:
        return len(value.encode())
    except UnicodeEncodeError:
        raise refuse(at, "is not valid Unicode") from None


def _run_check(check: Callable[[str], object], value: str, at: str) -> None:
    try:
        check(value)
    except PhoenixError as error:
        raise refuse(at, f"is not acceptable: {error.what}") from None


def _all_pass(check: Callable[[str], object], values: Sequence[str]) -> bool:
    try:
        for value in values:
            check(value)
    except PhoenixError:
        return False
    return True


@dataclasses.dataclass(frozen=True, slots=True)
class UInt(OneByOne[int]):
    """A whole number from ``minimum`` to ``maximum``."""

    maximum: int
    minimum: int = 0

    def to_plain(self, value: Any, at: str) -> Any:
        if type(value) is not int or not self.minimum <= value <= self.maximum:
            raise refuse(at, f"is not a whole number from {self.minimum} to {self.maximum}")
        return value

    from_plain = to_plain


@dataclasses.dataclass(frozen=True, slots=True)
class Flag(OneByOne[bool]):
    """True or false."""

    def to_plain(self, value: Any, at: str) -> Any:
        if type(value) is not bool:
            raise refuse(at, "is not true or false")
        return value

    from_plain = to_plain


E_ = TypeVar("E_", bound=Enum)


@cache
def _members(enum: type[Enum]) -> dict[str, Any]:
    return {member.value: member for member in enum}


@dataclasses.dataclass(frozen=True, slots=True)
class Choice(OneByOne[E_]):
    """One member of an enumeration with text values."""

    enum: type[E_]

    def to_plain(self, value: E_, at: str) -> Plain:
        if not isinstance(value, self.enum):
            raise refuse(at, "is not one of the known values")
        return value.value  # type: ignore[no-any-return]  # a text, as that of every choice

    def from_plain(self, plain: Plain, at: str) -> E_:
        if type(plain) is not str:
            raise refuse(at, "is not text")
        member = _members(self.enum).get(plain)
        if member is None:
            raise refuse(at, "is not one of the known values")
        return member  # type: ignore[no-any-return]  # a member of the enumeration

    def sort_keys(self, plains: Sequence[Any]) -> Sequence[Any]:
        return _shorter_first([plain.encode() for plain in plains])


@dataclasses.dataclass(frozen=True, slots=True)
class ListOf(OneByOne[Any], Generic[T]):
    """A list of ``minimum`` to ``maximum`` items.

    ``ordered`` demands strictly ascending encodings: one order, no twins.
    """

    item: Codec[T]
    maximum: int
    minimum: int = 0
    ordered: bool = False

    def to_plain(self, value: Sequence[T], at: str) -> Plain:
        plains = self.item.all_to_plain(value, at)
        if not self.minimum <= len(plains) <= self.maximum:
            raise self._wrong_count(plains, at)
        if self.ordered:
            self._check_order(plains, at)
        return plains

    def from_plain(self, plain: Plain, at: str) -> tuple[T, ...]:
        if type(plain) is not list:
            raise refuse(at, "is not a list")
        if not self.minimum <= len(plain) <= self.maximum:
            raise self._wrong_count(plain, at)
        if not plain:
            return ()
        values = tuple(self.item.all_from_plain(plain, at))
        if self.ordered:
            self._check_order(plain, at)
        return values

    def arranged(self, values: Iterable[T]) -> tuple[T, ...]:
        """``values`` in the order of an ordered list."""
        items = [*values]
        keys = self.item.sort_keys(self.item.all_to_plain(items, "of an ordered list"))
        return tuple([item for _, item in sorted(zip(keys, items, strict=True), key=itemgetter(0))])

    def _wrong_count(self, plains: list[Plain], at: str) -> TamperError:
        return TamperError(
            "E_LIMIT", f"Field {at} has {len(plains)} items; {self.maximum} are allowed."
        )

    def _check_order(self, plains: list[Plain], at: str) -> None:
        if len(plains) > 1:
            keys = self.item.sort_keys(plains)
            if any(map(ge, keys, keys[1:])):
                raise refuse(at, "is not in strictly ascending order")


@dataclasses.dataclass(frozen=True, slots=True)
class MapOf(OneByOne[Any], Generic[T]):
    """A map from text of up to ``key_maximum`` bytes to values."""

    item: Codec[T]
    maximum: int
    key_maximum: int = 256

    def to_plain(self, value: Mapping[str, T], at: str) -> Plain:
        if not value:
            return {}
        self._check_count(value, at)
        _key_codec(self.key_maximum).all_to_plain([*value], at)
        return {key: self.item.to_plain(value[key], at) for key in encoding.in_order(value)}

    def from_plain(self, plain: Plain, at: str) -> dict[str, T]:
        if type(plain) is not dict:
            raise refuse(at, "is not a map")
        if not plain:
            return {}
        self._check_count(plain, at)
        if not encoding.keys_in_order(plain):
            raise refuse(at, "is not in order")
        _key_codec(self.key_maximum).all_from_plain([*plain], at)
        return {key: self.item.from_plain(item, at) for key, item in plain.items()}

    def _check_count(self, entries: Mapping[str, object], at: str) -> None:
        if len(entries) > self.maximum:
            raise TamperError(
                "E_LIMIT", f"Field {at} has {len(entries)} entries; {self.maximum} are allowed."
            )


_key_codec: Final = cache(Text)


@dataclasses.dataclass(frozen=True, slots=True)
class Anything(OneByOne[Plain]):
    """Any plain value whose encoding is at most ``maximum`` bytes: for extension maps only."""

    maximum: int

    def to_plain(self, value: Plain, at: str) -> Plain:
        if len(encoding.encode(value)) > self.maximum:
            raise TamperError("E_LIMIT", f"Field {at} is over {self.maximum} bytes.")
        return encoding.ordered(value)

    def from_plain(self, plain: Plain, at: str) -> Plain:
        if not encoding.plain_in_order(plain):
            raise refuse(at, "is not a plain value")
        return self.to_plain(plain, at)
