"""Asking to join, and the manager who looks (docs/protocol.md §4)."""

from __future__ import annotations

from typing import Any, Final

from phoenix_protocol import schema
from phoenix_protocol.api import Joining, Joinings
from phoenix_protocol.joining import read_join_code
from phoenix_relay.http.calls import Answer, Call, message, nothing
from phoenix_relay.http.problems import QuotaError, not_found
from phoenix_relay.http.services import Services
from phoenix_relay.rules import joins
from phoenix_relay.sequencing import JOINING_BYTES
from phoenix_relay.storage import Tx
from phoenix_relay.storage.rows import Join

#: When to come again (seconds) where too many wait already: a manager has to act first.
_WHEN_FULL: Final = 3600


async def ask(services: Services, call: Call[Joining]) -> Answer:
    """Let a request wait for a manager of its agency."""
    directory, settings = services.partnership().directory, services.settings
    join = await services.in_pool(
        lambda: joins.judge(
            call.body,
            request_key=call.caller.id,
            directory=directory,
            now=call.now,
            life=settings.join_life,
        )
    )
    if not joins.is_settled(join, directory):
        await services.store.write(lambda tx: _wait(services, call, join, tx))
    return nothing()


def _wait(services: Services, call: Call[Joining], join: Join, tx: Tx) -> None:
    call.spend_nonce(tx)
    fresh = tx.joins.by_request(join.request, call.now) is None
    if fresh and tx.joins.count(join.agency, call.now) >= services.settings.quotas.waiting_joins:
        raise QuotaError(_WHEN_FULL)
    tx.joins.add(join)


async def waiting(services: Services, call: Call[Any]) -> Answer:
    """The requests that wait for the manager's agency."""
    agency = call.caller.agency
    if agency is None:
        raise not_found()
    found = await services.store.read(lambda tx: tx.joins.waiting(agency, call.now))
    return message(Joinings(requests=tuple(_joining(join) for join in found)))


async def by_code(services: Services, call: Call[Any]) -> Answer:
    """The request with a code, if it is for the manager's agency."""
    code = read_join_code(call.path["code"])
    join = await services.store.read(lambda tx: tx.joins.by_code(code, call.now))
    if join is None or join.agency != call.caller.agency:
        raise not_found()
    return message(_joining(join))


def _joining(join: Join) -> Joining:
    return schema.decode(Joining, join.joining, limit=JOINING_BYTES)
