"""Messages declared once: each field with its codec and limit, from which encoding and decoding follow.

A message is a frozen dataclass whose fields are made with :func:`wire`. On the wire it is a CBOR map from field name
to value. Absent optional fields are absent keys. Decoding refuses unknown keys, wrong types and anything over a limit
(docs/protocol.md §2): what is not understood is refused.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from operator import ge
from typing import Any, Final, Generic, Protocol, TypeVar, cast

from phoenix_protocol import encoding
from phoenix_protocol.encoding import Plain
from phoenix_protocol.errors import PhoenixError, TamperError

T = TypeVar("T")
MessageT = TypeVar("MessageT")

DEFAULT_LIMIT: Final = 1 << 20


class Codec(Protocol[T]):
    """Turns one Python value into a plain CBOR value and back, checking type and limit both ways."""

    def to_plain(self, value: T, at: str) -> Plain: ...

    def from_plain(self, plain: Plain, at: str) -> T: ...


def _refuse(at: str, why: str) -> TamperError:
    return TamperError("E_PARSE", f"Field {at} {why}.")


@dataclasses.dataclass(frozen=True, slots=True)
class Blob:
    """A byte string of ``minimum`` to ``maximum`` bytes."""

    maximum: int
    minimum: int = 0

    def to_plain(self, value: bytes, at: str) -> Plain:
        if type(value) is not bytes or not self.minimum <= len(value) <= self.maximum:
            raise _refuse(at, f"is not {self.minimum} to {self.maximum} bytes")
        return value

    def from_plain(self, plain: Plain, at: str) -> bytes:
        if type(plain) is not bytes or not self.minimum <= len(plain) <= self.maximum:
            raise _refuse(at, f"is not {self.minimum} to {self.maximum} bytes")
        return plain


def fixed(length: int) -> Blob:
    """A byte string of exactly ``length`` bytes."""
    return Blob(maximum=length, minimum=length)


@dataclasses.dataclass(frozen=True, slots=True)
class Text:
    """A text of ``minimum`` to ``maximum`` bytes in UTF-8, with no NUL; kept exactly as written.

    ``check`` may refuse further, by raising.
    """

    maximum: int
    minimum: int = 1
    check: Callable[[str], object] | None = None

    def to_plain(self, value: str, at: str) -> Plain:
        if type(value) is not str:
            raise _refuse(at, "is not text")
        length = len(value) if value.isascii() else _utf8_length(value, at)
        if not self.minimum <= length <= self.maximum or "\0" in value:
            raise _refuse(at, f"is not {self.minimum} to {self.maximum} bytes of text")
        if self.check is not None:
            _run_check(self.check, value, at)
        return value

    def from_plain(self, plain: Plain, at: str) -> str:
        return cast(str, self.to_plain(cast(str, plain), at))


def _utf8_length(value: str, at: str) -> int:
    try:
        return len(value.encode())
    except UnicodeEncodeError:
        raise _refuse(at, "is not valid Unicode") from None


def _run_check(check: Callable[[str], object], value: str, at: str) -> None:
    try:
        check(value)
    except PhoenixError as error:
        raise _refuse(at, f"is not acceptable: {error.what}") from None


@dataclasses.dataclass(frozen=True, slots=True)
class UInt:
    """A whole number from ``minimum`` to ``maximum``."""

    maximum: int
    minimum: int = 0

    def to_plain(self, value: int, at: str) -> Plain:
        if type(value) is not int or not self.minimum <= value <= self.maximum:
            raise _refuse(at, f"is not a whole number from {self.minimum} to {self.maximum}")
        return value

    def from_plain(self, plain: Plain, at: str) -> int:
        return cast(int, self.to_plain(cast(int, plain), at))


@dataclasses.dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def to_plain(self, value: bool, at: str) -> Plain:
        if type(value) is not bool:
            raise _refuse(at, "is not true or false")
        return value

    def from_plain(self, plain: Plain, at: str) -> bool:
        return cast(bool, self.to_plain(cast(bool, plain), at))


E_ = TypeVar("E_", bound=Enum)


@dataclasses.dataclass(frozen=True, slots=True)
class Choice(Generic[E_]):
    """One member of an enumeration with text values."""

    enum: type[E_]

    def to_plain(self, value: E_, at: str) -> Plain:
        if not isinstance(value, self.enum):
            raise _refuse(at, "is not one of the known values")
        return cast(str, value.value)

    def from_plain(self, plain: Plain, at: str) -> E_:
        if type(plain) is not str:
            raise _refuse(at, "is not text")
        try:
            return self.enum(plain)
        except ValueError:
            raise _refuse(at, "is not one of the known values") from None


@dataclasses.dataclass(frozen=True, slots=True)
class ListOf(Generic[T]):
    """A list of ``minimum`` to ``maximum`` items.

    ``ordered`` demands strictly ascending encodings: one order, no twins.
    """

    item: Codec[T]
    maximum: int
    minimum: int = 0
    ordered: bool = False

    def to_plain(self, value: Sequence[T], at: str) -> Plain:
        write = self.item.to_plain
        plains = [write(item, at) for item in value]
        self._check(plains, at)
        return plains

    def from_plain(self, plain: Plain, at: str) -> tuple[T, ...]:
        if type(plain) is not list:
            raise _refuse(at, "is not a list")
        self._check(plain, at)
        read = self.item.from_plain
        return tuple([read(item, at) for item in plain])

    def _check(self, plains: list[Plain], at: str) -> None:
        if not self.minimum <= len(plains) <= self.maximum:
            raise TamperError(
                "E_LIMIT", f"Field {at} has {len(plains)} items; {self.maximum} are allowed."
            )
        if self.ordered:
            keys = [encoding.encode_in_order(plain) for plain in plains]
            if any(map(ge, keys, keys[1:])):
                raise _refuse(at, "is not in strictly ascending order")


@dataclasses.dataclass(frozen=True, slots=True)
class Nested(Generic[MessageT]):
    """Another message, as a map inside this one."""

    message: type[MessageT]

    def to_plain(self, value: MessageT, at: str) -> Plain:
        if type(value) is not self.message:
            raise _refuse(at, f"is not a {self.message.__name__}")
        return to_plain(value)

    def from_plain(self, plain: Plain, at: str) -> MessageT:
        return from_plain(self.message, plain, at)


@dataclasses.dataclass(frozen=True, slots=True)
class Row(Generic[MessageT]):
    """Another message, as an array of its fields in their order: for long lists of small, fixed things."""

    message: type[MessageT]

    def to_plain(self, value: MessageT, at: str) -> Plain:
        if type(value) is not self.message:
            raise _refuse(at, f"is not a {self.message.__name__}")
        return [f.write(getattr(value, f.name), f.path) for f in fields_of(self.message)]

    def from_plain(self, plain: Plain, at: str) -> MessageT:
        fields = fields_of(self.message)
        if type(plain) is not list or len(plain) != len(fields):
            raise _refuse(at, f"is not a list of {len(fields)} values")
        return self.message(
            **{f.name: f.read(item, f.path) for f, item in zip(fields, plain, strict=True)}
        )


@dataclasses.dataclass(frozen=True, slots=True)
class MapOf(Generic[T]):
    """A map from text of up to ``key_maximum`` bytes to values."""

    item: Codec[T]
    maximum: int
    key_maximum: int = 256

    def to_plain(self, value: Mapping[str, T], at: str) -> Plain:
        key_codec = Text(self.key_maximum)
        if len(value) > self.maximum:
            raise TamperError(
                "E_LIMIT", f"Field {at} has {len(value)} entries; {self.maximum} are allowed."
            )
        for key in value:
            key_codec.to_plain(key, at)
        return {key: self.item.to_plain(value[key], at) for key in encoding.in_order(value)}

    def from_plain(self, plain: Plain, at: str) -> dict[str, T]:
        if type(plain) is not dict:
            raise _refuse(at, "is not a map")
        if len(plain) > self.maximum:
            raise TamperError(
                "E_LIMIT", f"Field {at} has {len(plain)} entries; {self.maximum} are allowed."
            )
        if not encoding.keys_in_order(plain):
            raise _refuse(at, "is not in order")
        key_codec = Text(self.key_maximum)
        return {
            key_codec.from_plain(key, at): self.item.from_plain(item, at)
            for key, item in plain.items()
        }


@dataclasses.dataclass(frozen=True, slots=True)
class Anything:
    """Any plain value whose encoding is at most ``maximum`` bytes: for extension maps only."""

    maximum: int

    def to_plain(self, value: Plain, at: str) -> Plain:
        if len(encoding.encode(value)) > self.maximum:
            raise TamperError("E_LIMIT", f"Field {at} is over {self.maximum} bytes.")
        return encoding.ordered(value)

    def from_plain(self, plain: Plain, at: str) -> Plain:
        if not encoding.plain_in_order(plain):
            raise _refuse(at, "is not a plain value")
        return self.to_plain(plain, at)


# -- messages ------------------------------------------------------------------------------------------------------


def wire(codec: Codec[Any], *, optional: bool = False) -> Any:
    """Declare a field of a message. An optional field is ``None`` in Python and absent on the wire."""
    if optional:
        return dataclasses.field(default=None, metadata={"codec": codec, "optional": True})
    return dataclasses.field(metadata={"codec": codec, "optional": False})


@dataclasses.dataclass(frozen=True, slots=True)
class _Field:
    """A wire field with all that does not depend on a value: its place for errors, its codec's two ways."""

    name: str
    codec: Codec[Any]
    optional: bool
    path: str
    write: Callable[[Any, str], Plain]
    read: Callable[[Plain, str], Any]


