"""Which epoch keys are published, and served (docs/protocol.md §4)."""

from __future__ import annotations

from collections.abc import Sequence

from phoenix_protocol import limits
from phoenix_protocol.api import Joining
from phoenix_protocol.directory.statements import Member
from phoenix_protocol.epochs import EpochKey, open_epoch_key
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import Anchor, EndpointId, Seconds
from phoenix_protocol.signed import Opened, parse_signed, signer_id
from phoenix_protocol.suite.sealing_keys import check_epoch_key
from phoenix_relay.storage.rows import StoredEpochKey

#: Most keys of one endpoint that have not ended: as many as one answer can hold.
MOST_KEYS = 64
#: How far ahead (seconds) a key may open: the longest life of a package, from the end of a key published as far ahead.
FURTHEST = 3 * limits.LIFE


def published(
    signed_keys: Sequence[bytes],
    *,
    endpoint: EndpointId,
    member: Member,
    anchor: Anchor,
    now: Seconds,
) -> tuple[StoredEpochKey, ...]:
    """The keys that ``endpoint`` publishes, each verified, and sealed to once.

    Raises what ``open_epoch_key`` raises; TamperError ``E_KEY_WEAK`` for a key that no sender could use, ``E_TIME`` for
    one that has ended or reaches too far.
    """
    keys = tuple(_verified(signed, member, anchor, now) for signed in signed_keys)
    return tuple(
        _stored(opened, endpoint, signed) for opened, signed in zip(keys, signed_keys, strict=True)
    )


def _verified(signed: bytes, member: Member, anchor: Anchor, now: Seconds) -> Opened[EpochKey]:
    opened = open_epoch_key(parse_signed(signed), member.document_key, anchor)
    check_epoch_key(opened.message.key)
    check_times(opened.message, now)
    return opened


def check_times(key: EpochKey, now: Seconds) -> None:
    """Raise TamperError ``E_TIME`` for a key that has ended or reaches further than anybody plans."""
    if key.opens_until <= now or key.opens_until > now + FURTHEST:
        raise TamperError("E_TIME", "A sealing key has ended, or reaches too far ahead.")


def check_count(count: int) -> None:
    """Raise RefusedError ``E_LIMIT`` when an endpoint has too many keys that have not ended."""
    if count > MOST_KEYS:
        raise RefusedError("E_LIMIT", f"An endpoint has at most {MOST_KEYS} sealing keys ahead.")


def of_joining(
    joining: Joining, endpoint: EndpointId, member: Member
) -> tuple[StoredEpochKey, ...]:
    """The keys of a verified join request, for the endpoint that it became; none if that was certified otherwise."""
    certified = signer_id(member.document_key)
    found = []
    for signed in joining.epoch_keys:
        opened = parse_signed(signed)
        if [s.signer for s in opened.signatures] == [certified]:
            key = open_epoch_key(opened, member.document_key, member.anchor)
            found.append(_stored(key, endpoint, signed))
    return tuple(found)


def served(signed_keys: Sequence[bytes], member: Member | None) -> tuple[bytes, ...]:
    """Those of the stored keys that the endpoint's document key of now signed: after a change of keys, the new."""
    if member is None:
        return ()
    certified = signer_id(member.document_key)
    return tuple(
        signed
        for signed in signed_keys
        if [s.signer for s in parse_signed(signed).signatures] == [certified]
    )


def _stored(opened: Opened[EpochKey], endpoint: EndpointId, signed: bytes) -> StoredEpochKey:
    key = opened.message
    return StoredEpochKey(
        hash=opened.hash,
        endpoint=endpoint,
        number=key.number,
        valid_from=key.valid_from,
        valid_until=key.valid_until,
        opens_until=key.opens_until,
        signed=signed,
    )
