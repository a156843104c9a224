"""Sequence numbers per recipient endpoint, in their tables. A number that was given is never given
again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agency_client.adapters.vault.session import Row, Session
from agency_client.ports.vault.sent import Progress, SequenceUse
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import EndpointId, ObjectHash
from phoenix_protocol.package.events import VoidReason
from phoenix_protocol.package.lifecycle import State

_TO_VOID: Final = """
SELECT uses.recipient, uses.sequence, uses.core, uses.voided
FROM sent_endpoints AS ends
JOIN sequence_uses AS uses ON uses.recipient = ends.endpoint AND uses.sequence = ends.sequence
JOIN sent ON sent.core = ends.core
WHERE uses.voided IS NULL AND (ends.state IN (?, ?) OR sent.progress = ?)
ORDER BY uses.recipient, uses.sequence
"""


class SequenceTables:
    """Implements :class:`agency_client.ports.vault.Sequences`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def allocate(self, recipients: Sequence[EndpointId]) -> dict[EndpointId, int]:
        return {recipient: self._next(recipient) for recipient in dict.fromkeys(recipients)}

    def unused(self) -> tuple[SequenceUse, ...]:
        rows = self._session.all(
            "SELECT recipient, sequence, core, voided FROM sequence_uses "
            "WHERE core IS NULL AND voided IS NULL ORDER BY recipient, sequence"
        )
        return tuple(map(_use, rows))

    def to_void(self) -> tuple[SequenceUse, ...]:
        rows = self._session.all(
            _TO_VOID, State.RECALLED.value, State.EXPIRED.value, Progress.GIVEN_UP.value
        )
        return tuple(map(_use, rows))

    def void(self, use: SequenceUse, reason: VoidReason) -> None:
        marked = self._session.run(
            "UPDATE sequence_uses SET voided = ? "
            "WHERE recipient = ? AND sequence = ? AND voided IS NULL AND core IS ?",
            reason.value,
            use.recipient,
            use.sequence,
            use.core,
        )
        if marked != 1:
            raise RefusedError("E_RECEIPT_STATE", "This number was voided or used meanwhile.")

    def _next(self, recipient: EndpointId) -> int:
        self._session.run(
            "INSERT INTO sequences VALUES (?, 1) "
            "ON CONFLICT (recipient) DO UPDATE SET last = last + 1",
            recipient,
        )
        last = self._session.value("SELECT last FROM sequences WHERE recipient = ?", recipient)
        self._session.run("INSERT INTO sequence_uses VALUES (?, ?, NULL, NULL)", recipient, last)
        return int(last)


def _use(row: Row) -> SequenceUse:
    return SequenceUse(
        recipient=EndpointId(row[0]),
        sequence=row[1],
        core=None if row[2] is None else ObjectHash(row[2]),
        voided=None if row[3] is None else VoidReason(row[3]),
    )
