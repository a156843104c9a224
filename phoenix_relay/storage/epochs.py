"""Epoch keys that endpoints published (docs/protocol.md §4)."""

from __future__ import annotations

from collections.abc import Sequence

from phoenix_protocol.identifiers import EndpointId, ObjectHash, Seconds
from phoenix_relay.storage.rows import StoredEpochKey


class Epochs:
    """Sealing keys by endpoint and time."""

    def publish(self, keys: Sequence[StoredEpochKey]) -> None:
        """Keep these keys; the same one again changes nothing.

        Raises RefusedError ``E_CONFLICT`` when the endpoint published another key under the same number.
        """
        raise NotImplementedError

    def covering(
        self, endpoints: Sequence[EndpointId], at: Seconds
    ) -> dict[EndpointId, tuple[bytes, ...]]:
        """For each endpoint the Signed keys that a sender may seal to at ``at``; an entry for each, if empty."""
        raise NotImplementedError

    def find(self, endpoint: EndpointId, key: ObjectHash) -> StoredEpochKey | None:
        """One key of one endpoint."""
        raise NotImplementedError

    def find_many(
        self, wanted: Sequence[tuple[EndpointId, ObjectHash]]
    ) -> dict[tuple[EndpointId, ObjectHash], StoredEpochKey]:
        """Those of the wanted keys that there are."""
        raise NotImplementedError

    def count(self, endpoint: EndpointId, now: Seconds) -> int:
        """How many keys of an endpoint have not ended."""
        raise NotImplementedError
