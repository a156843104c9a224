"""The bodies of requests and responses between client and relay (docs/protocol.md §8, §9): CBOR messages, one per line.

Everything signed travels as the exact bytes that were signed. Paths and statuses are in docs/protocol.md §9.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from phoenix_protocol import limits, schema
from phoenix_protocol.directory.statements import (
    CHECKPOINT,
    CODE,
    HASH,
    TIME,
    Opening,
    RelayKeys,
)
from phoenix_protocol.identifiers import EndpointId, ObjectHash, Seconds
from phoenix_protocol.schema import wire

MEDIA_TYPE: Final = "application/cbor"
PROBLEM_TYPE: Final = "application/problem+json"
BLOCK_TYPE: Final = "application/octet-stream"

SIGNED: Final = schema.Blob(2 * limits.SIGNED_BYTES)
CURSOR: Final = schema.UInt(limits.COUNTER)
CIPHERTEXT: Final = schema.Blob(2 * limits.GRANT_BYTES)
CAPSULE: Final = schema.Blob(4096)


# -- the relay itself and the log -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayDescription:
    """GET /v1/relay: the relay's keys, and the partnership that took it, if any."""

    keys: RelayKeys = wire(schema.Nested(RelayKeys))
    anchor: ObjectHash | None = wire(HASH, optional=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """A Signed statement, with the openings of its commitments where the asker may have them."""

    statement: bytes = wire(SIGNED)
    openings: tuple[Opening, ...] = wire(schema.ListOf(schema.Nested(Opening), maximum=8))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """POST /v1/claim: take an unclaimed relay for a partnership, with the statements that found it."""

    claim: str = wire(schema.Text(256))
    entries: tuple[LogEntry, ...] = wire(
        schema.ListOf(schema.Nested(LogEntry), minimum=1, maximum=16)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Append:
    """POST /v1/log: statements to append, all or none."""

    entries: tuple[LogEntry, ...] = wire(
        schema.ListOf(schema.Nested(LogEntry), minimum=1, maximum=64)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """GET /v1/log?from=N: statements from index N on and the newest checkpoint note."""

    first: int = wire(CURSOR)
    entries: tuple[LogEntry, ...] = wire(schema.ListOf(schema.Nested(LogEntry), maximum=256))
    checkpoint: str = wire(CHECKPOINT)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointNote:
    """GET /v1/checkpoint, and the answer to claim and append: the newest checkpoint note."""

    checkpoint: str = wire(CHECKPOINT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """GET /v1/log/inclusion and /v1/log/consistency: the hashes of a Merkle proof."""

    hashes: tuple[bytes, ...] = wire(schema.ListOf(HASH, maximum=64))


# -- joining and epoch keys -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """POST /v1/joins, and its answer to the manager who looks a code up:

    the request and its first epoch keys, Signed.
    """

    request: bytes = wire(SIGNED)
    epoch_keys: tuple[bytes, ...] = wire(
        schema.ListOf(schema.Blob(limits.SIGNED_BYTES), minimum=1, maximum=32)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Joinings:
    """GET /v1/joins: the requests that wait for this manager's agency."""

    requests: tuple[Joining, ...] = wire(schema.ListOf(schema.Nested(Joining), maximum=64))


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochKeys:
    """POST /v1/epochs: Signed epoch keys that an endpoint publishes."""

    keys: tuple[bytes, ...] = wire(schema.ListOf(schema.Blob(limits.SIGNED_BYTES), maximum=64))


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochQuery:
    """POST /v1/epochs/query: the keys of these endpoints that have not ended."""

    endpoints: tuple[EndpointId, ...] = wire(
        schema.ListOf(HASH, minimum=1, maximum=limits.ENDPOINTS)
    )
    at: Seconds = wire(TIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointEpochKeys:
    """The epoch keys served for one endpoint that cover the time asked for."""

    endpoint: EndpointId = wire(HASH)
    keys: tuple[bytes, ...] = wire(schema.ListOf(schema.Blob(limits.SIGNED_BYTES), maximum=64))


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochAnswer:
    """The answer to an epoch query, in the order asked."""

    endpoints: tuple[EndpointEpochKeys, ...] = wire(
        schema.ListOf(schema.Nested(EndpointEpochKeys), maximum=limits.ENDPOINTS)
    )


# -- packages -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPlan:
    """POST /v1/uploads: a body to come, as the RFC 9162 leaf hashes of its 1 MiB blocks. The root is its digest."""

    leaves: tuple[bytes, ...] = wire(
        schema.ListOf(HASH, minimum=1, maximum=limits.BODY_BYTES // limits.BLOCK)
    )
    length: int = wire(schema.UInt(limits.BODY_BYTES, minimum=1))
    expires: Seconds = wire(TIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadState:
    """Which blocks are still missing."""

    digest: bytes = wire(HASH)
    missing: tuple[int, ...] = wire(
        schema.ListOf(CURSOR, maximum=limits.BODY_BYTES // limits.BLOCK)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """POST /v1/packages: a delivery with all that it needs. A body of more than one block was uploaded before.

    ``capsules`` and ``grants`` stand in the order of the delivery's endpoints. Delivery 2 and on has no cover or body.
    """

    core: bytes = wire(schema.Blob(limits.SIGNED_BYTES))
    delivery: bytes = wire(SIGNED)
    cover: bytes | None = wire(schema.Blob(2 * limits.COVER_BYTES), optional=True)
    body: bytes | None = wire(schema.Blob(limits.BLOCK), optional=True)
    capsules: tuple[bytes, ...] = wire(schema.ListOf(CAPSULE, minimum=1, maximum=limits.ENDPOINTS))
    grants: tuple[bytes, ...] = wire(schema.ListOf(CIPHERTEXT, minimum=1, maximum=limits.ENDPOINTS))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedObject:
    """An answer that is one Signed object: held, verdict."""

    signed: bytes = wire(SIGNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """GET /v1/packages/{core}: what an endpoint gets before it accepts. Nothing else is released."""

    core: bytes = wire(schema.Blob(limits.SIGNED_BYTES))
    delivery: bytes = wire(SIGNED)
    held: bytes = wire(SIGNED)
    capsule: bytes = wire(CAPSULE)
    cover: bytes = wire(schema.Blob(2 * limits.COVER_BYTES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """GET /v1/packages/{core}/grant: after a signed acceptance, the grant and the body's leaf hashes.

    Blocks follow from GET /v1/packages/{core}/body/{n} as application/octet-stream.
    """

    grant: bytes = wire(CIPHERTEXT)
    leaves: tuple[bytes, ...] = wire(
        schema.ListOf(HASH, minimum=1, maximum=limits.BODY_BYTES // limits.BLOCK)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointState:
    """How far the relay says that one endpoint is, in the words of the life cycle."""

    endpoint: EndpointId = wire(HASH)
    state: str = wire(CODE)


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """GET /v1/packages/{core}/states: where the sender's package is.

    The relay's own word, unsigned by recipients: for telling "offered" from "held", and for nothing else.
    """

    endpoints: tuple[EndpointState, ...] = wire(
        schema.ListOf(schema.Row(EndpointState), maximum=limits.ENDPOINTS)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailCapsule:
    """The key of a sealed detail, sealed to one endpoint's epoch key."""

    endpoint: EndpointId = wire(HASH)
    epoch_key: ObjectHash = wire(HASH)
    capsule: bytes = wire(CAPSULE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedDetail:
    """The ciphertext of a detail and its key for each reader."""

    ciphertext: bytes = wire(schema.Blob(2 * limits.DETAIL_BYTES))
    capsules: tuple[DetailCapsule, ...] = wire(
        schema.ListOf(schema.Row(DetailCapsule), maximum=limits.ENDPOINTS)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """POST /v1/events, /v1/recalls, /v1/notices, /v1/notices/answers: a Signed object with the detail that it names."""

    signed: bytes = wire(SIGNED)
    detail: SealedDetail | None = wire(schema.Nested(SealedDetail), optional=True)


# -- the feed -------------------------------------------------------------------------------------------------------


class FeedKind(Enum):
    """What an item of an endpoint's feed is, and so what its ``object`` holds."""

    OFFER = "offer"  # a package for this endpoint; no object: fetch it by its core
    EVENT = "event"  # a Signed event by another endpoint
    RECALL = "recall"  # a Signed recall by the sender
    VERDICT = "verdict"  # the relay's Signed verdict
    VOID = "void"  # a Signed void for this endpoint
    HELD = "held"  # a Signed held, for the colleagues of the sender
    WARNING = "warning"  # to the sender: not committed everywhere, expiry comes; no object
    TOMBSTONE = "tombstone"  # a Signed tombstone
    NOTICE = "notice"  # a Signed delivery of a notice, whose ciphertext is the item's detail
    NOTICE_ANSWER = "notice_answer"  # a Signed answer to a notice


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One thing an endpoint should know, in the order the relay learnt it.

    Cursors rise without meaning in their gaps.
    """

    cursor: int = wire(CURSOR)
    kind: FeedKind = wire(schema.Choice(FeedKind))
    core: ObjectHash = wire(HASH)
    object: bytes | None = wire(SIGNED, optional=True)
    detail: SealedDetail | None = wire(schema.Nested(SealedDetail), optional=True)
    time: Seconds = wire(TIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """GET /v1/feed?after=CURSOR&wait=SECONDS: what is new, at most 256 items; empty when the wait ran out.

    ``whole_from``: the relay has forgotten no item of a later time.
    """

    items: tuple[FeedItem, ...] = wire(schema.ListOf(schema.Nested(FeedItem), maximum=256))
    checkpoint: str = wire(CHECKPOINT)
    whole_from: Seconds = wire(TIME)
