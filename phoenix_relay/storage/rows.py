"""What goes into the store and what comes out of it, as values (docs/protocol.md §6, §7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NewType

from phoenix_protocol.api import FeedKind, SealedDetail
from phoenix_protocol.directory.statements import Opening
from phoenix_protocol.identifiers import (
    Address,
    AgencyId,
    Anchor,
    EndpointId,
    ObjectHash,
    PackageId,
    Seconds,
)
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.package.lifecycle import State

#: The second at which a key period ends: what a storage key is called, and everything sealed under it.
Day = NewType("Day", int)
#: In place of a day whose key is lost.
LOST: Final = Day(0)
#: Sixteen random bytes by which the relay knows one body, whoever else uploads the same bytes.
BodyId = NewType("BodyId", bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A statement of the log: its place, its object hash (the leaf hash) and the Signed bytes."""

    index: int
    hash: ObjectHash
    statement: bytes
    openings: tuple[Opening, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """A join request that waits for a manager. ``joining`` is the encoded api.Joining, as it came."""

    code: str
    request: ObjectHash
    agency: AgencyId
    address: Address
    joining: bytes
    created: Seconds
    expires: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEpochKey:
    """An epoch key of an endpoint: its hash, number and times, and the Signed bytes."""

    hash: ObjectHash
    endpoint: EndpointId
    number: int
    valid_from: Seconds
    valid_until: Seconds
    opens_until: Seconds
    signed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecipient:
    """An endpoint of a new delivery, with what is kept for it. ``records``: its role is to keep records."""

    endpoint: EndpointId
    address: Address
    why: Why
    records: bool
    capsule: bytes
    grant: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """A delivery to hold: its number and object hash, the Signed bytes, and the Signed ``held`` that answers it."""

    core: ObjectHash
    number: int
    hash: ObjectHash
    signed: bytes
    held: bytes
    held_hash: ObjectHash
    time: Seconds
    recipients: tuple[NewRecipient, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPackage:
    """A package to hold, with its first delivery. A body is either ``inline``, of one block, or was ``uploaded``."""

    core: ObjectHash
    core_bytes: bytes
    package: PackageId
    sender: EndpointId
    agency: AgencyId
    created: Seconds
    expires: Seconds
    cover: bytes
    delivery: NewDelivery
    inline: bytes | None = None
    uploaded: BodyId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """The relay's word for a delivery. ``fresh`` is false when it had been given before."""

    held: bytes
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package as the relay knows it. ``core_bytes`` is None from its expiry on; the rest stays for the retention."""

    core: ObjectHash
    core_bytes: bytes | None
    package: PackageId
    sender: EndpointId
    agency: AgencyId
    created: Seconds
    expires: Seconds
    expired: bool
    leaves: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A delivery as the relay knows it. ``signed`` is None from its package's expiry on."""

    core: ObjectHash
    number: int
    hash: ObjectHash
    signed: bytes | None
    held: bytes
    time: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Where a package is at one endpoint.

    ``number`` and ``delivery`` are those of the delivery that named it, ``counter`` its last event's.
    """

    core: ObjectHash
    endpoint: EndpointId
    address: Address
    why: Why
    records: bool
    number: int
    delivery: ObjectHash
    state: State
    since: Seconds
    counter: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSaying:
    """A Signed object said of a package (event, recall, notice, held ...), to keep for the feeds.

    ``maker`` is the endpoint that signed it, None for the relay. ``detail_expires`` says until when the detail is kept.
    """

    hash: ObjectHash
    kind: FeedKind
    core: ObjectHash
    maker: EndpointId | None
    signed: bytes
    time: Seconds
    detail: SealedDetail | None = None
    detail_expires: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """A Signed object said of a package, as kept."""

    hash: ObjectHash
    kind: FeedKind
    core: ObjectHash
    maker: EndpointId | None
    signed: bytes
    time: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An uploaded body: whose, the root and leaf hashes of its blocks, its length in bytes, the day of its key."""

    id: BodyId
    sender: EndpointId
    digest: bytes
    leaves: tuple[bytes, ...]
    length: int
    day: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What somebody has used in one window of a quota, this time included."""

    count: int
    octets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Which partnership took this relay."""

    anchor: Anchor
    time: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What ``status`` tells: how many there are of each, in rows; sizes in bytes; times in POSIX seconds."""

    statements: int
    endpoints_served: int
    joins: int
    packages: int
    unfinished: int
    octets: int
    oldest_held: Seconds | None
    next_expiry: Seconds | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A package that the sweeper has something to do about."""

    core: ObjectHash
    created: Seconds
    expires: Seconds
