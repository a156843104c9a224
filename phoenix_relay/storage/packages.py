"""Packages, their deliveries and where each is at each endpoint (docs/protocol.md §5, §6)."""

from __future__ import annotations

from phoenix_protocol.api import Offer
from phoenix_protocol.identifiers import Address, EndpointId, ObjectHash, PackageId, Seconds
from phoenix_protocol.package.events import AddressAnswer
from phoenix_protocol.package.lifecycle import State, Step
from phoenix_relay.storage.rows import (
    Acceptance,
    Delivered,
    NewDelivery,
    NewPackage,
    Package,
    Recipient,
)


class Packages:
    """What the relay holds, and for whom."""

    def hold(self, new: NewPackage) -> Acceptance:
        """Hold a package with its first delivery; everything secret is sealed under the key of its expiry day.

        The same sender, package id and core again gives the first ``held``. An uploaded body must be this sender's, of
        the core's day and not yet collected. Puts nothing into feeds.
        Raises RefusedError ``E_CONFLICT`` for another core under the id or another delivery under number 1, ``E_NOT_FOUND``
        when the uploaded body is not there.
        """
        raise NotImplementedError

    def hold_delivery(self, new: NewDelivery) -> Acceptance:
        """Hold a later delivery of a package. The same again gives the first ``held``.

        Raises RefusedError ``E_CONFLICT`` for another delivery under its number, a number that is not the next or an
        endpoint that has the package already; ``E_NOT_FOUND`` for an unknown package; ``E_EXPIRED`` when it expired or
        its body is gone.
        """
        raise NotImplementedError

    def find(self, core: ObjectHash) -> Package | None:
        """A package by its core hash."""
        raise NotImplementedError

    def by_id(self, sender: EndpointId, package: PackageId) -> Package | None:
        """A package by its sender and the id that the sender gave it."""
        raise NotImplementedError

    def delivery(self, core: ObjectHash, number: int = 1) -> Delivered | None:
        """One delivery of a package."""
        raise NotImplementedError

    def deliveries(self, core: ObjectHash) -> tuple[Delivered, ...]:
        """All deliveries of a package in the order of their numbers."""
        raise NotImplementedError

    def recipient(self, core: ObjectHash, endpoint: EndpointId) -> Recipient | None:
        """Where a package is at one endpoint; None when it is not for this endpoint."""
        raise NotImplementedError

    def recipients(self, core: ObjectHash) -> tuple[Recipient, ...]:
        """Where a package is at every endpoint."""
        raise NotImplementedError

    def advance(
        self,
        core: ObjectHash,
        endpoint: EndpointId,
        step: Step,
        now: Seconds,
        *,
        counter: int | None = None,
    ) -> State:
        """Take ``step`` at one endpoint by one conditional update, and return the state that it led to.

        ``counter`` is the event's, and must be one more than the last. When the endpoint owes and is owed nothing any
        more, its capsule and grant are deleted in the same transaction, and with the last endpoint's the cover and body.
        Raises RefusedError ``E_NOT_FOUND`` when the package is not for the endpoint, ``E_EXPIRED`` for an offer or
        acceptance at or after the package's expiry, ``E_RECEIPT_STATE`` where the table has no such step or the counter
        is not the next.
        """
        raise NotImplementedError

    def recall(self, core: ObjectHash, now: Seconds) -> tuple[AddressAnswer, ...]:
        """Take a package back from every address where no endpoint had accepted; what became of it at each address.

        RECALLED also where it was recalled before; TOO_LATE where an endpoint had accepted, and where all had returned
        it or it had expired. In the order that a verdict's answers need.
        """
        raise NotImplementedError

    def offer(self, core: ObjectHash, endpoint: EndpointId) -> Offer:
        """What an endpoint gets before it accepts. Changes no state: take Step.OFFER beside it.

        Raises RefusedError ``E_NOT_FOUND`` when the package is not for the endpoint or nothing is kept for it any more,
        ``E_EXPIRED`` when its storage key is gone, TamperError ``E_STORE_INTEGRITY`` for damage.
        """
        raise NotImplementedError

    def grant(self, core: ObjectHash, endpoint: EndpointId) -> bytes:
        """The grant kept for an endpoint. Whether it may be released is the caller's to check. Raises as :meth:`offer`."""
        raise NotImplementedError

    def senders_side(self, core: ObjectHash) -> tuple[EndpointId, ...]:
        """The sending endpoint and its colleagues: the endpoints of the sender's own address."""
        raise NotImplementedError

    def at_address(self, core: ObjectHash, address: Address) -> tuple[Recipient, ...]:
        """Where a package is at the endpoints of one address."""
        raise NotImplementedError
