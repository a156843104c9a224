"""Who gets which item of the feed, and of an item's detail only their own key (docs/protocol.md §6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from phoenix_protocol.api import FeedItem
from phoenix_protocol.directory.openings import Openings
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.identifiers import Address, EndpointId, Seconds, agency_of
from phoenix_relay.rules.details import only_for
from phoenix_relay.storage.rows import Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who there is now: for finding colleagues of an address who came after a package."""

    directory: Directory
    openings: Openings
    now: Seconds

    def colleagues(self, endpoint: EndpointId) -> frozenset[EndpointId]:
        """The endpoints that may act at the address of ``endpoint``; itself among them while it may."""
        address = self.address_of(endpoint)
        return self.at(address) if address is not None else frozenset()

    def at(self, address: Address) -> frozenset[EndpointId]:
        """The endpoints that may act at an address."""
        acting = self.directory.acting_at(address, self.now, self.openings)
        return frozenset(endpoint.id for endpoint in acting)

    def address_of(self, endpoint: EndpointId) -> Address | None:
        """An endpoint's address."""
        return self.directory.address_of(endpoint, self.openings)


def of_event(
    maker: EndpointId, sender: EndpointId, recipients: Sequence[Recipient], people: People
) -> frozenset[EndpointId]:
    """An event goes to the sender's side, to the maker's colleagues, and to the records endpoints of both agencies."""
    sides = senders_side(sender, recipients, people) | people.colleagues(maker)
    agencies = {agency_of(a) for a in map(people.address_of, (maker, sender)) if a is not None}
    records = {r.endpoint for r in recipients if r.records and agency_of(r.address) in agencies}
    own = people.address_of(maker)
    there = {r.endpoint for r in recipients if r.address == own}
    return (sides | records | there) - {maker}


def of_recall(
    maker: EndpointId, sender: EndpointId, recipients: Sequence[Recipient], people: People
) -> frozenset[EndpointId]:
    """A recall and its verdict go to everybody who was offered the package, and to the sender's side."""
    everybody = {r.endpoint for r in recipients}
    return (senders_side(sender, recipients, people) | everybody) - {maker}


def of_held(
    sender: EndpointId, recipients: Iterable[Recipient], people: People
) -> frozenset[EndpointId]:
    """The relay's word that it holds a package goes to the sender's colleagues; the sender has it as the answer."""
    return senders_side(sender, recipients, people) - {sender}


def senders_side(
    sender: EndpointId, recipients: Iterable[Recipient], people: People
) -> frozenset[EndpointId]:
    """The sending endpoint with everybody at its address, now or when it sent."""
    own = people.address_of(sender)
    there = {r.endpoint for r in recipients if r.address == own}
    return frozenset({sender} | there) | people.colleagues(sender)


def for_reader(item: FeedItem, reader: EndpointId) -> FeedItem:
    """A feed item as ``reader`` gets it: of a detail only the key that is for them, and nothing where there is none."""
    if item.detail is None:
        return item
    return replace(item, detail=only_for(item.detail, {reader}))
