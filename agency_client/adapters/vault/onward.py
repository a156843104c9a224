"""The onward register, in its table."""

from __future__ import annotations

import json
from collections.abc import Collection

from agency_client.adapters.vault.session import Row, Session
from agency_client.ports.vault.onward import PassedOn
from phoenix_protocol.identifiers import Address, ItemId, ObjectHash, Seconds


class OnwardTable:
    """Implements :class:`agency_client.ports.vault.Onward`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, entry: PassedOn) -> bool:
        added = self._session.run(
            "INSERT OR IGNORE INTO onward (core, item, to_core, to_item, to_address, time) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            entry.core,
            entry.item,
            entry.to_core,
            entry.to_item,
            entry.to_address,
            entry.time,
        )
        return added == 1

    def of(self, cores: Collection[ObjectHash]) -> tuple[PassedOn, ...]:
        rows = self._session.all(
            "SELECT core, item, to_core, to_item, to_address, time FROM onward "
            "WHERE core IN (SELECT unhex(value) FROM json_each(?)) ORDER BY number",
            json.dumps([core.hex() for core in cores]),
        )
        return tuple(map(_entry, rows))

    def passed_on(self, core: ObjectHash, item: ItemId) -> tuple[PassedOn, ...]:
        rows = self._session.all(
            "SELECT core, item, to_core, to_item, to_address, time FROM onward "
            "WHERE core = ? AND item = ? ORDER BY number",
            core,
            item,
        )
        return tuple(map(_entry, rows))

    def came_from(self, to_core: ObjectHash) -> tuple[PassedOn, ...]:
        rows = self._session.all(
            "SELECT core, item, to_core, to_item, to_address, time FROM onward "
            "WHERE to_core = ? ORDER BY number",
            to_core,
        )
        return tuple(map(_entry, rows))


def _entry(row: Row) -> PassedOn:
    return PassedOn(
        core=ObjectHash(row[0]),
        item=ItemId(row[1]),
        to_core=ObjectHash(row[2]),
        to_item=ItemId(row[3]),
        to_address=Address(row[4]),
        time=Seconds(row[5]),
    )
