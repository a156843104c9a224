"""Making directory statements out of plain values: the other end of the fold (docs/protocol.md §4).

Nothing here is signed yet, and nothing draws randomness: salts (32 bytes), person ids (16 bytes) and times (POSIX
seconds) are arguments. Where a name goes into a commitment, its opening is returned beside.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phoenix_protocol.directory.openings import ADDRESS, NAME, make_opening
from phoenix_protocol.directory.partnership import next_protocol_version
from phoenix_protocol.directory.statements import (
    Adoption,
    AgencyKeys,
    Assurance,
    Bounds,
    EndReason,
    Holder,
    KeySet,
    Manager,
    Member,
    MemberEnd,
    Opening,
    Partnership,
    RelayKeys,
    Signatory,
    SignatoryStatus,
    Standing,
    Witness,
)
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import (
    NO_ANCHOR,
    Address,
    AgencyId,
    Anchor,
    EndpointId,
    ObjectHash,
    Seconds,
    agency_of,
)
from phoenix_protocol.joining import AdmissionRequest, JoinRequest
from phoenix_protocol.signed import Opened, Signed


def holder(*, key: bytes, person: bytes, name: str, salt: bytes) -> tuple[Holder, Opening]:
    """A holder of a governance or root key: its document key, the person's random id, their name as a commitment."""
    commitment, opening = make_opening(NAME, name, salt)
    return Holder(key=key, person=person, name=commitment), opening


def manager(
    *, key: bytes, request_key: bytes, person: bytes, name: str, salt: bytes
) -> tuple[Manager, Opening]:
    """An information manager, with the request key for speaking to the relay."""
    commitment, opening = make_opening(NAME, name, salt)
    return Manager(key=key, person=person, name=commitment, request_key=request_key), opening


def genesis(
    *,
    name: str,
    protocol: str,
    review_due: Seconds,
    governance: KeySet,
    bounds: Bounds,
    relay: RelayKeys,
    issued: Seconds,
    protocol_text: bytes | None = None,
    witnesses: Sequence[Witness] = (),
    witness_threshold: int = 0,
) -> Partnership:
    """The first statement of a partnership, for its governance to sign. Its object hash is the anchor.

    ``protocol_text`` is the SHA-256 of the text of the protocol that ``protocol`` names.
    """
    return Partnership(
        anchor=NO_ANCHOR,
        version=1,
        name=name,
        protocol=protocol,
        protocol_version=1,
        protocol_text=protocol_text,
        review_due=review_due,
        governance=governance,
        minimum_version=1,
        bounds=bounds,
        relay=relay,
        witnesses=tuple(witnesses),
        witness_threshold=witness_threshold,
        issued=issued,
    )


def amended(
    newest: Partnership, *, anchor: Anchor, previous: ObjectHash, issued: Seconds, **changes: Any
) -> Partnership:
    """The next version of the partnership: ``newest`` with ``changes``, for old and new governance to sign.

    Another name or text of the protocol makes it the protocol's next version.
    """
    step = {"anchor": anchor, "previous": previous, "version": newest.version + 1, "issued": issued}
    after = dataclasses.replace(newest, **{**changes, **step})
    return dataclasses.replace(after, protocol_version=next_protocol_version(newest, after))


def signatory(
    *,
    anchor: Anchor,
    agency: AgencyId,
    name: str,
    kind: str,
    jurisdiction: str,
    legal_scope: str,
    root: KeySet,
    issued: Seconds,
    previous: ObjectHash | None = None,
) -> Signatory:
    """That an agency takes part, for governance to sign. ``previous`` is the head of its chain when it is corrected."""
    return Signatory(
        anchor=anchor,
        agency=agency,
        previous=previous,
        name=name,
        kind=kind,
        jurisdiction=jurisdiction,
        legal_scope=legal_scope,
        root=root,
        issued=issued,
    )


def signatory_status(
    *,
    anchor: Anchor,
    agency: AgencyId,
    standing: Standing,
    previous: ObjectHash,
    issued: Seconds,
) -> SignatoryStatus:
    """That an agency is suspended, resumed or closed, for governance to sign."""
    return SignatoryStatus(
        anchor=anchor, agency=agency, previous=previous, standing=standing, issued=issued
    )


