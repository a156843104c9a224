"""Messages declared once: each field with its codec and limit, from which encoding and decoding follow.

A message is a frozen dataclass whose fields are made with :func:`wire`. On the wire it is a CBOR map from field name
to value. Absent optional fields are absent keys. Decoding refuses unknown keys, wrong types and anything over a limit
(docs/protocol.md §2): what is not understood is refused.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Generic, NamedTuple, TypeVar

from phoenix_protocol import encoding
from phoenix_protocol.codecs import (
    FEW,
    Anything,
    Blob,
    Choice,
    Codec,
    Flag,
    ListOf,
    MapOf,
    OneByOne,
    Text,
    UInt,
    fixed,
    refuse,
)
from phoenix_protocol.encoding import Plain
from phoenix_protocol.errors import TamperError

__all__ = [
    "DEFAULT_LIMIT", "Anything", "Blob", "Choice", "Codec", "Flag", "ListOf", "MapOf", "Nested", "Row", "Text", "UInt",
    "critical_map", "decode", "encode", "fields_of", "fixed", "from_plain", "optional_map", "to_plain", "wire",
]  # fmt: skip

MessageT = TypeVar("MessageT")

DEFAULT_LIMIT: Final = 1 << 20


def wire(codec: Codec[Any], *, optional: bool = False) -> Any:
    """Declare a field of a message. An optional field is ``None`` in Python and absent on the wire."""
    if optional:
        return dataclasses.field(default=None, metadata={"codec": codec, "optional": True})
    return dataclasses.field(metadata={"codec": codec, "optional": False})


class Field(NamedTuple):
    """A wire field with all that does not depend on a value: its place for errors, its codec's two ways."""

    name: str
    codec: Codec[Any]
    optional: bool
    path: str
    write: Callable[[Any, str], Plain]
    read: Callable[[Plain, str], Any]


def _field(message: type[Any], declared: dataclasses.Field[Any]) -> Field:
    codec = declared.metadata["codec"]
    return Field(
        name=declared.name,
        codec=codec,
        optional=declared.metadata["optional"],
        path=f"{message.__name__}.{declared.name}",
        write=codec.to_plain,
        read=codec.from_plain,
    )


_FIELDS: Final[dict[type[Any], tuple[Field, ...]]] = {}
_FIELDS_IN_ORDER: Final[dict[type[Any], tuple[Field, ...]]] = {}


def fields_of(message: type[Any]) -> tuple[Field, ...]:
    """The wire fields of a message class, in declaration order."""
    if message not in _FIELDS:
        _FIELDS[message] = tuple(
            _field(message, f) for f in dataclasses.fields(message) if "codec" in f.metadata
        )
    return _FIELDS[message]


def _fields_in_order(message: type[Any]) -> tuple[Field, ...]:
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
    for name, _, optional, path, write, _ in _fields_in_order(type(value)):
        item = getattr(value, name)
        if item is not None or not optional:
            plain[name] = write(item, path)
    return plain


def from_plain(message: type[MessageT], plain: Plain, at: str = "") -> MessageT:
    """A message out of a plain map in order. Raises TamperError ``E_PARSE``, ``E_LIMIT`` or ``E_CRITICAL``."""
    if type(plain) is not dict:
        raise refuse(at or message.__name__, "is not a map")
    values: dict[str, Any] = {}
    for name, _, optional, path, _, read in _fields_in_order(message):
        if name in plain:
            values[name] = read(plain[name], path)
        elif not optional:
            raise refuse(path, "is missing")
    if [*values] != [*plain]:
        raise refuse(at or message.__name__, "has a field that is not known, or out of order")
    return message(**values)


def encode(value: object) -> bytes:
    """The bytes of a message."""
    return encoding.encode_in_order(to_plain(value))


def decode(message: type[MessageT], data: bytes, *, limit: int = DEFAULT_LIMIT) -> MessageT:
    """One message of class ``message`` out of exactly ``data``.

    Raises TamperError ``E_PARSE``/``E_LIMIT``/``E_CRITICAL``.
    """
    return from_plain(message, encoding.decode_unchecked(data, limit=limit))


# -- messages inside messages --------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class Nested(OneByOne[Any], Generic[MessageT]):
    """Another message, as a map inside this one."""

    message: type[MessageT]

    def to_plain(self, value: MessageT, at: str) -> Plain:
        if type(value) is not self.message:
            raise refuse(at, f"is not a {self.message.__name__}")
        return to_plain(value)

    def from_plain(self, plain: Plain, at: str) -> MessageT:
        return from_plain(self.message, plain, at)


@dataclasses.dataclass(frozen=True, slots=True)
class Row(OneByOne[Any], Generic[MessageT]):
    """Another message, as an array of its fields in their order: for long lists of small, fixed things."""

    message: type[MessageT]

    def to_plain(self, value: MessageT, at: str) -> Plain:
        if type(value) is not self.message:
            raise refuse(at, f"is not a {self.message.__name__}")
        return [f.write(getattr(value, f.name), f.path) for f in fields_of(self.message)]

    def from_plain(self, plain: Plain, at: str) -> MessageT:
        fields = fields_of(self.message)
        if type(plain) is not list or len(plain) != len(fields):
            raise refuse(at, f"is not a list of {len(fields)} values")
        return self.message(
            **{f.name: f.read(item, f.path) for f, item in zip(fields, plain, strict=True)}
        )

    def all_to_plain(self, values: Sequence[MessageT], at: str) -> list[Plain]:
        """Many rows are written column by column."""
        if len(values) <= FEW or set(map(type, values)) != {self.message}:
            return [self.to_plain(value, at) for value in values]
        columns = [
            f.codec.all_to_plain([getattr(value, f.name) for value in values], f.path)
            for f in fields_of(self.message)
        ]
        return list(map(list, zip(*columns, strict=True)))

    def all_from_plain(self, plains: Sequence[Plain], at: str) -> list[MessageT]:
        """Many rows are read column by column."""
        fields = fields_of(self.message)
        if len(plains) <= FEW or not _are_lists_of(len(fields), plains):
            return [self.from_plain(plain, at) for plain in plains]
        columns = [f.codec.all_from_plain(column, f.path) for f, column in _columns(fields, plains)]
        return _made(self.message, fields, columns)

    def sort_keys(self, plains: Sequence[Any]) -> Sequence[Any]:
        """Rows compare by their first values, then by their second ones, and so on."""
        columns = _columns(fields_of(self.message), plains)
        return list(zip(*[f.codec.sort_keys(column) for f, column in columns], strict=True))


def _made(
    message: type[MessageT], fields: Sequence[Field], columns: Sequence[Sequence[Any]]
) -> list[MessageT]:
    """A message out of each row of ``columns``; all fields of a row are wire fields that are always there."""
    # What the constructor of a frozen dataclass does, in a third of its time for long lists.
    made = [object.__new__(message) for _ in columns[0]]
    for f, column in zip(fields, columns, strict=True):
        deque(map(getattr(message, f.name).__set__, made, column), maxlen=0)
    return made


def _are_lists_of(count: int, plains: Sequence[Any]) -> bool:
    return set(map(type, plains)) == {list} and set(map(len, plains)) == {count}


def _columns(
    fields: Sequence[Field], plains: Sequence[Any]
) -> Iterable[tuple[Field, Sequence[Plain]]]:
    return zip(fields, zip(*plains, strict=True), strict=True)


# -- the two extension maps that every payload ends in (§3) ---------------------------------------------------------

_EXTENSION: Final = MapOf(Anything(4096), maximum=16, key_maximum=64)


class _NothingCritical(OneByOne["dict[str, Plain]"]):
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
