"""Core, delivery and held: what binds a package together, and what the relay may see of it (docs/protocol.md §5).

The core is not signed by itself: the one signature on a package is the delivery's, which names the core's hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Final

from phoenix_protocol import limits, schema
from phoenix_protocol.commitments import Commitment
from phoenix_protocol.directory.statements import ADDRESS, CHECKPOINT, HASH, TIME
from phoenix_protocol.encoding import Plain
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import (
    Address,
    Anchor,
    EndpointId,
    ObjectHash,
    PackageId,
    Seconds,
    agency_of,
)
from phoenix_protocol.schema import critical_map, optional_map, wire
from phoenix_protocol.signed import object_hash

PACKAGE: Final = schema.fixed(16)
#: The one suite of this protocol version; nothing is negotiated (§2).
SUITE: Final = "PHX1"


class Why(Enum):
    """Why an address is in a core: the sender wrote to it, it is the sender's own, or it keeps an agency's records."""

    TO = "to"
    OWN = "own"
    RECORDS = "records"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """An address that a package is for."""

    address: Address = wire(ADDRESS)
    why: Why = wire(schema.Choice(Why))


RECIPIENTS: Final = schema.ListOf(
    schema.Row(Recipient), minimum=1, maximum=limits.RECIPIENTS, ordered=True
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Digest and length in bytes of something encrypted that travels beside:

    of the cover SHA-256, of the body §5's root.
    """

    digest: bytes = wire(HASH)
    length: int = wire(schema.UInt(limits.BODY_BYTES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """What the relay and every recipient read, bound by the signature on each delivery; and nothing else."""

    TYPE: ClassVar[str] = "phoenix/1/core"

    anchor: Anchor = wire(HASH)
    suite: str = wire(schema.Text(16))
    relay: str = wire(schema.Text(limits.ADDRESS))
    package: PackageId = wire(PACKAGE)
    sender: EndpointId = wire(HASH)
    recipients: tuple[Recipient, ...] = wire(RECIPIENTS)
    cover: Sealed = wire(schema.Row(Sealed))
    body: Sealed = wire(schema.Row(Sealed))
    cover_commitment: Commitment = wire(HASH)
    manifest_commitment: Commitment = wire(HASH)
    created: Seconds = wire(TIME)
    expires: Seconds = wire(TIME)
    checkpoint: str = wire(CHECKPOINT)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


def read_core(payload: bytes) -> tuple[Core, ObjectHash]:
    """A core and its hash out of its bytes. Raises TamperError ``E_PARSE``, ``E_LIMIT``, ``E_SUITE``."""
    core = schema.decode(Core, payload, limit=limits.SIGNED_BYTES)
    if core.suite != SUITE:
        raise TamperError("E_SUITE", "The package uses another suite.")
    addresses = [r.address for r in core.recipients]
    if len(set(addresses)) != len(addresses):
        raise TamperError("E_PARSE", "A package names one address twice.")
    return core, object_hash(Core.TYPE, payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """One endpoint of a delivery: the epoch key sealed to, and the SHA-256 digests of its capsule and grant."""

    endpoint: EndpointId = wire(HASH)
    epoch_key: ObjectHash = wire(HASH)
    capsule: bytes = wire(HASH)
    grant: bytes = wire(HASH)


GRANTED: Final = schema.ListOf(
    schema.Row(Granted), minimum=1, maximum=limits.ENDPOINTS, ordered=True
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """To which endpoints a core is delivered.

    Number 1 goes with the package; later ones add endpoints, nothing else.
    """

    TYPE: ClassVar[str] = "phoenix/1/delivery"

    anchor: Anchor = wire(HASH)
    core: ObjectHash = wire(HASH)
    number: int = wire(schema.UInt(limits.ENDPOINTS, minimum=1))
    endpoints: tuple[Granted, ...] = wire(GRANTED)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()

    def granted_to(self, endpoint: EndpointId) -> Granted | None:
        """This endpoint's entry, or None."""
        return next((g for g in self.endpoints if g.endpoint == endpoint), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The relay's word that it durably holds a delivery. Signed by the receipt key; given to sender and recipients."""

    TYPE: ClassVar[str] = "phoenix/1/held"

    anchor: Anchor = wire(HASH)
    core: ObjectHash = wire(HASH)
    delivery: ObjectHash = wire(HASH)
    time: Seconds = wire(TIME)
    checkpoint: str = wire(CHECKPOINT)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


def addresses_of(core: Core, why: Why) -> tuple[Address, ...]:
    """The addresses that a core names for one reason."""
    return tuple(r.address for r in core.recipients if r.why is why)


def agencies_of(core: Core) -> frozenset[str]:
    """Every agency that a core names."""
    return frozenset(agency_of(r.address) for r in core.recipients)
