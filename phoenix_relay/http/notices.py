"""Notices about what was sent, and what their holders answer (docs/protocol.md §6.8)."""

from __future__ import annotations

from collections.abc import Sequence

from phoenix_protocol.api import FeedKind, Saying
from phoenix_protocol.identifiers import Address, ObjectHash, Seconds
from phoenix_protocol.package.notices import NoticeAnswer, NoticeDelivery
from phoenix_protocol.signed import Opened
from phoenix_relay.http.calls import Answer, Call, nothing
from phoenix_relay.http.sayings import charge
from phoenix_relay.http.services import Services
from phoenix_relay.rules import notices
from phoenix_relay.rules.details import only_for
from phoenix_relay.sequencing import LogState
from phoenix_relay.storage import Tx
from phoenix_relay.storage.rows import NewSaying


async def notice(services: Services, call: Call[Saying]) -> Answer:
    """Hand a notice to its audience. The same once more is success."""
    log = services.partnership()
    opened = await services.in_pool(
        lambda: notices.open_delivery(
            call.body.signed,
            call.body.detail,
            maker=call.caller.endpoint,
            directory=log.directory,
            now=call.now,
            longest=services.settings.bounds.life,
        )
    )
    await services.store.write(lambda tx: _take_notice(services, call, opened, log, tx))
    return nothing()


def _take_notice(
    services: Services, call: Call[Saying], opened: Opened[NoticeDelivery], log: LogState, tx: Tx
) -> None:
    call.spend_nonce(tx)
    if tx.sayings.find(opened.hash) is not None:
        return
    said = opened.message
    notices.check_parties(
        said, tx.packages.find(said.core), tx.packages.recipients(said.core), log.book
    )
    charge(services, said.endpoint, call.now, tx)
    _tell(call, FeedKind.NOTICE, opened.hash, said.core, said.audience, said.expires, log, tx)


async def answer(services: Services, call: Call[Saying]) -> Answer:
    """Take what a holder says about a notice. The same once more is success."""
    log = services.partnership()
    opened = await services.in_pool(
        lambda: notices.open_answer(
            call.body.signed,
            call.body.detail,
            maker=call.caller.endpoint,
            directory=log.directory,
            now=call.now,
        )
    )
    await services.store.write(lambda tx: _take_answer(services, call, opened, log, tx))
    return nothing()


def _take_answer(
    services: Services, call: Call[Saying], opened: Opened[NoticeAnswer], log: LogState, tx: Tx
) -> None:
    call.spend_nonce(tx)
    if tx.sayings.find(opened.hash) is not None:
        return
    said = opened.message
    charge(services, said.endpoint, call.now, tx)
    until = Seconds(call.now + services.settings.detail_life)
    _tell(call, FeedKind.NOTICE_ANSWER, opened.hash, said.core, said.audience, until, log, tx)


def _tell(
    call: Call[Saying],
    kind: FeedKind,
    known_as: ObjectHash,
    core: ObjectHash,
    audience: Sequence[Address],
    until: Seconds,
    log: LogState,
    tx: Tx,
) -> None:
    """Keep what was said, its words sealed under the key of the day on which they end, and put it into feeds."""
    readers = notices.readers_of(audience, call.caller.endpoint, log.book, call.now)
    saying = NewSaying(
        hash=known_as,
        kind=kind,
        core=core,
        maker=call.caller.endpoint,
        signed=call.body.signed,
        time=call.now,
        detail=only_for(call.body.detail, readers),
        detail_expires=until,
    )
    if tx.sayings.record(saying):
        tx.feed.append(readers, kind, core, call.now, known_as)
