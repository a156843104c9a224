"""The feed: what an endpoint should know, by long poll (docs/protocol.md §6, §8)."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from phoenix_protocol import limits
from phoenix_protocol.api import FeedItem, FeedPage
from phoenix_protocol.identifiers import EndpointId
from phoenix_relay.http.calls import Answer, Call, message
from phoenix_relay.http.services import Services
from phoenix_relay.rules.audience import for_reader

#: The longest wait (seconds) that may be asked for; settings may allow less.
LONGEST_WAIT: Final = 55


async def page(services: Services, call: Call[Any]) -> Answer:
    """What is new after a cursor, at once or when it comes; empty when the wait ran out."""
    endpoint = call.caller.endpoint
    after = call.number("after", maximum=limits.COUNTER, default=0)
    wait = call.number("wait", maximum=LONGEST_WAIT, default=0)
    items = await _items(services, endpoint, after, min(wait, services.settings.bounds.wait))
    state = await services.log.current()
    return message(FeedPage(items=items, checkpoint=state.note))


async def _items(
    services: Services, endpoint: EndpointId, after: int, wait: int
) -> tuple[FeedItem, ...]:
    news = services.waiting.join(endpoint)
    try:
        items = await _look(services, endpoint, after)
        if items or not wait:
            return items
        await asyncio.wait([news], timeout=wait)
        return await _look(services, endpoint, after) if news.done() else ()
    finally:
        services.waiting.leave(endpoint, news)


async def _look(services: Services, endpoint: EndpointId, after: int) -> tuple[FeedItem, ...]:
    found = await services.store.read(lambda tx: tx.feed.after(endpoint, after))
    return tuple(for_reader(item, endpoint) for item in found)
