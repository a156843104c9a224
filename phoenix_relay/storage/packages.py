"""Packages and their deliveries: holding them, offering them, and where each is (docs/protocol.md §5, §6)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select

from phoenix_protocol.api import Offer
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import (
    AgencyId,
    EndpointId,
    ObjectHash,
    PackageId,
    Seconds,
)
from phoenix_protocol.merkle import leaf_hash
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.package.lifecycle import State, warnings_due
from phoenix_relay.storage.parts import EVERYONE, Part, Parts
from phoenix_relay.storage.prepared import Prepared
from phoenix_relay.storage.progress import Progress
from phoenix_relay.storage.rows import (
    Acceptance,
    Body,
    Day,
    Delivered,
    NewDelivery,
    NewPackage,
    NewRecipient,
    Package,
)
from phoenix_relay.storage.tables import DELIVERIES, PACKAGES, RECIPIENTS
from phoenix_relay.storage.uploads import Uploads, split_leaves

_BY_ID: Final = Prepared(
    select(PACKAGES).where(
        PACKAGES.c.sender == bindparam("whose"), PACKAGES.c.package == bindparam("named")
    )
)
_BY_CORE: Final = Prepared(select(PACKAGES).where(PACKAGES.c.core == bindparam("of")))
_BODY: Final = Prepared(select(PACKAGES.c.body).where(PACKAGES.c.core == bindparam("of")))
_DELIVERIES: Final = Prepared(
    select(DELIVERIES).where(DELIVERIES.c.core == bindparam("of")).order_by(DELIVERIES.c.number)
)
_DELIVERY: Final = Prepared(
    select(DELIVERIES).where(
        DELIVERIES.c.core == bindparam("of"), DELIVERIES.c.number == bindparam("which")
    )
)
_INSERT_PACKAGE: Final = Prepared(insert(PACKAGES))
_INSERT_DELIVERY: Final = Prepared(insert(DELIVERIES))
_INSERT_RECIPIENT: Final = Prepared(insert(RECIPIENTS))


class Packages(Progress):
    """What the relay holds, and for whom."""

    __slots__ = ("_uploads",)

    def __init__(self, connection: Connection, parts: Parts, uploads: Uploads) -> None:
        super().__init__(connection, parts)
        self._uploads: Final = uploads

    def hold(self, new: NewPackage) -> Acceptance:
        """Hold a package with its first delivery; everything secret is sealed under the key of its expiry day.

        The same sender, package id and core again gives the first ``held``. An uploaded body must be this sender's, of
        the core's day and not yet collected; that it is whole is the caller's to have checked. Puts nothing into feeds.
        Raises RefusedError ``E_CONFLICT`` for another core under the id or another delivery under number 1,
        ``E_NOT_FOUND`` when the uploaded body is not there, ``E_EXPIRED`` when its day is over.
        """
        values = {"whose": new.sender, "named": new.package}
        known = _BY_ID.first(self._connection, values)
        if known is None:
            return self._insert_package(new)
        if known.core != new.core:
            raise RefusedError("E_CONFLICT", "Another package was sent under this id.")
        return self._next_delivery(new.delivery, Day(known.day))

    def hold_delivery(self, new: NewDelivery) -> Acceptance:
        """Hold a later delivery of a package. The same again gives the first ``held``.

        Raises RefusedError ``E_CONFLICT`` for another delivery under its number, a number that is not the next or an
        endpoint that has the package already; ``E_NOT_FOUND`` for an unknown package; ``E_EXPIRED`` when it expired or
        its body is gone.
        """
        package = _BY_CORE.first(self._connection, {"of": new.core})
        if package is None:
            raise RefusedError("E_NOT_FOUND", "There is no such package.")
        known = self.delivery(new.core, new.number)
        alive = package.expires > new.time and self._parts.has(new.core, EVERYONE, Part.COVER)
        if known is None and not alive:
            raise RefusedError("E_EXPIRED", "Nothing is kept of this package any more.")
        return self._next_delivery(new, Day(package.day))

    def find(self, core: ObjectHash) -> Package | None:
        """A package by its core hash."""
        row = _BY_CORE.first(self._connection, {"of": core})
        return None if row is None else _package(row)

    def by_id(self, sender: EndpointId, package: PackageId) -> Package | None:
        """A package by its sender and the id that the sender gave it."""
        row = _BY_ID.first(self._connection, {"whose": sender, "named": package})
        return None if row is None else _package(row)

    def delivery(self, core: ObjectHash, number: int = 1) -> Delivered | None:
        """One delivery of a package."""
        row = _DELIVERY.first(self._connection, {"of": core, "which": number})
        return None if row is None else _delivered(row)

    def deliveries(self, core: ObjectHash) -> tuple[Delivered, ...]:
        """All deliveries of a package in the order of their numbers."""
        rows = _DELIVERIES.all(self._connection, {"of": core})
        return tuple(_delivered(row) for row in rows)

    def offer(self, core: ObjectHash, endpoint: EndpointId) -> Offer:
        """What an endpoint gets before it accepts. Changes no state: take Step.OFFER beside it.

        Raises RefusedError ``E_NOT_FOUND`` when the package is not for the endpoint or nothing is kept for it any more,
        ``E_EXPIRED`` when its storage key is gone, TamperError ``E_STORE_INTEGRITY`` for damage.
        """
        there, package = self.recipient(core, endpoint), self.find(core)
        delivery = None if there is None else self.delivery(core, there.number)
        if package is None or delivery is None or not (package.core_bytes and delivery.signed):
            raise RefusedError("E_NOT_FOUND", "There is no such package for this endpoint.")
        return Offer(
            core=package.core_bytes,
            delivery=delivery.signed,
            held=delivery.held,
            capsule=self._parts.get(core, endpoint, Part.CAPSULE),
            cover=self._parts.get(core, EVERYONE, Part.COVER),
        )

    def grant(self, core: ObjectHash, endpoint: EndpointId) -> bytes:
        """The grant kept for an endpoint, whose release is the caller's to decide.

        Raises as :meth:`offer`, and DamageError when the grant alone is damaged.
        """
        return self._parts.released(core, endpoint, Part.GRANT)

    def uploaded_body(self, core: ObjectHash) -> Body | None:
        """The uploaded body of a package; None when its body travelled inline or is gone."""
        row = _BODY.first(self._connection, {"of": core})
        return None if row is None or row.body is None else self._uploads.by_id(row.body)

    def senders_side(self, core: ObjectHash) -> tuple[EndpointId, ...]:
        """The sending endpoint and its colleagues: the endpoints of the sender's own address."""
        package = self.find(core)
        if package is None:
            return ()
        own = [there.endpoint for there in self.recipients(core) if there.why is Why.OWN]
        return tuple(dict.fromkeys((package.sender, *own)))

    def _insert_package(self, new: NewPackage) -> Acceptance:
        day = self._parts.day_keys.day_of(new.expires)
        shared = [(EVERYONE, Part.COVER, new.cover)]
        if new.uploaded is not None:
            leaves = self._uploads.claim(new.uploaded, new.sender, day)
        elif new.inline is not None:
            leaves = leaf_hash(new.inline)
            shared.append((EVERYONE, Part.BODY, new.inline))
        else:
            raise ValueError("A package has a body.")
        _INSERT_PACKAGE.run(self._connection, _package_row(new, day, leaves))
        return self._insert_delivery(new.delivery, day, shared)

    def _next_delivery(self, new: NewDelivery, day: Day) -> Acceptance:
        known = self.deliveries(new.core)
        same = next((one for one in known if one.hash == new.hash), None)
        if same is not None:
            return Acceptance(held=same.held, fresh=False)
        if new.number != len(known) + 1 or self._any_known(new):
            raise RefusedError("E_CONFLICT", "Another delivery of this package was made before.")
        return self._insert_delivery(new, day, [])

    def _insert_delivery(
        self, new: NewDelivery, day: Day, shared: list[tuple[EndpointId, Part, bytes]]
    ) -> Acceptance:
        _INSERT_DELIVERY.run(self._connection, _delivery_row(new))
        _INSERT_RECIPIENT.many(self._connection, [_recipient_row(new, to) for to in new.recipients])
        own = [
            (to.endpoint, part, sealed) for to in new.recipients for part, sealed in _parts_of(to)
        ]
        self._parts.keep(new.core, day, shared + own)
        return Acceptance(held=new.held, fresh=True)

    def _any_known(self, new: NewDelivery) -> bool:
        known = {there.endpoint for there in self.recipients(new.core)}
        return any(to.endpoint in known for to in new.recipients)


