"""The six statements of the directory, as they stand in the log (docs/protocol.md §4).

Each names its subject and the hash of that subject's previous statement, so that nothing old can be said again. People
stand in a log that never forgets only as salted commitments; desks stand plain.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Final

from phoenix_protocol import limits, schema
from phoenix_protocol.commitments import Commitment
from phoenix_protocol.encoding import Plain
from phoenix_protocol.identifiers import (
    Address,
    AgencyId,
    Anchor,
    EndpointId,
    ObjectHash,
    Seconds,
    address,
    agency_id,
)
from phoenix_protocol.schema import critical_map, optional_map, wire
from phoenix_protocol.suite.signatures import DOCUMENT_KEY_BYTES

HASH: Final = schema.fixed(32)
TIME: Final = schema.UInt(limits.LAST_TIME)
AGENCY: Final = schema.Text(limits.ADDRESS, check=agency_id)
ADDRESS: Final = schema.Text(limits.ADDRESS, check=address)
LINE: Final = schema.Text(limits.LINE)
CODE: Final = schema.Text(limits.CODE)
DOCUMENT_KEY: Final = schema.fixed(DOCUMENT_KEY_BYTES)
REQUEST_KEY: Final = schema.fixed(32)
CHECKPOINT: Final = schema.Text(limits.CHECKPOINT_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A key and the person who holds it. ``person`` is a random id: thresholds count distinct keys *and* people."""

    key: bytes = wire(DOCUMENT_KEY)
    person: bytes = wire(schema.fixed(16))
    name: Commitment = wire(HASH)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySet:
    """Keys of which ``threshold`` together can decide."""

    holders: tuple[Holder, ...] = wire(
        schema.ListOf(schema.Nested(Holder), minimum=1, maximum=limits.HOLDERS)
    )
    threshold: int = wire(schema.UInt(limits.HOLDERS, minimum=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """An information manager: a holder who also speaks to the relay, with a request key."""

    key: bytes = wire(DOCUMENT_KEY)
    person: bytes = wire(schema.fixed(16))
    name: Commitment = wire(HASH)
    request_key: bytes = wire(REQUEST_KEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayKeys:
    """The relay a partnership uses: its origin (the name in checkpoints), address and public keys."""

    origin: str = wire(schema.Text(limits.ADDRESS))
    url: str = wire(schema.Text(limits.LINE))
    log_key: bytes = wire(schema.fixed(32))
    response_key: bytes = wire(schema.fixed(32))
    receipt_key: bytes = wire(DOCUMENT_KEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Somebody who cosigns checkpoints."""

    name: str = wire(schema.Text(limits.ADDRESS))
    key: bytes = wire(schema.fixed(32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What the partnership allows: bytes in one attachment and in one package, seconds a package may live."""

    attachment: int = wire(schema.UInt(limits.BODY_BYTES))
    package: int = wire(schema.UInt(limits.BODY_BYTES))
    life: int = wire(schema.UInt(limits.LIFE, minimum=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Partnership:
    """The partnership itself: version 1 is the genesis, signed by its own governance keys; later versions by both."""

    TYPE: ClassVar[str] = "phoenix/1/partnership"

    anchor: Anchor = wire(HASH)  # NO_ANCHOR in the genesis, whose hash is the anchor
    version: int = wire(schema.UInt(limits.COUNTER, minimum=1))
    previous: ObjectHash | None = wire(HASH, optional=True)
    name: str = wire(LINE)
    protocol: str = wire(LINE)  # the signed information sharing protocol, by its name
    protocol_version: int = wire(schema.UInt(limits.COUNTER, minimum=1))
    protocol_text: bytes | None = wire(HASH, optional=True)  # SHA-256 of its text, byte for byte
    review_due: Seconds = wire(TIME)
    review: ObjectHash | None = wire(HASH, optional=True)  # the record of its last review
    governance: KeySet = wire(schema.Nested(KeySet))
    minimum_version: int = wire(schema.UInt(1 << 16, minimum=1))
    bounds: Bounds = wire(schema.Nested(Bounds))
    relay: RelayKeys = wire(schema.Nested(RelayKeys))
    witnesses: tuple[Witness, ...] = wire(
        schema.ListOf(schema.Nested(Witness), maximum=limits.WITNESSES)
    )
    witness_threshold: int = wire(schema.UInt(limits.WITNESSES))
    issued: Seconds = wire(TIME)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """An agency that signed the protocol, with the root keys by which it governs itself."""

    TYPE: ClassVar[str] = "phoenix/1/signatory"

    anchor: Anchor = wire(HASH)
    agency: AgencyId = wire(AGENCY)
    previous: ObjectHash | None = wire(HASH, optional=True)
    name: str = wire(LINE)
    kind: str = wire(CODE)
    jurisdiction: str = wire(CODE)
    legal_scope: str = wire(CODE)
    root: KeySet = wire(schema.Nested(KeySet))
    issued: Seconds = wire(TIME)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


class Standing(Enum):
    """Whether an agency takes part."""

    SUSPENDED = "suspended"
    RESUMED = "resumed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatoryStatus:
    """An agency is suspended, resumed or closed. Closed is for ever."""

    TYPE: ClassVar[str] = "phoenix/1/signatory-status"

    anchor: Anchor = wire(HASH)
    agency: AgencyId = wire(AGENCY)
    previous: ObjectHash = wire(HASH)
    standing: Standing = wire(schema.Choice(Standing))
    issued: Seconds = wire(TIME)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assurance:
    """What an agency says of the security of its systems: a scheme, how it stands there, the last second it holds."""

    scheme: str = wire(CODE)
    status: str = wire(CODE)
    valid_to: Seconds | None = wire(TIME, optional=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """The version of the protocol that an agency has signed, with the SHA-256 of its text where it had one."""

    version: int = wire(schema.UInt(limits.COUNTER, minimum=1))
    text: bytes | None = wire(HASH, optional=True)
    time: Seconds = wire(TIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyKeys:
    """An agency's own word: its root keys from now on, managers, records desks, policy, assurances, adopted protocol.

    A chain of its own beside ``signatory``: the first is signed by the root keys that the signatory statement names.
    """

    TYPE: ClassVar[str] = "phoenix/1/agency-keys"

    anchor: Anchor = wire(HASH)
    agency: AgencyId = wire(AGENCY)
    previous: ObjectHash | None = wire(HASH, optional=True)
    root: KeySet = wire(schema.Nested(KeySet))
    managers: tuple[Manager, ...] = wire(
        schema.ListOf(schema.Nested(Manager), minimum=1, maximum=limits.HOLDERS)
    )
    records: tuple[Address, ...] = wire(schema.ListOf(ADDRESS, maximum=8, ordered=True))
    policy: dict[str, str] = wire(schema.MapOf(LINE, maximum=32, key_maximum=limits.CODE))
    assurances: tuple[Assurance, ...] = wire(schema.ListOf(schema.Nested(Assurance), maximum=16))
    adopted: Adoption | None = wire(schema.Nested(Adoption), optional=True)
    issued: Seconds = wire(TIME)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


class Role(Enum):
    """What an endpoint is: a person's or desk's machine, an unattended system, or the agency's records."""

    PRACTITIONER = "practitioner"
    SYSTEM = "system"
    RECORDS = "records"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An endpoint: its address, keys, role and validity. The hash of the first one is the endpoint's id for ever.

    ``endpoint`` and ``previous`` are absent in the first. A desk has ``address`` and ``name``; a person has the two
    commitments, whose openings are kept beside the log and can be erased.
    """

    TYPE: ClassVar[str] = "phoenix/1/member"

    anchor: Anchor = wire(HASH)
    agency: AgencyId = wire(AGENCY)
    endpoint: EndpointId | None = wire(HASH, optional=True)
    previous: ObjectHash | None = wire(HASH, optional=True)
    address: Address | None = wire(ADDRESS, optional=True)
    name: str | None = wire(LINE, optional=True)
    address_commitment: Commitment | None = wire(HASH, optional=True)
    name_commitment: Commitment | None = wire(HASH, optional=True)
    role: Role = wire(schema.Choice(Role))
    document_key: bytes = wire(DOCUMENT_KEY)
    request_key: bytes = wire(REQUEST_KEY)
    valid_from: Seconds = wire(TIME)
    valid_until: Seconds = wire(TIME)
    request: ObjectHash = wire(HASH)  # the join request that this approves
    issued: Seconds = wire(TIME)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


class EndReason(Enum):
    """Why an endpoint ended. Old signatures stay good for the first two; after ``since`` none do for the third."""

    LEFT = "left"
    SUPERSEDED = "superseded"
    COMPROMISED = "compromised"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberEnd:
    """An endpoint is no more."""

    TYPE: ClassVar[str] = "phoenix/1/member-end"

    anchor: Anchor = wire(HASH)
    agency: AgencyId = wire(AGENCY)
    endpoint: EndpointId = wire(HASH)
    previous: ObjectHash = wire(HASH)
    reason: EndReason = wire(schema.Choice(EndReason))
    since: Seconds | None = wire(TIME, optional=True)  # demanded for COMPROMISED, absent otherwise
    issued: Seconds = wire(TIME)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


Statement = Partnership | Signatory | SignatoryStatus | AgencyKeys | Member | MemberEnd

BY_TYPE: Final[dict[str, type[Statement]]] = {
    message.TYPE: message
    for message in (Partnership, Signatory, SignatoryStatus, AgencyKeys, Member, MemberEnd)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a commitment to a name or personal address hides. Kept beside the log, served to members, erasable."""

    kind: str = wire(CODE)  # "name" or "address"
    salt: bytes = wire(schema.fixed(32))
    text: str = wire(LINE)
