"""Sealing what an event says in words: owner, use, reason (docs/protocol.md §6).

The detail is encrypted once; its key is sealed to the epoch key of every reader. The event, which
the relay reads, names only the digest of the ciphertext.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from phoenix_protocol import encoding, limits, schema
from phoenix_protocol.api import DetailCapsule, SealedDetail
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Anchor, EndpointId, ObjectHash
from phoenix_protocol.package.envelope import SUITE
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.sealing.contents import Detail
from phoenix_protocol.sealing.padding import frame, unframe
from phoenix_protocol.suite.content import decrypt, encrypt
from phoenix_protocol.suite.hashing import sha256
from phoenix_protocol.suite.opening_keys import EpochPrivateKey
from phoenix_protocol.suite.sealing_keys import SealingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailReader:
    """An endpoint that may read a detail, with the epoch key to seal to."""

    endpoint: EndpointId
    epoch_key: ObjectHash
    key: SealingKey


def _context(anchor: Anchor, core: ObjectHash, maker: EndpointId) -> bytes:
    return encoding.encode_in_order(["phoenix/1/detail", SUITE, anchor, core, maker])


def _info(context: bytes, digest: bytes, reader: EndpointId, epoch_key: ObjectHash) -> bytes:
    return encoding.encode_in_order(
        ["phoenix/1/detail-capsule", context, digest, reader, epoch_key]
    )


def seal_detail(
    detail: Detail,
    anchor: Anchor,
    core: ObjectHash,
    maker: EndpointId,
    readers: Sequence[DetailReader],
    randomness: Randomness,
) -> tuple[SealedDetail, bytes]:
    """A detail sealed to ``readers``, and the digest that the event names."""
    key = randomness.random_bytes(32)
    context = _context(anchor, core, maker)
    ciphertext = encrypt(key, context, frame(schema.encode(detail)))
    digest = sha256(ciphertext)
    capsules = (
        DetailCapsule(
            endpoint=r.endpoint,
            epoch_key=r.epoch_key,
            capsule=r.key.seal(key, _info(context, digest, r.endpoint, r.epoch_key)),
        )
        for r in readers
    )
    ordered = tuple(sorted(capsules, key=lambda c: c.endpoint))
    return SealedDetail(ciphertext=ciphertext, capsules=ordered), digest


def open_detail(
    sealed: SealedDetail,
    digest: bytes,
    anchor: Anchor,
    core: ObjectHash,
    maker: EndpointId,
    reader: EndpointId,
    keys: Mapping[ObjectHash, EpochPrivateKey],
) -> Detail:
    """What the maker said. ``digest`` comes from the signed event.

    Raises TamperError ``E_RECEIPT_BINDING`` (another detail), ``E_NOT_ADDRESSED`` (not sealed to ``reader``),
    ``E_KEY_SUPERSEDED`` (the epoch key is destroyed), ``E_CAPSULE`` and the content errors.
    """
    if sha256(sealed.ciphertext) != digest:
        raise TamperError("E_RECEIPT_BINDING", "A receipt came with words that are not its own.")
    mine = next((c for c in sealed.capsules if c.endpoint == reader), None)
    if mine is None:
        raise TamperError(
            "E_NOT_ADDRESSED", "The words of this receipt were not sealed to this endpoint."
        )
    private = keys.get(mine.epoch_key)
    if private is None:
        raise TamperError("E_KEY_SUPERSEDED", "The key that these words were sealed to is gone.")
    context = _context(anchor, core, maker)
    key = private.open(mine.capsule, _info(context, digest, reader, mine.epoch_key))
    framed = decrypt(key, context, sealed.ciphertext, expected_length=len(sealed.ciphertext))
    return schema.decode(Detail, unframe(framed), limit=limits.DETAIL_BYTES)
