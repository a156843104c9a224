"""The log's statements, openings and kept checkpoints, in their tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from agency_client.adapters.vault.session import Session
from agency_client.ports.vault.directory import KeptCheckpoint
from phoenix_protocol.errors import TamperError

if TYPE_CHECKING:
    from phoenix_protocol.api import LogEntry
    from phoenix_protocol.directory.statements import Opening


class DirectoryTables:
    """Implements :class:`agency_client.ports.vault.Directory`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def size(self) -> int:
        return int(self._session.value("SELECT coalesce(max(number), -1) + 1 FROM statements"))

    def append(self, first: int, entries: Sequence[LogEntry]) -> None:
        size = self.size()
        if first > size:
            raise TamperError("E_DIR_CHAIN", "The directory's next statements are missing.")
        for number, entry in enumerate(entries, first):
            if number < size:
                self._require_same(number, entry.statement)
            else:
                self._session.run("INSERT INTO statements VALUES (?, ?)", number, entry.statement)
            self._keep_openings(number, entry.openings)

    def entries(self, first: int = 0, count: int | None = None) -> tuple[LogEntry, ...]:
        from phoenix_protocol.api import LogEntry

        end = (1 << 62) if count is None else first + count
        openings = self._openings(first, end)
        rows = self._session.all(
            "SELECT number, statement FROM statements WHERE number >= ? AND number < ? "
            "ORDER BY number",
            first,
            end,
        )
        return tuple(
            LogEntry(statement=statement, openings=tuple(openings[number]))
            for number, statement in rows
        )

    def erase_openings(self, index: int) -> None:
        self._session.run("DELETE FROM openings WHERE statement = ?", index)

    def keep_checkpoint(self, checkpoint: KeptCheckpoint) -> None:
        self._session.run(
            "INSERT OR IGNORE INTO checkpoints (note, why, time) VALUES (?, ?, ?)",
            checkpoint.note,
            checkpoint.why,
            checkpoint.time,
        )

    def checkpoints(self) -> tuple[KeptCheckpoint, ...]:
        rows = self._session.all("SELECT note, why, time FROM checkpoints ORDER BY number")
        return tuple(KeptCheckpoint(note=note, why=why, time=time) for note, why, time in rows)

    def _require_same(self, number: int, statement: bytes) -> None:
        row = self._session.one("SELECT statement FROM statements WHERE number = ?", number)
        if row is not None and row[0] == statement:
            return
        # Two valid, different signatures exist on one statement: what counts is its hash (§3).
        from phoenix_protocol.signed import parse_signed

        if row is None or parse_signed(row[0]).hash != parse_signed(statement).hash:
            raise TamperError("E_DIR_FORK", "The relay shows another past than it did before.")

    def _keep_openings(self, number: int, openings: Sequence[Opening]) -> None:
        self._session.many(
            "INSERT OR IGNORE INTO openings VALUES (?, ?, ?, ?)",
            [(number, opening.kind, opening.salt, opening.text) for opening in openings],
        )

    def _openings(self, first: int, end: int) -> defaultdict[int, list[Opening]]:
        from phoenix_protocol.directory.statements import Opening

        found: defaultdict[int, list[Opening]] = defaultdict(list)
        for number, kind, salt, text in self._session.all(
            "SELECT statement, kind, salt, text FROM openings "
            "WHERE statement >= ? AND statement < ? ORDER BY statement, kind, salt",
            first,
            end,
        ):
            found[number].append(Opening(kind=kind, salt=salt, text=text))
        return found
