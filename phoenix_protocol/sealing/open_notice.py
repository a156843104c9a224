"""Opening a notice: everything that is checked before it stands beside a statement (docs/protocol.md §6.8, N1 to N9).

N1 to N5 need the directory, and are made when a notice arrives. N6 to N8 need what the reader holds: a reader that has
not accepted the package yet keeps the notice, and makes them when it has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol, Self, TypeVar

from phoenix_protocol import limits, schema
from phoenix_protocol.api import SealedDetail
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import (
    Address,
    Anchor,
    EndpointId,
    ItemId,
    ObjectHash,
    Seconds,
    agency_of,
)
from phoenix_protocol.package.notices import NoticeDelivery
from phoenix_protocol.record import Statement
from phoenix_protocol.sealing.contents import Entry, Item, ItemType
from phoenix_protocol.sealing.manifest import entry_commitment, item_commitment, section_digest
from phoenix_protocol.sealing.notices import HandedNotice, Notice, NoticeAction, bound_to
from phoenix_protocol.sealing.open_body import parse_item
from phoenix_protocol.sealing.open_offer import Reader, SenderAt
from phoenix_protocol.sealing.words import open_words
from phoenix_protocol.signed import (
    Message,
    Opened,
    open_signed,
    parse_signed,
    read_unverified,
)

M = TypeVar("M", bound=Message)

#: What a holder has to answer.
_NEED_OUTCOME = frozenset({NoticeAction.CORRECT, NoticeAction.WITHDRAW})
#: Of what a notice can be.
_ABOUT = frozenset({ItemType.STATEMENT, ItemType.ATTACHMENT})


class Who(Protocol):
    """What opening a notice asks of the directory, in the reader's newest state."""

    @property
    def anchor(self) -> Anchor: ...

    def size_relied_on(self, note: str, at: Seconds) -> int:
        """As :meth:`phoenix_protocol.sealing.open_offer.WhoIsWho.size_relied_on`."""
        ...

    def sender_at(self, endpoint: EndpointId, size: int, time: Seconds) -> SenderAt:
        """As :meth:`phoenix_protocol.sealing.open_offer.WhoIsWho.sender_at`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedNotice:
    """A notice as it was handed on: who made it, who handed it on, and of which items of theirs."""

    delivery: Opened[NoticeDelivery]
    hander: Address
    items: tuple[ItemId, ...]
    notice: Opened[Notice]
    maker: Address
    signed: bytes = field(repr=False)  # the Signed notice
    key: bytes = field(repr=False)  # of the delivery's ciphertext

    @classmethod
    def kept(
        cls,
        *,
        delivery: bytes,
        hander: Address,
        items: tuple[ItemId, ...],
        notice: bytes,
        maker: Address,
        key: bytes,
    ) -> Self:
        """A notice that passed N1 to N5 when it arrived, out of what was kept of it where nobody can change it."""
        return cls(
            delivery=_verified(delivery, NoticeDelivery),
            hander=hander,
            items=items,
            notice=_verified(notice, Notice),
            maker=maker,
            signed=notice,
            key=key,
        )


def _verified(data: bytes, message: type[M]) -> Opened[M]:
    signed = parse_signed(data)
    signers = tuple(s.signer for s in signed.signatures)
    return Opened(message=read_unverified(signed, message), hash=signed.hash, signers=signers)


class HeldSection(Protocol):
    """A section as a reader holds it: verified when the package was opened."""

    @property
    def entry(self) -> Entry: ...
    @property
    def salt(self) -> bytes: ...
    @property
    def items(self) -> tuple[Item, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A package that the reader can read: from which address it came, and the sections granted here."""

    core: ObjectHash
    sent_from: Address
    sections: Sequence[HeldSection]


# -- what arrives ---------------------------------------------------------------------------------------------------


def open_delivery(data: bytes, who: Who) -> tuple[Opened[NoticeDelivery], Address]:
    """Checks N1 and N2: a delivery that somebody made who could, and at which address they are.

    Raises TamperError with the code of the first that fails.
    """
    # N1: the delivery's envelope and type
    signed = parse_signed(data)
    claimed = read_unverified(signed, NoticeDelivery)
    # N2: its checkpoint, its maker certified, its signature
    hander = _certified(claimed.endpoint, claimed.checkpoint, claimed.time, who)
    delivery = open_signed(
        signed, NoticeDelivery, lambda _: hander.document_key, code="E_RECEIPT_BINDING"
    )
    if delivery.message.anchor != who.anchor:
        raise TamperError("E_ANCHOR", "A notice was handed on in another partnership.")
    return delivery, hander.address


