"""Loading a catalogue, strictly: one with anything wrong in it is refused whole, with every fault and its line."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Generic, TypeVar

from agency_client.record.assurances import AssuranceDocument
from agency_client.record.breaches import BreachDocument
from agency_client.record.catalogue import ANYONE, Catalogue, Code
from agency_client.record.decisions import DecisionDocument
from agency_client.record.document import Document
from agency_client.record.faults import Faults
from agency_client.record.fields import CODE, LINE, LONG, ListOf, Number, Text, YesNo
from agency_client.record.places import Place
from agency_client.record.requests import RequestDocument
from agency_client.record.responses import ResponseDocument
from agency_client.record.reviews import ReviewDocument
from agency_client.record.syntax import parse
from agency_client.record.tables import Many, declared, read_table, said
from phoenix_protocol.errors import Problem, UsageError
from phoenix_protocol.suite.hashing import sha256

#: The newest format of a catalogue that this program understands.
FORMAT: Final = 1

#: Every kind of document that takes words from the catalogue.
DOCUMENTS: Final[tuple[type[Any], ...]] = (
    Document,
    RequestDocument,
    ResponseDocument,
    DecisionDocument,
    BreachDocument,
    ReviewDocument,
    AssuranceDocument,
)

_NAMES: Final = ListOf(CODE, 64)
_NEXT: Final = "Restore the catalogue as it was shipped, or correct that line."
_LATER: Final = "The catalogue is for a later version of this program."
_UPGRADE: Final = (
    f"Upgrade this program, or use a catalogue of format {FORMAT}. Nothing was changed."
)


class _Day:
    """A day, as TOML writes it."""

    def read(self, value: object, at: Place, faults: Faults) -> date | None:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        faults.add("E_DOC_TYPE", at, "This should be a day, such as 2026-09-30, without quotes.")
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenCode:
    """A code as the file has it; what is absent is as its enumeration says."""

    code: str | None = said(CODE)
    label: str | None = said(LINE)
    help: str | None = said(LONG)
    from_: date | None = said(_Day())
    to: date | None = said(_Day())
    jurisdiction: tuple[str, ...] | None = said(_NAMES)
    who_may_use: tuple[str, ...] | None = said(_NAMES)
    not_for: tuple[str, ...] | None = said(_NAMES)
    source: str | None = said(LINE)
    confirmed: bool | None = said(YesNo())
    warn: str | None = said(LINE)
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTable:
    """An enumeration as the file has it."""

    title: str | None = said(LINE)
    from_: date | None = said(_Day())
    to: date | None = said(_Day())
    jurisdiction: tuple[str, ...] | None = said(_NAMES)
    who_may_use: tuple[str, ...] | None = said(_NAMES)
    source: str | None = said(LINE)
    confirmed: bool | None = said(YesNo())
    includes: tuple[str, ...] = said(_NAMES, default=())
    codes: tuple[WrittenCode, ...] = said(Many(WrittenCode, 512), default=())
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueHead:
    """What stands before the enumerations."""

    format: int | None = said(Number())
    version: str | None = said(Text(64))
    at: Place = ()


HeadT = TypeVar("HeadT", bound=CatalogueHead)


def load_catalogue(data: bytes) -> Catalogue:
    """The catalogue in a TOML file. Raises UsageError ``E_CATALOGUE`` with every fault and its line."""
    read = read_catalogue(data, CatalogueHead)
    head, tables, faults = read.head, read.tables, read.faults
    enumerations = {name: _codes(table, faults) for name, table in tables.items()}
    _check_names(tables, enumerations, faults)
    if faults.problems:
        raise refusal(faults.problems)
    return Catalogue(
        version=head.version or "",
        digest=sha256(data),
        enumerations=_with_included(tables, enumerations),
        titles={name: table.title or name for name, table in tables.items()},
        includes={name: table.includes for name, table in tables.items()},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCatalogue(Generic[HeadT]):
    """A catalogue's file as it is written, and what is wrong with its form."""

    head: HeadT
    tables: Mapping[str, WrittenTable]
    faults: Faults


def read_catalogue(data: bytes, kind: type[HeadT]) -> ReadCatalogue[HeadT]:
    """The tables of a file, and what else ``kind`` declares. Raises UsageError ``E_CATALOGUE`` for what is no TOML."""
    parsed = parse(data, code="E_CATALOGUE")
    faults = Faults({tuple(map(_name, place)): line for place, line in parsed.lines.items()})
    values = _renamed(parsed.values)
    names = [name for name, value in values.items() if isinstance(value, dict)]
    rest = {name: value for name, value in values.items() if name not in names}
    head = read_table(kind, rest, (), faults)
    check_head(head, faults)
    tables = {name: read_table(WrittenTable, values[name], (name,), faults) for name in names}
    return ReadCatalogue(head=head, tables=tables, faults=faults)


