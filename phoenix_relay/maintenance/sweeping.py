"""``sweep``: one pass of the sweeper from the command line, beside a relay that serves or without one."""

from __future__ import annotations

from pathlib import Path

from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Anchor, Seconds
from phoenix_protocol.merkle import root
from phoenix_protocol.notes.checkpoint import Checkpoint, sign_checkpoint
from phoenix_protocol.randomness import Randomness
from phoenix_relay import custody
from phoenix_relay.settings import Settings
from phoenix_relay.storage import Store, Tx
from phoenix_relay.storage.facts import Fact
from phoenix_relay.storage.rows import NewSaying
from phoenix_relay.sweeper import Swept, sweep
from phoenix_relay.tombstones import SignTombstone, tombstone_signer


async def sweep_once(settings: Settings, now: Seconds, randomness: Randomness) -> Swept:
    """One pass at ``now``. Raises as ``Store.open``, ``Store.settle_lost_keys``, ``custody.load`` and ``sweep``."""
    home = settings.home
    store = await Store.open(home, key_period=settings.key_period, randomness=randomness)
    try:
        await store.settle_lost_keys(now)
        sign = await _signer(store, home, now)
        return await sweep(store, settings, now, sign)
    finally:
        await store.close()


async def _signer(store: Store, home: Path, now: Seconds) -> SignTombstone:
    taken = await store.read(lambda tx: tx.claims.taken())
    if taken is None:
        return _nothing_to_sign
    origin, url, checkpoint = await store.read(_log_of)
    keys = custody.load(home, origin=origin, url=url)
    note = sign_checkpoint(checkpoint, signer=keys.log, now=now)
    return tombstone_signer(keys.receipt, Anchor(taken.anchor), lambda: note)


def _log_of(tx: Tx) -> tuple[str, str, Checkpoint]:
    hashes, roots = tx.log.leaf_hashes(), tx.log.roots()
    if not roots or roots[-1] != (len(hashes), root(hashes)):
        raise TamperError(
            "E_STORE_INTEGRITY",
            "The stored log does not have the root that was published.",
            next="Run phoenix-relay check.",
        )
    origin = tx.facts.text(Fact.ORIGIN)
    checkpoint = Checkpoint(origin=origin, size=len(hashes), root=root(hashes))
    return origin, tx.facts.text(Fact.URL), checkpoint


def _nothing_to_sign(*_: object) -> NewSaying:
    raise TamperError("E_STORE_INTEGRITY", "There are packages, but no partnership.")
