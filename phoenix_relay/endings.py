"""Warnings before expiry, the end of packages at it, and the report to the sender (docs/protocol.md §6)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from itertools import groupby
from typing import Final

from phoenix_protocol import encoding
from phoenix_protocol.api import FeedKind
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.package.events import AddressState
from phoenix_protocol.package.lifecycle import (
    UNFINISHED,
    State,
    Step,
    address_state,
    allowed,
    warnings_due,
)
from phoenix_relay.storage import Store, Tx
from phoenix_relay.storage.rows import Due, NewSaying, Recipient
from phoenix_relay.tombstones import SignTombstone

#: Packages handled in one transaction: others are not kept waiting.
PORTION: Final = 64

_UNFINISHED: Final = frozenset(state.value for state in UNFINISHED)


def states_of(recipients: Iterable[Recipient]) -> tuple[AddressState, ...]:
    """How far each address that the sender wrote to has come, in the order that a tombstone needs."""
    written_to = sorted((r for r in recipients if r.why is Why.TO), key=lambda r: r.address)
    states = [
        AddressState(address=address, state=_furthest(tuple(there)).value)
        for address, there in groupby(written_to, key=lambda r: r.address)
    ]
    return tuple(sorted(states, key=lambda s: encoding.encode([s.address, s.state])))


async def warn_all(store: Store, now: Seconds) -> int:
    """Tell senders of packages that are not committed everywhere, at half the time, a day and an hour before the end.

    Returns how many packages were warned of.
    """
    warned = 0
    while due := await store.read(lambda tx: tx.expiry.warnings(now, PORTION)):
        warned += await store.write(partial(_warn_each, due=due, now=now))
    return warned


async def end_all(
    store: Store,
    now: Seconds,
    sign: SignTombstone,
    question: Callable[[Tx], tuple[Due, ...]],
) -> tuple[int, int]:
    """Make an end of all packages that ``question`` finds, portion by portion; how many, and how many reported."""
    ended = reported = 0
    while due := await store.read(question):
        reports = await _reports(store, due, now, sign)
        done = await store.write(partial(_end_each, reports=reports, now=now))
        if not any(done):
            break  # somebody else was faster each time: the next pass sees what is left
        ended += sum(done)
        reported += sum(
            one and tombstone is not None
            for one, (_, _, tombstone) in zip(done, reports, strict=True)
        )
    return ended, reported


async def end_lost(store: Store, now: Seconds, sign: SignTombstone) -> tuple[int, int]:
    """Make an end of packages whose storage key was let go of as lost: they are reported as not delivered.

    Counts as :func:`end_all`.
    """
    return await end_all(store, now, sign, lambda tx: tx.expiry.lost(PORTION))


def _furthest(there: tuple[Recipient, ...]) -> State:
    practitioners = [r.state for r in there if not r.records]
    return address_state(practitioners or [r.state for r in there])


def _warn_each(tx: Tx, *, due: tuple[Due, ...], now: Seconds) -> int:
    return sum(_warn(tx, one, now) for one in due)


def _warn(tx: Tx, due: Due, now: Seconds) -> bool:
    unfinished = any(s.state in _UNFINISHED for s in states_of(tx.packages.recipients(due.core)))
    later = [at for at in warnings_due(due.created, due.expires) if at > now]
    tx.expiry.warn_next(due.core, later[0] if unfinished and later else None)
    if unfinished:
        tx.feed.append(tx.packages.senders_side(due.core), FeedKind.WARNING, due.core, now)
    return unfinished


_Report = tuple[Due, tuple[AddressState, ...], NewSaying | None]


async def _reports(
    store: Store, due: tuple[Due, ...], now: Seconds, sign: SignTombstone
) -> list[_Report]:
    """What to tell of each package, signed beforehand: the writer has no time for signatures."""
    states = await store.read(lambda tx: [states_of(tx.packages.recipients(d.core)) for d in due])
    return await asyncio.to_thread(
        lambda: [_report(one, those, now, sign) for one, those in zip(due, states, strict=True)]
    )


def _report(
    due: Due, states: tuple[AddressState, ...], now: Seconds, sign: SignTombstone
) -> _Report:
    if not any(s.state in _UNFINISHED for s in states):
        return due, states, None
    return due, states, sign(due.core, states, Seconds(min(due.expires, now)), now)


def _end_each(tx: Tx, *, reports: list[_Report], now: Seconds) -> list[bool]:
    return [_end(tx, *report, now) for report in reports]


def _end(
    tx: Tx,
    due: Due,
    states: tuple[AddressState, ...],
    tombstone: NewSaying | None,
    now: Seconds,
) -> bool:
    recipients = tx.packages.recipients(due.core)
    if states_of(recipients) != states:
        return False  # an event came in between: the report would not be true
    for there in recipients:
        if allowed(there.state, Step.EXPIRE):
            tx.packages.advance(due.core, there.endpoint, Step.EXPIRE, now)
    ended = tx.expiry.end(due.core)
    if ended and tombstone is not None and tx.sayings.record(tombstone):
        side = tx.packages.senders_side(due.core)
        tx.feed.append(side, FeedKind.TOMBSTONE, due.core, now, tombstone.hash)
    return ended
