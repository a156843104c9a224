"""The replay guard, in its tables. Nothing is ever removed from them."""

from __future__ import annotations

from typing import Final

from agency_client.adapters.vault.session import Row, Session
from agency_client.ports.vault.received import Gap, Seen
from phoenix_protocol.identifiers import EndpointId, ObjectHash, PackageId

#: Only senders of whom fewer numbers came than the highest says have gaps to look for.
_WITH_GAPS: Final = """
SELECT sender FROM seen_sequences WHERE sequence > 0 AND (?1 IS NULL OR sender = ?1)
GROUP BY sender HAVING max(sequence) > count(*) ORDER BY sender
"""
_GAPS: Final = """
SELECT previous + 1, sequence - 1 FROM (
    SELECT sequence, lag(sequence, 1, 0) OVER (ORDER BY sequence) AS previous
    FROM seen_sequences WHERE sender = ?
) WHERE sequence > previous + 1 ORDER BY sequence
"""


class GuardTables:
    """Implements :class:`agency_client.ports.vault.ReplayGuard`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def check(self, sender: EndpointId, package: PackageId, core: ObjectHash) -> Seen:
        return _seen(
            self._session.one(
                "SELECT core FROM seen_packages WHERE sender = ? AND package = ?", sender, package
            ),
            core,
        )

    def remember(self, sender: EndpointId, package: PackageId, core: ObjectHash) -> Seen:
        seen = self.check(sender, package, core)
        if seen is Seen.NEW:
            self._session.run("INSERT INTO seen_packages VALUES (?, ?, ?)", sender, package, core)
        return seen

    def remember_sequence(self, sender: EndpointId, sequence: int, core: ObjectHash) -> Seen:
        row = self._session.one(
            "SELECT core FROM seen_sequences WHERE sender = ? AND sequence = ?", sender, sequence
        )
        seen = _seen(row, core)
        if seen is Seen.NEW:
            self._session.run("INSERT INTO seen_sequences VALUES (?, ?, ?)", sender, sequence, core)
        return seen

    def gaps(self, sender: EndpointId | None = None) -> tuple[Gap, ...]:
        return tuple(
            Gap(sender=EndpointId(of), first=first, last=last)
            for (of,) in self._session.all(_WITH_GAPS, sender)
            for first, last in self._session.all(_GAPS, of)
        )


def _seen(row: Row | None, core: ObjectHash) -> Seen:
    if row is None:
        return Seen.NEW
    return Seen.SAME if row[0] == core else Seen.OTHER
