"""The tables of a document, declared once: frozen dataclasses whose fields say how they are read.

A table of a document is a frozen dataclass whose fields are made with :func:`said`; ``at`` is its place in the file.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, cast

from agency_client.record.faults import Faults, did_you_mean
from agency_client.record.fields import ListOf, Reader
from agency_client.record.places import Place
from phoenix_protocol import limits

TableT = TypeVar("TableT")

#: The most bytes in all texts of one table: what one item of a sealed section has room for.
TABLE_BYTES: Final = 400 * limits.KIB

#: Tables by class, with what :func:`declared` found.
_DECLARED: Final[dict[type[Any], tuple[Declared, ...]]] = {}


@dataclass(frozen=True, slots=True)
class One(Generic[TableT]):
    """A table with declared fields."""

    table: type[TableT]

    def read(self, value: object, at: Place, faults: Faults) -> TableT | None:
        if not isinstance(value, dict):
            message = f"This should be a table: start it with [{at[-1]}]."
            faults.add("E_DOC_TYPE", at, message)
            return None
        return read_table(self.table, value, at, faults)


@dataclass(frozen=True, slots=True)
class Many(Generic[TableT]):
    """An array of tables with declared fields, at most ``most``."""

    table: type[TableT]
    most: int

    def read(self, value: object, at: Place, faults: Faults) -> tuple[TableT, ...] | None:
        if not isinstance(value, list):
            message = f"Each of these starts with [[{at[-1]}]], in double brackets."
            faults.add("E_DOC_TYPE", at, message, remedy="Write it with double brackets.")
            return None
        return ListOf(One(self.table), self.most).read(value, at, faults)


def said(reader: Reader[Any], *, default: Any = None, codes: str | None = None) -> Any:
    """Declare a field of a table. ``codes`` names the enumeration of the catalogue that its words come from."""
    metadata = {"reader": reader, "codes": codes}
    if default == {}:
        return dataclasses.field(default_factory=dict, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Declared:
    """A field of a table as declared."""

    name: str
    reader: Reader[Any]
    codes: str | None


def declared(table: type[Any]) -> tuple[Declared, ...]:
    """The fields of a table of a document, in order."""
    if table not in _DECLARED:
        _DECLARED[table] = tuple(
            Declared(f.name, f.metadata["reader"], f.metadata["codes"])
            for f in dataclasses.fields(table)
            if "reader" in f.metadata
        )
    return _DECLARED[table]


def read_table(table: type[TableT], value: Mapping[str, Any], at: Place, faults: Faults) -> TableT:
    """A table out of plain values. Unknown fields are noted; what cannot be read is left out."""
    fields = {field.name: field for field in declared(table)}
    for name in value:
        if name not in fields and not faults.full:
            message = "There is no field of this name here." + did_you_mean(name, fields)
            faults.add("E_DOC_FIELD", (*at, name), message)
    read = {
        name: field.reader.read(value[name], (*at, name), faults)
        for name, field in fields.items()
        if name in value
    }
    _check_size(value, at, faults)
    make = cast(Callable[..., TableT], table)
    return make(**{k: v for k, v in read.items() if v is not None}, at=at)


def _check_size(value: Mapping[str, Any], at: Place, faults: Faults) -> None:
    """Refuse a table whose own texts fill more than one sealed item holds. Tables inside count for themselves."""
    own = [v for v in value.values() if isinstance(v, str)]
    own += [t for v in value.values() if isinstance(v, list) for t in v if isinstance(t, str)]
    if sum(len(text.encode("utf-8", "surrogatepass")) for text in own) > TABLE_BYTES:
        faults.add(
            "E_DOC_LIMIT", at, f"The texts here are too long together: {TABLE_BYTES} bytes at most."
        )
