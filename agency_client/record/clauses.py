"""The clauses of the information sharing protocol as the software keeps them: id, what it says, class, behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from agency_client.record.faults import Faults
from agency_client.record.fields import CODE, LINE, LONG, Number, texts
from agency_client.record.places import Place
from agency_client.record.syntax import parse
from agency_client.record.tables import Many, read_table, said
from phoenix_protocol.errors import UsageError

_NEXT: Final = "Restore the file as it was shipped."


class Class(Enum):
    """How the software treats a clause."""

    BLOCK = "B"
    ANSWER = "R"
    WARNING = "W"
    PROMPT = "P"
    AUTOMATIC = "A"
    INFORMATION = "I"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause: where the protocol says it, what it says in short, its classes, what the software does, and where.

    ``fields`` are places in a package document, such as ``decision.welfare``; ``modules`` are files of this repository.
    """

    id: str = said(CODE, default="")
    line: int | None = said(Number())
    question: int | None = said(Number())
    says: str = said(LONG, default="")
    classes: tuple[str, ...] = said(texts(CODE, 6), default=())
    behaviour: str = said(LONG, default="")
    fields: tuple[str, ...] = said(texts(LINE, 16), default=())
    modules: tuple[str, ...] = said(texts(LINE, 8), default=())
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """The whole file."""

    source: str | None = said(LINE)
    clause: tuple[Clause, ...] = said(Many(Clause, 256), default=())
    at: Place = ()


def load_clauses(data: bytes) -> dict[str, Clause]:
    """Every clause by its id, in the order of the protocol. Raises UsageError ``E_CLAUSES`` with the line."""
    parsed = parse(data, code="E_CLAUSES")
    faults = Faults(parsed.lines)
    file = read_table(_File, parsed.values, (), faults)
    found: dict[str, Clause] = {}
    for clause in file.clause:
        _check(clause, found, faults)
        found[clause.id] = clause
    if faults.problems:
        raise UsageError(
            "E_CLAUSES",
            f"The list of clauses cannot be used (line {faults.problems[0].line}).",
            next=_NEXT,
            problems=faults.problems,
        )
    return found


def _check(clause: Clause, found: dict[str, Clause], faults: Faults) -> None:
    if clause.id in found:
        faults.add("E_DOC_DUPLICATE", (*clause.at, "id"), "This clause is there twice.")
    for name in ("id", "says", "classes", "behaviour"):
        if not getattr(clause, name):
            faults.add("E_DOC_MISSING", (*clause.at, name), f"This clause has no {name}.")
    for name in clause.classes:
        if name not in {c.value for c in Class}:
            faults.add("E_DOC_CODE", (*clause.at, "classes"), "This class is not known.")
