"""Receiving: what the feed brings, one item at a time, each kept durably before the next (docs/protocol.md §6)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final

from agency_client.ports.relay import Relay
from agency_client.ports.vault.settings import FEED_CURSOR, FEED_LAST, HELD_ASKED
from agency_client.use_cases.answer_hearing import take_answer
from agency_client.use_cases.expiring import raise_alert
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
from phoenix_protocol import schema
from phoenix_protocol.api import FeedItem, FeedKind, FeedPage
from phoenix_protocol.directory.checkpoints import BehindError
from phoenix_protocol.errors import PhoenixError, UnavailableError
from phoenix_protocol.signed import parse_signed


async def fetch(home: Home, relay: Relay, known: Known, wait: int = 0) -> Known:
    """Take everything new from the feed. Gives the directory, which an item may have made to grow.

    A bad item is put into quarantine with its alarm, and stops nothing else. A relay that was put back to an earlier
    state is an alarm, and its feed is read from the beginning. Raises UnavailableError when the relay goes away; what
    came before is kept.
    """
    page = await _first_page(home, relay, wait)
    while page.items:
        for item in page.items:
            known = await _take(home, relay, known, item)
        with home.vault.reading() as view:
            after = view.settings.get(FEED_CURSOR) or 0
        page = await relay.feed(after=after)
    return known


async def _first_page(home: Home, relay: Relay, wait: int) -> FeedPage:
    """What is new, after a look at whether the relay still has the last item that this home took."""
    with home.vault.reading() as view:
        after, kept = view.settings.get(FEED_CURSOR) or 0, view.settings.get(FEED_LAST)
    if kept is None:
        return await relay.feed(after=after, wait=wait)
    last = schema.decode(FeedItem, kept, limit=len(kept))
    page = await relay.feed(after=max(0, last.cursor - 1))
    if _marks(page.items[:1]) == [kept]:
        page = replace(page, items=page.items[1:])
    elif last.time > page.whole_from:
        _begin_again(home, kept)
        return await relay.feed(after=0)
    if page.items or not wait:
        return page
    return await relay.feed(after=last.cursor, wait=wait)


def _marks(items: Sequence[FeedItem]) -> list[bytes]:
    """Items as they are known again: what one shows may be gone later, such as a detail with its key."""
    return [schema.encode(replace(item, object=None, detail=None)) for item in items]


def _begin_again(home: Home, lost: bytes) -> None:
    """Alarm, and read the feed from the beginning: numbers may have been given a second time."""
    now = home.clock.now()
    with home.vault.transaction() as tx:
        if tx.settings.get(FEED_LAST) != lost:
            return  # another program of this home has seen it too
        tx.settings.put(FEED_CURSOR, 0)
        tx.settings.forget(FEED_LAST)
        tx.settings.forget(HELD_ASKED)
        raise_alert(tx, "A_RELAY_ROLLBACK", None, str(now), now)
        tx.audit.append(
            time=now, actor=home.actor(), action="feed.alarm", outcome="A_RELAY_ROLLBACK"
        )


async def _take(home: Home, relay: Relay, known: Known, item: FeedItem) -> Known:
    try:
        try:
            if not _was_taken(home, item):
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
        tx.settings.put(FEED_LAST, _marks([item])[0])
    return known


def _was_taken(home: Home, item: FeedItem) -> bool:
    """Whether this home has kept what an item shows: it verified then, with keys that may be gone by now."""
    if item.object is None:
        return False
    itself = parse_signed(item.object).hash
    with home.vault.reading() as view:
        heard = {event.hash for event in view.events.of(item.core)}
        return itself in heard or view.objects.get(itself) is not None


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
