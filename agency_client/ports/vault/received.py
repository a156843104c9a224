"""Packages that came for this home, from offer to outcome, and the guard against repeats."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from phoenix_protocol.identifiers import Address, EndpointId, ObjectHash, PackageId, Seconds
    from phoenix_protocol.package.lifecycle import State, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedPackage:
    """What the inbox shows of a package, out of its core and cover, and how far this endpoint is
    with it.
    """

    core: ObjectHash
    package: PackageId
    sender: EndpointId
    sent_from: Address
    purpose: str = field(repr=False)
    classification: str
    urgency: str
    created: Seconds
    expires: Seconds
    offered: Seconds
    state: State
    since: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRecord:
    """The offer as it was verified: exact bytes, the encoded cover, and what the capsule held."""

    core: bytes = field(repr=False)
    delivery: bytes = field(repr=False)
    held: bytes = field(repr=False)
    capsule: bytes = field(repr=False)
    cover: bytes = field(repr=False)  # the encoded Cover, as opened
    cover_key: bytes = field(repr=False)
    grant_key: bytes = field(repr=False)
    sequence: int


class Received(Protocol):
    """Received packages by core hash."""

    def add(self, package: ReceivedPackage, offer: OfferRecord) -> None:
        """Keep a new offer. Raises RefusedError ``E_REPLAY`` when this core is kept already."""
        ...

    def get(self, core: ObjectHash) -> ReceivedPackage | None:
        """One package."""
        ...

    def by_package(self, package: PackageId) -> tuple[ReceivedPackage, ...]:
        """Packages with this id: one, unless another sender chose the same id."""
        ...

    def offer(self, core: ObjectHash) -> OfferRecord | None:
        """The offer's bytes and secrets."""
        ...

    def beginning(self, text: str) -> tuple[tuple[PackageId, ObjectHash], ...]:
        """Ids and cores of packages whose ids begin with these 1 to 32 hex digits; none for no digits."""
        ...

    def covers(self, cores: Collection[ObjectHash]) -> Mapping[ObjectHash, bytes]:
        """The encoded covers of these packages."""
        ...

    def inbox(
        self,
        states: Collection[State] | None = None,
        *,
        limit: int | None = None,
        before: Seconds | None = None,
    ) -> tuple[ReceivedPackage, ...]:
        """Packages in any of ``states`` (None: all), newest offer first, offered before ``before``
        if given.
        """
        ...

    def page(
        self,
        states: Collection[State] | None,
        first: Collection[State],
        urgencies: Sequence[str],
        *,
        start: int,
        most: int,
    ) -> tuple[ReceivedPackage, ...]:
        """A part of the packages in any of ``states`` (None: all): those in a state of ``first`` by their urgency, the
        first of ``urgencies`` first; then the rest. Newest offer first; at most ``most`` after the ``start`` before.
        """
        ...

    def overdue(self, states: Collection[State], now: Seconds) -> tuple[ReceivedPackage, ...]:
        """The packages in these states that have expired by ``now``, oldest first."""
        ...

    def of(self, cores: Collection[ObjectHash]) -> tuple[ReceivedPackage, ...]:
        """The packages with these cores, oldest first."""
        ...

    def count(self) -> dict[State, int]:
        """How many packages are in each state that occurs."""
        ...

    def step(self, core: ObjectHash, step: Step, at: Seconds) -> State:
        """Move this endpoint's state by the life-cycle table (docs/protocol.md §6) and give the new
        one.

        Raises RefusedError ``E_RECEIPT_STATE`` where the table has no such step, ``E_NOT_FOUND``
        for no such package.
        """
        ...

    def keep_released(self, core: ObjectHash, released: bytes) -> None:
        """Keep the encoded ``Released`` that the relay gave after acceptance, so that a fetch can
        go on.
        """
        ...

    def released(self, core: ObjectHash) -> bytes | None:
        """The encoded ``Released``, if there is one."""
        ...


class Seen(Enum):
    """What the guard knows of something: never seen, seen just so, or seen as something else (an
    alarm).
    """

    NEW = "new"
    SAME = "same"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Sequence numbers ``first`` to ``last`` from one sender's endpoint that neither came nor were
    voided.
    """

    sender: EndpointId
    first: int
    last: int


class ReplayGuard(Protocol):
    """What was ever offered here, kept when the package itself is erased."""

    def check(self, sender: EndpointId, package: PackageId, core: ObjectHash) -> Seen:
        """Whether this sender's package id was seen, and with which core. Changes nothing."""
        ...

    def remember(self, sender: EndpointId, package: PackageId, core: ObjectHash) -> Seen:
        """As :meth:`check`, and remember it if it is new."""
        ...

    def remember_sequence(self, sender: EndpointId, sequence: int, core: ObjectHash) -> Seen:
        """Remember that this number came with this core, or was voided for it; OTHER when it stood
        for another.

        A void whose core is not known names 32 zero bytes.
        """
        ...

    def gaps(self, sender: EndpointId | None = None) -> tuple[Gap, ...]:
        """Every run of missing numbers below the highest seen, counted from 1; of one sender or of
        all.
        """
        ...
