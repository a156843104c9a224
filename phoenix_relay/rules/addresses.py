"""Who is at which address: looked up once for each state of the log, not once for each request (docs/protocol.md §4).

A person's address stands in the log only as a commitment: to find an address, everybody of its agency has to be opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from phoenix_protocol.directory.openings import Openings
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.identifiers import Address, EndpointId, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressBook:
    """A directory with every endpoint's address, as far as openings tell it."""

    directory: Directory
    addresses: Mapping[EndpointId, Address]
    endpoints: Mapping[Address, tuple[EndpointId, ...]]

    def address_of(self, endpoint: EndpointId) -> Address | None:
        """An endpoint's address; None for one that nobody knows, or whose opening was erased."""
        return self.addresses.get(endpoint)

    def is_known(self, address: Address) -> bool:
        """Whether any endpoint ever had this address."""
        return address in self.endpoints

    def acting_at(self, address: Address, now: Seconds) -> frozenset[EndpointId]:
        """The endpoints of an address that may act at a time."""
        known = map(self.directory.endpoint, self.endpoints.get(address, ()))
        return frozenset(e.id for e in known if e is not None and self.directory.may_act(e, now))

    def colleagues(self, endpoint: EndpointId, now: Seconds) -> frozenset[EndpointId]:
        """The endpoints that may act at the address of ``endpoint``; itself among them while it may."""
        address = self.address_of(endpoint)
        return self.acting_at(address, now) if address is not None else frozenset()


def address_book(directory: Directory, openings: Openings) -> AddressBook:
    """The book of a directory. Takes some microseconds for each endpoint."""
    addresses: dict[EndpointId, Address] = {}
    endpoints: dict[Address, tuple[EndpointId, ...]] = {}
    for endpoint in directory.endpoints():
        address = directory.address_of(endpoint.id, openings)
        if address is not None:
            addresses[endpoint.id] = address
            endpoints[address] = (*endpoints.get(address, ()), endpoint.id)
    return AddressBook(directory=directory, addresses=addresses, endpoints=endpoints)
