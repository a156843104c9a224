"""The register and its index, in their tables."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any, Final, cast

from agency_client.adapters.vault.session import Row, Session
from agency_client.ports.vault.register import (
    RegisterLine,
    SharedSection,
    Term,
    TermKind,
    Wanted,
)
from phoenix_protocol import encoding
from phoenix_protocol.encoding import Plain
from phoenix_protocol.identifiers import ObjectHash, Seconds

_LINE: Final = "SELECT number, kind, time, core, record, line, said FROM register"
_IN_ORDER: Final = "ORDER BY time, number"
_COUNT: Final = "SELECT count(*) FROM register"
_COUNT_FOUND: Final = "SELECT count(DISTINCT line) FROM"
_NEWEST_FIRST: Final = "ORDER BY time DESC, number DESC"
#: From here on lines are read in the order of their times, and those that are not found are passed over unread.
_MANY: Final = 500
_BY_TIME: Final = "INDEXED BY register_by_time"
_ANY: Final = Wanted()
_KINDS: Final = "kind IN (SELECT value FROM json_each(?))"
_EXACT: Final = "SELECT line FROM register_terms WHERE kind = ? AND term = ?"
_BEGINS: Final = "SELECT line FROM register_terms WHERE kind = ? AND term >= ? AND term < ?"
_LARGEST: Final = 8 << 20
_AFTER_ALL: Final = "\U0010ffff"


class RegisterTables:
    """Implements :class:`agency_client.ports.vault.Register`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, line: RegisterLine, terms: Collection[Term]) -> int:
        kept = self._session.one(
            "SELECT number FROM register WHERE core = ? AND record IS ? AND said IS ? AND kind = ?",
            line.core,
            line.record,
            line.said,
            line.kind,
        )
        if kept is not None:
            return int(kept[0])
        self._session.run(
            "INSERT INTO register (kind, time, core, record, said, line) VALUES (?, ?, ?, ?, ?, ?)",
            line.kind,
            line.time,
            line.core,
            line.record,
            line.said,
            _pack(line),
        )
        number = int(self._session.value("SELECT last_insert_rowid()"))
        self.also(number, terms)
        return number

    def also(self, line: int, terms: Collection[Term]) -> None:
        self._session.many(
            "INSERT OR IGNORE INTO register_terms VALUES (?, ?, ?)",
            [(term.kind.value, term.text, line) for term in terms if term.text],
        )

    def find(self, wanted: Wanted) -> tuple[RegisterLine, ...]:
        where, values = _where(wanted)
        return tuple(map(_line, self._session.all(f"{_LINE} {where} {_IN_ORDER}", *values)))

    def page(self, wanted: Wanted, *, start: int, most: int) -> tuple[RegisterLine, ...]:
        where, values = _where(wanted)
        by = _BY_TIME if self._are_many(wanted) else ""
        rows = self._session.all(
            f"{_LINE} {by} {where} {_NEWEST_FIRST} LIMIT ? OFFSET ?", *values, most, start
        )
        return tuple(map(_line, rows))

    def count(self, wanted: Wanted) -> int:
        found = _found(wanted)
        if found is not None and wanted == replace(_ANY, **_found_by(wanted)):
            return int(self._session.value(f"{_COUNT_FOUND} ({found[0]})", *found[1]))
        where, values = _where(wanted)
        return int(self._session.value(f"{_COUNT} {where}", *values))

    def _are_many(self, wanted: Wanted) -> bool:
        """Whether so many lines are found that to read all of them for their times costs more than going by time."""
        found = _found(wanted)
        if found is None:
            return False
        rows = self._session.all(f"{found[0]} LIMIT ?", *found[1], _MANY)
        return len(rows) == _MANY

    def of(
        self, *, core: ObjectHash | None = None, record: int | None = None
    ) -> tuple[RegisterLine, ...]:
        where, value = ("core = ?", core) if core is not None else ("record = ?", record)
        return tuple(map(_line, self._session.all(f"{_LINE} WHERE {where} {_IN_ORDER}", value)))

    def terms_of(
        self, *, core: ObjectHash | None = None, record: int | None = None
    ) -> frozenset[Term]:
        rows = self._session.all(
            "SELECT DISTINCT register_terms.kind, term FROM register "
            "JOIN register_terms ON register_terms.line = number WHERE core = ? OR record = ?",
            core,
            record,
        )
        return frozenset(Term(TermKind(kind), text) for kind, text in rows)

    def forget(self, *, core: ObjectHash | None = None, record: int | None = None) -> None:
        for line in self.of(core=core, record=record):
            self._session.run("DELETE FROM register_terms WHERE line = ?", line.number)
            self._session.run("DELETE FROM register WHERE number = ?", line.number)


def _where(wanted: Wanted) -> tuple[str, tuple[object, ...]]:
    conditions = list(_conditions(wanted))
    sql = " AND ".join(each for each, _ in conditions)
    values = tuple(value for _, each in conditions for value in each)
    return f"WHERE {sql}" if sql else "", values


def _conditions(wanted: Wanted) -> Iterator[tuple[str, tuple[object, ...]]]:
    found = _found(wanted)
    if (
        found is not None
    ):  # the index alone says which lines have all of them: no other line is read
        yield f"number IN ({found[0]})", found[1]
    if wanted.kinds is not None:
        yield _KINDS, (json.dumps(sorted(wanted.kinds)),)
    if wanted.since is not None:
        yield "time >= ?", (wanted.since,)
    if wanted.until is not None:
        yield "time < ?", (wanted.until,)


def _found(wanted: Wanted) -> tuple[str, tuple[object, ...]] | None:
    """The question to the index; None where nothing is asked of it."""
    terms = list(_terms(wanted))
    if not terms:
        return None
    both = " INTERSECT ".join(sql for sql, _ in terms)
    return both, tuple(value for _, values in terms for value in values)


def _found_by(wanted: Wanted) -> dict[str, Any]:
    """What of ``wanted`` the index answers."""
    return {"reference": wanted.reference, "words": wanted.words, "agency": wanted.agency}


def _terms(wanted: Wanted) -> Iterator[tuple[str, tuple[object, ...]]]:
    if wanted.reference is not None:
        yield _EXACT, (TermKind.REFERENCE.value, wanted.reference)
    if wanted.agency is not None:
        yield _EXACT, (TermKind.AGENCY.value, wanted.agency)
    for word in wanted.words:
        yield _BEGINS, (TermKind.WORD.value, word, word + _AFTER_ALL)


def _pack(line: RegisterLine) -> bytes:
    sections = [
        [s.title, list(s.readers), s.facts, s.reported, s.opinions, s.files] for s in line.sections
    ]
    facts = {name: list(values) for name, values in line.facts.items() if values}
    return encoding.encode(cast(Plain, [list(line.parties), sections, facts]))


def _line(row: Row) -> RegisterLine:
    parties, sections, facts = cast(list[Any], encoding.decode(row[5], limit=_LARGEST))
    return RegisterLine(
        number=row[0],
        kind=row[1],
        time=Seconds(row[2]),
        core=None if row[3] is None else ObjectHash(row[3]),
        record=row[4],
        said=None if row[6] is None else ObjectHash(row[6]),
        parties=tuple(parties),
        sections=tuple(_section(section) for section in sections),
        facts={name: tuple(values) for name, values in facts.items()},
    )


def _section(packed: list[Any]) -> SharedSection:
    title, readers, facts, reported, opinions, files = packed
    return SharedSection(
        title=title,
        readers=tuple(readers),
        facts=facts,
        reported=reported,
        opinions=opinions,
        files=files,
    )
