"""Records and what falls due, in their tables."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from agency_client.adapters.vault.session import Row, Session
from agency_client.ports.vault.records import Due, Record
from agency_client.record import listed
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import ObjectHash, Seconds

_RECORD: Final = (
    "SELECT records.number, kind, time, about, signed, coalesce(summary, '') FROM records "
    "LEFT JOIN record_texts ON record_texts.record = records.number"
)
_KINDS: Final = " AND kind IN (SELECT value FROM json_each(?))"
_OF_PACKAGE: Final = "records.number IN (SELECT record FROM record_links WHERE core = ?)"
_DUE: Final = (
    "SELECT number, kind, at, made, core, record, place, closed, closed_by FROM dues WHERE"
)
_EVER: Final = (1 << 63) - 1
_NO_LIMIT: Final = -1


class RecordTables:
    """Implements :class:`agency_client.ports.vault.Records`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, record: Record, document: bytes) -> int:
        if record.about is not None and self.get(record.about) is None:
            raise RefusedError(
                "E_NOT_FOUND", "There is no record of this number here.", next=listed.RECORDS
            )
        self._session.run(
            "INSERT INTO records (kind, time, about) VALUES (?, ?, ?)",
            record.kind,
            record.time,
            record.about,
        )
        number = int(self._session.value("SELECT last_insert_rowid()"))
        self._session.run(
            "INSERT INTO record_texts VALUES (?, ?, ?, ?)",
            number,
            record.summary,
            document,
            record.signed,
        )
        self._session.many(
            "INSERT INTO record_links VALUES (?, ?)", [(number, core) for core in record.cores]
        )
        return number

    def get(self, number: int) -> Record | None:
        found = self._records(f"{_RECORD} WHERE records.number = ?", number)
        return found[0] if found else None

    def document(self, number: int) -> bytes | None:
        row = self._session.one("SELECT document FROM record_texts WHERE record = ?", number)
        return None if row is None else row[0]

    def of(self, core: ObjectHash, kinds: Collection[str] | None = None) -> tuple[Record, ...]:
        return self._records(
            f"{_RECORD} WHERE {_OF_PACKAGE}{_and_kinds(kinds)} ORDER BY records.number",
            core,
            *_packed(kinds),
        )

    def following(self, number: int, kinds: Collection[str] | None = None) -> tuple[Record, ...]:
        return self._records(
            f"{_RECORD} WHERE about = ?{_and_kinds(kinds)} ORDER BY records.number",
            number,
            *_packed(kinds),
        )

    def listing(
        self,
        kinds: Collection[str] | None = None,
        *,
        since: Seconds | None = None,
        until: Seconds | None = None,
    ) -> tuple[Record, ...]:
        return self._records(
            f"{_RECORD} WHERE time >= ? AND time < ?{_and_kinds(kinds)} "
            "ORDER BY time, records.number",
            since or 0,
            _EVER if until is None else until,
            *_packed(kinds),
        )

    def erase(self, number: int) -> None:
        self._session.run("DELETE FROM record_texts WHERE record = ?", number)

    def _records(self, sql: str, *values: object) -> tuple[Record, ...]:
        found = [_record(row) for row in self._session.all(sql, *values)]
        links: dict[int, list[ObjectHash]] = {record.number: [] for record in found}
        for number, core in self._session.all(
            "SELECT record, core FROM record_links "
            "WHERE record IN (SELECT value FROM json_each(?)) ORDER BY rowid",
            json.dumps(list(links)),
        ):
            links[number].append(ObjectHash(core))
        return tuple(replace(record, cores=tuple(links[record.number])) for record in found)


class DueTable:
    """Implements :class:`agency_client.ports.vault.Dues`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, due: Due) -> int:
        kept = self.find(due.kind, core=due.core, record=due.record, place=due.place)
        if kept is not None and kept.at == due.at:
            return kept.number
        if kept is not None:
            self.close(kept.number, due.made)
        self._session.run(
            "INSERT INTO dues (kind, at, made, core, record, place) VALUES (?, ?, ?, ?, ?, ?)",
            due.kind,
            due.at,
            due.made,
            due.core,
            due.record,
            due.place,
        )
        return int(self._session.value("SELECT last_insert_rowid()"))

    def close(self, number: int, at: Seconds, by: int | None = None) -> None:
        self._session.run(
            "UPDATE dues SET closed = ?, closed_by = ? WHERE number = ? AND closed IS NULL",
            at,
            by,
            number,
        )

    def find(
        self,
        kind: str,
        *,
        core: ObjectHash | None = None,
        record: int | None = None,
        place: str = "",
    ) -> Due | None:
        row = self._session.one(
            # Said so that the index by core or record is used.
            f"{_DUE} closed IS NULL AND kind = ? AND core {'IS' if core is None else '='} ? "
            f"AND record {'IS' if record is None else '='} ? AND place = ?",
            kind,
            core,
            record,
            place,
        )
        return None if row is None else _due(row)

    def open(
        self,
        kinds: Collection[str] | None = None,
        *,
        until: Seconds | None = None,
        limit: int | None = None,
    ) -> tuple[Due, ...]:
        rows = self._session.all(
            f"{_DUE} closed IS NULL AND at <= ?{_and_kinds(kinds)} ORDER BY at, number LIMIT ?",
            _EVER if until is None else until,
            *_packed(kinds),
            _NO_LIMIT if limit is None else limit,
        )
        return tuple(map(_due, rows))

    def count(self, until: Seconds) -> int:
        sql = "SELECT count(*) FROM dues WHERE closed IS NULL AND at <= ?"
        return int(self._session.value(sql, until))

    def of(self, *, core: ObjectHash | None = None, record: int | None = None) -> tuple[Due, ...]:
        where, value = ("core = ?", core) if core is not None else ("record = ?", record)
        return tuple(map(_due, self._session.all(f"{_DUE} {where} ORDER BY at, number", value)))


def _and_kinds(kinds: Collection[str] | None) -> str:
    return "" if kinds is None else _KINDS


def _packed(kinds: Collection[str] | None) -> tuple[str, ...]:
    return () if kinds is None else (json.dumps(sorted(kinds)),)


def _record(row: Row) -> Record:
    return Record(
        number=row[0],
        kind=row[1],
        time=Seconds(row[2]),
        about=row[3],
        signed=row[4],
        summary=row[5],
    )


def _due(row: Row) -> Due:
    return Due(
        number=row[0],
        kind=row[1],
        at=Seconds(row[2]),
        made=Seconds(row[3]),
        core=None if row[4] is None else ObjectHash(row[4]),
        record=row[5],
        place=row[6],
        closed=None if row[7] is None else Seconds(row[7]),
        closed_by=row[8],
    )
