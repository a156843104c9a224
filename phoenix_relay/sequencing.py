"""The log's one writer: orders statements, stores them, signs checkpoints over what is stored (docs/protocol.md §4).

The relay orders; it can author nothing. Everything here runs under one lock, so that there is one lineage.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Final

import structlog

from phoenix_protocol import limits, schema
from phoenix_protocol.api import Joining, LogEntry
from phoenix_protocol.directory.openings import Openings, by_commitment
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.directory.statements import RelayKeys
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import Anchor, Seconds
from phoenix_protocol.merkle import root
from phoenix_protocol.notes import Checkpoint, LogSigner, sign_checkpoint
from phoenix_protocol.signed import parse_signed
from phoenix_relay import custody
from phoenix_relay.rules import epochs, statements
from phoenix_relay.rules.addresses import AddressBook, address_book
from phoenix_relay.rules.statements import Admitted, Certified
from phoenix_relay.storage import Store, Tx
from phoenix_relay.storage.rows import Join, Leaf, StoredEpochKey

_log: Final = structlog.get_logger("phoenix_relay.log")

#: A checkpoint older than this (seconds) is signed anew before it is shown.
FRESH: Final = 240
#: How often (seconds) the newest one is signed anew when nobody asks.
REFRESH_EVERY: Final = 120
#: The largest join request with its epoch keys, in bytes.
JOINING_BYTES: Final = limits.MIB

Spend = Callable[[Tx], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """The log as it is now: directory, openings, who is where, and the newest checkpoint note with its time."""

    directory: Directory
    openings: Openings
    book: AddressBook
    note: str
    signed_at: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settled:
    """What a new membership brings to life: the join request that it settles, and that request's epoch keys."""

    join: Join
    keys: tuple[StoredEpochKey, ...]


