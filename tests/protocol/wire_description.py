"""How docs/protocol.md writes the type of a field: one text for each codec, so that page and code can be compared."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any, Final

import phoenix_protocol
from phoenix_protocol import limits, schema
from phoenix_protocol.identifiers import address, agency_id
from phoenix_protocol.schema import fields_of

_CHECKED: Final = {agency_id: "agency id", address: "address"}
_UNITS: Final = ((limits.GIB, "GiB"), (limits.MIB, "MiB"), (limits.KIB, "KiB"))
_OPTIONAL_MAP: Final = schema.optional_map().metadata["codec"]
_CRITICAL_MAP: Final = type(schema.critical_map().metadata["codec"])


def messages() -> dict[str, type[Any]]:
    """Every message of the protocol by its class name: each dataclass with wire fields."""
    found: dict[str, type[Any]] = {}
    for message in _classes():
        if hasattr(message, "__dataclass_fields__") and fields_of(message):
            assert message.__name__ not in found, f"two messages are called {message.__name__}"
            found[message.__name__] = message
    return found


def _classes() -> Iterator[type[Any]]:
    for found in pkgutil.walk_packages(phoenix_protocol.__path__, "phoenix_protocol."):
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            if isinstance(value, type) and value.__module__ == module.__name__:
                yield value


def rows(message: type[Any]) -> list[tuple[str, str, str]]:
    """Name, type and whether it is required, of each field of a message, in the order of their declaration."""
    return [
        (field.name, describe(field.codec), "no" if field.optional else "yes")
        for field in fields_of(message)
    ]


def describe(codec: Any) -> str:
    """A codec in words."""
    if codec is _OPTIONAL_MAP:
        return "optional map"
    words = _WORDS.get(type(codec))
    assert words is not None, f"docs/protocol.md has no words for {codec}"
    return words(codec)


def _blob(codec: schema.Blob) -> str:
    if codec.minimum == codec.maximum:
        return f"bytes({size(codec.maximum)})"
    return f"bytes({codec.minimum}..{size(codec.maximum)})"


def _text(codec: schema.Text) -> str:
    if codec.check in _CHECKED:
        return _CHECKED[codec.check]
    return f"text({codec.minimum}..{size(codec.maximum)})"


def _whole_number(codec: schema.UInt) -> str:
    if (codec.minimum, codec.maximum) == (0, limits.LAST_TIME):
        return "time"
    most = "2^63-1" if codec.maximum == limits.COUNTER else size(codec.maximum, limits.GIB)
    return f"uint({codec.minimum}..{most})"


def _list(codec: schema.ListOf[Any]) -> str:
    word = "ordered list" if codec.ordered else "list"
    return f"{word}({codec.minimum}..{codec.maximum}) of {describe(codec.item)}"


def _map(codec: schema.MapOf[Any]) -> str:
    key = f"text(1..{codec.key_maximum})"
    return f"map(0..{codec.maximum}) from {key} to {describe(codec.item)}"


_WORDS: Final[dict[type[Any], Callable[[Any], str]]] = {
    schema.Blob: _blob,
    schema.Text: _text,
    schema.UInt: _whole_number,
    schema.Flag: lambda _: "bool",
    schema.Choice: lambda codec: "one of " + ", ".join(f'"{m.value}"' for m in codec.enum),
    schema.ListOf: _list,
    schema.Nested: lambda codec: f"map {codec.message.__name__}",
    schema.Row: lambda codec: f"row {codec.message.__name__}",
    schema.MapOf: _map,
    _CRITICAL_MAP: lambda _: "critical map",
}


def size(value: int, smallest: int = limits.KIB) -> str:
    """A number, in the largest unit of bytes that it is a whole number of, down to the ``smallest``."""
    for unit, name in _UNITS:
        if unit >= smallest and value and value % unit == 0:
            return f"{value // unit} {name}"
    return str(value)
