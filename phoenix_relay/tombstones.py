"""Signing what remains of an expired package: the non-delivery report to its sender (docs/protocol.md §6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from phoenix_protocol.api import FeedKind
from phoenix_protocol.identifiers import Anchor, ObjectHash, Seconds
from phoenix_protocol.package.events import AddressState, Tombstone
from phoenix_protocol.signed import sign
from phoenix_protocol.suite import DocumentPrivateKey
from phoenix_relay.storage.rows import NewSaying

#: Core, how far each address had come, when it ended, now: the tombstone, signed, to put into feeds.
SignTombstone: TypeAlias = Callable[
    [ObjectHash, tuple[AddressState, ...], Seconds, Seconds], NewSaying
]


def tombstone_signer(
    receipt_key: DocumentPrivateKey, anchor: Anchor, checkpoint: Callable[[], str]
) -> SignTombstone:
    """What signs tombstones for the partnership ``anchor``; ``checkpoint`` gives the newest note."""

    def sign_tombstone(
        core: ObjectHash, states: tuple[AddressState, ...], expired: Seconds, now: Seconds
    ) -> NewSaying:
        tombstone = Tombstone(
            anchor=anchor,
            core=core,
            states=states,
            expired=expired,
            time=now,
            checkpoint=checkpoint(),
        )
        signed = sign(tombstone, [receipt_key])
        return NewSaying(
            hash=signed.hash,
            kind=FeedKind.TOMBSTONE,
            core=core,
            maker=None,
            signed=signed.encoded(),
            time=now,
        )

    return sign_tombstone
