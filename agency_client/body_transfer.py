"""Bodies up and down in blocks: a few at a time, each checked, going on where it stopped.

Never more than ``window`` blocks of 1 MiB are in memory, however large the body (docs/protocol.md
§9). What the relay has is asked before an upload; what is on disk is the caller's to know before a
download.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterable, Sequence
from itertools import pairwise
from typing import Any, Final, TypeVar

from agency_client.ports.relay import Relay
from phoenix_protocol.api import UploadPlan, UploadState
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import ObjectHash
from phoenix_protocol.merkle import leaf_hash, root

T = TypeVar("T")

WINDOW: Final = 4


async def upload_body(
    relay: Relay, plan: UploadPlan, read_block: Callable[[int], bytes], *, window: int = WINDOW
) -> None:
    """Upload the blocks of a body that the relay does not have yet.

    ``read_block`` gives block number n out of the sealed bytes on disk. Raises what the Relay port
    raises, TamperError ``E_STORE_INTEGRITY`` when a block on disk is not the planned one, and
    ``E_PARSE`` when the relay asks for blocks that there are not. Call it again to go on.
    """
    state = await relay.plan_upload(plan)
    _check_state(state, plan)

    async def put(index: int) -> None:
        block = read_block(index)
        if leaf_hash(block) != plan.leaves[index]:
            raise TamperError("E_STORE_INTEGRITY", "Sealed bytes on disk are not what was sealed.")
        await relay.put_block(state.digest, index, block)

    async for _ in _in_order((put(index) for index in state.missing), window):
        pass


async def download_blocks(
    relay: Relay,
    core: ObjectHash,
    leaves: Sequence[bytes],
    wanted: Iterable[int],
    *,
    window: int = WINDOW,
) -> AsyncIterator[tuple[int, bytes]]:
    """The blocks numbered ``wanted`` of a released body, in that order, each checked.

    ``leaves`` are the leaf hashes of the body, whose root the caller has compared with the core.
    Raises what the Relay port raises. Leave out what is on disk already to go on.
    """
    indexes = list(wanted)
    asked = (relay.block(core, index, leaf=leaves[index]) for index in indexes)
    blocks = _in_order(asked, window)
    try:
        for index in indexes:
            yield index, await anext(blocks)
    finally:
        await blocks.aclose()


def _check_state(state: UploadState, plan: UploadPlan) -> None:
    if state.digest != root(plan.leaves):
        raise TamperError("E_PARSE", "The relay speaks of another body than the one announced.")
    ascending = all(a < b for a, b in pairwise(state.missing))
    if not ascending or any(index >= len(plan.leaves) for index in state.missing):
        raise TamperError("E_PARSE", "The relay asks for blocks that the body does not have.")


async def _in_order(jobs: Iterable[Coroutine[Any, Any, T]], window: int) -> AsyncGenerator[T, None]:
    """Results in the order of ``jobs``, of which ``window`` run at once; none outlives this."""
    running: deque[asyncio.Task[T]] = deque()
    try:
        for job in jobs:
            running.append(asyncio.ensure_future(job))
            if len(running) == window:
                yield await running[0]
                running.popleft()
        while running:
            yield await running[0]
            running.popleft()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
