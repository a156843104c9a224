"""Hearing notices: checked, kept, and put beside the statements they are about.

docs/protocol.md §6.8.
"""

from __future__ import annotations

from typing import Final

from agency_client.ports.relay import Relay
from agency_client.ports.vault import (
    Families,
    HandingState,
    Seen,
    StoredHanding,
    StoredNotice,
)
from agency_client.use_cases.expiring import raise_alert
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.notice_answers import Reply, queue_answer
from agency_client.use_cases.notice_register import enter_notice
from agency_client.use_cases.notice_views import is_settled
from agency_client.use_cases.sayings import epoch_keys
from phoenix_protocol.api import FeedItem
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import ItemId, ObjectHash, Seconds
from phoenix_protocol.package.notices import AnswerKind
from phoenix_protocol.sealing.notices import NoticeAction
from phoenix_protocol.sealing.open_notice import (
    Holding,
    OpenedNotice,
    check_number,
    judge_erased,
    judge_notice,
    open_delivery,
    open_notice,
)
from phoenix_protocol.sealing.open_offer import Reader

#: What a person is told of a notice by somebody else.
ALERT_OF: Final = {
    NoticeAction.CORRECT: "N_CORRECTED",
    NoticeAction.DISPUTE: "N_DISPUTED",
    NoticeAction.WITHDRAW: "N_WITHDRAWN",
    NoticeAction.RELEASE: "N_RELEASED",
}


async def take_notice(home: Home, _relay: Relay, known: Known, item: FeedItem) -> None:
    """A notice for this endpoint's address: beside its statement, or kept until the package is here."""
    opened = _opened(home, known, item)
    if opened is None:
        return
    now = home.now()
    notice, handing = _notice_of(opened), _handing_of(opened, item)
    with home.vault.transaction() as tx:
        if tx.notices.keep(notice) is Seen.OTHER:
            raise TamperError("E_REPLAY", "An endpoint said two things under one number.")
        if not tx.notices.hand(handing):
            return
        applied = _apply(tx, home, known, opened, handing, now)
        tx.settings.raise_clock_floor(Seconds(min(handing.time, now)))
        tx.audit.append(
            time=now,
            actor=home.actor(),
            action=f"notice.{notice.action}",
            on=notice.hash,
            outcome="done" if applied else "waiting",
        )


def _opened(home: Home, known: Known, item: FeedItem) -> OpenedNotice | None:
    """Checks N1 to N5. None for one that this machine has no key for: then a person is told that there is one."""
    own, own_id = endpoint_of(home)
    if item.object is None:
        raise TamperError("E_PARSE", "The relay sent an item without its object.")
    delivery, _ = open_delivery(item.object, known.register)
    if delivery.message.core != item.core:
        raise TamperError("E_RECEIPT_BINDING", "A notice is of another package.")
    reader = Reader(endpoint=own_id, address=own.address, epoch_keys=epoch_keys(home))
    try:
        if item.detail is not None:
            return open_notice(item.object, item.detail, reader, known.register)
    except TamperError as error:
        if error.code != "E_KEY_SUPERSEDED":
            raise
    now = home.clock.now()
    with home.vault.transaction() as tx:
        if tx.received.get(item.core) is not None or tx.sent.get(item.core) is not None:
            about = delivery.hash.hex()[:16]
            raise_alert(tx, "N_NOTICE_UNREAD", item.core, about, now)
        tx.audit.append(
            time=now, actor=home.actor(), action="notice.unread", on=item.core, outcome="no-key"
        )
    return None


def _notice_of(opened: OpenedNotice) -> StoredNotice:
    said = opened.notice.message
    return StoredNotice(
        hash=opened.notice.hash,
        core=said.core,
        item=said.item,
        action=said.action.value,
        endpoint=said.endpoint,
        maker=opened.maker,
        number=said.number,
        time=said.time,
        signed=opened.signed,
    )


def _handing_of(opened: OpenedNotice, item: FeedItem) -> StoredHanding:
    said = opened.delivery.message
    return StoredHanding(
        hash=opened.delivery.hash,
        notice=opened.notice.hash,
        core=said.core,
        endpoint=said.endpoint,
        hander=opened.hander,
        own=False,
        audience=said.audience,
        items=opened.items,
        time=said.time,
        expires=said.expires,
        state=HandingState.WAITING,
        signed=item.object or b"",
        ciphertext=item.detail.ciphertext if item.detail is not None else b"",
        key=opened.key,
    )


