"""Epoch keys: the weekly sealing keys that an endpoint publishes ahead (docs/protocol.md §4).

Fetched, not logged. A sender uses the one that covers now and requires that the package expires by ``opens_until``;
the private half is destroyed then: that is the forward-secrecy window, and it is published.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from phoenix_protocol import limits, schema
from phoenix_protocol.directory.statements import HASH, TIME
from phoenix_protocol.encoding import Plain
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Anchor, Seconds, SignerId
from phoenix_protocol.schema import critical_map, optional_map, wire
from phoenix_protocol.signed import Opened, Signed, open_signed, signer_id

EPOCH_KEY_BYTES = 1216
#: The protocol version that this code speaks.
SPEAKS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochKey:
    """A sealing key with its times (POSIX seconds) and the protocol versions its holder speaks."""

    TYPE: ClassVar[str] = "phoenix/1/epoch-key"

    anchor: Anchor = wire(HASH)
    number: int = wire(schema.UInt(limits.COUNTER))
    valid_from: Seconds = wire(TIME)
    valid_until: Seconds = wire(TIME)
    opens_until: Seconds = wire(TIME)
    speaks: tuple[int, ...] = wire(
        schema.ListOf(schema.UInt(1 << 16, minimum=1), minimum=1, maximum=16, ordered=True)
    )
    key: bytes = wire(schema.fixed(EPOCH_KEY_BYTES))
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()

    def covers(self, now: Seconds) -> bool:
        """Whether a sender may seal to this key at ``now``."""
        return self.valid_from <= now < self.valid_until


def open_epoch_key(signed: Signed, document_key: bytes, anchor: Anchor) -> Opened[EpochKey]:
    """Verify that the holder of ``document_key`` published this key in this partnership.

    Raises TamperError ``E_KEY_UNCERTIFIED`` (somebody else's key), ``E_SIG``, ``E_ANCHOR``, ``E_TIME`` or ``E_PARSE``.
    """

    def key_of(signer: SignerId) -> bytes:
        if signer != signer_id(document_key):
            raise TamperError("E_KEY_UNCERTIFIED", "A sealing key is not signed by its endpoint.")
        return document_key

    opened = open_signed(signed, EpochKey, key_of)
    key = opened.message
    if key.anchor != anchor:
        raise TamperError("E_ANCHOR", "A sealing key belongs to another partnership.")
    if not key.valid_from < key.valid_until <= key.opens_until:
        raise TamperError("E_TIME", "The times of a sealing key contradict each other.")
    return opened


def choose(keys: tuple[Opened[EpochKey], ...], now: Seconds, expires: Seconds) -> Opened[EpochKey]:
    """The key to seal to: covers ``now``, opens until ``expires``, speaks our version; the newest of several.

    Raises TamperError ``E_KEY_SUPERSEDED`` when there is none.
    """
    usable = [
        k
        for k in keys
        if k.message.covers(now) and expires <= k.message.opens_until and SPEAKS in k.message.speaks
    ]
    if not usable:
        raise TamperError(
            "E_KEY_SUPERSEDED",
            "A recipient has no sealing key for the life of this package.",
            next="Choose an earlier expiry, or ask the recipient to run their program once so that it publishes keys.",
        )
    return max(usable, key=lambda k: (k.message.number, k.hash))
