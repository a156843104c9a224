"""Deleting what has no use any more: bodies, ended days with their keys, old metadata (docs/protocol.md §7)."""

from __future__ import annotations

import asyncio
from typing import Final

from phoenix_protocol.identifiers import Seconds
from phoenix_relay.settings import Settings
from phoenix_relay.storage import Store

#: Rows handled in one transaction.
ROWS: Final = 500
#: How often, and how long apart (seconds), to try to cut the write-ahead log while readers are in its way.
TRIES: Final = 20
PAUSE: Final = 0.1


async def collect_bodies(store: Store, settings: Settings, now: Seconds) -> int:
    """Delete bodies that no package needs, uploads that none claimed in time, and folders of neither; how many."""
    await _drop_unclaimed(store, Seconds(now - settings.upload_life))
    while len(await store.write(lambda tx: tx.expiry.drop_unused(ROWS))) == ROWS:
        pass
    # What has a folder now had its row before: a folder without a row is of no use to anybody.
    stored = await asyncio.to_thread(store.bodies.stored)
    known = await store.read(lambda tx: tx.expiry.known_bodies(body for _, body in stored))
    useless = [(day, body) for day, body in stored if body not in known]
    for day, body in useless:
        await asyncio.to_thread(store.bodies.remove, day, body)
    return len(useless)


async def end_days(store: Store, now: Seconds) -> tuple[int, int, bool]:
    """End the days that are over: rows, files, write-ahead log, and last the keys, after which nothing opens.

    Returns how many rows and keys went, and whether the write-ahead log was cut.
    """
    rows = await store.write(lambda tx: tx.expiry.end_days(now))
    await asyncio.to_thread(store.bodies.remove_days, now)
    over = [day for day in store.day_keys.days() if day <= now]
    truncated = bool(rows or over) and await truncate(store)
    days = await asyncio.to_thread(store.day_keys.retire, now)
    return rows, len(days), truncated


async def truncate(store: Store) -> bool:
    """Cut the write-ahead log, waiting a little for readers. False when they never let go."""
    for _ in range(TRIES):
        if await store.truncate_log():
            return True
        await asyncio.sleep(PAUSE)
    return False


async def forget(store: Store, settings: Settings, now: Seconds) -> int:
    """Delete metadata beyond its retention, and nonces, joins and counters that serve no more; how many rows."""
    horizon = Seconds(now - settings.metadata_retention)
    forgotten = 0
    while gone := await store.write(lambda tx: tx.expiry.forget(now, horizon, ROWS)):
        forgotten += gone
    return forgotten


async def _drop_unclaimed(store: Store, before: Seconds) -> None:
    idle = await store.read(lambda tx: tx.expiry.unclaimed(before, ROWS))
    arrivals = await asyncio.to_thread(
        lambda: [store.bodies.last_arrival(day, body) for day, body in idle]
    )
    silent = [body for (_, body), at in zip(idle, arrivals, strict=True) if at < before]
    await store.write(lambda tx: tx.expiry.drop_unclaimed(silent))