def agency_keys(
    *,
    anchor: Anchor,
    agency: AgencyId,
    root: KeySet,
    managers: Sequence[Manager],
    issued: Seconds,
    records: Sequence[Address] = (),
    policy: Mapping[str, str] | None = None,
    assurances: Sequence[Assurance] = (),
    adopted: Adoption | None = None,
    previous: ObjectHash | None = None,
) -> AgencyKeys:
    """An agency's own word, for its root keys (the first time), or its old and new root keys, to sign."""
    return AgencyKeys(
        anchor=anchor,
        agency=agency,
        previous=previous,
        root=root,
        managers=tuple(managers),
        records=tuple(sorted(records, key=_by_encoding)),
        policy=dict(policy or {}),
        assurances=tuple(assurances),
        adopted=adopted,
        issued=issued,
    )


def _by_encoding(text: str) -> tuple[int, bytes]:
    # Deterministic CBOR writes the length first, so lists in order of their encodings are in this one.
    encoded = text.encode()
    return len(encoded), encoded


def admission_request(
    *,
    anchor: Anchor,
    agency: AgencyId,
    name: str,
    kind: str,
    jurisdiction: str,
    legal_scope: str,
    root: KeySet,
    agency_keys: Signed,
) -> AdmissionRequest:
    """What an agency hands to governance; ``agency_keys`` is its first statement, signed by its root keys."""
    return AdmissionRequest(
        anchor=anchor,
        agency=agency,
        name=name,
        kind=kind,
        jurisdiction=jurisdiction,
        legal_scope=legal_scope,
        root=root,
        agency_keys=agency_keys.encoded(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """The endpoint that a join request renews or re-keys: its id, the head of its chain and its newest statement."""

    endpoint: EndpointId
    previous: ObjectHash
    newest: Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A ``member`` statement for a manager to sign, and the openings of what it only commits to."""

    member: Member
    openings: tuple[Opening, ...]


def member_from_request(
    request: Opened[JoinRequest],
    *,
    valid_from: Seconds,
    valid_until: Seconds,
    issued: Seconds,
    salts: tuple[bytes, bytes],
    replaces: Replaced | None = None,
) -> Certificate:
    """The ``member`` statement that approves ``request``. ``salts`` are for the commitments to address and name.

    A personal endpoint that is renewed keeps its commitment to its address, and so its opening.
    Raises RefusedError ``E_ID_TAKEN`` when ``replaces`` is of another address in plain sight.
    """
    asked = request.message
    shown, openings = _identity(asked, salts, replaces)
    member = Member(
        anchor=asked.anchor,
        agency=agency_of(asked.address),
        endpoint=replaces.endpoint if replaces else None,
        previous=replaces.previous if replaces else None,
        role=asked.role,
        document_key=asked.document_key,
        request_key=asked.request_key,
        valid_from=valid_from,
        valid_until=valid_until,
        request=request.hash,
        issued=issued,
        **shown,
    )
    return Certificate(member=member, openings=openings)


def _identity(
    asked: JoinRequest, salts: tuple[bytes, bytes], replaces: Replaced | None
) -> tuple[dict[str, Any], tuple[Opening, ...]]:
    before = replaces.newest if replaces else None
    if not asked.personal:
        if before is not None and before.address != asked.address:
            raise RefusedError("E_ID_TAKEN", "A renewed endpoint keeps its address.")
        return {"address": asked.address, "name": asked.name}, ()
    name_commitment, name_opening = make_opening(NAME, asked.name, salts[1])
    if before is not None and before.address is not None:
        raise RefusedError("E_ID_TAKEN", "A desk's endpoint cannot become a person's.")
    if before is not None:
        kept = {"address_commitment": before.address_commitment, "name_commitment": name_commitment}
        return kept, (name_opening,)
    address_commitment, address_opening = make_opening(ADDRESS, asked.address, salts[0])
    fresh = {"address_commitment": address_commitment, "name_commitment": name_commitment}
    return fresh, (address_opening, name_opening)


def member_end(
    *,
    anchor: Anchor,
    agency: AgencyId,
    endpoint: EndpointId,
    previous: ObjectHash,
    reason: EndReason,
    issued: Seconds,
    since: Seconds | None = None,
) -> MemberEnd:
    """That an endpoint is no more, for a manager to sign. ``since`` is for COMPROMISED, and only for it."""
    return MemberEnd(
        anchor=anchor,
        agency=agency,
        endpoint=endpoint,
        previous=previous,
        reason=reason,
        since=since,
        issued=issued,
    )
