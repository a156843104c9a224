"""Sent packages, their deliveries and how far each endpoint and address is, in their tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final

from agency_client.adapters.vault.codes import id_range, pack_hashes, pack_list, pack_states
from agency_client.adapters.vault.sent_rows import (
    EXPIRING,
    INSERT_PACKAGE,
    JOURNEYS,
    OF_CORES,
    SELECT_ADDRESS,
    SELECT_ADDRESSES_OF,
    SELECT_ENDPOINT,
    SELECT_PACKAGE,
    SHOWING,
    address_of,
    endpoint_of,
    journey_of,
    package_of,
    package_row,
)
from agency_client.adapters.vault.sent_states import EndpointStates, unknown
from agency_client.adapters.vault.session import Row, Session
from agency_client.ports.vault.sent import (
    AddressProgress,
    Journey,
    Progress,
    SentDelivery,
    SentEndpoint,
    SentPackage,
    SentRecord,
    SentSummary,
    Shows,
)
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import (
    EndpointId,
    ObjectHash,
    PackageId,
    Seconds,
)
from phoenix_protocol.package.lifecycle import State, Step

_NO_LIMIT: Final = -1
_COUNT: Final = "SELECT count(*) FROM sent"
_LAST: Final = Seconds((1 << 63) - 1)


class SentTables:
    """Implements :class:`agency_client.ports.vault.Sent`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ends = EndpointStates(session)

    # -- keeping ---------------------------------------------------------------------------------

    def add(
        self,
        package: SentPackage,
        record: SentRecord,
        delivery: SentDelivery,
        endpoints: Sequence[SentEndpoint],
    ) -> None:
        if self._session.run(INSERT_PACKAGE, *package_row(package)) != 1:
            raise RefusedError("E_CONFLICT", "A package with this id was sealed here before.")
        self._session.run(
            "INSERT INTO sent_records VALUES (?, ?, ?, ?)",
            package.core,
            record.core,
            record.cover,
            record.document,
        )
        self.add_delivery(package.core, delivery, endpoints)

    def add_delivery(
        self, core: ObjectHash, delivery: SentDelivery, endpoints: Sequence[SentEndpoint]
    ) -> None:
        self._session.run(
            "INSERT INTO sent_deliveries VALUES (?, ?, ?, ?)",
            core,
            delivery.number,
            delivery.delivery,
            delivery.held,
        )
        self._ends.add(core, endpoints)

    def hold(self, core: ObjectHash, number: int, held: bytes, at: Seconds) -> None:
        row = self._session.one(
            "SELECT held FROM sent_deliveries WHERE core = ? AND number = ?", core, number
        )
        if row is None:
            raise unknown()
        if row[0] is not None:
            return
        self._session.run(
            "UPDATE sent_deliveries SET held = ? WHERE core = ? AND number = ?", held, core, number
        )
        self._session.run(
            "UPDATE sent SET progress = ?, since = ? WHERE core = ? AND progress != ?",
            Progress.HELD.value,
            at,
            core,
            Progress.HELD.value,
        )
        self._ends.hold(core, number, at)

    def give_up(self, core: ObjectHash, at: Seconds) -> None:
        package = self._require(core)
        if package.progress is Progress.HELD:
            raise RefusedError("E_RECEIPT_STATE", "The relay holds this package already.")
        self._session.run(
            "UPDATE sent SET progress = ?, since = ? WHERE core = ? AND progress = ?",
            Progress.GIVEN_UP.value,
            at,
            core,
            Progress.SEALED.value,
        )

    def step(self, core: ObjectHash, endpoint: EndpointId, step: Step, at: Seconds) -> State:
        return self._ends.step(core, endpoint, step, at)

    def set_owed(self, core: ObjectHash, owed: Sequence[str]) -> None:
        self._session.run("UPDATE sent SET owed = ? WHERE core = ?", pack_list(owed), core)

    def set_warned(self, core: ObjectHash, at: Seconds) -> None:
        self._session.run("UPDATE sent SET warned = ? WHERE core = ?", at, core)

    def forget_outbox(self, core: ObjectHash) -> None:
        self._session.run("UPDATE sent SET outbox = '' WHERE core = ?", core)

    # -- reading ---------------------------------------------------------------------------------

    def get(self, core: ObjectHash) -> SentPackage | None:
        row = self._session.one(f"{SELECT_PACKAGE} WHERE core = ?", core)
        return None if row is None else package_of(row)

    def by_package(self, package: PackageId) -> SentPackage | None:
        row = self._session.one(f"{SELECT_PACKAGE} WHERE package = ?", package)
        return None if row is None else package_of(row)

    def beginning(self, text: str) -> tuple[tuple[PackageId, ObjectHash], ...]:
        if not text:
            return ()
        rows = self._session.all(
            "SELECT package, core FROM sent WHERE package BETWEEN ? AND ? ORDER BY number",
            *id_range(text),
        )
        return tuple((PackageId(package), ObjectHash(core)) for package, core in rows)

    def by_fingerprint(self, fingerprint: bytes) -> tuple[SentPackage, ...]:
        rows = self._session.all(
            f"{SELECT_PACKAGE} WHERE fingerprint = ? ORDER BY number DESC", fingerprint
        )
        return tuple(map(package_of, rows))

    def unfinished(self) -> tuple[SentPackage, ...]:
        rows = self._session.all(f"{SELECT_PACKAGE} WHERE progress = 'sealed' ORDER BY number")
        return tuple(map(package_of, rows))

    def untold(self) -> tuple[SentPackage, ...]:
        rows = self._session.all(
            f"{SELECT_PACKAGE} WHERE progress = 'held' AND outbox != '' ORDER BY number"
        )
        return tuple(map(package_of, rows))

    def listing(
        self, *, limit: int | None = None, before: Seconds | None = None
    ) -> tuple[SentSummary, ...]:
        return self._summaries(
            self._session.all(
                f"{SELECT_PACKAGE} WHERE created < ? ORDER BY created DESC, number DESC LIMIT ?",
                _LAST if before is None else before,
                _NO_LIMIT if limit is None else limit,
            )
        )

    def page(self, shows: Shows, *, start: int, most: int) -> tuple[SentSummary, ...]:
        return self._summaries(
            self._session.all(
                f"{SELECT_PACKAGE} {SHOWING[shows]} "
                "ORDER BY created DESC, number DESC LIMIT ? OFFSET ?",
                most,
                start,
            )
        )

    def count(self, shows: Shows) -> int:
        return int(self._session.value(f"{_COUNT} {SHOWING[shows]}"))

    def journeys(self, since: Seconds, most: int) -> tuple[Journey, ...]:
        return tuple(map(journey_of, self._session.all(JOURNEYS, since, most)))

    def expiring(self, before: Seconds, states: Collection[State]) -> tuple[SentSummary, ...]:
        return self._summaries(
            self._session.all(f"{SELECT_PACKAGE} {EXPIRING}", before, pack_states(states))
        )

    def summaries(self, cores: Collection[ObjectHash]) -> tuple[SentSummary, ...]:
        return self._summaries(
            self._session.all(f"{SELECT_PACKAGE} {OF_CORES}", pack_hashes(cores))
        )

    def record(self, core: ObjectHash) -> SentRecord | None:
        row = self._session.one(
            "SELECT core_bytes, cover, document FROM sent_records WHERE core = ?", core
        )
        return None if row is None else SentRecord(core=row[0], cover=row[1], document=row[2])

    def deliveries(self, core: ObjectHash) -> tuple[SentDelivery, ...]:
        rows = self._session.all(
            "SELECT number, delivery, held FROM sent_deliveries WHERE core = ? ORDER BY number",
            core,
        )
        return tuple(SentDelivery(number=n, delivery=bytes_, held=held) for n, bytes_, held in rows)

    def endpoints(self, core: ObjectHash) -> tuple[SentEndpoint, ...]:
        rows = self._session.all(f"{SELECT_ENDPOINT} WHERE core = ? ORDER BY number", core)
        return tuple(map(endpoint_of, rows))

    def addresses(self, core: ObjectHash) -> tuple[AddressProgress, ...]:
        rows = self._session.all(f"{SELECT_ADDRESS} WHERE core = ? ORDER BY number", core)
        return tuple(map(address_of, rows))

    # -- inside ----------------------------------------------------------------------------------

    def _require(self, core: ObjectHash) -> SentPackage:
        package = self.get(core)
        if package is None:
            raise unknown()
        return package

    def _summaries(self, rows: list[Row]) -> tuple[SentSummary, ...]:
        packages = [package_of(row) for row in rows]
        addresses = self._addresses_of([package.core for package in packages])
        return tuple(
            SentSummary(package=package, addresses=tuple(addresses[package.core]))
            for package in packages
        )

    def _addresses_of(
        self, cores: Sequence[ObjectHash]
    ) -> defaultdict[ObjectHash, list[AddressProgress]]:
        found: defaultdict[ObjectHash, list[AddressProgress]] = defaultdict(list)
        for row in self._session.all(SELECT_ADDRESSES_OF, pack_hashes(cores)):
            found[row[0]].append(address_of(row))
        return found
