"""Epoch keys that endpoints published (docs/protocol.md §4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, insert, select

from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import EndpointId, ObjectHash, Seconds
from phoenix_relay.storage.prepared import Prepared
from phoenix_relay.storage.rows import StoredEpochKey
from phoenix_relay.storage.tables import EPOCHS

#: Well under the number of values that SQLite binds in one statement.
_AT_ONCE: Final = 256

_FIND: Final = Prepared(
    select(EPOCHS).where(
        EPOCHS.c.endpoint == bindparam("whose"), EPOCHS.c.hash == bindparam("wanted")
    )
)


class Epochs:
    """Sealing keys by endpoint and time."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection: Final = connection

    def publish(self, keys: Sequence[StoredEpochKey]) -> None:
        """Keep these keys; the same one again changes nothing.

        Raises RefusedError ``E_CONFLICT`` when the endpoint published another key under the same number, or the same
        key under another.
        """
        for key in keys:
            self._publish(key)

    def covering(
        self, endpoints: Sequence[EndpointId], at: Seconds
    ) -> dict[EndpointId, tuple[bytes, ...]]:
        """For each endpoint the Signed keys that a sender may seal to at ``at``; an entry for each, if empty."""
        found: dict[EndpointId, list[bytes]] = {endpoint: [] for endpoint in endpoints}
        for some in _portions(list(found)):
            wanted = (
                select(EPOCHS.c.endpoint, EPOCHS.c.signed)
                .where(EPOCHS.c.endpoint.in_(some))
                .where(EPOCHS.c.valid_from <= at, EPOCHS.c.valid_until > at)
                .order_by(EPOCHS.c.number)
            )
            for row in self._connection.execute(wanted):
                found[row.endpoint].append(row.signed)
        return {endpoint: tuple(signed) for endpoint, signed in found.items()}

    def find(self, endpoint: EndpointId, key: ObjectHash) -> StoredEpochKey | None:
        """One key of one endpoint."""
        row = _FIND.first(self._connection, {"whose": endpoint, "wanted": key})
        return None if row is None else _key(row)

    def find_many(
        self, wanted: Sequence[tuple[EndpointId, ObjectHash]]
    ) -> dict[tuple[EndpointId, ObjectHash], StoredEpochKey]:
        """Those of the wanted keys that there are."""
        # One prepared statement for each: SQLAlchemy takes longer to write one for all than SQLite to answer many.
        found = ((pair, self.find(*pair)) for pair in wanted)
        return {pair: key for pair, key in found if key is not None}

    def count(self, endpoint: EndpointId, now: Seconds) -> int:
        """How many keys of an endpoint have not ended."""
        wanted = select(func.count()).where(
            EPOCHS.c.endpoint == endpoint, EPOCHS.c.valid_until > now
        )
        return int(self._connection.execute(wanted).scalar_one())

    def _publish(self, key: StoredEpochKey) -> None:
        same = (EPOCHS.c.number == key.number) | (EPOCHS.c.hash == key.hash)
        wanted = select(EPOCHS).where(EPOCHS.c.endpoint == key.endpoint, same)
        rows = self._connection.execute(wanted).all()
        if not rows:
            self._connection.execute(insert(EPOCHS), _row_of(key))
        elif any((row.number, row.hash) != (key.number, key.hash) for row in rows):
            raise RefusedError("E_CONFLICT", "Another sealing key was published under this number.")


def _portions(items: list[Any]) -> list[list[Any]]:
    return [items[at : at + _AT_ONCE] for at in range(0, len(items), _AT_ONCE)]


def _row_of(key: StoredEpochKey) -> dict[str, object]:
    return {
        "endpoint": key.endpoint,
        "number": key.number,
        "hash": key.hash,
        "valid_from": key.valid_from,
        "valid_until": key.valid_until,
        "opens_until": key.opens_until,
        "signed": key.signed,
    }


def _key(row: Any) -> StoredEpochKey:
    return StoredEpochKey(
        hash=ObjectHash(row.hash),
        endpoint=EndpointId(row.endpoint),
        number=row.number,
        valid_from=Seconds(row.valid_from),
        valid_until=Seconds(row.valid_until),
        opens_until=Seconds(row.opens_until),
        signed=row.signed,
    )
