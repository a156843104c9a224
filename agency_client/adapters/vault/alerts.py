"""Alerts and quarantine, in their tables."""

from __future__ import annotations

from typing import Final

from agency_client.adapters.vault.codes import pack_map, unpack_map
from agency_client.adapters.vault.session import Row, Session
from agency_client.ports.vault.alerts import Alert, Quarantined
from phoenix_protocol.identifiers import ObjectHash, Seconds

#: A hostile relay must not fill the disk with what does not verify. Beyond, the digest is enough.
QUARANTINE_BYTES: Final = 64 << 20

_SELECT: Final = "SELECT number, code, core, about, time, detail, seen FROM alerts"


class AlertTable:
    """Implements :class:`agency_client.ports.vault.Alerts`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, alert: Alert) -> bool:
        added = self._session.run(
            "INSERT OR IGNORE INTO alerts (code, core, about, time, detail, seen) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            alert.code,
            alert.core or b"",  # NULLs would all be distinct
            alert.about,
            alert.time,
            pack_map(alert.detail),
            alert.seen,
        )
        return added == 1

    def unseen(self) -> tuple[Alert, ...]:
        return tuple(
            map(_alert, self._session.all(f"{_SELECT} WHERE seen IS NULL ORDER BY number"))
        )

    def of(self, core: ObjectHash) -> tuple[Alert, ...]:
        rows = self._session.all(f"{_SELECT} WHERE core = ? ORDER BY number", core)
        return tuple(map(_alert, rows))

    def see(self, number: int, at: Seconds) -> None:
        self._session.run(
            "UPDATE alerts SET seen = ? WHERE number = ? AND seen IS NULL", at, number
        )


class QuarantineTable:
    """Implements :class:`agency_client.ports.vault.Quarantine`."""

    def __init__(self, session: Session, bound: int = QUARANTINE_BYTES) -> None:
        self._session = session
        self._bound = bound

    def add(self, bad: Quarantined) -> bool:
        added = self._session.run(
            "INSERT OR IGNORE INTO quarantine (digest, code, time, content) VALUES (?, ?, ?, ?)",
            bad.digest,
            bad.code,
            bad.time,
            bad.content if self._has_room_for(bad.content) else None,
        )
        return added == 1

    def listing(self) -> tuple[tuple[bytes, str, Seconds], ...]:
        rows = self._session.all("SELECT digest, code, time FROM quarantine ORDER BY number")
        return tuple((digest, code, Seconds(time)) for digest, code, time in rows)

    def get(self, digest: bytes) -> Quarantined | None:
        row = self._session.one(
            "SELECT digest, code, time, content FROM quarantine WHERE digest = ?", digest
        )
        if row is None:
            return None
        return Quarantined(digest=row[0], code=row[1], time=Seconds(row[2]), content=row[3])

    def _has_room_for(self, content: bytes | None) -> bool:
        used = self._session.value("SELECT coalesce(sum(length(content)), 0) FROM quarantine")
        return content is not None and used + len(content) <= self._bound


def _alert(row: Row) -> Alert:
    return Alert(
        number=row[0],
        code=row[1],
        core=ObjectHash(row[2]) if row[2] else None,
        about=row[3],
        time=Seconds(row[4]),
        detail=unpack_map(row[5]),
        seen=row[6],
    )
