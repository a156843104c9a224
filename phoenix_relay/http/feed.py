"""The feed: what an endpoint should know, by long poll (docs/protocol.md §6, §8)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from phoenix_protocol import limits
from phoenix_protocol.api import FeedItem, FeedPage
from phoenix_protocol.identifiers import EndpointId, Seconds
from phoenix_relay.http.calls import Answer, Call, message
from phoenix_relay.http.services import Services
from phoenix_relay.rules.audience import for_reader
from phoenix_relay.storage import Tx

#: The longest wait (seconds) that may be asked for; settings may allow less.
LONGEST_WAIT: Final = 55


async def page(services: Services, call: Call[Any]) -> Answer:
    """What is new after a cursor, at once or when it comes; empty when the wait ran out."""
    endpoint = call.caller.endpoint
    after = call.number("after", maximum=limits.COUNTER, default=0)
    wait = call.number("wait", maximum=LONGEST_WAIT, default=0)
    seen = await _seen(services, endpoint, after, min(wait, services.settings.bounds.wait))
    state = await services.log.current()
    return message(FeedPage(items=seen.items, checkpoint=state.note, whole_from=seen.whole_from))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """Items of one endpoint, and from when on none was forgotten when they were read."""

    items: tuple[FeedItem, ...]
    whole_from: Seconds


async def _seen(services: Services, endpoint: EndpointId, after: int, wait: int) -> _Seen:
    news = services.waiting.join(endpoint)
    try:
        seen = await _look(services, endpoint, after)
        if seen.items or not wait:
            return seen
        await asyncio.wait([news], timeout=wait)
        return await _look(services, endpoint, after) if news.done() else seen
    finally:
        services.waiting.leave(endpoint, news)


async def _look(services: Services, endpoint: EndpointId, after: int) -> _Seen:
    def question(tx: Tx) -> _Seen:
        items = tx.feed.after(endpoint, after)
        return _Seen(
            items=tuple(for_reader(item, endpoint) for item in items),
            whole_from=tx.feed.whole_from(),
        )

    return await services.store.read(question)
