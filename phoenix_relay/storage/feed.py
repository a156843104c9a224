"""What each endpoint should know, in the order that the relay learnt it (docs/protocol.md §6)."""

from __future__ import annotations

from collections.abc import Iterable

from phoenix_protocol.api import FeedItem, FeedKind
from phoenix_protocol.identifiers import EndpointId, ObjectHash, Seconds


class Feed:
    """Items by endpoint, with cursors that only rise."""

    def append(
        self,
        endpoints: Iterable[EndpointId],
        kind: FeedKind,
        core: ObjectHash,
        now: Seconds,
        saying: ObjectHash | None = None,
    ) -> None:
        """Put an item into the feed of each endpoint; listeners are told after the commit. ``saying`` was recorded before."""
        raise NotImplementedError

    def after(self, endpoint: EndpointId, cursor: int, limit: int = 256) -> tuple[FeedItem, ...]:
        """What came after ``cursor`` for an endpoint, oldest first; fewer than ``limit`` when they are large.

        A detail whose storage key is gone is left out of its item.
        """
        raise NotImplementedError
