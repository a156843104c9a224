"""Handing notices to whoever holds what they are about, also to those it was passed on to (docs/protocol.md §6.8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from agency_client.ports.relay import Relay
from agency_client.ports.vault import (
    Families,
    HandingState,
    Posting,
    Route,
    StoredHanding,
)
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.sayings import readers_at
from phoenix_protocol import encoding, schema
from phoenix_protocol.api import Saying
from phoenix_protocol.identifiers import Address, EndpointId, ItemId, ObjectHash, Seconds
from phoenix_protocol.sealing.notices import Handing, hand_notice
from phoenix_protocol.signed import Signed

#: How long the relay keeps a notice for those who are away (seconds), if a package may live so long.
KEPT_FOR: Final = 28 * 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """To whom a notice goes, and what they have: the core, and the ids there if it was passed on."""

    core: ObjectHash
    audience: tuple[Address, ...]
    items: tuple[ItemId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A handing ready to be kept and posted, and the endpoints that have no key for it."""

    handing: StoredHanding
    posting: Posting
    left_out: tuple[EndpointId, ...]


async def make_handing(
    home: Home, relay: Relay, known: Known, notice: Signed, target: Target
) -> Made:
    """Seal a notice for its audience and sign its delivery. Nothing is kept or posted yet."""
    own, own_id = endpoint_of(home)
    now = home.now()
    expires = Seconds(now + min(KEPT_FOR, known.directory.bounds.life))
    readers, left_out = await readers_at(relay, known, target.audience, now, expires)
    sealed = hand_notice(
        notice,
        Handing(
            anchor=known.directory.anchor,
            core=target.core,
            endpoint=own_id,
            audience=in_order(target.audience),
            items=target.items,
            time=now,
            expires=expires,
            checkpoint=known.checkpoint,
        ),
        [reader for reader in readers if reader.endpoint != own_id],
        own.document_key(),
        home.randomness,
    )
    signed = sealed.signed.encoded()
    body = schema.encode(Saying(signed=signed, detail=sealed.sealed))
    known_as = sealed.signed.hash
    handing = StoredHanding(
        hash=known_as,
        notice=notice.hash,
        core=target.core,
        endpoint=own_id,
        hander=own.address,
        own=True,
        audience=in_order(target.audience),
        items=target.items,
        time=now,
        expires=expires,
        state=HandingState.QUEUED,
        signed=signed,
        ciphertext=sealed.sealed.ciphertext,
        key=sealed.key,
    )
    posting = Posting(hash=known_as, route=Route.NOTICES, core=target.core, body=body, made=now)
    return Made(
        handing=handing, posting=posting, left_out=tuple(e for e in left_out if e != own_id)
    )


def keep_handing(tx: Families, home: Home, made: Made) -> None:
    """Keep a handing together with what waits to be posted."""
    tx.notices.hand(made.handing)
    tx.postings.add(made.posting)
    tx.audit.append(
        time=made.handing.time,
        actor=home.actor(),
        action="notice.handed",
        on=made.handing.notice,
        detail={"addresses": str(len(made.handing.audience))},
    )


def in_order(addresses: Iterable[Address]) -> tuple[Address, ...]:
    """Addresses as an audience has them."""
    return tuple(sorted(set(addresses), key=encoding.encode))
