"""Rows of the tables of sent packages as values, and back."""

from __future__ import annotations

from typing import Final

from agency_client.adapters.vault.codes import pack_list, unpack_list
from agency_client.adapters.vault.session import Row
from agency_client.ports.vault.sent import (
    AddressProgress,
    Journey,
    Progress,
    SentEndpoint,
    SentPackage,
    Shows,
)
from phoenix_protocol.identifiers import (
    Address,
    EndpointId,
    ObjectHash,
    PackageId,
    Seconds,
)
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.package.lifecycle import State

#: The codes of :data:`~agency_client.ports.vault.needing.NOT_DELIVERED`.
_ALARMED: Final = (
    "SELECT core FROM alerts WHERE seen IS NULL AND code IN ('A_NOT_DELIVERED', 'A_NOT_SENT', "
    "'A_RELAY_LOST', 'A_UNREADABLE', 'N_UNCONFIRMED')"
)
_WAITING: Final = (
    "SELECT core FROM sent_addresses "
    "WHERE why = 'to' AND state IN ('sent', 'held', 'offered', 'accepted')"
)
_UNOWNED: Final = "SELECT core FROM sent_addresses WHERE why = 'to' AND state = 'committed'"
_FAILED: Final = (
    "SELECT core FROM sent_addresses "
    "WHERE why = 'to' AND state IN ('expired', 'unreadable', 'returned')"
)
INSERT_PACKAGE: Final = (
    "INSERT OR IGNORE INTO sent (core, package, fingerprint, outbox, thread, purpose, "
    "classification, urgency, created, expires, progress, since, owed, warned) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
SELECT_PACKAGE: Final = (
    "SELECT core, package, fingerprint, outbox, thread, purpose, classification, urgency, created, "
    "expires, progress, since, owed, warned FROM sent"
)
INSERT_ENDPOINT: Final = (
    "INSERT INTO sent_endpoints (core, endpoint, address, why, records, delivery, sequence, "
    "epoch_key, state, since) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
SELECT_ENDPOINT: Final = (
    "SELECT core, endpoint, address, why, records, delivery, sequence, epoch_key, state, since "
    "FROM sent_endpoints"
)
SELECT_ADDRESS: Final = "SELECT core, address, why, state, since FROM sent_addresses"
#: Takes :func:`~agency_client.adapters.vault.codes.pack_hashes`.
SELECT_ADDRESSES_OF: Final = (
    "SELECT core, address, why, state, since FROM sent_addresses "
    "WHERE core IN (SELECT unhex(value) FROM json_each(?)) ORDER BY number"
)
#: Continues :data:`SELECT_PACKAGE`; takes :func:`~agency_client.adapters.vault.codes.pack_hashes`.
OF_CORES: Final = "WHERE core IN (SELECT unhex(value) FROM json_each(?)) ORDER BY number"
#: Continues :data:`SELECT_PACKAGE`; takes a time and
#: :func:`~agency_client.adapters.vault.codes.pack_states`.
#: Few addresses are unfinished and many packages have expired: the plus keeps the index of expiries out of it.
EXPIRING: Final = (
    "WHERE +expires < ? AND core IN (SELECT core FROM sent_addresses "
    "WHERE state IN (SELECT value FROM json_each(?))) ORDER BY expires, number"
)
#: Continues :data:`SELECT_PACKAGE`, by what a list shows.
SHOWING: Final[dict[Shows, str]] = {
    Shows.ALL: "",
    Shows.WAITING: f"WHERE core IN ({_WAITING})",
    Shows.UNOWNED: f"WHERE core IN ({_UNOWNED})",
    Shows.TROUBLED: f"WHERE core IN ({_ALARMED})",
    Shows.FAILED: f"WHERE core IN ({_FAILED}) OR core IN ({_ALARMED})",
}
#: Takes a time and how many. What a machine of an address said counts for the address. Everything is found by its
#: core: the words CROSS and the plus keep SQLite from going through whole tables by address.
JOURNEYS: Final = (
    "SELECT to_.address, to_.state, sent.created, "
    "min(CASE WHEN events.kind = 'accepted' THEN events.time END), "
    "min(CASE WHEN events.kind = 'acknowledged' THEN events.time END) "
    "FROM (SELECT core, created FROM sent WHERE created >= ? ORDER BY created DESC LIMIT ?) sent "
    "CROSS JOIN sent_addresses to_ ON to_.core = sent.core AND to_.why = 'to' "
    "LEFT JOIN sent_endpoints at_ ON at_.core = to_.core AND +at_.address = to_.address "
    "LEFT JOIN events ON events.core = at_.core AND events.endpoint = at_.endpoint "
    "GROUP BY to_.core, to_.address ORDER BY sent.created DESC"
)


def package_row(package: SentPackage) -> Row:
    """The values of :data:`INSERT_PACKAGE`."""
    return (
        package.core,
        package.package,
        package.fingerprint,
        package.outbox,
        package.thread,
        package.purpose,
        package.classification,
        package.urgency,
        package.created,
        package.expires,
        package.progress.value,
        package.since,
        pack_list(package.owed),
        package.warned,
    )


def package_of(row: Row) -> SentPackage:
    """A row of :data:`SELECT_PACKAGE`."""
    return SentPackage(
        core=ObjectHash(row[0]),
        package=PackageId(row[1]),
        fingerprint=row[2],
        outbox=row[3],
        thread=row[4],
        purpose=row[5],
        classification=row[6],
        urgency=row[7],
        created=Seconds(row[8]),
        expires=Seconds(row[9]),
        progress=Progress(row[10]),
        since=Seconds(row[11]),
        owed=unpack_list(row[12]),
        warned=row[13],
    )


def endpoint_row(core: ObjectHash, endpoint: SentEndpoint) -> Row:
    """The values of :data:`INSERT_ENDPOINT`."""
    return (
        core,
        endpoint.endpoint,
        endpoint.address,
        endpoint.why.value,
        int(endpoint.records),
        endpoint.delivery,
        endpoint.sequence,
        endpoint.epoch_key,
        endpoint.state.value,
        endpoint.since,
    )


def endpoint_of(row: Row) -> SentEndpoint:
    """A row of :data:`SELECT_ENDPOINT`."""
    return SentEndpoint(
        endpoint=EndpointId(row[1]),
        address=Address(row[2]),
        why=Why(row[3]),
        records=bool(row[4]),
        delivery=row[5],
        sequence=row[6],
        epoch_key=ObjectHash(row[7]),
        state=State(row[8]),
        since=Seconds(row[9]),
    )


def address_of(row: Row) -> AddressProgress:
    """A row of :data:`SELECT_ADDRESS`."""
    return AddressProgress(
        address=Address(row[1]), why=Why(row[2]), state=State(row[3]), since=Seconds(row[4])
    )


def journey_of(row: Row) -> Journey:
    """A row of :data:`JOURNEYS`."""
    return Journey(
        address=Address(row[0]),
        state=State(row[1]),
        created=Seconds(row[2]),
        accepted=None if row[3] is None else Seconds(row[3]),
        acknowledged=None if row[4] is None else Seconds(row[4]),
    )