def _field(message: type[Any], declared: dataclasses.Field[Any]) -> _Field:
    codec = declared.metadata["codec"]
    return _Field(
        name=declared.name,
        codec=codec,
        optional=declared.metadata["optional"],
        path=f"{message.__name__}.{declared.name}",
        write=codec.to_plain,
        read=codec.from_plain,
    )


_FIELDS: Final[dict[type[Any], tuple[_Field, ...]]] = {}
_FIELDS_IN_ORDER: Final[dict[type[Any], tuple[_Field, ...]]] = {}


def fields_of(message: type[Any]) -> tuple[_Field, ...]:
    """The wire fields of a message class, in declaration order."""
    if message not in _FIELDS:
        _FIELDS[message] = tuple(
            _field(message, f) for f in dataclasses.fields(message) if "codec" in f.metadata
        )
    return _FIELDS[message]


def _fields_in_order(message: type[Any]) -> tuple[_Field, ...]:
    """The wire fields of a message class, in the order of the wire."""
    if message not in _FIELDS_IN_ORDER:
        by_name = {f.name: f for f in fields_of(message)}
        _FIELDS_IN_ORDER[message] = tuple(by_name[name] for name in encoding.in_order(by_name))
    return _FIELDS_IN_ORDER[message]


def to_plain(value: object) -> dict[str, Plain]:
    """``value``, a message, as a plain map in the order of the wire.

    Raises TamperError ``E_PARSE`` or ``E_LIMIT`` for a value out of bounds.
    """
    plain: dict[str, Plain] = {}
    for f in _fields_in_order(type(value)):
        item = getattr(value, f.name)
        if item is not None or not f.optional:
            plain[f.name] = f.write(item, f.path)
    return plain


