"""Packages that this home sealed: unfinished sends, endpoints and their states, and the numbers
given to each.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from phoenix_protocol.identifiers import Address, EndpointId, ObjectHash, PackageId, Seconds
    from phoenix_protocol.package.envelope import Why
    from phoenix_protocol.package.events import VoidReason
    from phoenix_protocol.package.lifecycle import State, Step


class Progress(Enum):
    """How far the sending itself is. Only SEALED is unfinished."""

    SEALED = "sealed"  # every sealed byte is on this disk; the relay has not said held
    HELD = "held"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPackage:
    """A package of our own. ``outbox`` names the directory with its sealed bytes; empty once the
    send is over and somebody has been told so.
    """

    core: ObjectHash
    package: PackageId
    fingerprint: (
        bytes  # SHA-256 over everything that the send was given: finds an unfinished send again
    )
    outbox: str
    thread: str = field(repr=False)
    purpose: str = field(repr=False)
    classification: str
    urgency: str
    created: Seconds
    expires: Seconds
    progress: Progress
    since: Seconds
    owed: tuple[str, ...] = ()
    warned: Seconds | None = None  # the newest warning before expiry that the person has seen


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRecord:
    """The sender's own evidence: core, encoded cover, and the document as its author wrote it."""

    core: bytes = field(repr=False)
    cover: bytes = field(repr=False)
    document: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentEndpoint:
    """One endpoint of a delivery. ``records`` marks a records endpoint, which does not move its
    address.
    """

    endpoint: EndpointId
    address: Address
    why: Why
    records: bool
    delivery: int
    sequence: int
    epoch_key: ObjectHash
    state: State
    since: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class SentDelivery:
    """A Signed delivery and the relay's Signed held for it, once it came."""

    number: int
    delivery: bytes = field(repr=False)
    held: bytes | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressProgress:
    """How far an address is: its furthest endpoint that is not a records endpoint (docs/protocol.md
    §6).
    """

    address: Address
    why: Why
    state: State
    since: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class SentSummary:
    """A line of ``phoenix sent``."""

    package: SentPackage
    addresses: tuple[AddressProgress, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """How one package went at one address that was written to, as far as it was heard by now."""

    address: Address
    state: State
    created: Seconds
    accepted: Seconds | None
    acknowledged: Seconds | None


class Shows(Enum):
    """Which of the sent packages a list shows: by how far they are with those who were written to."""

    ALL = "all"
    WAITING = "waiting"  # somebody has not stored it
    UNOWNED = "unowned"  # somebody has stored it, and nobody there has taken responsibility
    TROUBLED = "trouble"  # it did not get to somebody, and nobody here has seen that
    FAILED = "failed"  # it did not get to somebody, seen or not


class Sent(Protocol):
    """Sent packages by core hash."""

    def add(
        self,
        package: SentPackage,
        record: SentRecord,
        delivery: SentDelivery,
        endpoints: Sequence[SentEndpoint],
    ) -> None:
        """Keep a sealed package with its first delivery. Raises RefusedError ``E_CONFLICT`` for a
        core or id kept already.
        """
        ...

    def add_delivery(
        self, core: ObjectHash, delivery: SentDelivery, endpoints: Sequence[SentEndpoint]
    ) -> None:
        """Keep a later delivery with the endpoints that it adds."""
        ...

    def hold(self, core: ObjectHash, number: int, held: bytes, at: Seconds) -> None:
        """Keep the relay's held for delivery ``number``: the send is finished, its endpoints go
        from SENT to HELD.

        The same delivery held again changes nothing.
        """
        ...

    def give_up(self, core: ObjectHash, at: Seconds) -> None:
        """The send will not be finished. Raises RefusedError ``E_RECEIPT_STATE`` when the relay
        holds it already.
        """
        ...

    def step(self, core: ObjectHash, endpoint: EndpointId, step: Step, at: Seconds) -> State:
        """Move one endpoint by the life-cycle table, and its address with it; gives the endpoint's
        new state.

        An accepted event implies the offer that the sender never hears of: take ``Step.OFFER``
        first when HELD. Raises RefusedError ``E_RECEIPT_STATE`` or ``E_NOT_FOUND``.
        """
        ...

    def get(self, core: ObjectHash) -> SentPackage | None:
        """One package."""
        ...

    def by_package(self, package: PackageId) -> SentPackage | None:
        """One package by its id."""
        ...

    def beginning(self, text: str) -> tuple[tuple[PackageId, ObjectHash], ...]:
        """Ids and cores of packages whose ids begin with these 1 to 32 hex digits; none for no digits."""
        ...

    def by_fingerprint(self, fingerprint: bytes) -> tuple[SentPackage, ...]:
        """Every send of exactly this input, newest first: at most one of them is unfinished."""
        ...

    def unfinished(self) -> tuple[SentPackage, ...]:
        """Sends that are sealed and not held, oldest first."""
        ...

    def untold(self) -> tuple[SentPackage, ...]:
        """Sends that the relay holds, and that ended before anybody was told, oldest first."""
        ...

    def listing(
        self, *, limit: int | None = None, before: Seconds | None = None
    ) -> tuple[SentSummary, ...]:
        """Newest first, created before ``before`` if given."""
        ...

    def page(self, shows: Shows, *, start: int, most: int) -> tuple[SentSummary, ...]:
        """A part of the packages, newest first: at most ``most`` after the ``start`` before."""
        ...

    def count(self, shows: Shows) -> int:
        """How many packages that would show in all."""
        ...

    def journeys(self, since: Seconds, most: int) -> tuple[Journey, ...]:
        """How packages made at ``since`` or later went, newest first; at most ``most``."""
        ...

    def expiring(self, before: Seconds, states: Collection[State]) -> tuple[SentSummary, ...]:
        """Packages that expire before ``before`` and have an address in one of ``states``; soonest
        first.
        """
        ...

    def summaries(self, cores: Collection[ObjectHash]) -> tuple[SentSummary, ...]:
        """The packages with these cores, as a listing has them, oldest first."""
        ...

    def record(self, core: ObjectHash) -> SentRecord | None:
        """The sender's own evidence."""
        ...

    def deliveries(self, core: ObjectHash) -> tuple[SentDelivery, ...]:
        """All deliveries in order."""
        ...

    def endpoints(self, core: ObjectHash) -> tuple[SentEndpoint, ...]:
        """All endpoints of all deliveries, in delivery and address order."""
        ...

    def addresses(self, core: ObjectHash) -> tuple[AddressProgress, ...]:
        """All addresses and how far each is."""
        ...

    def set_owed(self, core: ObjectHash, owed: Sequence[str]) -> None:
        """Replace the list of what is still owed (places of required answers)."""
        ...

    def set_warned(self, core: ObjectHash, at: Seconds) -> None:
        """The person has seen the warning of this time."""
        ...

    def forget_outbox(self, core: ObjectHash) -> None:
        """The send is over: its sealed bytes are not needed, and its end is known."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceUse:
    """A number given to one endpoint: the core it went with (None: never used), and why it was
    voided, if it was.
    """

    recipient: EndpointId
    sequence: int
    core: ObjectHash | None
    voided: VoidReason | None


class Sequences(Protocol):
    """The numbers from this endpoint to each other one: 1, 2, 3, …, each given once in this vault's
    life.
    """

    def allocate(self, recipients: Sequence[EndpointId]) -> Mapping[EndpointId, int]:
        """The next number for each. Use them only after this transaction returned: then they are
        never given again.

        ``sent.add`` and ``sent.add_delivery`` tie them to their core.
        """
        ...

    def unused(self) -> tuple[SequenceUse, ...]:
        """Numbers that were given and never tied to a package: a send that ended before it was
        kept. To be voided.
        """
        ...

    def to_void(self) -> tuple[SequenceUse, ...]:
        """Numbers of packages that this endpoint will never read (recalled, returned, expired,
        given up), not yet voided.
        """
        ...

    def void(self, use: SequenceUse, reason: VoidReason) -> None:
        """Mark a number as voided, in the transaction that keeps the Signed void."""
        ...
