"""Sealing something small to many readers: a detail of an event, a notice (docs/protocol.md §6.2, §6.8).

It is encrypted once; its key is sealed to the epoch key of every reader. What the relay reads names only the digest of
the ciphertext.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from phoenix_protocol import encoding
from phoenix_protocol.api import DetailCapsule, SealedDetail
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Anchor, EndpointId, ObjectHash
from phoenix_protocol.package.envelope import SUITE
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.sealing.padding import frame, unframe
from phoenix_protocol.suite.content import decrypt, encrypt
from phoenix_protocol.suite.hashing import sha256
from phoenix_protocol.suite.opening_keys import EpochPrivateKey
from phoenix_protocol.suite.sealing_keys import SealingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsReader:
    """An endpoint that may read it, with the epoch key to seal to."""

    endpoint: EndpointId
    epoch_key: ObjectHash
    key: SealingKey


class Purpose(Enum):
    """What is sealed: the first words of the ciphertext's context and of the capsules' ``info``."""

    DETAIL = ("phoenix/1/detail", "phoenix/1/detail-capsule")
    NOTICE = ("phoenix/1/notice-delivery", "phoenix/1/notice-capsule")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What the ciphertext and every capsule are bound to."""

    purpose: Purpose
    anchor: Anchor
    core: ObjectHash
    maker: EndpointId

    def context(self) -> bytes:
        """The context of the ciphertext."""
        words, _ = self.purpose.value
        return encoding.encode_in_order([words, SUITE, self.anchor, self.core, self.maker])

    def info(self, digest: bytes, reader: EndpointId, epoch_key: ObjectHash) -> bytes:
        """The HPKE ``info`` of one reader's capsule."""
        _, words = self.purpose.value
        return encoding.encode_in_order([words, self.context(), digest, reader, epoch_key])


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedWords:
    """What travels, the digest that is signed, and the key, which whoever wants to prove it later keeps."""

    sealed: SealedDetail
    digest: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedWords:
    """What was sealed, and the key that opened it."""

    content: bytes = field(repr=False)
    key: bytes = field(repr=False)


def seal_words(
    content: bytes, bound: Bound, readers: Sequence[WordsReader], randomness: Randomness
) -> SealedWords:
    """``content``, framed, encrypted and sealed to ``readers``."""
    key = randomness.random_bytes(32)
    ciphertext = encrypt(key, bound.context(), frame(content))
    digest = sha256(ciphertext)
    capsules = (
        DetailCapsule(
            endpoint=r.endpoint,
            epoch_key=r.epoch_key,
            capsule=r.key.seal(key, bound.info(digest, r.endpoint, r.epoch_key)),
        )
        for r in readers
    )
    ordered = tuple(sorted(capsules, key=lambda c: c.endpoint))
    sealed = SealedDetail(ciphertext=ciphertext, capsules=ordered)
    return SealedWords(sealed=sealed, digest=digest, key=key)


def open_words(
    sealed: SealedDetail,
    digest: bytes,
    bound: Bound,
    reader: EndpointId,
    keys: Mapping[ObjectHash, EpochPrivateKey],
) -> OpenedWords:
    """What was sealed to ``reader``. ``digest`` comes from what is signed.

    Raises TamperError ``E_RECEIPT_BINDING`` (another ciphertext), ``E_NOT_ADDRESSED`` (not sealed to ``reader``),
    ``E_KEY_SUPERSEDED`` (the epoch key is destroyed), ``E_CAPSULE`` and the content errors.
    """
    if sha256(sealed.ciphertext) != digest:
        raise TamperError(
            "E_RECEIPT_BINDING", "Something signed came with words that are not its own."
        )
    mine = next((c for c in sealed.capsules if c.endpoint == reader), None)
    if mine is None:
        raise TamperError("E_NOT_ADDRESSED", "These words were not sealed to this endpoint.")
    private = keys.get(mine.epoch_key)
    if private is None:
        raise TamperError("E_KEY_SUPERSEDED", "The key that these words were sealed to is gone.")
    key = private.open(mine.capsule, bound.info(digest, reader, mine.epoch_key))
    framed = decrypt(
        key, bound.context(), sealed.ciphertext, expected_length=len(sealed.ciphertext)
    )
    return OpenedWords(content=unframe(framed), key=key)
