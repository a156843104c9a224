"""Which partnership has this relay, and the claim with which one may take it (docs/protocol.md §9)."""

from __future__ import annotations

from phoenix_protocol.identifiers import Anchor, Seconds
from phoenix_relay.storage.rows import Taken


class Claims:
    """A claim is used once, by one partnership."""

    def taken(self) -> Taken | None:
        """Who took this relay, if anybody."""
        raise NotImplementedError

    def take(self, claim: str, anchor: Anchor, now: Seconds) -> None:
        """Give the relay to ``anchor``. The same claim and anchor again change nothing.

        Raises RefusedError ``E_NOT_FOUND`` when the claim is not the one that was made, ``E_CONFLICT`` when another
        partnership took it.
        """
        raise NotImplementedError
