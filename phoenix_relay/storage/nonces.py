"""Nonces of changes, spent in the change's own transaction (docs/protocol.md §8)."""

from __future__ import annotations

from phoenix_protocol.identifiers import Seconds


class Nonces:
    """Each once for each key."""

    def spend(self, keyid: str, nonce: str, expires: Seconds) -> None:
        """Remember a nonce until ``expires``. Raises RefusedError ``E_REQ_SIG`` when it was spent before."""
        raise NotImplementedError
