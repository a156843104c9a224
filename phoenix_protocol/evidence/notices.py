"""Notices in a bundle: who corrected, disputed, withdrew or released what, whom it reached, and what they answered."""

from __future__ import annotations

from collections.abc import Collection

from phoenix_protocol import limits, schema
from phoenix_protocol.errors import TamperError
from phoenix_protocol.evidence.envelope import Envelope
from phoenix_protocol.evidence.makers import (
    by_endpoint,
    check_of,
    check_recipients,
    check_senders,
    unbound,
)
from phoenix_protocol.evidence.parts import VerifiedParts
from phoenix_protocol.evidence.past import Past
from phoenix_protocol.identifiers import ObjectHash
from phoenix_protocol.package.notices import NoticeAnswer, NoticeDelivery
from phoenix_protocol.record import Statement
from phoenix_protocol.sealing.notices import HandedNotice, Notice, NoticeAction
from phoenix_protocol.signed import Opened, Signed, parse_signed


def notice(signed: Signed, past: Past, envelope: Envelope, parts: VerifiedParts) -> Opened[Notice]:
    """By the sender's address, or a dispute by somebody to whom it was delivered; of an item of this package."""
    opened = by_endpoint(signed, Notice, past)
    said = opened.message
    check_of(said.anchor, said.core, past, envelope)
    if said.action is NoticeAction.DISPUTE:
        check_recipients(said.endpoint, envelope)
    else:
        check_senders(said.endpoint, past, envelope)
    _check_item(said, parts)
    if said.replacement is not None:
        schema.decode(Statement, said.replacement, limit=limits.STATEMENT_BYTES)
    return opened


def _check_item(said: Notice, parts: VerifiedParts) -> None:
    """One of the sections that the sender signed; where that is shown, one of its items."""
    if parts.manifest is None or said.section not in parts.manifest.entries:
        raise TamperError("E_COMMITMENT", "A notice is of a section that the sender did not sign.")
    section = next((s for s in parts.sections if s.commitment == said.section), None)
    if section is not None and said.digest not in section.leaves:
        raise TamperError("E_COMMITMENT", "A notice is of an item that the sender did not sign.")


def delivery(
    signed: Signed, past: Past, envelope: Envelope, shown: Collection[ObjectHash]
) -> Opened[NoticeDelivery]:
    """That a notice which is shown was handed to an audience, by its maker or by whoever passed the item on."""
    opened = by_endpoint(signed, NoticeDelivery, past)
    check_of(opened.message.anchor, opened.message.core, past, envelope)
    if not shown:
        raise unbound("What was handed on is not shown.")
    return opened


def check_handed(content: bytes, shown: Collection[ObjectHash]) -> None:
    """Raise TamperError ``E_RECEIPT_BINDING`` unless what a delivery hands on is one of the notices shown."""
    handed = schema.decode(HandedNotice, content, limit=2 * limits.DETAIL_BYTES)
    if parse_signed(handed.notice).hash not in shown:
        raise unbound("What was handed on is not shown.")


def answer(
    signed: Signed, past: Past, envelope: Envelope, shown: Collection[ObjectHash]
) -> Opened[NoticeAnswer]:
    """What a holder did about a notice that is shown."""
    opened = by_endpoint(signed, NoticeAnswer, past)
    check_of(opened.message.anchor, opened.message.core, past, envelope)
    if opened.message.notice not in shown:
        raise unbound("It answers a notice that is not shown.")
    return opened
