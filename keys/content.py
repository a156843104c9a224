"""What a keystore holds: every private key of a home, typed, and how its bytes are read.

Secrets are kept as the seeds that the suite makes keys from. No secret shows in a ``repr``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final

from phoenix_protocol import encoding, limits, schema
from phoenix_protocol.directory.statements import (
    ADDRESS,
    AGENCY,
    HASH,
    LINE,
    TIME,
    Opening,
    Role,
)
from phoenix_protocol.errors import LockedError, RefusedError, TamperError
from phoenix_protocol.identifiers import Address, AgencyId, Anchor, EndpointId, ObjectHash, Seconds
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.schema import Codec, wire
from phoenix_protocol.suite import (
    DOCUMENT_SEED_BYTES,
    ED25519_SEED_BYTES,
    DocumentPrivateKey,
    RequestPrivateKey,
)
from phoenix_protocol.suite.opening_keys import EpochPrivateKey
from phoenix_protocol.suite.sealing_keys import EPOCH_SEED_BYTES

VERSION: Final = 1
#: Longest encoded content, in bytes.
LARGEST: Final = 512 * limits.KIB
#: Most epoch keys held at once: thirteen ahead, six behind, and as many again after restoring.
EPOCHS: Final = 64
VAULT_KEY_BYTES: Final = 32


def secret(codec: Codec[Any]) -> Any:
    """Declare a field that never shows itself."""
    field = wire(codec)
    field.repr = False
    return field


class Publication(Enum):
    """Whether the relay has confirmed that it holds the public half of an epoch key."""

    MADE = "made"
    PUBLISHED = "published"


class Standing(Enum):
    """Whether this home is in step with what it has done, or came out of a backup."""

    IN_STEP = "in_step"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHead:
    """The last row of the audit chain, kept here too so that a vault put back to earlier shows."""

    digest: bytes = wire(HASH)
    counter: int = wire(schema.UInt(limits.COUNTER))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who holds the keys of this home: the random id that thresholds count, and the own name."""

    id: bytes = wire(schema.fixed(16))
    name: Opening = secret(schema.Nested(Opening))


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """This home as an endpoint. ``id`` is absent until a manager has approved ``request``.

    ``request`` is the Signed join request, kept so that asking again asks the same.
    """

    id: EndpointId | None = wire(HASH, optional=True)
    address: Address = wire(ADDRESS)
    name: str = secret(LINE)
    personal: bool = wire(schema.Flag())
    role: Role = wire(schema.Choice(Role))
    document_seed: bytes = secret(schema.fixed(DOCUMENT_SEED_BYTES))
    request_seed: bytes = secret(schema.fixed(ED25519_SEED_BYTES))
    request: bytes = secret(schema.Blob(limits.SIGNED_BYTES))

    def document_key(self) -> DocumentPrivateKey:
        """Signs packages, events and epoch keys."""
        return DocumentPrivateKey.from_seed(self.document_seed)

    def request_key(self) -> RequestPrivateKey:
        """Signs requests to the relay."""
        return RequestPrivateKey.from_seed(self.request_seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochSecret:
    """The private half of an epoch key, with all that its public statement says."""

    number: int = wire(schema.UInt(limits.COUNTER))
    valid_from: Seconds = wire(TIME)
    valid_until: Seconds = wire(TIME)
    opens_until: Seconds = wire(TIME)
    speaks: tuple[int, ...] = wire(schema.ListOf(schema.UInt(1 << 16), minimum=1, maximum=16))
    hash: ObjectHash = wire(HASH)
    publication: Publication = wire(schema.Choice(Publication))
    seed: bytes = secret(schema.fixed(EPOCH_SEED_BYTES))

    def key(self) -> EpochPrivateKey:
        """Opens what was sealed to this epoch."""
        return EpochPrivateKey.from_seed(self.seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerKeys:
    """An information manager's keys."""

    agency: AgencyId = wire(AGENCY)
    document_seed: bytes = secret(schema.fixed(DOCUMENT_SEED_BYTES))
    request_seed: bytes = secret(schema.fixed(ED25519_SEED_BYTES))

    def document_key(self) -> DocumentPrivateKey:
        """Signs approvals and endings of members."""
        return DocumentPrivateKey.from_seed(self.document_seed)

    def request_key(self) -> RequestPrivateKey:
        """Signs requests to the relay."""
        return RequestPrivateKey.from_seed(self.request_seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class RootKeys:
    """One holder's key of an agency's root."""

    agency: AgencyId = wire(AGENCY)
    document_seed: bytes = secret(schema.fixed(DOCUMENT_SEED_BYTES))

    def document_key(self) -> DocumentPrivateKey:
        """Signs the agency's own statements."""
        return DocumentPrivateKey.from_seed(self.document_seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class GovernanceKeys:
    """One holder's key of the partnership's governance."""

    document_seed: bytes = secret(schema.fixed(DOCUMENT_SEED_BYTES))

    def document_key(self) -> DocumentPrivateKey:
        """Signs the partnership's statements."""
        return DocumentPrivateKey.from_seed(self.document_seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything in a keystore.

    ``newest_time`` is the newest time that the relay signed for, at first that of making: below it
    no clock is believed, and not far above it either.
    """

    version: int = wire(schema.UInt(VERSION, minimum=VERSION))
    created: Seconds = wire(TIME)
    newest_time: Seconds = wire(TIME)
    standing: Standing = wire(schema.Choice(Standing))
    #: When the backup was taken that this home was restored from.
    backup_taken: Seconds | None = wire(TIME, optional=True)
    anchor: Anchor | None = wire(HASH, optional=True)
    vault_key: bytes = secret(schema.fixed(VAULT_KEY_BYTES))
    audit: AuditHead = wire(schema.Nested(AuditHead))
    person: Person | None = wire(schema.Nested(Person), optional=True)
    endpoint: Endpoint | None = wire(schema.Nested(Endpoint), optional=True)
    epochs: tuple[EpochSecret, ...] = wire(schema.ListOf(schema.Nested(EpochSecret), EPOCHS))
    #: No epoch key made from now on has a lower number.
    next_epoch: int = wire(schema.UInt(limits.COUNTER))
    manager: ManagerKeys | None = wire(schema.Nested(ManagerKeys), optional=True)
    governance: GovernanceKeys | None = wire(schema.Nested(GovernanceKeys), optional=True)
    root: RootKeys | None = wire(schema.Nested(RootKeys), optional=True)


def empty(now: Seconds, randomness: Randomness) -> Content:
    """The content of a new keystore: a vault key and nothing else."""
    return Content(
        version=VERSION,
        created=now,
        newest_time=now,
        standing=Standing.IN_STEP,
        vault_key=randomness.random_bytes(VAULT_KEY_BYTES),
        audit=AuditHead(digest=bytes(32), counter=0),
        epochs=(),
        next_epoch=1,
    )


def encode(content: Content) -> bytes:
    """The bytes of ``content``."""
    return schema.encode(content)


def decode(data: bytes) -> Content:
    """Read a content, strictly.

    Raises RefusedError ``E_SUITE`` for a newer version, TamperError ``E_PARSE`` or ``E_LIMIT``.
    """
    plain = encoding.decode(data, limit=LARGEST)
    version = plain.get("version") if type(plain) is dict else None
    if type(version) is int and version > VERSION:
        raise RefusedError("E_SUITE", "A newer version of this program wrote the keystore.")
    return schema.from_plain(Content, plain)


def secrets_of(content: Content) -> frozenset[bytes]:
    """Every secret in ``content``: what must be gone from the disk once it is gone from here."""
    holders = (content.endpoint, content.manager, content.governance, content.root)
    found = {content.vault_key, *(epoch.seed for epoch in content.epochs)}
    for holder in holders:
        if holder is not None:
            found.add(holder.document_seed)
        if isinstance(holder, Endpoint | ManagerKeys):
            found.add(holder.request_seed)
    return frozenset(found)


def with_anchor(content: Content, anchor: Anchor) -> Content:
    """This home belongs to the partnership of ``anchor``, for ever. Raises TamperError ``E_ANCHOR``."""
    if content.anchor not in (None, anchor):
        raise TamperError("E_ANCHOR", "This home belongs to another partnership.")
    return replace(content, anchor=anchor)


def with_audit(content: Content, digest: bytes, counter: int) -> Content:
    """The audit chain now ends in row ``counter`` with ``digest``."""
    return replace(content, audit=AuditHead(digest=digest, counter=counter))


def restored(content: Content, taken: Seconds | None) -> Content:
    """Out of a backup of time ``taken``, or out of the generation before: reading only, for now."""
    return replace(content, standing=Standing.RESTORED, backup_taken=taken)


def in_step(content: Content) -> Content:
    """A restored home has caught up with the relay: it may send and receipt again."""
    return replace(content, standing=Standing.IN_STEP)


def missing(what: str) -> LockedError:
    """The error for a key that this home does not have: ``E_KEY_MISSING``."""
    return LockedError(
        "E_KEY_MISSING",
        f"This home does not hold {what}.",
        next="Use the home that does (--home), or make the keys first.",
    )