def from_plain(message: type[MessageT], plain: Plain, at: str = "") -> MessageT:
    """A message out of a plain map in order. Raises TamperError ``E_PARSE``, ``E_LIMIT`` or ``E_CRITICAL``."""
    if type(plain) is not dict:
        raise _refuse(at or message.__name__, "is not a map")
    values: dict[str, Any] = {}
    for f in _fields_in_order(message):
        if f.name in plain:
            values[f.name] = f.read(plain[f.name], f.path)
        elif not f.optional:
            raise _refuse(f.path, "is missing")
    if [*values] != [*plain]:
        raise _refuse(at or message.__name__, "has a field that is not known, or out of order")
    return message(**values)


def encode(value: object) -> bytes:
    """The bytes of a message."""
    return encoding.encode_in_order(to_plain(value))


def decode(message: type[MessageT], data: bytes, *, limit: int = DEFAULT_LIMIT) -> MessageT:
    """One message of class ``message`` out of exactly ``data``.

    Raises TamperError ``E_PARSE``/``E_LIMIT``/``E_CRITICAL``.
    """
    return from_plain(message, encoding.decode_unchecked(data, limit=limit))


# -- the two extension maps that every payload ends in (§3) ---------------------------------------------------------

_EXTENSION: Final = MapOf(Anything(4096), maximum=16, key_maximum=64)


class _NothingCritical:
    """A map that must be empty:

    this version understands no critical extension, and what is not understood is refused.
    """

    def to_plain(self, value: Mapping[str, Plain], at: str) -> Plain:
        return _EXTENSION.to_plain(value, at)

    def from_plain(self, plain: Plain, at: str) -> dict[str, Plain]:
        entries = _EXTENSION.from_plain(plain, at)
        if entries:
            raise TamperError(
                "E_CRITICAL", "The message depends on an extension that this version does not know."
            )
        return entries


def critical_map() -> Any:
    """The ``critical`` field: any entry that is not understood refuses the message."""
    return dataclasses.field(
        default_factory=dict, metadata={"codec": _NothingCritical(), "optional": False}
    )


def optional_map() -> Any:
    """The ``optional`` field: entries that are not understood are kept."""
    return dataclasses.field(
        default_factory=dict, metadata={"codec": _EXTENSION, "optional": False}
    )
