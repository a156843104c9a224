"""What can be asked of a directory, as of any size that its log has had (docs/protocol.md §4)."""

from __future__ import annotations

from typing import Final

from phoenix_protocol.directory.agencies import Agency
from phoenix_protocol.directory.endpoints import End, Endpoint
from phoenix_protocol.directory.history import PARTNERSHIP, History
from phoenix_protocol.directory.openings import Openings, address_in
from phoenix_protocol.directory.partnership import PartnershipState
from phoenix_protocol.directory.signers import Managing, Signer, manager_of, signer_of
from phoenix_protocol.directory.statements import Bounds, KeySet, Member, Partnership, RelayKeys
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import (
    Address,
    AgencyId,
    Anchor,
    EndpointId,
    ObjectHash,
    Seconds,
    SignerId,
    agency_of,
)


class View:
    """What a log of :attr:`size` statements says. Equal to every other view of a log with the same root."""

    __slots__ = ("_history", "_size", "anchor")

    def __init__(self, history: History, size: int, anchor: Anchor) -> None:
        self._history: Final = history
        self._size: Final = size
        self.anchor: Final = anchor

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, View):
            return NotImplemented
        return (self.anchor, self.size, self.root) == (other.anchor, other.size, other.root)

    def __hash__(self) -> int:
        return hash((self.anchor, self._size))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._size} statements>"

    # -- the log ----------------------------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """How many statements the log has."""
        return self._size

    @property
    def root(self) -> bytes:
        """The Merkle root over all of them."""
        return self.root_at(self._size)

    def root_at(self, size: int) -> bytes:
        """The Merkle root when the log had ``size`` statements. Raises ValueError when it is not that long."""
        if not 0 <= size <= self._size:
            raise ValueError("The log is not that long.")
        return self._history.tree.frontier(size).root()

    def leaf_hashes(self) -> tuple[bytes, ...]:
        """The object hashes of all statements, which are the tree's leaves: for making proofs."""
        return self._history.tree.leaf_hashes(self._size)

    def position_of(self, statement: ObjectHash) -> int | None:
        """The index of a statement in the log; None when it is not there."""
        return self._history.positions.newest(statement, self._size)

    # -- the partnership and its agencies ---------------------------------------------------------------------------

    @property
    def partnership(self) -> Partnership:
        """The newest version of the partnership."""
        return self._governed().newest

    def partnerships(self) -> tuple[Partnership, ...]:
        """Every version of the partnership, oldest first."""
        states = self._history.partnership.all(PARTNERSHIP, self._size)
        return tuple(state.newest for state in states)

    @property
    def partnership_head(self) -> ObjectHash:
        """The object hash of that version, which the next one has to name."""
        return self._governed().head

    def _governed(self) -> PartnershipState:
        return self._history.governed(self._size)

    @property
    def relay(self) -> RelayKeys:
        """The relay's origin, URL and keys."""
        return self.partnership.relay

    @property
    def bounds(self) -> Bounds:
        """What the partnership allows."""
        return self.partnership.bounds

    @property
    def governance(self) -> KeySet:
        """Who governs."""
        return self.partnership.governance

    def agencies(self) -> tuple[Agency, ...]:
        """Every agency that was ever admitted, as it stands, in the order of admission."""
        return tuple(self._history.agencies.values(self._size))

    def agency(self, agency: AgencyId) -> Agency | None:
        """An agency as it stands."""
        return self._history.agencies.newest(agency, self._size)

    def signer(self, signer: SignerId) -> Signer | None:
        """Whose document key it is, or was; None for a key that the log does not know."""
        return signer_of(self._history, self._size, signer)

    def manager(self, signer: SignerId) -> Managing | None:
        """The information manager in office whose document key it is, of an agency that may act."""
        return manager_of(self._history, self._size, signer)

    # -- endpoints --------------------------------------------------------------------------------------------------

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Every endpoint that ever was, as it stands, in the order of admission."""
        return tuple(self._history.endpoints.values(self._size))

    def endpoint(self, endpoint: EndpointId) -> Endpoint | None:
        """An endpoint as it stands."""
        return self._history.endpoints.newest(endpoint, self._size)

    def endpoint_at(self, endpoint: EndpointId, size: int, at: Seconds) -> Member | None:
        """What the log certified of an endpoint for the time ``at`` when it had ``size`` statements.

        For a signature made then: its keys, whatever was said later. None when it was not in force.
        """
        found = self._history.endpoints.newest(endpoint, min(size, self._size))
        return found.in_force_at(at) if found is not None else None

    def end_of(self, endpoint: EndpointId) -> End | None:
        """Why an endpoint ended, and from when on it does not count; None while it has not."""
        found = self.endpoint(endpoint)
        return found.end if found is not None else None

    def certified(self, endpoint: EndpointId, at: Seconds) -> Member:
        """The keys of an endpoint that may act at a time.

        Raises TamperError ``E_KEY_UNCERTIFIED`` when nobody certified it for then, ``E_KEY_REVOKED`` from its end on,
        ``E_AGENCY_CLOSED`` when its agency is suspended or closed.
        """
        found = self.endpoint(endpoint)
        member = found.member_at(at) if found is not None else None
        if found is None or member is None:
            raise TamperError("E_KEY_UNCERTIFIED", "The directory certifies no such key for then.")
        if found.in_force_at(at) is None:
            raise TamperError("E_KEY_REVOKED", "The endpoint had ended.")
        if not self.may_act(found, at):
            raise TamperError("E_AGENCY_CLOSED", "The endpoint's agency does not take part.")
        return member

    def may_act(self, endpoint: Endpoint, at: Seconds) -> bool:
        """Whether an endpoint is certified at a time, has not ended, and its agency is neither suspended nor closed."""
        agency = self.agency(endpoint.agency)
        acts = agency is not None and agency.is_active
        return acts and endpoint.in_force_at(at) is not None

    # -- addresses --------------------------------------------------------------------------------------------------

    def address_of(self, endpoint: EndpointId, openings: Openings) -> Address | None:
        """An endpoint's address; None for a person whose opening is missing, or names no address of the agency."""
        found = self.endpoint(endpoint)
        return address_in(found.newest, openings) if found is not None else None

    def by_address(self, wanted: Address, openings: Openings) -> tuple[Endpoint, ...]:
        """Every endpoint that an address ever had, as it stands: desks first, each in the order of admission."""
        desks = map(self.endpoint, self._history.desks.all(wanted, self._size))
        ids = self._history.people.all(agency_of(wanted), self._size) if openings else ()
        people = (e for e in map(self.endpoint, ids) if e and _is_at(e, wanted, openings))
        return (*(e for e in desks if e), *people)

    def acting_at(self, wanted: Address, at: Seconds, openings: Openings) -> tuple[Endpoint, ...]:
        """The endpoints of an address that may act at a time: whom to seal to."""
        return tuple(e for e in self.by_address(wanted, openings) if self.may_act(e, at))


def _is_at(endpoint: Endpoint, wanted: Address, openings: Openings) -> bool:
    return address_in(endpoint.newest, openings) == wanted