def _renamed(values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` with every field ``from`` called ``from_``, which Python allows as a name."""
    renamed: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            value = _renamed(value)
        elif isinstance(value, list):
            value = [_renamed(item) if isinstance(item, dict) else item for item in value]
        renamed[_name(name)] = value
    return renamed


def _name(part: Any) -> Any:
    return "from_" if part == "from" else part


def refusal(problems: tuple[Problem, ...]) -> UsageError:
    told = [
        dataclasses.replace(
            p,
            code="E_CATALOGUE",
            next=_UPGRADE if p.message == _LATER else _NEXT,
            place=p.place.replace("from_", "from"),
        )
        for p in problems
    ]
    message = f"The catalogue cannot be used (line {told[0].line}): {told[0].message}"
    return UsageError("E_CATALOGUE", message, next=told[0].next, problems=told)


def check_head(head: CatalogueHead, faults: Faults) -> None:
    if head.format is None:
        faults.add("E_DOC_MISSING", ("format",), "The catalogue does not say its format.")
    elif head.format > FORMAT:
        faults.add("E_DOC_CODE", ("format",), _LATER)
    if head.version is None:
        faults.add("E_DOC_MISSING", ("version",), "The catalogue does not say its version.")


def _codes(table: WrittenTable, faults: Faults) -> dict[str, Code]:
    found: dict[str, Code] = {}
    if table.title is None:
        faults.add("E_DOC_MISSING", (*table.at, "title"), "This list of words has no title.")
    for written in table.codes:
        code = read_code(written, table, faults)
        if code and code.code in found:
            faults.add("E_DOC_DUPLICATE", (*written.at, "code"), "This code is there twice.")
        elif code:
            found[code.code] = code
    return found


def read_code(written: WrittenCode, table: WrittenTable, faults: Faults) -> Code | None:
    values = {
        name: _either(getattr(written, name), getattr(table, name, None))
        for name in (f.name for f in declared(WrittenCode))
    }
    for name in ("code", "label", "from_", "jurisdiction", "who_may_use", "source", "confirmed"):
        if values[name] is None or values[name] == ():
            faults.add("E_DOC_MISSING", (*written.at, name), f"This code has no {name}.")
            return None
    if values["to"] and values["to"] < values["from_"]:
        faults.add("E_DOC_TIME", (*written.at, "to"), "This code ends before it begins.")
    return Code(
        code=values["code"],
        label=values["label"],
        help=values["help"],
        since=values["from_"],
        until=values["to"],
        jurisdiction=frozenset(values["jurisdiction"]),
        who_may_use=frozenset(values["who_may_use"]),
        not_for=frozenset(values["not_for"] or ()),
        source=values["source"],
        confirmed=values["confirmed"],
        warn=values["warn"],
    )


def _either(own: Any, general: Any) -> Any:
    return general if own is None else own


def _check_names(
    tables: Mapping[str, WrittenTable], found: Mapping[str, Mapping[str, Code]], faults: Faults
) -> None:
    """Every name that stands for something must be there: places, kinds of agency, other tables, what documents use."""
    kinds = {*found.get("agency_kind", {}), ANYONE}
    for name, table in tables.items():
        for other in table.includes:
            if other not in tables:
                faults.add("E_DOC_CODE", (name, "includes"), "No table of this name is there.")
        for written in table.codes:
            code = found[name].get(written.code or "")
            if code and not code.jurisdiction <= found.get("jurisdiction", {}).keys():
                faults.add("E_DOC_CODE", written.at, "This jurisdiction is not known.")
            if code and not code.who_may_use | code.not_for <= kinds:
                faults.add("E_DOC_CODE", written.at, "This kind of agency is not known.")
    for name in sorted(used_by_documents() - tables.keys()):
        faults.add("E_DOC_MISSING", (name,), f"Documents need a list of words [{name}].")


def _with_included(
    tables: Mapping[str, WrittenTable], found: Mapping[str, Mapping[str, Code]]
) -> dict[str, Mapping[str, Code]]:
    return {
        name: {
            code: entry
            for source in (*table.includes, name)
            for code, entry in found[source].items()
        }
        for name, table in tables.items()
    }


def used_by_documents() -> frozenset[str]:
    """The names of the enumerations that documents take words from, and the two that catalogues themselves need."""
    named = {name for document in DOCUMENTS for name in _named_in(document)}
    return frozenset({"agency_kind", "jurisdiction", "classification", *named})


def _named_in(table: type[Any]) -> Iterator[str]:
    for entry in declared(table):
        if entry.codes:
            yield entry.codes
        inner = getattr(entry.reader, "table", None)
        if inner is not None:
            yield from _named_in(inner)
