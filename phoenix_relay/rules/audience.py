"""Who gets which item of the feed, and of an item's detail only their own key (docs/protocol.md §6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from phoenix_protocol.api import FeedItem
from phoenix_protocol.identifiers import EndpointId, Seconds, agency_of
from phoenix_relay.rules.addresses import AddressBook
from phoenix_relay.rules.details import only_for
from phoenix_relay.storage.rows import NewRecipient, Recipient

AnyRecipient = Recipient | NewRecipient


def of_event(
    maker: EndpointId,
    sender: EndpointId,
    recipients: Sequence[Recipient],
    book: AddressBook,
    now: Seconds,
) -> frozenset[EndpointId]:
    """An event goes to the sender's side, to the maker's colleagues, and to the records endpoints of both agencies."""
    addresses = (book.address_of(maker), book.address_of(sender))
    agencies = {agency_of(address) for address in addresses if address is not None}
    records = {r.endpoint for r in recipients if r.records and agency_of(r.address) in agencies}
    there = {r.endpoint for r in recipients if r.address == addresses[0]}
    sides = senders_side(sender, recipients, book, now) | book.colleagues(maker, now)
    return (sides | records | there) - {maker}


def of_recall(
    maker: EndpointId,
    sender: EndpointId,
    recipients: Sequence[Recipient],
    book: AddressBook,
    now: Seconds,
) -> frozenset[EndpointId]:
    """A recall and its verdict go to everybody who was offered the package, and to the sender's side."""
    everybody = {r.endpoint for r in recipients}
    return (senders_side(sender, recipients, book, now) | everybody) - {maker}


def of_held(
    sender: EndpointId, recipients: Iterable[AnyRecipient], book: AddressBook, now: Seconds
) -> frozenset[EndpointId]:
    """The relay's word that it holds a package goes to the sender's colleagues; the sender has it as the answer."""
    return senders_side(sender, recipients, book, now) - {sender}


def senders_side(
    sender: EndpointId, recipients: Iterable[AnyRecipient], book: AddressBook, now: Seconds
) -> frozenset[EndpointId]:
    """The sending endpoint with everybody at its address, now or when it sent."""
    own = book.address_of(sender)
    there = {r.endpoint for r in recipients if r.address == own}
    return frozenset({sender} | there) | book.colleagues(sender, now)


def for_reader(item: FeedItem, reader: EndpointId) -> FeedItem:
    """A feed item as ``reader`` gets it: of a detail only the key that is for them, and nothing where there is none."""
    return replace(item, detail=only_for(item.detail, {reader}))
