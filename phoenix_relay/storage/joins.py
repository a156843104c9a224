"""Join requests that wait for a manager (docs/protocol.md §4)."""

from __future__ import annotations

from phoenix_protocol.identifiers import AgencyId, ObjectHash, Seconds
from phoenix_relay.storage.rows import Join


class Joins:
    """Who is waiting."""

    def add(self, join: Join) -> bool:
        """Let a request wait. False when the same one waits already.

        Raises RefusedError ``E_CONFLICT`` when another request waits under its code.
        """
        raise NotImplementedError

    def waiting(self, agency: AgencyId, now: Seconds, limit: int = 64) -> tuple[Join, ...]:
        """The requests that wait for an agency, oldest first."""
        raise NotImplementedError

    def count(self, agency: AgencyId, now: Seconds) -> int:
        """How many wait for an agency."""
        raise NotImplementedError

    def by_code(self, code: str, now: Seconds) -> Join | None:
        """The request with this code (in its one spelling, see joining.read_join_code)."""
        raise NotImplementedError

    def by_request(self, request: ObjectHash, now: Seconds) -> Join | None:
        """The request with this object hash."""
        raise NotImplementedError

    def remove(self, request: ObjectHash) -> None:
        """It waits no more."""
        raise NotImplementedError
