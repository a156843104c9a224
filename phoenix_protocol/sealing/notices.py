"""Notices: a statement or file corrected, disputed, withdrawn or released after it was sent (docs/protocol.md §6.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar, Final

from phoenix_protocol import limits, schema
from phoenix_protocol.api import SealedDetail
from phoenix_protocol.commitments import Commitment
from phoenix_protocol.directory.statements import CHECKPOINT, HASH, LINE, TIME
from phoenix_protocol.encoding import Plain
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Address, Anchor, EndpointId, ItemId, ObjectHash, Seconds
from phoenix_protocol.package.notices import NoticeDelivery
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.schema import critical_map, optional_map, wire
from phoenix_protocol.sealing.contents import ID, LONG
from phoenix_protocol.sealing.words import Bound, Purpose, WordsReader, seal_words
from phoenix_protocol.signed import Signed, sign
from phoenix_protocol.suite.signatures import DocumentPrivateKey

#: The most ids under which one delivery hands an item on.
MOST_ITEMS: Final = 64


class NoticeAction(Enum):
    """What a notice does."""

    CORRECT = "correct"
    DISPUTE = "dispute"
    WITHDRAW = "withdraw"
    RELEASE = "release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is said of one statement or attachment after it was sent.

    ``core`` is that of the package in which the maker sent it, or got what is disputed; ``section`` the section's entry
    commitment and ``digest`` the item's. ``replacement``, an encoded Statement, is there exactly for a correction.
    ``number`` is 1 for the endpoint's first notice on this item, then one more each.
    """

    TYPE: ClassVar[str] = "phoenix/1/notice"

    anchor: Anchor = wire(HASH)
    core: ObjectHash = wire(HASH)
    section: Commitment = wire(HASH)
    item: ItemId = wire(ID)
    digest: Commitment = wire(HASH)
    action: NoticeAction = wire(schema.Choice(NoticeAction))
    replacement: bytes | None = wire(schema.Blob(limits.CORRECTION_BYTES), optional=True)
    conditions: tuple[str, ...] = wire(schema.ListOf(LINE, maximum=16))
    words: str | None = wire(LONG, optional=True)
    endpoint: EndpointId = wire(HASH)
    number: int = wire(schema.UInt(limits.COUNTER, minimum=1))
    time: Seconds = wire(TIME)
    checkpoint: str = wire(CHECKPOINT)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedNotice:
    """The plaintext of a delivery: a Signed notice, and the ids under which its hander had passed the item on."""

    items: tuple[ItemId, ...] = wire(schema.ListOf(ID, maximum=MOST_ITEMS))
    notice: bytes = wire(schema.Blob(limits.SIGNED_BYTES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """To whom a notice is handed, by whom, until when, and under which core they have the item."""

    anchor: Anchor
    core: ObjectHash
    endpoint: EndpointId
    audience: tuple[Address, ...]
    items: tuple[ItemId, ...]
    time: Seconds
    expires: Seconds
    checkpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedNotice:
    """A signed delivery with what travels beside it, and the key, which whoever wants to prove it later keeps."""

    signed: Signed
    sealed: SealedDetail
    key: bytes = field(repr=False)


def hand_notice(
    notice: Signed,
    handing: Handing,
    readers: Sequence[WordsReader],
    key: DocumentPrivateKey,
    randomness: Randomness,
) -> SealedNotice:
    """Seal a Signed notice to ``readers`` and sign its delivery.

    Raises RefusedError ``E_LIMIT`` for a notice that does not fit into what travels.
    """
    handed = HandedNotice(items=handing.items, notice=notice.encoded())
    bound = bound_to(handing.anchor, handing.core, handing.endpoint)
    words = seal_words(schema.encode(handed), bound, readers, randomness)
    if len(words.sealed.ciphertext) > 2 * limits.DETAIL_BYTES:
        raise RefusedError("E_LIMIT", "This is more than one notice can say.")
    delivery = NoticeDelivery(
        anchor=handing.anchor,
        core=handing.core,
        endpoint=handing.endpoint,
        audience=handing.audience,
        notice=words.digest,
        time=handing.time,
        expires=handing.expires,
        checkpoint=handing.checkpoint,
    )
    return SealedNotice(signed=sign(delivery, [key]), sealed=words.sealed, key=words.key)


def bound_to(anchor: Anchor, core: ObjectHash, maker: EndpointId) -> Bound:
    """What the ciphertext of a delivery by ``maker`` is bound to."""
    return Bound(purpose=Purpose.NOTICE, anchor=anchor, core=core, maker=maker)
