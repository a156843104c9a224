"""Uploading a body of more than one block, in checked blocks, so that it can stop and go on (docs/protocol.md §5)."""

from __future__ import annotations

from typing import Final

from phoenix_protocol import limits
from phoenix_protocol.api import UploadPlan, UploadState
from phoenix_relay.http.calls import Answer, Call, message, nothing
from phoenix_relay.http.problems import QuotaError, not_found
from phoenix_relay.http.services import Services
from phoenix_relay.rules import uploads
from phoenix_relay.storage import Tx
from phoenix_relay.storage.rows import Body

#: When to come again (seconds) with too many uploads open.
_WHEN_FULL: Final = 60


async def plan(services: Services, call: Call[UploadPlan]) -> Answer:
    """Begin or go on with an upload: says which blocks are missing."""
    bounds, agreed = services.settings.bounds, services.partnership().directory.bounds
    digest = await services.in_pool(
        lambda: uploads.judge(
            call.body,
            now=call.now,
            largest=min(bounds.package, agreed.package),
            longest=min(bounds.life, agreed.life),
        )
    )
    body = await services.store.write(lambda tx: _planned(services, call, digest, tx))
    missing = await services.store.bodies.missing(body)
    return message(UploadState(digest=digest, missing=missing))


def _planned(services: Services, call: Call[UploadPlan], digest: bytes, tx: Tx) -> Body:
    sender, asked = call.caller.endpoint, call.body
    call.spend_nonce(tx)
    fresh = tx.uploads.find(sender, digest) is None
    if fresh and tx.uploads.count_open(sender) >= services.settings.quotas.open_uploads:
        raise QuotaError(_WHEN_FULL)
    return tx.uploads.plan(sender, digest, asked.leaves, asked.length, asked.expires, call.now)


async def put_block(services: Services, call: Call[bytes]) -> Answer:
    """Keep one block. Its nonce stays in memory: the same block again changes nothing."""
    sender, digest = call.caller.endpoint, call.hash("digest")
    number = call.number("n", maximum=limits.COUNTER)
    body = await services.store.read(lambda tx: tx.uploads.find(sender, digest))
    if body is None:
        raise not_found()
    await services.store.bodies.put(body, number, call.body)
    return nothing()
