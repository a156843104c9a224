"""What handlers work with: one value that is made when the relay starts and handed on, never looked up."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Final, TypeVar

from aiohttp import web

from phoenix_protocol import limits
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.suite import DocumentPrivateKey, Ed25519PrivateKey
from phoenix_relay.http.bodies import BodyRoom
from phoenix_relay.http.gate import Gate
from phoenix_relay.http.metrics import Metrics
from phoenix_relay.http.nonces import Nonces
from phoenix_relay.http.quotas import Buckets, Quota
from phoenix_relay.http.waiting import Waiting
from phoenix_relay.sequencing import LogState, Sequencer
from phoenix_relay.settings import Settings
from phoenix_relay.storage import Store

T = TypeVar("T")

Clock = Callable[[], Seconds]

#: Large bodies in memory at once, in bytes.
ROOM: Final = 128 * limits.MIB
#: Threads for signatures: each takes a quarter to one millisecond and releases the interpreter meanwhile.
THREADS: Final = max(2, os.cpu_count() or 2)
#: How much more an agency may ask for than one of its endpoints.
AGENCY_SHARE: Final = 10


def system_clock() -> Seconds:
    """The machine's time."""
    return Seconds(int(time.time()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Everything that bounds what comes in; in memory, and new at every start."""

    members: Buckets
    agencies: Buckets
    newcomers: Buckets
    nonces: Nonces
    newcomer_nonces: Nonces
    room: BodyRoom

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The bounds that these settings ask for."""
        quotas = settings.quotas
        member = Quota(rate=quotas.requests_per_second, burst=quotas.request_burst)
        agency = Quota(rate=member.rate * AGENCY_SHARE, burst=member.burst * AGENCY_SHARE)
        newcomer = Quota(
            rate=quotas.newcomer_requests_per_minute / 60,
            burst=quotas.newcomer_requests_per_minute,
        )
        return cls(
            members=Buckets(member),
            agencies=Buckets(agency),
            newcomers=Buckets(newcomer),
            nonces=Nonces(),
            newcomer_nonces=Nonces(1 << 16),
            room=BodyRoom(ROOM),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """A running relay, as handlers see it."""

    settings: Settings
    store: Store
    log: Sequencer
    response_key: Ed25519PrivateKey
    receipt_key: DocumentPrivateKey
    clock: Clock
    pool: Executor
    gate: Gate
    waiting: Waiting
    limits: Limits
    metrics: Metrics

    def partnership(self) -> LogState:
        """The log of the partnership. Raises RefusedError ``E_NOT_FOUND`` while nobody has taken this relay."""
        return self.log.required()

    async def in_pool(self, work: Callable[[], T]) -> T:
        """Run what takes long, and shares nothing that changes, beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, work)


#: Where the application keeps them: set when it starts, read at the edge and nowhere deeper.
SERVICES: Final = web.AppKey("services", Services)
