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
    bound = Bound(purpose=Purpose.DETAIL, anchor=anchor, core=core, maker=maker)
    words = open_words(sealed, digest, bound, reader, keys)
    return schema.decode(Detail, words.content, limit=limits.DETAIL_BYTES)
