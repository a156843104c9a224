"""Hearing what holders did about notices (docs/protocol.md §6.8)."""

from __future__ import annotations

from agency_client.ports.relay import Relay
from agency_client.ports.vault import Families, Seen, StoredAnswer, StoredNotice
from agency_client.use_cases.expiring import raise_alert
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.notice_answers import put_away
from agency_client.use_cases.notice_views import OUTCOMES
from agency_client.use_cases.proving import keep_words
from agency_client.use_cases.sayings import epoch_keys
from phoenix_protocol import schema
from phoenix_protocol.api import FeedItem
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Address, Seconds
from phoenix_protocol.package.notices import AnswerKind, NoticeAnswer
from phoenix_protocol.sealing.details import open_detail
from phoenix_protocol.signed import open_signed, parse_signed, read_unverified


async def take_answer(home: Home, _relay: Relay, known: Known, item: FeedItem) -> None:
    """What a holder did about a notice, or a colleague at this address."""
    own, _ = endpoint_of(home)
    answer, address = _answered(home, known, item)
    now = home.now()
    with home.vault.transaction() as tx:
        notice = tx.notices.get(answer.notice)
        if notice is not None and answer.core == notice.core:
            _check_holder(tx, notice, address)
        seen = tx.notices.answer(answer)
        if seen is Seen.SAME:
            return
        if seen is Seen.OTHER:
            raise TamperError("E_RECEIPT_STATE", "An endpoint gave two answers under one number.")
        said = read_unverified(parse_signed(answer.signed), NoticeAnswer)
        keep_words(tx, home, answer.hash, said, item.detail)
        if address == own.address and answer.kind in OUTCOMES:
            put_away(tx, answer.notice, now)
        ours = notice is not None and notice.maker == own.address
        if ours and answer.kind is AnswerKind.DISAGREED:
            about = f"{answer.notice.hex()[:16]}:{answer.endpoint.hex()[:16]}:{answer.counter}"
            raise_alert(tx, "N_NOTICE_DISAGREED", answer.core, about, now)
        tx.settings.raise_clock_floor(Seconds(min(answer.time, now)))
        tx.audit.append(
            time=now,
            actor=home.actor(),
            action=f"notice.{answer.kind.value.replace('_', '-')}",
            on=answer.notice,
        )


def _answered(home: Home, known: Known, item: FeedItem) -> tuple[StoredAnswer, Address]:
    """An answer verified under the key that its maker had at its checkpoint, with its words if they are for us."""
    if item.object is None:
        raise TamperError("E_PARSE", "The relay sent an item without its object.")
    signed = parse_signed(item.object)
    claimed = read_unverified(signed, NoticeAnswer)
    size = known.register.size_relied_on(claimed.checkpoint, claimed.time)
    maker = known.register.sender_at(claimed.endpoint, size, claimed.time)
    key = maker.document_key
    opened = open_signed(signed, NoticeAnswer, lambda _: key, code="E_RECEIPT_BINDING")
    said = opened.message
    if said.anchor != known.directory.anchor or said.core != item.core:
        raise TamperError("E_RECEIPT_BINDING", "An answer is of another package.")
    answer = StoredAnswer(
        hash=opened.hash,
        notice=said.notice,
        core=said.core,
        endpoint=said.endpoint,
        address=maker.address,
        kind=said.answer,
        counter=said.counter,
        time=said.time,
        signed=item.object,
        detail=_words(home, known, said, item),
    )
    return answer, maker.address


def _words(home: Home, known: Known, said: NoticeAnswer, item: FeedItem) -> bytes | None:
    if item.detail is None or said.detail is None:
        return None
    _, own_id = endpoint_of(home)
    anchor, keys = known.directory.anchor, epoch_keys(home)
    detail = open_detail(item.detail, said.detail, anchor, said.core, said.endpoint, own_id, keys)
    return schema.encode(detail)


def _check_holder(tx: Families, notice: StoredNotice, address: Address) -> None:
    """Under the notice's own core only those of its audience hold the item."""
    audience = {
        reader
        for handing in tx.notices.handings(notice.hash)
        if handing.core == notice.core
        for reader in handing.audience
    }
    if address not in audience:
        raise TamperError("E_NOT_ADDRESSED", "An answer is by somebody who does not have it.")
