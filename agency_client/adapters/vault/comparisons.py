"""Comparisons of words, in their tables."""

from __future__ import annotations

from typing import Final

from agency_client.adapters.vault.session import Session
from agency_client.ports.vault.comparisons import Comparison
from phoenix_protocol.identifiers import Address, Seconds, SignerId

_ID_BYTES: Final = 32


class ComparisonTables:
    """Implements :class:`agency_client.ports.vault.Comparisons`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, comparison: Comparison) -> None:
        self._session.run(
            "INSERT INTO comparisons (address, time, by, keys) VALUES (?, ?, ?, ?)",
            comparison.address,
            comparison.time,
            comparison.by,
            b"".join(comparison.keys),
        )

    def newest(self, address: Address) -> Comparison | None:
        row = self._session.one(
            "SELECT time, by, keys FROM comparisons WHERE address = ? ORDER BY number DESC LIMIT 1",
            address,
        )
        if row is None:
            return None
        return Comparison(address=address, time=Seconds(row[0]), by=row[1], keys=_keys(row[2]))

    def show(self, address: Address, keys: tuple[SignerId, ...]) -> None:
        self._session.run(
            "INSERT OR REPLACE INTO words_shown (address, keys) VALUES (?, ?)",
            address,
            b"".join(keys),
        )

    def shown(self, address: Address) -> tuple[SignerId, ...]:
        row = self._session.one("SELECT keys FROM words_shown WHERE address = ?", address)
        return () if row is None else _keys(row[0])


def _keys(data: bytes) -> tuple[SignerId, ...]:
    return tuple(SignerId(data[n : n + _ID_BYTES]) for n in range(0, len(data), _ID_BYTES))
