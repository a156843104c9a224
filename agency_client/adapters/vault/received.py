"""Received packages and their offers, in their tables."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Final

from agency_client.adapters.vault.codes import (
    ANY_STATE,
    ONE_OF_STATES,
    id_range,
    pack_hashes,
    pack_states,
)
from agency_client.adapters.vault.session import Row, Session
from agency_client.ports.vault.received import OfferRecord, ReceivedPackage
from agency_client.record import listed
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import (
    Address,
    EndpointId,
    ObjectHash,
    PackageId,
    Seconds,
)
from phoenix_protocol.package.lifecycle import State, Step, advance

_SELECT: Final = (
    "SELECT core, package, sender, sent_from, purpose, classification, urgency, created, expires, "
    "offered, state, since FROM received"
)
_INSERT: Final = (
    "INSERT OR IGNORE INTO received (core, package, sender, sent_from, purpose, classification, "
    "urgency, created, expires, offered, state, since) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_OF_CORES: Final = "WHERE core IN (SELECT unhex(value) FROM json_each(?)) ORDER BY number"
#: The place of a package's urgency in a list, which is its parameter; before all of them for one that is not in it.
_HOW_URGENT: Final = (
    "coalesce((SELECT each.key FROM json_each(?) AS each WHERE each.value = urgency), -1)"
)
# Sorted by the index alone: only the rows of the page itself are read.
_NEWEST: Final = (
    f"{_SELECT} WHERE number IN (SELECT number FROM received WHERE {ONE_OF_STATES} "  # noqa: S608
    "ORDER BY offered DESC, number DESC LIMIT ? OFFSET ?) ORDER BY offered DESC, number DESC"
)
_NO_LIMIT: Final = -1
_LAST: Final = Seconds((1 << 63) - 1)


class ReceivedTables:
    """Implements :class:`agency_client.ports.vault.Received`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, package: ReceivedPackage, offer: OfferRecord) -> None:
        if self._session.run(_INSERT, *_row(package)) != 1:
            raise RefusedError("E_REPLAY", "This package was received before.")
        self._session.run(
            "INSERT INTO offers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            package.core,
            offer.core,
            offer.delivery,
            offer.held,
            offer.capsule,
            offer.cover,
            offer.cover_key,
            offer.grant_key,
            offer.sequence,
        )

    def get(self, core: ObjectHash) -> ReceivedPackage | None:
        row = self._session.one(f"{_SELECT} WHERE core = ?", core)
        return None if row is None else _package(row)

    def by_package(self, package: PackageId) -> tuple[ReceivedPackage, ...]:
        rows = self._session.all(f"{_SELECT} WHERE package = ? ORDER BY number", package)
        return tuple(map(_package, rows))

    def offer(self, core: ObjectHash) -> OfferRecord | None:
        row = self._session.one(
            "SELECT core_bytes, delivery, held, capsule, cover, cover_key, grant_key, sequence "
            "FROM offers WHERE core = ?",
            core,
        )
        return None if row is None else _offer(row)

    def beginning(self, text: str) -> tuple[tuple[PackageId, ObjectHash], ...]:
        if not text:
            return ()
        rows = self._session.all(
            "SELECT package, core FROM received WHERE package BETWEEN ? AND ? ORDER BY number",
            *id_range(text),
        )
        return tuple((PackageId(package), ObjectHash(core)) for package, core in rows)

    def covers(self, cores: Collection[ObjectHash]) -> dict[ObjectHash, bytes]:
        rows = self._session.all(
            "SELECT core, cover FROM offers WHERE core IN (SELECT unhex(value) FROM json_each(?))",
            pack_hashes(cores),
        )
        return {ObjectHash(core): cover for core, cover in rows}

    def inbox(
        self,
        states: Collection[State] | None = None,
        *,
        limit: int | None = None,
        before: Seconds | None = None,
    ) -> tuple[ReceivedPackage, ...]:
        rows = self._session.all(
            f"{_SELECT} WHERE offered < ? AND {ANY_STATE if states is None else ONE_OF_STATES} "
            "ORDER BY offered DESC, number DESC LIMIT ?",
            _LAST if before is None else before,
            None if states is None else pack_states(states),
            _NO_LIMIT if limit is None else limit,
        )
        return tuple(map(_package, rows))

    def page(
        self,
        states: Collection[State] | None,
        first: Collection[State],
        urgencies: Sequence[str],
        *,
        start: int,
        most: int,
    ) -> tuple[ReceivedPackage, ...]:
        wanted = set(State) if states is None else set(states)
        before = wanted & set(first)
        waiting = sum(n for state, n in self.count().items() if state in before)
        rows = self._session.all(
            f"{_SELECT} WHERE {ONE_OF_STATES} "
            f"ORDER BY {_HOW_URGENT}, offered DESC, number DESC LIMIT ? OFFSET ?",
            pack_states(before),
            json.dumps(list(urgencies)),
            most,
            min(start, waiting),
        )
        rest = self._session.all(
            _NEWEST, pack_states(wanted - before), most - len(rows), max(0, start - waiting)
        )
        return tuple(map(_package, [*rows, *rest]))

    def overdue(self, states: Collection[State], now: Seconds) -> tuple[ReceivedPackage, ...]:
        rows = self._session.all(
            f"{_SELECT} WHERE {ONE_OF_STATES} AND expires <= ? ORDER BY number",
            pack_states(states),
            now,
        )
        return tuple(map(_package, rows))

    def of(self, cores: Collection[ObjectHash]) -> tuple[ReceivedPackage, ...]:
        rows = self._session.all(f"{_SELECT} {_OF_CORES}", pack_hashes(cores))
        return tuple(map(_package, rows))

    def count(self) -> dict[State, int]:
        rows = self._session.all("SELECT state, count(*) FROM received GROUP BY state")
        return {State(state): count for state, count in rows}

    def step(self, core: ObjectHash, step: Step, at: Seconds) -> State:
        row = self._session.one("SELECT state FROM received WHERE core = ?", core)
        if row is None:
            raise RefusedError(
                "E_NOT_FOUND", "There is no such package here.", next=listed.RECEIVED
            )
        state = State(row[0])
        new = advance(state, step)
        if new is not state:
            self._session.run(
                "UPDATE received SET state = ?, since = ? WHERE core = ?", new.value, at, core
            )
        return new

    def keep_released(self, core: ObjectHash, released: bytes) -> None:
        kept = self._session.run("UPDATE offers SET released = ? WHERE core = ?", released, core)
        if kept != 1:
            raise RefusedError(
                "E_NOT_FOUND", "There is no such package here.", next=listed.RECEIVED
            )

    def released(self, core: ObjectHash) -> bytes | None:
        row = self._session.one("SELECT released FROM offers WHERE core = ?", core)
        return None if row is None else row[0]


def _row(package: ReceivedPackage) -> Row:
    return (
        package.core,
        package.package,
        package.sender,
        package.sent_from,
        package.purpose,
        package.classification,
        package.urgency,
        package.created,
        package.expires,
        package.offered,
        package.state.value,
        package.since,
    )


def _package(row: Row) -> ReceivedPackage:
    return ReceivedPackage(
        core=ObjectHash(row[0]),
        package=PackageId(row[1]),
        sender=EndpointId(row[2]),
        sent_from=Address(row[3]),
        purpose=row[4],
        classification=row[5],
        urgency=row[6],
        created=Seconds(row[7]),
        expires=Seconds(row[8]),
        offered=Seconds(row[9]),
        state=State(row[10]),
        since=Seconds(row[11]),
    )


def _offer(row: Row) -> OfferRecord:
    return OfferRecord(
        core=row[0],
        delivery=row[1],
        held=row[2],
        capsule=row[3],
        cover=row[4],
        cover_key=row[5],
        grant_key=row[6],
        sequence=row[7],
    )
