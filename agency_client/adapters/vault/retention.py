"""Rules of retention, and erasure, in their tables."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Final

from agency_client.adapters.vault.session import Row, Session
from agency_client.ports.vault.retention import Copy, EraseReason, Retained, Tombstone
from phoenix_protocol.identifiers import ObjectHash, PackageId, Seconds, SegmentId

_WHOLE: Final = b""
_NO_LIMIT: Final = -1
_RETAINED: Final = "SELECT core, section, copy, rule, trigger, review FROM retention"
_TOMBSTONE: Final = "SELECT core, section, reason, time, actor FROM tombstones"
_DOOM: Final = (
    "INSERT OR IGNORE INTO doomed_blobs SELECT DISTINCT blob FROM attachments "
    "WHERE core = ?1 AND stored = 1"
)
_DOOM_SECTIONS: Final = (
    "INSERT OR IGNORE INTO doomed_blobs SELECT DISTINCT blob FROM attachments "
    "WHERE core = ?1 AND stored = 1 AND section IN (SELECT unhex(value) FROM json_each(?2))"
)
#: What goes with the contents of a package: its keys, its words, and what was said of it in words.
_PACKAGE: Final = (
    "DELETE FROM contents WHERE core = ?1",
    "UPDATE offers SET capsule = x'', cover_key = x'', grant_key = x'', released = NULL "
    "WHERE core = ?1",
    "UPDATE received SET purpose = '' WHERE core = ?1",
    "UPDATE sent SET purpose = '', thread = '' WHERE core = ?1",
    "UPDATE sent_records SET document = x'' WHERE core = ?1",
    "UPDATE events SET detail = NULL WHERE core = ?1",
    "UPDATE objects SET detail = NULL WHERE core = ?1",
    "DELETE FROM retention WHERE core = ?1",
)
#: A section's items go with its row.
_SECTIONS: Final = (
    "DELETE FROM attachments WHERE core = ?1 "
    "AND section IN (SELECT unhex(value) FROM json_each(?2))",
    "DELETE FROM sections WHERE core = ?1 AND segment IN (SELECT unhex(value) FROM json_each(?2))",
    "DELETE FROM retention WHERE core = ?1 AND section IN (SELECT unhex(value) FROM json_each(?2))",
)


class RetentionTable:
    """Implements :class:`agency_client.ports.vault.Retention`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, retained: Retained) -> None:
        self._session.run(
            "INSERT OR REPLACE INTO retention VALUES (?, ?, ?, ?, ?, ?)",
            retained.core,
            retained.section or _WHOLE,
            retained.copy.value,
            retained.rule,
            retained.trigger,
            retained.review,
        )

    def of(self, core: ObjectHash) -> tuple[Retained, ...]:
        rows = self._session.all(f"{_RETAINED} WHERE core = ? ORDER BY section", core)
        return tuple(map(_retained, rows))

    def soonest(self, limit: int | None = None) -> tuple[Retained, ...]:
        rows = self._session.all(
            f"{_RETAINED} ORDER BY review, core LIMIT ?", _NO_LIMIT if limit is None else limit
        )
        return tuple(map(_retained, rows))

    def packages(self, cores: Collection[ObjectHash]) -> Mapping[ObjectHash, PackageId]:
        rows = self._session.all(
            "WITH wanted AS MATERIALIZED (SELECT unhex(value) AS core FROM json_each(?1)) "
            "SELECT core, package FROM wanted JOIN received USING (core) "
            "UNION ALL SELECT core, package FROM wanted JOIN sent USING (core)",
            json.dumps([core.hex() for core in cores]),
        )
        return {ObjectHash(core): PackageId(package) for core, package in rows}


class ErasureTables:
    """Implements :class:`agency_client.ports.vault.Erasure`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def package(self, core: ObjectHash, cover: bytes | None, by: Tombstone) -> None:
        self._session.run(_DOOM, core)
        for statement in _PACKAGE:
            self._session.run(statement, core)
        if cover is not None:
            self._session.run("UPDATE offers SET cover = ? WHERE core = ?", cover, core)
            self._session.run("UPDATE sent_records SET cover = ? WHERE core = ?", cover, core)
        self._bury(by, None)

    def sections(
        self, core: ObjectHash, sections: Collection[SegmentId], grant: bytes | None, by: Tombstone
    ) -> None:
        among = json.dumps([section.hex() for section in sections])
        self._session.run(_DOOM_SECTIONS, core, among)
        for statement in _SECTIONS:
            self._session.run(statement, core, among)
        self._session.run("UPDATE contents SET granted = ? WHERE core = ?", grant, core)
        self._session.run("UPDATE offers SET grant_key = x'', released = NULL WHERE core = ?", core)
        self._session.run("UPDATE sent_records SET document = x'' WHERE core = ?", core)
        for section in sections:
            self._bury(by, section)

    def tombstones(self, core: ObjectHash) -> tuple[Tombstone, ...]:
        rows = self._session.all(f"{_TOMBSTONE} WHERE core = ? ORDER BY number", core)
        return tuple(map(_tombstone, rows))

    def newest(self, limit: int) -> tuple[ObjectHash, ...]:
        rows = self._session.all(
            "SELECT core FROM tombstones GROUP BY core ORDER BY max(number) DESC LIMIT ?", limit
        )
        return tuple(ObjectHash(core) for (core,) in rows)

    def whole(self) -> frozenset[ObjectHash]:
        rows = self._session.all("SELECT core FROM tombstones WHERE section IS NULL")
        return frozenset(ObjectHash(core) for (core,) in rows)

    def is_erased(self, core: ObjectHash) -> bool:
        found = self._session.one(
            "SELECT 1 FROM tombstones WHERE core = ? AND section IS NULL", core
        )
        return found is not None

    def doomed(self) -> tuple[bytes, ...]:
        rows = self._session.all(
            "SELECT blob FROM doomed_blobs WHERE blob NOT IN (SELECT blob FROM attachments)"
        )
        return tuple(blob for (blob,) in rows)

    def removed(self, blob: bytes) -> None:
        self._session.run("DELETE FROM doomed_blobs WHERE blob = ?", blob)

    def _bury(self, by: Tombstone, section: SegmentId | None) -> None:
        self._session.run(
            "INSERT INTO tombstones (core, section, reason, time, actor) VALUES (?, ?, ?, ?, ?)",
            by.core,
            section,
            by.reason.value,
            by.time,
            by.actor,
        )


def _retained(row: Row) -> Retained:
    return Retained(
        core=ObjectHash(row[0]),
        section=SegmentId(row[1]) if row[1] else None,
        copy=Copy(row[2]),
        rule=row[3],
        trigger=row[4],
        review=Seconds(row[5]),
    )


def _tombstone(row: Row) -> Tombstone:
    return Tombstone(
        core=ObjectHash(row[0]),
        section=SegmentId(row[1]) if row[1] else None,
        reason=EraseReason(row[2]),
        time=Seconds(row[3]),
        actor=row[4],
    )
