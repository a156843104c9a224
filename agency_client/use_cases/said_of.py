"""Everything that was said of a package, as evidence shows it: events, recalls, verdicts, notices, answers (§6.11)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from agency_client.ports.vault import (
    Contents,
    Families,
    HandingState,
    ObjectKind,
    StoredEvent,
    StoredNotice,
)
from phoenix_protocol.commitments import Commitment
from phoenix_protocol.evidence.messages import BundleSaying
from phoenix_protocol.evidence.redaction import Redaction
from phoenix_protocol.identifiers import EndpointId, ItemId, ObjectHash, Seconds, SegmentId
from phoenix_protocol.package.events import Event
from phoenix_protocol.sealing.manifest import entry_commitment
from phoenix_protocol.sealing.notices import Notice
from phoenix_protocol.signed import parse_signed, read_unverified

_KEPT: Final = (ObjectKind.RECALL, ObjectKind.VERDICT, ObjectKind.TOMBSTONE)
#: Of a notice that did not get to anybody, nothing is shown.
_HANDED: Final = frozenset({HandingState.POSTED, HandingState.APPLIED})


def said_of(
    view: Families,
    core: ObjectHash,
    deliveries: Collection[ObjectHash],
    contents: Contents,
    left_out: Redaction,
) -> tuple[BundleSaying, ...]:
    """What is kept here of what was said, by those to whom these deliveries went, and by the relay.

    A notice about something that is left out is left out too: a correction has its words.
    """
    events = (e for e in view.events.of(core) if _delivery(e) in deliveries)
    timed = [(time, _saying(view, e.hash, e.signed)) for time, e in _in_order(events)]
    for kind in _KEPT:
        timed += [(o.time, _saying(view, o.hash, o.signed)) for o in view.objects.of(core, kind)]
    said = [saying for _, saying in sorted(timed, key=lambda pair: pair[0])]
    for notice in _notices(view, core, contents, left_out):
        said += _of_notice(view, core, notice)
    return tuple(said)


def _delivery(event: StoredEvent) -> ObjectHash:
    return read_unverified(parse_signed(event.signed), Event).delivery


def _in_order(events: Iterator[StoredEvent]) -> Iterator[tuple[Seconds, StoredEvent]]:
    """With the time by which each is sorted: an endpoint's counters rise, even if its clock went back."""
    newest: dict[EndpointId, Seconds] = {}
    for event in sorted(events, key=lambda e: (e.endpoint, e.counter)):
        time = max(newest.get(event.endpoint, Seconds(0)), event.time)
        newest[event.endpoint] = time
        yield time, event


def _saying(view: Families, said: ObjectHash, signed: bytes) -> BundleSaying:
    words = view.said_words.of(said)
    return BundleSaying(
        signed=signed,
        ciphertext=words.ciphertext if words is not None else None,
        key=words.key if words is not None else None,
    )


# -- notices ----------------------------------------------------------------------------------------------------------


def _notices(
    view: Families, core: ObjectHash, contents: Contents, left_out: Redaction
) -> Iterator[StoredNotice]:
    """Notices of this package's own items; of one that was passed on, the chain ends in another package's bundle."""
    segments = {entry_commitment(s.entry, s.salt): s.entry.segment for s in contents.sections}
    for notice in dict.fromkeys(notice for _, notice in view.notices.of(core)):
        if notice.core == core and _is_shown(notice, segments, left_out):
            yield notice


def _is_shown(
    notice: StoredNotice, segments: dict[Commitment, SegmentId], left_out: Redaction
) -> bool:
    segment = segments.get(read_unverified(parse_signed(notice.signed), Notice).section)
    if segment is None or segment in left_out.sections:
        return False
    return (segment, ItemId(notice.item)) not in left_out.items


def _of_notice(view: Families, core: ObjectHash, notice: StoredNotice) -> Iterator[BundleSaying]:
    yield BundleSaying(signed=notice.signed)
    for handing in view.notices.handings(notice.hash):
        if handing.core == core and handing.state in _HANDED:
            yield BundleSaying(
                signed=handing.signed, ciphertext=handing.ciphertext, key=handing.key
            )
    for answer in view.notices.answers(notice.hash):
        if answer.core == core:
            yield _saying(view, answer.hash, answer.signed)