def _parts_of(recipient: NewRecipient) -> tuple[tuple[Part, bytes], ...]:
    return (Part.CAPSULE, recipient.capsule), (Part.GRANT, recipient.grant)


def _package_row(new: NewPackage, day: Day, leaves: bytes) -> dict[str, object]:
    due = [time for time in warnings_due(new.created, new.expires) if time > new.delivery.time]
    return {
        "core": new.core,
        "core_bytes": new.core_bytes,
        "package": new.package,
        "sender": new.sender,
        "agency": new.agency,
        "created": new.created,
        "expires": new.expires,
        "day": day,
        "held": new.delivery.time,
        "body": new.uploaded,
        "leaves": leaves,
        "expired": False,
        "warn_at": due[0] if due else None,
    }


def _delivery_row(new: NewDelivery) -> dict[str, object]:
    return {
        "core": new.core,
        "number": new.number,
        "hash": new.hash,
        "signed": new.signed,
        "held": new.held,
        "held_hash": new.held_hash,
        "time": new.time,
    }


def _recipient_row(new: NewDelivery, to: NewRecipient) -> dict[str, object]:
    return {
        "core": new.core,
        "endpoint": to.endpoint,
        "address": to.address,
        "why": to.why.value,
        "records": to.records,
        "number": new.number,
        "delivery": new.hash,
        "state": State.HELD.value,
        "since": new.time,
        "counter": 0,
    }


def _package(row: Any) -> Package:
    return Package(
        core=ObjectHash(row.core),
        core_bytes=row.core_bytes,
        package=PackageId(row.package),
        sender=EndpointId(row.sender),
        agency=AgencyId(row.agency),
        created=Seconds(row.created),
        expires=Seconds(row.expires),
        expired=bool(row.expired),
        leaves=split_leaves(row.leaves),
    )


def _delivered(row: Any) -> Delivered:
    return Delivered(
        core=ObjectHash(row.core),
        number=row.number,
        hash=ObjectHash(row.hash),
        signed=row.signed,
        held=row.held,
        time=Seconds(row.time),
    )
