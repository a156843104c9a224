"""What was said of packages: events, recalls, verdicts, voids, helds, tombstones; each kept once, details sealed (§6)."""

from __future__ import annotations

from phoenix_protocol.identifiers import ObjectHash
from phoenix_relay.storage.rows import NewSaying, Saying


class Sayings:
    """Signed objects that feeds point to."""

    def record(self, saying: NewSaying) -> bool:
        """Keep a Signed object with its detail. False when it was kept before (by its object hash)."""
        raise NotImplementedError

    def find(self, hash: ObjectHash) -> Saying | None:
        """One saying by its object hash."""
        raise NotImplementedError

    def about(self, core: ObjectHash) -> tuple[Saying, ...]:
        """All that was said of a package, in the order that the relay learnt it."""
        raise NotImplementedError

    def answer(self, recall: ObjectHash) -> Saying | None:
        """The verdict that was given to a recall."""
        raise NotImplementedError

    def set_answer(self, recall: ObjectHash, verdict: ObjectHash) -> None:
        """Remember which verdict answered a recall."""
        raise NotImplementedError
