"""Sealing what an event says in words: owner, use, reason (docs/protocol.md §6).

The event, which the relay reads, names only the digest of the ciphertext.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from phoenix_protocol import limits, schema
from phoenix_protocol.api import SealedDetail
from phoenix_protocol.identifiers import Anchor, EndpointId, ObjectHash
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.sealing.contents import Detail
from phoenix_protocol.sealing.words import Bound, Purpose, WordsReader, open_words, seal_words
from phoenix_protocol.suite.opening_keys import EpochPrivateKey


def seal_detail(
    detail: Detail,
    anchor: Anchor,
    core: ObjectHash,
    maker: EndpointId,
    readers: Sequence[WordsReader],
    randomness: Randomness,
) -> tuple[SealedDetail, bytes]:
    """A detail sealed to ``readers``, and the digest that the event names."""
    bound = Bound(purpose=Purpose.DETAIL, anchor=anchor, core=core, maker=maker)
    words = seal_words(schema.encode(detail), bound, readers, randomness)
    return words.sealed, words.digest


def detail_key(
    sealed: SealedDetail,
    digest: bytes,
    anchor: Anchor,
    core: ObjectHash,
    maker: EndpointId,
    reader: EndpointId,
    keys: Mapping[ObjectHash, EpochPrivateKey],
) -> bytes:
    """The key of a detail, which alone opens its ciphertext: whoever keeps both can prove the words later (§6.11).

    Raises as :func:`open_detail`, but for the content errors.
    """
    _check_digest(sealed.ciphertext, digest)
    mine = next((c for c in sealed.capsules if c.endpoint == reader), None)
    if mine is None:
        raise TamperError(
            "E_NOT_ADDRESSED", "The words of this receipt were not sealed to this endpoint."
        )
    private = keys.get(mine.epoch_key)
    if private is None:
        raise TamperError("E_KEY_SUPERSEDED", "The key that these words were sealed to is gone.")
    context = _context(anchor, core, maker)
    return private.open(mine.capsule, _info(context, digest, reader, mine.epoch_key))


def read_detail(
    ciphertext: bytes,
    key: bytes,
    digest: bytes,
    anchor: Anchor,
    core: ObjectHash,
    maker: EndpointId,
) -> Detail:
    """What the maker said, by the key of the detail.

    Raises TamperError ``E_RECEIPT_BINDING`` (another detail) and the content errors.
    """
    _check_digest(ciphertext, digest)
    context = _context(anchor, core, maker)
    framed = decrypt(key, context, ciphertext, expected_length=len(ciphertext))
    return schema.decode(Detail, unframe(framed), limit=limits.DETAIL_BYTES)


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
    key = detail_key(sealed, digest, anchor, core, maker, reader, keys)
    return read_detail(sealed.ciphertext, key, digest, anchor, core, maker)


def _check_digest(ciphertext: bytes, digest: bytes) -> None:
    if sha256(ciphertext) != digest:
        raise TamperError("E_RECEIPT_BINDING", "A receipt came with words that are not its own.")
