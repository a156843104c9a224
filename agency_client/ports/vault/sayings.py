"""What was said about packages: events, other signed objects kept as evidence, and what still has
to be posted.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from agency_client.ports.vault.received import Seen
    from phoenix_protocol.identifiers import EndpointId, ObjectHash, Seconds
    from phoenix_protocol.package.events import EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event, our own or another's: the Signed bytes, and the encoded Detail where this home
    could open it.
    """

    hash: ObjectHash
    core: ObjectHash
    endpoint: EndpointId
    kind: EventKind
    counter: int
    time: Seconds
    signed: bytes = field(repr=False)
    detail: bytes | None = field(repr=False, default=None)


class Events(Protocol):
    """Events by core, endpoint and counter: one each."""

    def add(self, event: StoredEvent) -> Seen:
        """Keep an event. SAME: kept before. OTHER: this endpoint has said something else under this
        counter; not kept.
        """
        ...

    def of(self, core: ObjectHash, endpoint: EndpointId | None = None) -> tuple[StoredEvent, ...]:
        """Events on a package in the order of time, endpoint and counter."""
        ...

    def about(self, cores: Collection[ObjectHash]) -> tuple[StoredEvent, ...]:
        """The events on any of these packages, by time."""
        ...

    def next_counter(self, core: ObjectHash, endpoint: EndpointId) -> int:
        """The counter of this endpoint's next event on this package: 1 at first."""
        ...


class ObjectKind(Enum):
    """What else is kept as evidence."""

    HELD = "held"
    RECALL = "recall"
    VERDICT = "verdict"
    VOID = "void"
    TOMBSTONE = "tombstone"
    EPOCH_KEY = "epoch_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptObject:
    """A Signed object by its hash. ``core`` is None for what belongs to no single package."""

    hash: ObjectHash
    kind: ObjectKind
    core: ObjectHash | None
    time: Seconds
    signed: bytes = field(repr=False)
    detail: bytes | None = field(repr=False, default=None)


class Objects(Protocol):
    """Signed objects: kept once, never changed."""

    def keep(self, kept: KeptObject) -> Seen:
        """Keep it. SAME when it was kept before (with whatever signature bytes)."""
        ...

    def get(self, object_hash: ObjectHash) -> KeptObject | None:
        """One object."""
        ...

    def of(self, core: ObjectHash, kind: ObjectKind | None = None) -> tuple[KeptObject, ...]:
        """What is kept about a package, oldest first."""
        ...


class Route(Enum):
    """Where a posting goes: the path under /v1."""

    EVENTS = "events"
    RECALLS = "recalls"
    VOIDS = "voids"
    EPOCHS = "epochs"
    NOTICES = "notices"
    NOTICE_ANSWERS = "notices/answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A request body of our own that must reach the relay: kept in the transaction that makes it
    true.
    """

    hash: ObjectHash
    route: Route
    core: ObjectHash | None
    body: bytes = field(repr=False)
    made: Seconds


class Postings(Protocol):
    """The queue of small things to say, oldest first; the relay takes repeats, so posting again is
    safe.
    """

    def add(self, posting: Posting) -> None:
        """Queue it; the same hash is queued once."""
        ...

    def waiting(self, route: Route | None = None) -> tuple[Posting, ...]:
        """What has not been taken by the relay, in the order in which it was added."""
        ...

    def done(self, object_hash: ObjectHash) -> None:
        """The relay has taken it (or refused it for good)."""
        ...
