"""The sweeper: one pass over everything that time brings about, and the loop that makes it (docs/protocol.md §6, §7).

In this order: warnings to senders; an end of what is due, and of what lost its storage key, with a report to the
sender; bodies that nobody needs; for days that are over the rows, the files, the write-ahead log and last the key;
metadata beyond its retention. A pass that is interrupted anywhere is finished by the next.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

import structlog

from phoenix_protocol import limits
from phoenix_protocol.errors import PhoenixError, RefusedError
from phoenix_protocol.identifiers import Seconds
from phoenix_relay.collection import collect_bodies, end_days, forget
from phoenix_relay.endings import PORTION, end_all, end_lost, warn_all
from phoenix_relay.settings import Settings
from phoenix_relay.storage import Store, Tx, durable
from phoenix_relay.storage.day_keys import LostKeysError
from phoenix_relay.storage.facts import Fact
from phoenix_relay.tombstones import SignTombstone

#: A clock that runs ahead of the machine's own count by more than this (seconds) has leapt: nothing is destroyed then.
LEAP: Final = limits.LIFE

_log: Final = structlog.get_logger("phoenix_relay.sweeper")


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one pass did.

    Packages warned of, ended at their time, reported as not delivered, and ended because their storage key was lost;
    bodies and rows deleted; days whose keys were destroyed; rows of metadata forgotten; whether the write-ahead log was
    cut.
    """

    warned: int = 0
    expired: int = 0
    reported: int = 0
    lost: int = 0
    bodies: int = 0
    rows: int = 0
    days: int = 0
    forgotten: int = 0
    truncated: bool = False


async def sweep(store: Store, settings: Settings, now: Seconds, sign: SignTombstone) -> Swept:
    """One pass at ``now``.

    Raises RefusedError ``E_CLOCK`` when an earlier pass was made later than that, by more than clocks may differ, and
    UnavailableError ``E_RELAY`` for the disk.
    """
    with durable.disk_errors():
        return await _sweep(store, settings, now, sign)


async def _sweep(store: Store, settings: Settings, now: Seconds, sign: SignTombstone) -> Swept:
    await store.write(lambda tx: _begin(tx, settings, now))
    warned = await warn_all(store, now)
    expired, reported = await end_all(store, now, sign, lambda tx: tx.expiry.due(now, PORTION))
    lost, reported_lost = await end_lost(store, now, sign)
    bodies = await collect_bodies(store, settings, now)
    rows, days, truncated = await end_days(store, now)
    forgotten = await forget(store, settings, now)
    return Swept(
        warned=warned,
        expired=expired,
        reported=reported + reported_lost,
        lost=lost,
        bodies=bodies,
        rows=rows,
        days=days,
        forgotten=forgotten,
        truncated=truncated,
    )


async def keep_sweeping(
    store: Store,
    settings: Settings,
    *,
    clock: Callable[[], Seconds],
    signer: Callable[[], SignTombstone | None],
    swept: Callable[[Swept], None] = lambda _: None,
) -> None:
    """Sweep again and again until cancelled.

    ``signer`` gives None while no partnership has this relay; ``swept`` is told of each pass that was made.
    """
    steady = SteadyClock(clock)
    while True:
        sign = signer()
        if sign is not None:
            await _sweep_once(store, settings, steady, sign, swept)
        await asyncio.sleep(settings.sweep_interval)


class SteadyClock:
    """A clock held against the machine's own count of seconds since it was started."""

    def __init__(
        self,
        clock: Callable[[], Seconds],
        count: Callable[[], float] = lambda: time.clock_gettime(time.CLOCK_BOOTTIME),
    ) -> None:
        self._clock: Final = clock
        self._count: Final = count
        self._begun: Final = clock() - count()

    def now(self) -> Seconds:
        """The time. Raises RefusedError ``E_CLOCK`` when it leapt ahead: destroying keys could not be undone."""
        now = self._clock()
        if now - self._count() - self._begun > LEAP:
            raise RefusedError(
                "E_CLOCK",
                "The clock has leapt ahead while the relay ran.",
                next="Set the clock. If it is right, start the relay again.",
            )
        return now


async def _sweep_once(
    store: Store,
    settings: Settings,
    clock: SteadyClock,
    sign: SignTombstone,
    swept: Callable[[Swept], None],
) -> None:
    try:
        now = clock.now()
        await _tell_missing(store, now)
        done = await sweep(store, settings, now, sign)
    except PhoenixError as error:
        _log.error("sweep_failed", code=error.code)
        return
    except Exception as error:  # noqa: BLE001  # the next pass must come, whatever went wrong in this one
        _log.error("sweep_failed", error=type(error).__name__)  # a traceback can quote values
        return
    if done != Swept():
        _log.info("swept", **asdict(done))
    swept(done)


async def _tell_missing(store: Store, now: Seconds) -> None:
    """Keys that went while the relay runs are used from memory. It will not start again without them."""
    if missing := await store.missing_keys(now):
        error = LostKeysError(*map(store.day_keys.file_of, missing))
        _log.error("storage_keys_missing", code=error.code, file=error.file)


def _begin(tx: Tx, settings: Settings, now: Seconds) -> None:
    newest = tx.facts.number(Fact.SWEPT)
    if now < newest - limits.CLOCK_SKEW:
        raise RefusedError("E_CLOCK", "The clock is behind the relay's last sweep.")
    tx.facts.put(Fact.SWEPT, str(max(now, newest)).encode())
    # Said before anything goes: who reads a feed must be able to tell what was forgotten from what was lost.
    tx.facts.raise_number(Fact.FORGOTTEN, now - settings.metadata_retention)
