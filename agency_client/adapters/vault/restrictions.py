"""Restrictions, in their table."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from agency_client.adapters.vault.session import Row, Session
from agency_client.ports.vault.restrictions import Restriction, RestrictReason
from phoenix_protocol.identifiers import ItemId, ObjectHash, Seconds

_LIVE: Final = (
    "SELECT core, item, reason, since, record, words FROM restrictions WHERE ended IS NULL"
)
_ADD: Final = (
    "INSERT INTO restrictions (core, item, reason, since, record, words) VALUES (?, ?, ?, ?, ?, ?)"
)


class RestrictionTable:
    """Implements :class:`agency_client.ports.vault.Restrictions`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, restriction: Restriction) -> None:
        self.end(restriction.core, [restriction.item], restriction.since, restriction.record)
        self._session.run(
            _ADD,
            restriction.core,
            restriction.item,
            restriction.reason.value,
            restriction.since,
            restriction.record,
            restriction.words,
        )

    def live(self, core: ObjectHash) -> dict[ItemId | None, Restriction]:
        rows = self._session.all(f"{_LIVE} AND core = ? ORDER BY number", core)
        return {found.item: found for found in map(_restriction, rows)}

    def of(self, cores: Collection[ObjectHash]) -> dict[ObjectHash, Restriction]:
        rows = self._session.all(f"{_LIVE} AND item IS NULL")
        wanted = set(cores)
        return {found.core: found for found in map(_restriction, rows) if found.core in wanted}

    def parts(self) -> frozenset[ObjectHash]:
        rows = self._session.all("SELECT DISTINCT core FROM restrictions WHERE ended IS NULL")
        return frozenset(ObjectHash(core) for (core,) in rows)

    def end(
        self,
        core: ObjectHash,
        items: Collection[ItemId | None] | None,
        now: Seconds,
        by: int | None = None,
    ) -> None:
        ended = "UPDATE restrictions SET ended = ?, ended_by = ? WHERE core = ? AND ended IS NULL"
        if items is None:
            self._session.run(ended, now, by, core)
            return
        for item in items:
            self._session.run(f"{ended} AND item IS ?", now, by, core, item)


def _restriction(row: Row) -> Restriction:
    return Restriction(
        core=ObjectHash(row[0]),
        item=None if row[1] is None else ItemId(row[1]),
        reason=RestrictReason(row[2]),
        since=Seconds(row[3]),
        record=row[4],
        words=row[5],
    )
