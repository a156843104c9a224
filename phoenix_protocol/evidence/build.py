"""Making an evidence bundle, piece by piece, out of what a home has kept (docs/protocol.md §6.11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from phoenix_protocol.directory.statements import Partnership
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.evidence.choosing import ChosenLog, LogEntries, choose
from phoenix_protocol.evidence.lines import without_strangers
from phoenix_protocol.evidence.messages import (
    BUNDLE_BYTES,
    FIRST_LINE,
    Bundle,
    BundleSaying,
)
from phoenix_protocol.evidence.records import framed
from phoenix_protocol.evidence.redaction import ShownParts
from phoenix_protocol.evidence.sayings import maker_of
from phoenix_protocol.identifiers import Anchor, EndpointId
from phoenix_protocol.notes import NoteKey
from phoenix_protocol.package.envelope import Core, Delivery
from phoenix_protocol.schema import decode, encode
from phoenix_protocol.signed import parse_signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What goes into a bundle, as exact bytes. ``held`` are the relay's receipts for ``deliveries``, one for each.

    ``checkpoint`` is the newest note over the log that ``log`` gives; ``partnership`` its newest version there.
    """

    anchor: Anchor
    checkpoint: str = field(repr=False)
    partnership: Partnership = field(repr=False)
    core: bytes = field(repr=False)
    deliveries: tuple[bytes, ...] = field(repr=False)
    held: tuple[bytes, ...] = field(repr=False)
    epoch_keys: tuple[bytes, ...] = field(repr=False)
    cover: bytes | None = field(repr=False)
    manifest: bytes | None = field(repr=False)
    manifest_salt: bytes | None = field(repr=False)
    parts: ShownParts = field(repr=False)
    said: tuple[BundleSaying, ...] = field(repr=False)


def makers_of(evidence: Evidence) -> frozenset[EndpointId]:
    """Every endpoint that is named: the sender, those delivered to, and who says something."""
    found = {decode(Core, evidence.core).sender}
    for delivery in evidence.deliveries:
        message = decode(Delivery, parse_signed(delivery).payload)
        found |= {granted.endpoint for granted in message.endpoints}
    makers = (maker_of(parse_signed(saying.signed)) for saying in evidence.said)
    return frozenset(found | {maker for maker in makers if maker is not None})


def pieces(
    evidence: Evidence, log: LogEntries, size: int, *, whole: bool = True
) -> Iterator[bytes]:
    """The file, in pieces. ``size`` is that of the log at the checkpoint.

    ``whole`` shows every other statement of the log, without its signatures: that nobody who is named had been ended or
    replaced is proved by that alone. Raises RefusedError ``E_LIMIT``.
    """
    chosen = choose(log, size, makers_of(evidence))
    whole = whole or len(chosen.shown) == size
    yield FIRST_LINE
    yield framed(_first(evidence, chosen, whole=whole))
    yield from chosen.records(whole=whole)
    for part in evidence.parts.parts:
        yield framed(encode(part.part))
        if part.content is not None:
            yield from part.content()
    for saying in evidence.said:
        yield framed(encode(saying))


def _first(evidence: Evidence, chosen: ChosenLog, *, whole: bool) -> bytes:
    try:
        record = encode(_bundle(evidence, chosen, whole=whole))
    except TamperError as error:
        raise RefusedError(error.code, "This is more than one bundle can hold.") from None
    if len(record) > BUNDLE_BYTES:
        raise RefusedError("E_LIMIT", "This is more than one bundle can hold.")
    return record


def _bundle(evidence: Evidence, chosen: ChosenLog, *, whole: bool) -> Bundle:
    partnership = evidence.partnership
    relay = partnership.relay
    log_key = NoteKey(name=relay.origin, public=relay.log_key)
    witnesses = [NoteKey(name=w.name, public=w.key) for w in partnership.witnesses]
    return Bundle(
        anchor=evidence.anchor,
        checkpoint=without_strangers(evidence.checkpoint, log_key, witnesses),
        statements=len(chosen.shown),
        whole=whole,
        core=evidence.core,
        deliveries=evidence.deliveries,
        held=evidence.held,
        epoch_keys=evidence.epoch_keys,
        cover=evidence.cover,
        manifest=evidence.manifest,
        manifest_salt=evidence.manifest_salt,
        withheld=evidence.parts.withheld,
        parts=len(evidence.parts.parts),
        said=len(evidence.said),
    )
