"""Verifying an evidence bundle with nothing but the file and the anchor (docs/protocol.md §6.11, B1 to B12).

The checks stand in the specification's order. The first that fails raises, with its place, and nothing of the file is
given back.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from phoenix_protocol.directory.openings import address_in
from phoenix_protocol.directory.statements import Partnership
from phoenix_protocol.epochs import EpochKey
from phoenix_protocol.errors import TamperError
from phoenix_protocol.evidence.damage import at
from phoenix_protocol.evidence.envelope import Envelope, HeldDelivery, check_envelope
from phoenix_protocol.evidence.histories import Gap
from phoenix_protocol.evidence.log import ShownLog, read_log
from phoenix_protocol.evidence.messages import BUNDLE_BYTES, Bundle
from phoenix_protocol.evidence.parties import Party, party
from phoenix_protocol.evidence.parts import (
    VerifiedParts,
    check_cover,
    check_manifest,
    read_parts,
)
from phoenix_protocol.evidence.past import Past
from phoenix_protocol.evidence.records import Records, Source
from phoenix_protocol.evidence.sayings import VerifiedSaying, read_sayings
from phoenix_protocol.identifiers import Anchor, EndpointId, ObjectHash, SignerId
from phoenix_protocol.notes import Cosignature
from phoenix_protocol.package.envelope import Core
from phoenix_protocol.schema import decode
from phoenix_protocol.signed import Opened, signer_id


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedLog:
    """The log that the proof rests on: as long and as new as its checkpoint, cosigned by these.

    ``whole``: every statement about who is named here is here, so that nothing ended or replaced them unseen.
    """

    size: int
    root: bytes
    time: int
    shown: int
    whole: bool
    cosignatures: tuple[Cosignature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedBundle:
    """What a bundle proves: who sent what to whom, when, under which keys, and what was said of it since.

    ``parties`` are all endpoints that are named, by their ids, with the keys of now; ``sender`` has those of then.
    """

    partnership: Partnership
    anchor: Anchor
    log: VerifiedLog
    core: Core
    core_hash: ObjectHash
    sender: Party
    deliveries: tuple[HeldDelivery, ...]
    receipt_key: SignerId
    epoch_keys: tuple[Opened[EpochKey], ...] = field(repr=False)
    parts: VerifiedParts
    said: tuple[VerifiedSaying, ...]
    gaps: tuple[Gap, ...]
    parties: dict[EndpointId, Party]


def verify_bundle(source: Source, anchor: Anchor) -> VerifiedBundle:
    """Verify a whole file, read once from its beginning.

    Raises :class:`~phoenix_protocol.evidence.damage.DamagedError` with the code of the first check that fails and its
    place; for another partnership's file that is ``E_ANCHOR``.
    """
    records = Records(source)
    bundle = _bundle(records, anchor)  # B1, B2
    log = read_log(records, bundle, anchor)  # B3, B4
    past = log.past
    envelope = check_envelope(bundle, past)  # B5 to B8
    cover = check_cover(bundle, envelope.core, address_in(envelope.sender, past.openings))  # B9
    manifest = check_manifest(bundle, envelope.core)
    parts = read_parts(records, bundle, cover, manifest)  # B10
    said, gaps = read_sayings(records, bundle, past, envelope, parts)  # B11, B12
    with at("end"):
        records.end()
    return _result(log, envelope, parts, said, gaps)


def _bundle(records: Records, anchor: Anchor) -> Bundle:
    with at("beginning"):
        records.first_line()
    with at("bundle"):
        bundle = decode(Bundle, records.record(BUNDLE_BYTES), limit=BUNDLE_BYTES)
        if bundle.anchor != anchor:
            raise TamperError("E_ANCHOR", "This is evidence of another partnership.")
    return bundle


def _result(
    log: ShownLog,
    envelope: Envelope,
    parts: VerifiedParts,
    said: tuple[VerifiedSaying, ...],
    gaps: tuple[Gap, ...],
) -> VerifiedBundle:
    past = log.past
    checkpoint = log.checkpoint.checkpoint
    return VerifiedBundle(
        partnership=past.directory.partnership,
        anchor=past.anchor,
        log=VerifiedLog(
            size=checkpoint.size,
            root=checkpoint.root,
            time=log.checkpoint.time,
            shown=len(past.shown),
            whole=past.whole,
            cosignatures=log.cosignatures,
        ),
        core=envelope.core,
        core_hash=envelope.hash,
        sender=party(past, envelope.core.sender, envelope.sender),
        deliveries=envelope.deliveries,
        receipt_key=signer_id(past.receipt_key(envelope.size)),
        epoch_keys=envelope.epoch_keys,
        parts=parts,
        said=said,
        gaps=gaps,
        parties=_parties(past, envelope, said),
    )


def _parties(
    past: Past, envelope: Envelope, said: tuple[VerifiedSaying, ...]
) -> dict[EndpointId, Party]:
    named = [g.endpoint for d in envelope.deliveries for g in d.message.endpoints]
    named += [saying.maker for saying in said if saying.maker is not None]
    known = (endpoint for endpoint in dict.fromkeys(named) if past.directory.endpoint(endpoint))
    return {endpoint: party(past, endpoint) for endpoint in known}
