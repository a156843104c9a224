"""Receiving: what the feed brings, one item at a time, each kept durably before the next (docs/protocol.md §6)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from agency_client.ports.relay import Relay
from agency_client.ports.vault.settings import FEED_CURSOR
from agency_client.use_cases.answer_hearing import take_answer
from agency_client.use_cases.hearing import (
    take_event,
    take_held,
    take_recall,
    take_tombstone,
    take_verdict,
    take_void,
    take_warning,
)
from agency_client.use_cases.home import Home
from agency_client.use_cases.knowing import Known, sync
from agency_client.use_cases.notice_hearing import take_notice
from agency_client.use_cases.offers import take_offer
from agency_client.use_cases.quarantine import put_away
from phoenix_protocol.api import FeedItem, FeedKind
from phoenix_protocol.directory.checkpoints import BehindError
from phoenix_protocol.errors import PhoenixError, UnavailableError


async def fetch(home: Home, relay: Relay, known: Known, wait: int = 0) -> Known:
    """Take everything new from the feed. Gives the directory, which an item may have made to grow.

    A bad item is put into quarantine with its alarm, and stops nothing else. Raises
    UnavailableError when the relay goes away; what came before is kept.
    """
    while True:
        with home.vault.reading() as view:
            after = view.settings.get(FEED_CURSOR) or 0
        page = await relay.feed(after=after, wait=wait)
        for item in page.items:
            known = await _take(home, relay, known, item)
        wait = 0
        if not page.items:
            return known


async def _take(home: Home, relay: Relay, known: Known, item: FeedItem) -> Known:
    try:
        try:
            await _TAKERS[item.kind](home, relay, known, item)
        except BehindError:
            known = await sync(home, relay, known)
            await _TAKERS[item.kind](home, relay, replace(known, up_to_date=True), item)
    except UnavailableError:
        raise
    except PhoenixError as error:
        put_away(home, item, error)
    with home.vault.transaction() as tx:
        tx.settings.put(FEED_CURSOR, item.cursor)
    return known


_Taker = Callable[[Home, Relay, Known, FeedItem], Awaitable[None]]


_TAKERS: Final[dict[FeedKind, _Taker]] = {
    FeedKind.OFFER: take_offer,
    FeedKind.EVENT: take_event,
    FeedKind.RECALL: take_recall,
    FeedKind.VERDICT: take_verdict,
    FeedKind.VOID: take_void,
    FeedKind.HELD: take_held,
    FeedKind.WARNING: take_warning,
    FeedKind.TOMBSTONE: take_tombstone,
    FeedKind.NOTICE: take_notice,
    FeedKind.NOTICE_ANSWER: take_answer,
}
