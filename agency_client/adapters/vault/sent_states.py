"""How far each endpoint of a sent package is, and its address with it, in their tables."""

from __future__ import annotations

from collections.abc import Sequence

from agency_client.adapters.vault.sent_rows import INSERT_ENDPOINT, endpoint_row
from agency_client.adapters.vault.session import Session
from agency_client.ports.vault.sent import SentEndpoint
from agency_client.record import listed
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Address, EndpointId, ObjectHash, Seconds
from phoenix_protocol.package.lifecycle import State, Step, address_state, advance


class EndpointStates:
    """Endpoints and addresses by core hash. An address never moves but through an endpoint of it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, core: ObjectHash, endpoints: Sequence[SentEndpoint]) -> None:
        """Keep the endpoints that a delivery adds, and tie their sequence numbers to the core."""
        self._session.many(
            INSERT_ENDPOINT, [endpoint_row(core, endpoint) for endpoint in endpoints]
        )
        for endpoint in endpoints:
            self._tie_sequence(core, endpoint)
        for address in dict.fromkeys(endpoint.address for endpoint in endpoints):
            self._move_address(core, address, _earliest(endpoints, address))

    def hold(self, core: ObjectHash, delivery: int, at: Seconds) -> None:
        """The relay holds a delivery: its endpoints that are SENT go to HELD."""
        for (endpoint,) in self._session.all(
            "SELECT endpoint FROM sent_endpoints WHERE core = ? AND delivery = ? AND state = ?",
            core,
            delivery,
            State.SENT.value,
        ):
            self.step(core, endpoint, Step.HOLD, at)

    def step(self, core: ObjectHash, endpoint: EndpointId, step: Step, at: Seconds) -> State:
        """Move one endpoint by the life-cycle table. Raises RefusedError; see the port."""
        row = self._session.one(
            "SELECT state, address FROM sent_endpoints WHERE core = ? AND endpoint = ?",
            core,
            endpoint,
        )
        if row is None:
            raise unknown()
        state = State(row[0])
        new = advance(state, step)
        if new is not state:
            self._session.run(
                "UPDATE sent_endpoints SET state = ?, since = ? WHERE core = ? AND endpoint = ?",
                new.value,
                at,
                core,
                endpoint,
            )
            self._move_address(core, Address(row[1]), at)
        return new

    def _tie_sequence(self, core: ObjectHash, endpoint: SentEndpoint) -> None:
        tied = self._session.run(
            "UPDATE sequence_uses SET core = ? "
            "WHERE recipient = ? AND sequence = ? AND core IS NULL AND voided IS NULL",
            core,
            endpoint.endpoint,
            endpoint.sequence,
        )
        if tied != 1:
            raise ValueError("a sequence number was not allocated, or used twice")

    def _move_address(self, core: ObjectHash, address: Address, at: Seconds) -> None:
        rows = self._session.all(
            "SELECT why, records, state FROM sent_endpoints WHERE core = ? AND address = ?",
            core,
            address,
        )
        # Where an address has records endpoints only, they are all that it can be as far as.
        moving = [State(row[2]) for row in rows if not row[1]] or [State(row[2]) for row in rows]
        state = address_state(moving)
        self._session.run(
            "INSERT INTO sent_addresses (core, address, why, state, since) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (core, address) DO UPDATE SET state = excluded.state, "
            "since = excluded.since WHERE state != excluded.state",
            core,
            address,
            rows[0][0],
            state.value,
            at,
        )


def _earliest(endpoints: Sequence[SentEndpoint], address: Address) -> Seconds:
    return min(endpoint.since for endpoint in endpoints if endpoint.address == address)


def unknown() -> RefusedError:
    """What is raised for a package or endpoint that is not kept."""
    return RefusedError(
        "E_NOT_FOUND", "There is no such package, or it was not sent there.", next=listed.SENT
    )
