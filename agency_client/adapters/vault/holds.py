"""Holds and their ends, in their tables."""

from __future__ import annotations

from typing import Final

from agency_client.adapters.vault.session import Row, Session
from agency_client.ports.vault.holds import StoredHold
from phoenix_protocol import limits, schema
from phoenix_protocol.identifiers import ObjectHash, Seconds
from phoenix_protocol.sealing.holds import Hold
from phoenix_protocol.signed import parse_signed

_HOLD: Final = (
    "SELECT holds.hash, holds.signed, hold_lifts.time FROM holds "
    "LEFT JOIN hold_lifts ON hold_lifts.hold = holds.hash"
)


class HoldTables:
    """Implements :class:`agency_client.ports.vault.Holds`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, hold: StoredHold) -> bool:
        return (
            self._session.run(
                "INSERT OR IGNORE INTO holds (hash, signed) VALUES (?, ?)", hold.hash, hold.signed
            )
            == 1
        )

    def lift(self, hold: ObjectHash, signed: bytes, time: Seconds) -> bool:
        return (
            self._session.run(
                "INSERT OR IGNORE INTO hold_lifts (hold, signed, time) VALUES (?, ?, ?)",
                hold,
                signed,
                time,
            )
            == 1
        )

    def lifting(self, hold: ObjectHash) -> bytes | None:
        row = self._session.one("SELECT signed FROM hold_lifts WHERE hold = ?", hold)
        return None if row is None else bytes(row[0])

    def all(self) -> tuple[StoredHold, ...]:
        return tuple(map(_hold, self._session.all(f"{_HOLD} ORDER BY number")))

    def open(self) -> tuple[StoredHold, ...]:
        rows = self._session.all(f"{_HOLD} WHERE hold_lifts.time IS NULL ORDER BY number")
        return tuple(map(_hold, rows))


def _hold(row: Row) -> StoredHold:
    payload = parse_signed(row[1]).payload
    return StoredHold(
        hash=ObjectHash(row[0]),
        said=schema.decode(Hold, payload, limit=limits.SIGNED_BYTES),
        signed=row[1],
        lifted=None if row[2] is None else Seconds(row[2]),
    )
