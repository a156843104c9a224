"""All that a log has said, kept so that every earlier state can be read: the one store behind its directories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from phoenix_protocol.directory.agencies import Agency
from phoenix_protocol.directory.claims import Owner, Resource
from phoenix_protocol.directory.endpoints import Endpoint
from phoenix_protocol.directory.partnership import PartnershipState
from phoenix_protocol.directory.versions import GrowingTree, Versioned
from phoenix_protocol.identifiers import Address, AgencyId, EndpointId, ObjectHash

State = PartnershipState | Agency | Endpoint

#: The one key under which the partnership's states are kept.
PARTNERSHIP: Final = "partnership"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one statement changes: the new state of its subject, and what it claims."""

    hash: ObjectHash
    state: State
    claims: Mapping[Resource, Owner]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """States by subject, claims, and the tree of object hashes, each with the index of the statement it came with."""

    tree: GrowingTree = field(default_factory=GrowingTree)
    positions: Versioned[ObjectHash, int] = field(default_factory=Versioned)
    partnership: Versioned[str, PartnershipState] = field(default_factory=Versioned)
    agencies: Versioned[AgencyId, Agency] = field(default_factory=Versioned)
    endpoints: Versioned[EndpointId, Endpoint] = field(default_factory=Versioned)
    claims: Versioned[Resource, Owner] = field(default_factory=Versioned)
    desks: Versioned[Address, EndpointId] = field(default_factory=Versioned)
    people: Versioned[AgencyId, EndpointId] = field(default_factory=Versioned)

    @property
    def size(self) -> int:
        """How many statements there are."""
        return self.tree.size

    def governed(self, size: int) -> PartnershipState:
        """The partnership in a log of ``size`` statements. Raises ValueError for an empty log."""
        state = self.partnership.newest(PARTNERSHIP, size)
        if state is None:
            raise ValueError("A directory begins with its genesis.")
        return state

    def record(self, step: Step) -> None:
        """Append one statement that was judged to follow. Nothing here can fail halfway."""
        index = self.size
        for resource, owner in step.claims.items():
            self.claims.put(index, resource, owner)
        match step.state:
            case PartnershipState():
                self.partnership.put(index, PARTNERSHIP, step.state)
            case Agency():
                self.agencies.put(index, step.state.id, step.state)
            case Endpoint():
                self._record_endpoint(index, step.state)
        self.positions.put(index, step.hash, index)
        # Last, because a state of the directory sees only what is below its size.
        self.tree.append(step.hash)

    def _record_endpoint(self, index: int, endpoint: Endpoint) -> None:
        if len(endpoint.members) == 1 and endpoint.end is None:
            address = endpoint.newest.address
            if address is not None:
                self.desks.put(index, address, endpoint.id)
            else:
                self.people.put(index, endpoint.agency, endpoint.id)
        self.endpoints.put(index, endpoint.id, endpoint)

    def until(self, size: int) -> History:
        """A history of its own that begins with the first ``size`` statements of this one."""
        return History(
            tree=self.tree.until(size),
            positions=self.positions.until(size),
            partnership=self.partnership.until(size),
            agencies=self.agencies.until(size),
            endpoints=self.endpoints.until(size),
            claims=self.claims.until(size),
            desks=self.desks.until(size),
            people=self.people.until(size),
        )
