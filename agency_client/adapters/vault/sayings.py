"""Events, kept objects and postings, in their tables."""

from __future__ import annotations

from collections.abc import Collection

from agency_client.adapters.vault.codes import pack_hashes
from agency_client.adapters.vault.session import Row, Session
from agency_client.ports.vault.received import Seen
from agency_client.ports.vault.sayings import (
    KeptObject,
    ObjectKind,
    Posting,
    Route,
    StoredEvent,
)
from phoenix_protocol.identifiers import EndpointId, ObjectHash, Seconds
from phoenix_protocol.package.events import EventKind


class EventTable:
    """Implements :class:`agency_client.ports.vault.Events`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, event: StoredEvent) -> Seen:
        row = self._session.one(
            "SELECT hash FROM events WHERE core = ? AND endpoint = ? AND counter = ?",
            event.core,
            event.endpoint,
            event.counter,
        )
        if row is not None:
            return Seen.SAME if row[0] == event.hash else Seen.OTHER
        self._session.run(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            event.hash,
            event.core,
            event.endpoint,
            event.kind.value,
            event.counter,
            event.time,
            event.signed,
            event.detail,
        )
        return Seen.NEW

    def of(self, core: ObjectHash, endpoint: EndpointId | None = None) -> tuple[StoredEvent, ...]:
        rows = self._session.all(
            "SELECT hash, core, endpoint, kind, counter, time, signed, detail FROM events "
            "WHERE core = ? AND (? IS NULL OR endpoint = ?) ORDER BY time, endpoint, counter",
            core,
            endpoint,
            endpoint,
        )
        return tuple(map(_event, rows))

    def about(self, cores: Collection[ObjectHash]) -> tuple[StoredEvent, ...]:
        rows = self._session.all(
            "SELECT hash, core, endpoint, kind, counter, time, signed, detail FROM events "
            "WHERE core IN (SELECT unhex(value) FROM json_each(?)) ORDER BY time, endpoint, counter",
            pack_hashes(cores),
        )
        return tuple(map(_event, rows))

    def next_counter(self, core: ObjectHash, endpoint: EndpointId) -> int:
        return int(
            self._session.value(
                "SELECT coalesce(max(counter), 0) + 1 FROM events WHERE core = ? AND endpoint = ?",
                core,
                endpoint,
            )
        )


class ObjectTable:
    """Implements :class:`agency_client.ports.vault.Objects`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, kept: KeptObject) -> Seen:
        added = self._session.run(
            "INSERT OR IGNORE INTO objects VALUES (?, ?, ?, ?, ?, ?)",
            kept.hash,
            kept.kind.value,
            kept.core,
            kept.time,
            kept.signed,
            kept.detail,
        )
        return Seen.NEW if added else Seen.SAME

    def get(self, object_hash: ObjectHash) -> KeptObject | None:
        row = self._session.one(
            "SELECT hash, kind, core, time, signed, detail FROM objects WHERE hash = ?", object_hash
        )
        return None if row is None else _kept(row)

    def of(self, core: ObjectHash, kind: ObjectKind | None = None) -> tuple[KeptObject, ...]:
        wanted = None if kind is None else kind.value
        rows = self._session.all(
            "SELECT hash, kind, core, time, signed, detail FROM objects "
            "WHERE core = ? AND (? IS NULL OR kind = ?) ORDER BY time, rowid",
            core,
            wanted,
            wanted,
        )
        return tuple(map(_kept, rows))


class PostingTable:
    """Implements :class:`agency_client.ports.vault.Postings`. What is done keeps its hash, not its
    body.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, posting: Posting) -> None:
        self._session.run(
            "INSERT OR IGNORE INTO postings (hash, route, core, body, made) VALUES (?, ?, ?, ?, ?)",
            posting.hash,
            posting.route.value,
            posting.core,
            posting.body,
            posting.made,
        )

    def waiting(self, route: Route | None = None) -> tuple[Posting, ...]:
        wanted = None if route is None else route.value
        rows = self._session.all(
            "SELECT hash, route, core, body, made FROM postings "
            "WHERE body IS NOT NULL AND (? IS NULL OR route = ?) ORDER BY number",
            wanted,
            wanted,
        )
        return tuple(map(_posting, rows))

    def done(self, object_hash: ObjectHash) -> None:
        self._session.run("UPDATE postings SET body = NULL WHERE hash = ?", object_hash)


def _event(row: Row) -> StoredEvent:
    return StoredEvent(
        hash=ObjectHash(row[0]),
        core=ObjectHash(row[1]),
        endpoint=EndpointId(row[2]),
        kind=EventKind(row[3]),
        counter=row[4],
        time=Seconds(row[5]),
        signed=row[6],
        detail=row[7],
    )


def _kept(row: Row) -> KeptObject:
    return KeptObject(
        hash=ObjectHash(row[0]),
        kind=ObjectKind(row[1]),
        core=None if row[2] is None else ObjectHash(row[2]),
        time=Seconds(row[3]),
        signed=row[4],
        detail=row[5],
    )


def _posting(row: Row) -> Posting:
    return Posting(
        hash=ObjectHash(row[0]),
        route=Route(row[1]),
        core=None if row[2] is None else ObjectHash(row[2]),
        body=row[3],
        made=Seconds(row[4]),
    )
