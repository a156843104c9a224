"""Whose document key it is: an endpoint's, a manager's, governance's or the relay's (docs/protocol.md §3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from phoenix_protocol.directory.claims import Kind, Office
from phoenix_protocol.directory.history import History
from phoenix_protocol.directory.statements import Manager
from phoenix_protocol.identifiers import AgencyId, EndpointId, SignerId
from phoenix_protocol.signed import signer_id


class SignerKind(Enum):
    """What its holder is."""

    ENDPOINT = "endpoint"
    MANAGER = "manager"
    GOVERNING = "governing"  # governance, or an agency's root
    RELAY = "relay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who holds a key, or held it. An endpoint comes with its agency, a manager with the agency alone."""

    kind: SignerKind
    endpoint: EndpointId | None = None
    agency: AgencyId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Managing:
    """An information manager in office, and the agency."""

    agency: AgencyId
    manager: Manager


def signer_of(history: History, size: int, signer: SignerId) -> Signer | None:
    """Whose key it is, or was, in a log of ``size`` statements; None for a key that the log does not know."""
    owner = history.claims.newest((Kind.DOCUMENT_KEY, signer), size)
    if isinstance(owner, bytes):
        endpoint = history.endpoints.newest(EndpointId(owner), size)
        agency = endpoint.agency if endpoint is not None else None
        return Signer(kind=SignerKind.ENDPOINT, endpoint=EndpointId(owner), agency=agency)
    if owner is Office.RECEIPTS:
        return Signer(kind=SignerKind.RELAY)
    managed = history.claims.newest((Kind.MANAGER_KEY, signer), size)
    if isinstance(managed, str):
        return Signer(kind=SignerKind.MANAGER, agency=AgencyId(managed))
    return None if owner is None else Signer(kind=SignerKind.GOVERNING)


def manager_of(history: History, size: int, signer: SignerId) -> Managing | None:
    """The information manager in office whose key it is; None also while the agency may not act."""
    managed = history.claims.newest((Kind.MANAGER_KEY, signer), size)
    if not isinstance(managed, str):
        return None
    agency = history.agencies.newest(AgencyId(managed), size)
    if agency is None or agency.keys is None or not agency.is_active:
        return None
    managers = (m for m in agency.keys.managers if signer_id(m.key) == signer)
    return next((Managing(agency=agency.id, manager=m) for m in managers), None)
