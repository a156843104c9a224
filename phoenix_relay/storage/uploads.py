"""Bodies that are being uploaded, or were (docs/protocol.md §5). Their blocks are files: see bodies.py."""

from __future__ import annotations

from collections.abc import Sequence

from phoenix_protocol.identifiers import EndpointId, Seconds
from phoenix_relay.storage.rows import Body


class Uploads:
    """Who uploads what, by the digest of the body."""

    def plan(
        self,
        sender: EndpointId,
        digest: bytes,
        leaves: Sequence[bytes],
        length: int,
        expires: Seconds,
        now: Seconds,
    ) -> Body:
        """Begin or go on with an upload. The same sender, digest and expiry day give the same body.

        A sender's unclaimed upload of the same digest for another day is dropped. Raises RefusedError ``E_CONFLICT``
        when the leaves or length are not those of the first plan.
        """
        raise NotImplementedError

    def find(self, sender: EndpointId, digest: bytes) -> Body | None:
        """The upload of this digest that blocks go to."""
        raise NotImplementedError

    def of_day(self, sender: EndpointId, digest: bytes, expires: Seconds) -> Body | None:
        """The upload of this digest for packages that expire in the day of ``expires``."""
        raise NotImplementedError

    def count_open(self, sender: EndpointId) -> int:
        """How many uploads of a sender no package has claimed."""
        raise NotImplementedError