class Sequencer:
    """The log of the partnership that has this relay, if one has it."""

    def __init__(
        self,
        *,
        store: Store,
        signer: LogSigner,
        keys: RelayKeys,
        clock: Callable[[], Seconds],
        pool: Executor,
    ) -> None:
        self._store: Final = store
        self._signer: Final = signer
        self._keys: Final = keys
        self._clock: Final = clock
        self._pool: Final = pool
        self._lock: Final = asyncio.Lock()
        self._state: LogState | None = None

    @property
    def state(self) -> LogState | None:
        """The log as it is now; None until a partnership takes this relay."""
        return self._state

    def required(self) -> LogState:
        """The log as it is now. Raises RefusedError ``E_NOT_FOUND`` while no partnership has this relay."""
        if self._state is None:
            raise RefusedError("E_NOT_FOUND", "No partnership has this relay yet.")
        return self._state

    @property
    def keys(self) -> RelayKeys:
        """The public keys of this relay."""
        return self._keys

    async def load(self) -> None:
        """Fold what is stored, every signature verified again.

        Raises what the fold raises for a damaged log, LockedError ``E_LOCKED`` when its partnership knows this relay by
        other keys: nobody would believe what they sign.
        """
        async with self._lock:
            taken = await self._store.read(lambda tx: tx.claims.taken())
            if taken is None:
                return
            leaves = await self._stored_leaves()
            loop = asyncio.get_running_loop()
            directory = await loop.run_in_executor(self._pool, _folded, leaves, taken.anchor)
            custody.require_known(directory.partnership.relay, self._keys)
            openings = by_commitment(opening for leaf in leaves for opening in leaf.openings)
            await self._publish(directory, openings)

    async def found(self, claim: str, entries: Sequence[LogEntry], spend: Spend) -> LogState:
        """Give the relay to the partnership that ``entries`` found. The same once more changes nothing.

        Raises RefusedError ``E_NOT_FOUND`` for a wrong claim, ``E_CONFLICT`` when another partnership has it, and what
        ``rules.statements.found`` raises.
        """
        async with self._lock:
            now = self._clock()
            admitted = await self._judged(lambda: statements.found(entries, self._keys, now))
            anchor = Anchor(parse_signed(entries[0].statement).hash)

            def change(tx: Tx) -> None:
                spend(tx)
                tx.claims.take(claim, anchor, now)
                if tx.log.size() == 0:
                    tx.log.append(0, admitted.rows, admitted.directory.root)

            await self._store.write(change)
            if self._state is None:
                await self._publish(admitted.directory, admitted.openings)
            return await self._current()

    async def append(self, entries: Sequence[LogEntry], spend: Spend) -> LogState:
        """Append statements, all or none; join requests that they settle go, and their epoch keys live from then on.

        Raises what ``rules.statements.admit`` raises.
        """
        async with self._lock:
            before, now = self.required(), self._clock()
            admitted = await self._judged(
                lambda: statements.admit(
                    before.directory, before.openings, entries, self._keys, now
                )
            )
            if not admitted.rows:
                return await self._current()
            settled = await self._settled(admitted.certified, now)

            def change(tx: Tx) -> None:
                spend(tx)
                tx.log.append(admitted.first, admitted.rows, admitted.directory.root)
                for one in settled:
                    tx.epochs.publish(one.keys)
                    tx.joins.remove(one.join.request)

            await self._store.write(change)
            await self._publish(admitted.directory, admitted.openings)
            return self.required()

    async def current(self) -> LogState:
        """The log with a checkpoint that is fresh. Raises TamperError ``E_STORE_INTEGRITY`` for a damaged store."""
        state = self.required()
        if self._is_fresh(state):
            return state
        async with self._lock:
            return await self._current()

    async def refresh(self) -> None:
        """Sign the newest checkpoint anew when it gets old."""
        if self._state is not None:
            await self.current()

    async def _current(self) -> LogState:
        state = self.required()
        if not self._is_fresh(state):
            await self._publish(state.directory, state.openings)
        return self.required()

    def _is_fresh(self, state: LogState) -> bool:
        return 0 <= self._clock() - state.signed_at < FRESH

    async def _judged(self, judge: Callable[[], Admitted]) -> Admitted:
        # Composite signatures take a quarter of a millisecond each and release the interpreter meanwhile.
        return await asyncio.get_running_loop().run_in_executor(self._pool, judge)

    async def _settled(self, certified: Sequence[Certified], now: Seconds) -> tuple[_Settled, ...]:
        found = []
        requests = [one.member.request for one in certified]
        joins = await self._store.read(
            lambda tx: [tx.joins.by_request(request, now) for request in requests]
        )
        for one, join in zip(certified, joins, strict=True):
            if join is not None:
                joining = schema.decode(Joining, join.joining, limit=JOINING_BYTES)
                keys = epochs.of_joining(joining, one.endpoint, one.member)
                found.append(_Settled(join=join, keys=keys))
        return tuple(found)

    async def _publish(self, directory: Directory, openings: Openings) -> None:
        """Sign a checkpoint over what is stored, and show it with the directory that it belongs to."""
        hashes = await self._store.read(lambda tx: tx.log.leaf_hashes())
        known = self._state.directory.size if self._state is not None else 0
        fresh = await self._stored_leaves(known)
        stored = tuple(parse_signed(leaf.statement).hash for leaf in fresh)
        if root(hashes) != directory.root or stored != hashes[known:]:
            _log.error("log_damaged", statements=len(hashes))
            raise TamperError("E_STORE_INTEGRITY", "The stored log is not the one that was folded.")
        now = self._clock()
        if self._state is not None:
            now = max(now, self._state.signed_at)
        checkpoint = Checkpoint(origin=self._signer.key.name, size=len(hashes), root=root(hashes))
        book = await self._book(directory, openings)
        note = sign_checkpoint(checkpoint, signer=self._signer, now=now)
        self._state = LogState(
            directory=directory, openings=openings, book=book, note=note, signed_at=Seconds(now)
        )

    async def _book(self, directory: Directory, openings: Openings) -> AddressBook:
        if self._state is not None and self._state.directory is directory:
            return self._state.book
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, address_book, directory, openings)

    async def _stored_leaves(self, first: int = 0) -> tuple[Leaf, ...]:
        leaves: list[Leaf] = []
        while page := await self._page(first + len(leaves)):
            leaves.extend(page)
        return tuple(leaves)

    async def _page(self, first: int) -> tuple[Leaf, ...]:
        return await self._store.read(lambda tx: tx.log.page(first, openings=True))


def _folded(leaves: Sequence[Leaf], anchor: Anchor) -> Directory:
    directory = Directory.begin(leaves[0].statement, anchor)
    for leaf in leaves[1:]:
        directory = directory.admit(leaf.statement)
    return directory
