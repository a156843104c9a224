"""The audit chain's rows, and how new the vault is, in their tables."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Final

from agency_client.adapters.vault.codes import pack_map, unpack_map
from agency_client.adapters.vault.session import Row, Session, damaged
from agency_client.audit import chain
from agency_client.audit.chain import EMPTY, AuditHead, AuditRow
from agency_client.ports.vault import Standing, VaultHead
from phoenix_protocol.identifiers import PackageId, Seconds


class AuditTable:
    """Implements :class:`agency_client.ports.vault.Audit`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(
        self,
        *,
        time: Seconds,
        actor: str,
        action: str,
        on: bytes = b"",
        outcome: str = "done",
        detail: Mapping[str, str] | None = None,
    ) -> AuditRow:
        row = chain.append(
            self.head(),
            time=time,
            actor=actor,
            action=action,
            on=on,
            outcome=outcome,
            detail=detail,
        )
        self._session.run("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *_columns(row))
        self._session.run("UPDATE head SET audit_count = ?, audit_hash = ?", row.number, row.hash)
        return row

    def head(self) -> AuditHead:
        return read_head(self._session).audit

    def rows(self, first: int = 1, count: int | None = None) -> tuple[AuditRow, ...]:
        end = (1 << 62) if count is None else first + count
        rows = self._session.all(
            "SELECT number, time, actor, action, object, outcome, detail, previous FROM audit "
            "WHERE number >= ? AND number < ? ORDER BY number",
            first,
            end,
        )
        return tuple(map(_row, rows))

    def packages(self, objects: Collection[bytes]) -> Mapping[bytes, PackageId]:
        wanted = json.dumps([each.hex() for each in objects])
        return {each: PackageId(id_) for each, id_ in self._session.all(_PACKAGES, wanted)}


#: A core is about itself; everything else that rows name lies in a table that has its core.
_PACKAGES: Final = """
WITH wanted AS MATERIALIZED (SELECT unhex(value) AS hash FROM json_each(?1)),
about AS (
    SELECT hash, hash AS core FROM wanted
    UNION SELECT hash, core FROM wanted JOIN events USING (hash)
    UNION SELECT hash, core FROM wanted JOIN postings USING (hash)
    UNION SELECT hash, core FROM wanted JOIN notices USING (hash)
)
SELECT hash, package FROM about JOIN received USING (core)
UNION SELECT hash, package FROM about JOIN sent USING (core)
"""


def read_head(session: Session) -> VaultHead:
    """How new the vault is."""
    row = session.one("SELECT generation, audit_count, audit_hash FROM head")
    if row is None:
        raise damaged()
    return VaultHead(generation=row[0], audit=AuditHead(count=row[1], hash=row[2]))


def standing(session: Session, expected: VaultHead) -> Standing:
    """What the vault is, given the newest head that the keystore knows of it (docs/protocol.md §1).

    It may have gone on since: a crash can come between the vault's commit and the keystore's. The
    newest row and the row that the keystore knows are compared; ``check`` goes over all of them.
    """
    head = read_head(session)
    if head.generation < expected.generation:
        return Standing.ROLLED_BACK
    if not _ends_in(session, head.audit):
        return Standing.AUDIT_BROKEN
    if head.audit.count < expected.audit.count and expected.generation == 0:
        return Standing.ROLLED_BACK  # whole in itself, and nothing tells it from an older one
    return Standing.SOUND if _holds(session, expected.audit) else Standing.AUDIT_BROKEN


def _ends_in(session: Session, head: AuditHead) -> bool:
    beyond = session.one("SELECT 1 FROM audit WHERE number > ?", head.count)
    return beyond is None and _holds(session, head)


def _holds(session: Session, known: AuditHead) -> bool:
    if known.count == 0:
        return known == EMPTY
    rows = AuditTable(session).rows(known.count, 1)
    return bool(rows) and rows[0].hash == known.hash


def _columns(row: AuditRow) -> Row:
    return (
        row.number,
        row.time,
        row.actor,
        row.action,
        row.on,
        row.outcome,
        pack_map(row.detail),
        row.previous,
    )


def _row(row: Row) -> AuditRow:
    return AuditRow(
        number=row[0],
        time=Seconds(row[1]),
        actor=row[2],
        action=row[3],
        on=row[4],
        outcome=row[5],
        detail=unpack_map(row[6]),
        previous=row[7],
    )
