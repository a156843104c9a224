"""What a partnership or an agency adds to the catalogue, and what it tightens. Nothing can be loosened or taken away.

The file has the form of the catalogue itself: a code that the catalogue does not have is added to its list; one that it
has can get a later beginning, an earlier end, fewer places and users, more that it is not for, and a warning. Besides,
it can ask (`agency_client/record/local_questions.py`). An agency's file comes after its partnership's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from agency_client.record.catalogue import ANYONE, Catalogue, Code, Whose
from agency_client.record.catalogue_file import (
    WrittenCode,
    WrittenTable,
    read_catalogue,
    read_code,
    refusal,
)
from agency_client.record.faults import Faults
from agency_client.record.local_questions import LocalHead, questions, requirements
from phoenix_protocol.suite.hashing import sha256

#: Lists that rules rely on being no longer than they are: a marking that is added would be a marking that is sent.
CLOSED: Final = frozenset({"classification", "agency_kind", "jurisdiction"})
#: What of a word stays as it was shipped.
_FIXED: Final = ("label", "help", "source", "confirmed")


def with_local(base: Catalogue, data: bytes, whose: Whose = Whose.PARTNERSHIP) -> Catalogue:
    """``base`` with what the file ``data`` adds, tightens and asks.

    Raises UsageError ``E_CATALOGUE`` with every fault and its line: a later format, what is loosened, what is no code.
    """
    read = read_catalogue(data, LocalHead)
    changed = {name: dict(_codes(table, base, read.faults)) for name, table in read.tables.items()}
    asked = questions(read.head, base, read.faults)
    required = requirements(read.head, base, read.faults)
    if read.faults.problems:
        raise refusal(read.faults.problems)
    return replace(
        base,
        enumerations={
            name: {**words, **_also(name, base, changed), **changed.get(name, {})}
            for name, words in base.enumerations.items()
        },
        questions=asked,
        required=required,
        added={**base.added, whose: (read.head.version or "", sha256(data))},
    )


def _also(
    name: str, base: Catalogue, changed: Mapping[str, Mapping[str, Code]]
) -> Mapping[str, Code]:
    """What changed in the lists whose words count in ``name`` too."""
    return {
        code: entry
        for other in base.includes.get(name, ())
        for code, entry in changed.get(other, {}).items()
    }


def _codes(table: WrittenTable, base: Catalogue, faults: Faults) -> Iterator[tuple[str, Code]]:
    (name,) = table.at
    known = base.enumerations.get(str(name))
    if known is None:
        faults.add("E_DOC_CODE", table.at, "The catalogue has no list of this name.")
        return
    for field in ("title", "includes"):
        if getattr(table, field):
            message = f"The {field} of a list stays as it is."
            faults.add("E_DOC_FIELD", (*table.at, field), message)
    seen: set[str] = set()
    for written in table.codes:
        code = _code(written, table, known, base, faults)
        if code is not None and code.code in seen:
            faults.add("E_DOC_DUPLICATE", (*written.at, "code"), "This code is there twice.")
        if code is not None:
            seen.add(code.code)
            yield code.code, code


def _code(
    written: WrittenCode,
    table: WrittenTable,
    known: Mapping[str, Code],
    base: Catalogue,
    faults: Faults,
) -> Code | None:
    shipped = known.get(written.code or "")
    if shipped is not None:
        return _tightened(shipped, written, base, faults)
    if table.at[0] in CLOSED:
        faults.add("E_DOC_CODE", written.at, "Nothing can be added to this list.")
        return None
    code = read_code(written, table, faults)
    if code is not None:
        _check_names(code, written, base, faults)
    return code


def _check_names(code: Code, written: WrittenCode, base: Catalogue, faults: Faults) -> None:
    if not code.jurisdiction <= base.enumerations["jurisdiction"].keys():
        faults.add("E_DOC_CODE", written.at, "This jurisdiction is not known.")
    if not code.who_may_use | code.not_for <= {*base.enumerations["agency_kind"], ANYONE}:
        faults.add("E_DOC_CODE", written.at, "This kind of agency is not known.")


def _tightened(known: Code, written: WrittenCode, base: Catalogue, faults: Faults) -> Code:
    """``known`` with what ``written`` makes narrower. Whatever would make it wider is a fault."""
    for field in _FIXED:
        if getattr(written, field) is not None:
            message = f"The {field} of a word that is shipped stays as it is."
            faults.add("E_DOC_FIELD", (*written.at, field), message)
    tighter = replace(
        known,
        since=written.from_ or known.since,
        until=written.to or known.until,
        jurisdiction=_either(written.jurisdiction, known.jurisdiction),
        who_may_use=_either(written.who_may_use, known.who_may_use),
        not_for=known.not_for | frozenset(written.not_for or ()),
        warn=" ".join(text for text in (known.warn, written.warn) if text) or None,
    )
    for field in _loosened(known, tighter):
        faults.add("E_DOC_CODE", (*written.at, field), "This would loosen what was shipped.")
    _check_names(tighter, written, base, faults)
    return tighter


def _either(written: tuple[str, ...] | None, known: frozenset[str]) -> frozenset[str]:
    return known if written is None else frozenset(written)


def _loosened(known: Code, tighter: Code) -> Iterator[str]:
    if tighter.since < known.since:
        yield "from_"
    if known.until is not None and (tighter.until is None or tighter.until > known.until):
        yield "to"
    if not tighter.jurisdiction <= known.jurisdiction:
        yield "jurisdiction"
    if ANYONE not in known.who_may_use and not tighter.who_may_use <= known.who_may_use:
        yield "who_may_use"
