"""What is said about a package while it lives: events, recall and verdict, voided numbers, tombstones.

docs/protocol.md §6.

An event is signed by its maker and readable by the relay; its detail (owner, use, reason, words) is sealed to those who
may know. A missing event is an alarm at the sender's side, never "delivered".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from phoenix_protocol import limits, schema
from phoenix_protocol.directory.statements import ADDRESS, CHECKPOINT, HASH, TIME
from phoenix_protocol.encoding import Plain
from phoenix_protocol.identifiers import Address, Anchor, EndpointId, ObjectHash, Seconds
from phoenix_protocol.schema import critical_map, optional_map, wire


class EventKind(Enum):
    """What a recipient's endpoint says of a package."""

    ACCEPTED = "accepted"
    RETURNED = "returned"
    COMMITTED = "committed"
    UNREADABLE = "unreadable"
    ACKNOWLEDGED = "acknowledged"
    OUTCOME = "outcome"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One step in a package's life at one endpoint.

    ``counter`` is 1 for its first event on this core, then one more each.
    """

    TYPE: ClassVar[str] = "phoenix/1/event"

    anchor: Anchor = wire(HASH)
    core: ObjectHash = wire(HASH)
    delivery: ObjectHash = wire(HASH)
    endpoint: EndpointId = wire(HASH)
    kind: EventKind = wire(schema.Choice(EventKind))
    counter: int = wire(schema.UInt(limits.COUNTER, minimum=1))
    time: Seconds = wire(TIME)
    checkpoint: str = wire(CHECKPOINT)
    detail: bytes | None = wire(HASH, optional=True)  # SHA-256 of the sealed detail
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """The sender takes a package back from every address that has not accepted it."""

    TYPE: ClassVar[str] = "phoenix/1/recall"

    anchor: Anchor = wire(HASH)
    core: ObjectHash = wire(HASH)
    endpoint: EndpointId = wire(HASH)
    time: Seconds = wire(TIME)
    checkpoint: str = wire(CHECKPOINT)
    detail: bytes | None = wire(HASH, optional=True)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


class Answer(Enum):
    """What became of a recall at one address."""

    RECALLED = "RECALLED"
    TOO_LATE = "TOO_LATE"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressAnswer:
    """A recall's answer for one address."""

    address: Address = wire(ADDRESS)
    answer: Answer = wire(schema.Choice(Answer))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The relay's signed answer to a recall, address by address. Signed by the receipt key."""

    TYPE: ClassVar[str] = "phoenix/1/verdict"

    anchor: Anchor = wire(HASH)
    core: ObjectHash = wire(HASH)
    recall: ObjectHash = wire(HASH)
    answers: tuple[AddressAnswer, ...] = wire(
        schema.ListOf(schema.Row(AddressAnswer), maximum=limits.RECIPIENTS, ordered=True)
    )
    time: Seconds = wire(TIME)
    checkpoint: str = wire(CHECKPOINT)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


class VoidReason(Enum):
    """Why a sequence number leads to nothing."""

    RECALLED = "recalled"
    EXPIRED = "expired"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Voided:
    """One sequence number and the core it was used for."""

    sequence: int = wire(schema.UInt(limits.COUNTER))
    core: ObjectHash = wire(HASH)
    reason: VoidReason = wire(schema.Choice(VoidReason))


@dataclass(frozen=True, slots=True, kw_only=True)
class Void:
    """The sender's word to one endpoint that these numbers lead to nothing, so that any other gap is a finding."""

    TYPE: ClassVar[str] = "phoenix/1/void"

    anchor: Anchor = wire(HASH)
    sender: EndpointId = wire(HASH)
    recipient: EndpointId = wire(HASH)
    entries: tuple[Voided, ...] = wire(
        schema.ListOf(schema.Row(Voided), minimum=1, maximum=256, ordered=True)
    )
    time: Seconds = wire(TIME)
    checkpoint: str = wire(CHECKPOINT)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressState:
    """How far an address had come."""

    address: Address = wire(ADDRESS)
    state: str = wire(schema.Text(limits.CODE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What remains of an expired package on the relay: the non-delivery report. Signed by the receipt key."""

    TYPE: ClassVar[str] = "phoenix/1/tombstone"

    anchor: Anchor = wire(HASH)
    core: ObjectHash = wire(HASH)
    states: tuple[AddressState, ...] = wire(
        schema.ListOf(schema.Row(AddressState), maximum=limits.RECIPIENTS, ordered=True)
    )
    expired: Seconds = wire(TIME)
    time: Seconds = wire(TIME)
    checkpoint: str = wire(CHECKPOINT)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()