def open_notice(data: bytes, sealed: SealedDetail, reader: Reader, who: Who) -> OpenedNotice:
    """Checks N1 to N5. Raises TamperError with the code of the first that fails."""
    delivery, hander = open_delivery(data, who)
    said = delivery.message
    # N3: the ciphertext, the capsule, the frame
    bound = bound_to(said.anchor, said.core, said.endpoint)
    words = open_words(sealed, said.notice, bound, reader.endpoint, reader.epoch_keys)
    handed = schema.decode(HandedNotice, words.content, limit=2 * limits.DETAIL_BYTES)
    notice, maker = _open_signed_notice(handed.notice, who)
    return OpenedNotice(
        delivery=delivery,
        hander=hander,
        items=handed.items,
        notice=notice,
        maker=maker,
        signed=handed.notice,
        key=words.key,
    )


def _open_signed_notice(data: bytes, who: Who) -> tuple[Opened[Notice], Address]:
    # N4: the notice's envelope and type
    signed = parse_signed(data)
    claimed = read_unverified(signed, Notice)
    # N5: its checkpoint, its maker certified, its signature
    maker = _certified(claimed.endpoint, claimed.checkpoint, claimed.time, who)
    notice = open_signed(signed, Notice, lambda _: maker.document_key)
    if notice.message.anchor != who.anchor:
        raise TamperError("E_ANCHOR", "A notice belongs to another partnership.")
    _check_form(notice.message)
    return notice, maker.address


def _certified(endpoint: EndpointId, checkpoint: str, time: Seconds, who: Who) -> SenderAt:
    return who.sender_at(endpoint, who.size_relied_on(checkpoint, time), time)


def _check_form(notice: Notice) -> None:
    """A correction, and nothing else, has a statement to put in the place of another; a release, what ends."""
    corrects, releases = (notice.action is a for a in (NoticeAction.CORRECT, NoticeAction.RELEASE))
    if (notice.replacement is not None) != corrects or bool(notice.conditions) != releases:
        raise TamperError("E_PARSE", "A notice does not say what its action needs.")
    if notice.replacement is not None:
        replacement_of(notice)


def replacement_of(notice: Notice) -> Statement:
    """The statement that a correction puts in the place of the first. Raises TamperError ``E_PARSE``, ``E_LIMIT``."""
    content = notice.replacement or b""
    return schema.decode(Statement, content, limit=limits.CORRECTION_BYTES)


# -- what it is about -----------------------------------------------------------------------------------------------


def judge_notice(opened: OpenedNotice, holding: Holding) -> tuple[ItemId, ...]:
    """Checks N6 to N8 against the package under whose core it was handed on; of which items here it is.

    Raises TamperError with the code of the first that fails.
    """
    if opened.delivery.message.core != holding.core:
        raise TamperError("E_NOT_ADDRESSED", "A notice is of another package.")
    if opened.notice.message.core == holding.core:
        return (_judge_at_first_hand(opened, holding),)
    return _judge_passed_on(opened, holding)


def judge_erased(opened: OpenedNotice, core: ObjectHash, sent_from: Address) -> tuple[ItemId, ...]:
    """In place of N6 to N8, for a reader that erased what it had: it may have kept it elsewhere, and has to hear of it.

    A correction or withdrawal by the address that sent the package, or handed on by it. Raises TamperError
    ``E_NOT_ADDRESSED`` or ``E_KEY_UNCERTIFIED`` for any other.
    """
    notice = opened.notice.message
    if opened.hander != sent_from:
        raise TamperError("E_NOT_ADDRESSED", "A notice was handed on by somebody else.")
    if notice.action not in _NEED_OUTCOME:
        raise TamperError("E_KEY_UNCERTIFIED", "A notice is by somebody whose statement it is not.")
    if notice.core != core:
        return _passed_on_to(opened)
    if opened.items:
        raise TamperError("E_NOT_ADDRESSED", "A notice was handed on by somebody else.")
    if opened.maker != sent_from:
        raise TamperError("E_KEY_UNCERTIFIED", "A notice is by somebody whose statement it is not.")
    return (notice.item,)


