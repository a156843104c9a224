"""Asking to be let in, verified by whoever lets in: join requests and admission requests (docs/protocol.md §4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from phoenix_protocol import limits, schema
from phoenix_protocol.api import Joining
from phoenix_protocol.directory import agencies, claims
from phoenix_protocol.directory.building import signatory
from phoenix_protocol.directory.statements import AgencyKeys, Signatory
from phoenix_protocol.directory.thresholds import VERIFYING, require
from phoenix_protocol.epochs import EpochKey, open_epoch_key
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Anchor, Seconds, SignerId
from phoenix_protocol.joining import AdmissionRequest, JoinRequest
from phoenix_protocol.signed import (
    Opened,
    Signed,
    hash_of,
    open_signed,
    parse_signed,
    read_unverified,
    signer_id,
)
from phoenix_protocol.suite.sealing_keys import check_epoch_key

#: Longest admission request, in bytes: the agency's first keys and some lines.
ADMISSION_BYTES: Final = 2 * limits.SIGNED_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedJoin:
    """A join request whose maker holds its document key, and the first epoch keys that it names, in its order."""

    request: Opened[JoinRequest]
    epoch_keys: tuple[Opened[EpochKey], ...]


def verify_join(joining: Joining, anchor: Anchor) -> VerifiedJoin:
    """Verify what a machine handed in to become an endpoint.

    In this order: one signature, by the request's own document key (``E_SIG``, ``E_KEY_UNCERTIFIED``; a weak key
    ``E_KEY_WEAK``); this partnership (``E_ANCHOR``); keys that everybody can use (``E_KEY_WEAK``); exactly the epoch
    keys that it names, signed by the same key, sealed to once (``E_KEY_UNCERTIFIED``, ``E_SIG``, ``E_TIME``,
    ``E_KEY_WEAK``). Raises TamperError, also ``E_PARSE`` and ``E_LIMIT``. Whether the agency has room for it, and
    whether a person approves, is for others to say.
    """
    request = _proof_of_possession(parse_signed(joining.request))
    asked = request.message
    if asked.anchor != anchor:
        raise TamperError("E_ANCHOR", "A join request is for another partnership.")
    claims.check_key_pair(asked.document_key, asked.request_key)
    keys = tuple(
        open_epoch_key(parse_signed(key), asked.document_key, anchor) for key in joining.epoch_keys
    )
    if tuple(key.hash for key in keys) != asked.epoch_keys or len(set(asked.epoch_keys)) != len(
        keys
    ):
        raise TamperError("E_KEY_UNCERTIFIED", "A join request names other sealing keys.")
    for key in keys:
        check_epoch_key(key.message.key)
    return VerifiedJoin(request=request, epoch_keys=keys)


def _proof_of_possession(signed: Signed) -> Opened[JoinRequest]:
    asked = read_unverified(signed, JoinRequest)
    if len(signed.signatures) != 1:
        raise TamperError("E_PARSE", "A join request has exactly one signature.")

    def key_of(signer: SignerId) -> bytes:
        if signer != signer_id(asked.document_key):
            raise TamperError("E_KEY_UNCERTIFIED", "A join request is signed by another key.")
        return asked.document_key

    return open_signed(signed, JoinRequest, key_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedAdmission:
    """An admission request whose first ``agency-keys`` is signed by the root keys that it names."""

    request: AdmissionRequest
    agency_keys: Signed

    def signatory(self, issued: Seconds) -> Signatory:
        """The statement that admits the agency, for governance to sign and to append before ``agency_keys``."""
        asked = self.request
        return signatory(
            anchor=asked.anchor,
            agency=asked.agency,
            name=asked.name,
            kind=asked.kind,
            jurisdiction=asked.jurisdiction,
            legal_scope=asked.legal_scope,
            root=asked.root,
            issued=issued,
        )


def verify_admission_request(data: bytes, anchor: Anchor) -> VerifiedAdmission:
    """Verify what an agency handed to governance, by the rules that the fold will apply to both statements.

    Raises TamperError ``E_PARSE``, ``E_LIMIT``, ``E_SUITE``, ``E_SIG_TYPE``, ``E_CRITICAL``, ``E_ANCHOR``, ``E_SIG``,
    ``E_KEY_WEAK``, ``E_KEY_UNCERTIFIED``; RefusedError ``E_THRESHOLD``, ``E_NAME``, ``E_DIR_CHAIN``.
    """
    request = schema.decode(AdmissionRequest, data, limit=ADMISSION_BYTES)
    signed = parse_signed(request.agency_keys)
    first = read_unverified(signed, AgencyKeys)
    if request.anchor != anchor or first.anchor != anchor:
        raise TamperError("E_ANCHOR", "An admission request is for another partnership.")
    if first.agency != request.agency:
        raise TamperError("E_PARSE", "The first keys in an admission request are another agency's.")
    verified = VerifiedAdmission(request=request, agency_keys=signed)
    _rehearse(verified.signatory(first.issued), first, signed)
    return verified


def _rehearse(admitted: Signatory, first: AgencyKeys, signed: Signed) -> None:
    agency = agencies.follow_signatory(admitted, hash_of(admitted), None)
    agencies.check_keys_place(first, agency)
    require(signed, agencies.keys_authority(first, agency), VERIFYING)
    agencies.follow_keys(first, signed.hash, agency)
    claimed = (*claims.of_signatory(agency.id, agency.root), *claims.of_agency_keys(first))
    claims.settle(claimed, lambda _: None, verifying=True)