def _items(tx: Families, home: Home, opened: OpenedNotice) -> tuple[ItemId, ...] | None:
    """Checks N6 to N8: of which items here a notice is. None while the package, or what it is about, is not here."""
    own, _ = endpoint_of(home)
    core = opened.delivery.message.core
    contents, received = tx.contents.get(core), tx.received.get(core)
    sent_from = received.sent_from if received is not None else own.address
    erased = bool(tx.erasure.tombstones(core))
    if contents is None and not erased:
        return None
    if contents is not None:
        holding = Holding(core=core, sent_from=sent_from, sections=contents.sections)
        try:
            return judge_notice(opened, holding)
        except TamperError as error:
            if error.code != "E_NOT_ADDRESSED" or not erased:
                raise
    if opened.notice.message.action is NoticeAction.DISPUTE:
        return None  # who may dispute it stood in what was erased
    return judge_erased(opened, core, sent_from)


def _apply(
    tx: Families,
    home: Home,
    known: Known,
    opened: OpenedNotice,
    handing: StoredHanding,
    now: Seconds,
) -> bool:
    """Checks N6 to N9, and from then on the notice stands beside its statement. False when it has to wait."""
    own, own_id = endpoint_of(home)
    items = _items(tx, home, opened)
    if items is None:
        if tx.erasure.tombstones(handing.core):
            # Who may say it stood in what was erased: a person has to ask them.
            raise_alert(tx, "N_NOTICE_ERASED", handing.core, handing.hash.hex()[:16], now)
        return False
    notice = _notice_of(opened)
    fresh = tx.notices.apply(notice.hash, handing.core, items)
    tx.notices.set_state(handing.hash, HandingState.APPLIED)
    _note_missing(tx, notice, handing.core, now)
    is_ours = notice.maker == own.address  # another machine of this address said it
    told = [a for a in handing.audience if a != own.address] if is_ours else [notice.maker]
    enter_notice(tx, notice, handing.core, told)
    if not fresh or is_ours:
        return True
    answers = tx.notices.answers(notice.hash)
    if not is_settled(answers, own.address):
        code = ALERT_OF[opened.notice.message.action]
        raise_alert(tx, code, handing.core, notice.hash.hex(), now)
    if not any(answer.endpoint == own_id for answer in answers):
        reply = Reply.without_words(home, tx, known, notice, AnswerKind.RECEIVED)
        queue_answer(tx, home, reply)
    return True


def _note_missing(tx: Families, notice: StoredNotice, core: ObjectHash, now: Seconds) -> None:
    """Numbers of this endpoint on this item that did not come: the relay may be withholding a notice.

    What comes late closes its alarm.
    """
    numbers = tx.notices.numbers(notice.core, notice.item, notice.endpoint)
    whose = f"notice:{notice.endpoint.hex()[:16]}:{notice.item.hex()}:"
    missing = check_number(notice.number, notice.hash, numbers)
    open_ = {f"{whose}{first}-{last}" for first, last in missing}
    for about in sorted(open_):
        raise_alert(tx, "N_SEQUENCE_GAP", core, about, now)
    for alert in tx.alerts.unseen():
        if alert.about.startswith(whose) and alert.about not in open_:
            tx.alerts.see(alert.number, now)


def judge_waiting(tx: Families, home: Home, known: Known, core: ObjectHash, now: Seconds) -> None:
    """The contents of a package are here: the notices that came before them are judged, in the same transaction.

    One that does not hold is an alarm, and stands beside nothing.
    """
    for handing in tx.notices.waiting(core):
        try:
            _apply(tx, home, known, _opened_before(tx, handing), handing, now)
        except TamperError as error:
            tx.notices.set_state(handing.hash, HandingState.REFUSED)
            raise_alert(tx, error.code, core, "notice", now)
            tx.audit.append(
                time=now,
                actor=home.actor(),
                action="notice.refused",
                on=handing.notice,
                outcome=error.code,
            )


def _opened_before(tx: Families, handing: StoredHanding) -> OpenedNotice:
    """A notice as checks N1 to N5 left it: the vault keeps what they found."""
    notice = tx.notices.get(handing.notice)
    if notice is None:
        raise TamperError("E_STORE_INTEGRITY", "The vault lost a notice.")
    return OpenedNotice.kept(
        delivery=handing.signed,
        hander=handing.hander,
        items=handing.items,
        notice=notice.signed,
        maker=notice.maker,
        key=handing.key,
    )
