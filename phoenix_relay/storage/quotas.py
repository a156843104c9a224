"""How much somebody has used in a window of time; the quotas themselves are settings."""

from __future__ import annotations

from phoenix_protocol.identifiers import Seconds
from phoenix_relay.storage.rows import Usage


class Quotas:
    """Counters that survive a restart."""

    def charge(
        self, subject: str, window: int, now: Seconds, *, count: int = 1, octets: int = 0
    ) -> Usage:
        """Add to what ``subject`` used in the current window of ``window`` seconds, and return the sum.

        The subject names what is counted and for whom, such as ``packages:<endpoint hex>``. A caller who then refuses
        raises, which undoes the charge.
        """
        raise NotImplementedError