def _passed_on_to(opened: OpenedNotice) -> tuple[ItemId, ...]:
    if not opened.items:
        raise TamperError("E_NOT_ADDRESSED", "A notice was handed on without what it is about.")
    return opened.items


def _judge_at_first_hand(opened: OpenedNotice, holding: Holding) -> ItemId:
    notice = opened.notice.message
    # N6: handed on by its maker's address, of an item that is held
    if opened.items or opened.hander != opened.maker:
        raise TamperError("E_NOT_ADDRESSED", "A notice was handed on by somebody else.")
    section = _section_of(notice, holding)
    item = _item_in((section,), notice.item)
    # N7: exactly this item, in exactly this section
    if item_commitment(item) != notice.digest:
        raise TamperError("E_COMMITMENT", "A notice is of another statement than the one held.")
    if section_digest(section.items) != section.entry.content:
        raise TamperError("E_COMMITMENT", "A section is not the one that was signed.")
    _check_replacement(notice, item, section)
    # N8: by the address that sent it, or a dispute by one that reads it
    disputed = notice.action is NoticeAction.DISPUTE and opened.maker in section.entry.audience
    if not disputed and (opened.maker != holding.sent_from or _depth(item)):
        raise TamperError("E_KEY_UNCERTIFIED", "A notice is by somebody whose statement it is not.")
    return item.id


def _judge_passed_on(opened: OpenedNotice, holding: Holding) -> tuple[ItemId, ...]:
    notice = opened.notice.message
    # N6: handed on by the address that passed it on, of items that are held
    if not opened.items or opened.hander != holding.sent_from:
        raise TamperError("E_NOT_ADDRESSED", "A notice was handed on by somebody else.")
    for id_ in opened.items:
        item = _item_in(holding.sections, id_)
        # N7: what it was first is not held here; it is of the kind that the notice speaks of
        if notice.replacement is not None and item.type is not ItemType.STATEMENT:
            raise TamperError("E_PARSE", "A correction is not of a statement.")
        # N8: by the agency from which it came at first
        if notice.action is not NoticeAction.DISPUTE and not _is_from(item, opened.maker):
            raise TamperError(
                "E_KEY_UNCERTIFIED", "A notice is by somebody whose statement it is not."
            )
    return opened.items


def _section_of(notice: Notice, holding: Holding) -> HeldSection:
    for section in holding.sections:
        if entry_commitment(section.entry, section.salt) == notice.section:
            return section
    raise TamperError(
        "E_NOT_ADDRESSED", "A notice is of a section that this endpoint does not have."
    )


def _item_in(sections: Sequence[HeldSection], wanted: ItemId) -> Item:
    found = next((i for s in sections for i in s.items if i.id == wanted), None)
    if found is None or found.type not in _ABOUT:
        raise TamperError(
            "E_NOT_ADDRESSED", "A notice is of something that this endpoint does not have."
        )
    return found


def _check_replacement(notice: Notice, item: Item, section: HeldSection) -> None:
    if notice.replacement is None:
        return
    people = {each.id for each in section.items if each.type is ItemType.PERSON}
    about = set(replacement_of(notice).about)
    if item.type is not ItemType.STATEMENT or not about <= people:
        raise TamperError("E_PARSE", "A correction does not fit into the section of its statement.")


def _depth(item: Item) -> int:
    said = parse_item(item)
    return said.chain_depth if isinstance(said, Statement) else 0


def _is_from(item: Item, maker: Address) -> bool:
    """Whether it was passed on, and came from the maker's agency at first. Of a file nobody but the hander can say."""
    said = parse_item(item)
    if not isinstance(said, Statement):
        return True
    return said.chain_depth > 0 and said.origin == agency_of(maker)


# -- its number -----------------------------------------------------------------------------------------------------


def check_number(
    number: int, notice: ObjectHash, known: Mapping[int, ObjectHash]
) -> tuple[tuple[int, int], ...]:
    """Check N9: the runs of numbers, first and last, that are missing below the highest of one endpoint on one item.

    ``known`` are the notices that came before, by their numbers. Raises TamperError ``E_REPLAY`` when this number is
    another notice's.
    """
    if known.get(number, notice) != notice:
        raise TamperError("E_REPLAY", "An endpoint said two things under one number.")
    there = sorted({0, number, *known})
    return tuple((a + 1, b - 1) for a, b in pairwise(there) if b > a + 1)
