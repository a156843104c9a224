"""What can be had only once in a partnership: ids that look alike, and keys (docs/protocol.md §4).

A claim is for ever: an id or key that was once somebody's is never anybody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from phoenix_protocol.directory.names import check_id, skeleton
from phoenix_protocol.directory.statements import AgencyKeys, KeySet, Member, Partnership
from phoenix_protocol.errors import PhoenixError, RefusedError, TamperError
from phoenix_protocol.identifiers import AgencyId, EndpointId
from phoenix_protocol.signed import signer_id
from phoenix_protocol.suite import check_document_key, check_ed25519_key


class Kind(StrEnum):
    """What sort of thing is claimed."""

    AGENCY_ID = "agency id"
    ADDRESS = "address"
    DOCUMENT_KEY = "document key"
    MANAGER_KEY = "manager's key"
    ED25519_KEY = "Ed25519 key"


class Office(Enum):
    """Who may hold a key, other than an endpoint."""

    GOVERNING = "governing"  # governance, root, information manager
    RECEIPTS = "receipts"
    LOG = "log"
    RESPONSES = "responses"
    WITNESS = "witness"


#: What is claimed: for an id its skeleton, for a document key its signer id, for an Ed25519 key itself.
Resource = tuple[Kind, str | bytes]
#: Who holds it: for an id the id itself.
Owner = str | bytes | Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """That ``resource`` is ``owner``'s; ``key`` is the key itself, where it is one."""

    resource: Resource
    owner: Owner
    key: bytes = b""


def of_partnership(statement: Partnership) -> Iterator[Claim]:
    """The keys of governance, relay and witnesses."""
    relay = statement.relay
    yield from _governing(statement.governance)
    yield _document_key(relay.receipt_key, Office.RECEIPTS)
    yield _ed25519(relay.log_key, Office.LOG)
    yield _ed25519(relay.response_key, Office.RESPONSES)
    for witness in statement.witnesses:
        yield _ed25519(witness.key, Office.WITNESS)


def of_signatory(agency: AgencyId, root: KeySet) -> Iterator[Claim]:
    """The agency's id and root keys. Raises RefusedError ``E_NAME`` for an id that not every program reads alike."""
    check_id(agency)
    yield Claim(resource=(Kind.AGENCY_ID, skeleton(agency)), owner=agency)
    yield from _governing(root)


def of_agency_keys(statement: AgencyKeys) -> Iterator[Claim]:
    """The keys of an agency's root and of its information managers. Raises TamperError ``E_KEY_WEAK``."""
    yield from _governing(statement.root)
    for manager in statement.managers:
        signer = signer_id(manager.key)
        yield _document_key(manager.key, Office.GOVERNING)
        yield Claim(resource=(Kind.MANAGER_KEY, signer), owner=statement.agency)
        yield _request_key(manager.key, manager.request_key, signer)


def of_member(statement: Member, endpoint: EndpointId) -> Iterator[Claim]:
    """An endpoint's keys and its address, where that stands plain. Raises ``E_NAME``, ``E_KEY_WEAK``."""
    yield _document_key(statement.document_key, endpoint)
    yield _request_key(statement.document_key, statement.request_key, endpoint)
    if statement.address is not None:
        local = statement.address.partition("@")[0]
        check_id(local)
        place = f"{skeleton(local)}@{statement.agency}"
        yield Claim(resource=(Kind.ADDRESS, place), owner=statement.address)


def settle(
    claims: Iterable[Claim], owner_of: Callable[[Resource], Owner | None], *, verifying: bool
) -> dict[Resource, Owner]:
    """What is newly claimed, when none of it is somebody else's. Keys seen for the first time are admitted one by one.

    Raises TamperError ``E_KEY_WEAK`` for a weak key (unless they were looked at before: ``verifying`` is False) or one
    that is in use; RefusedError ``E_ID_LOOKALIKE`` for an id that looks like another.
    """
    settled: dict[Resource, Owner] = {}
    for claim in claims:
        owner = settled.get(claim.resource, owner_of(claim.resource))
        if owner is None:
            if verifying:
                _check_strength(claim)
            settled[claim.resource] = claim.owner
        elif owner != claim.owner:
            raise _taken(claim.resource[0])
    return settled


def check_key_pair(document_key: bytes, request_key: bytes) -> None:
    """Admit the keys of an endpoint or manager: neither weak, and two. Raises TamperError ``E_KEY_WEAK``."""
    check_document_key(document_key)
    check_ed25519_key(request_key)
    _request_key(document_key, request_key, b"")


def _check_strength(claim: Claim) -> None:
    if claim.resource[0] is Kind.DOCUMENT_KEY:
        check_document_key(claim.key)
    if claim.resource[0] is Kind.ED25519_KEY:
        check_ed25519_key(claim.key)


def _taken(kind: Kind) -> PhoenixError:
    if kind in _IDS:
        return RefusedError("E_ID_LOOKALIKE", f"This {kind.value} looks like one that exists.")
    return TamperError("E_KEY_WEAK", f"This {kind.value} is already in use for something else.")


_IDS: Final = {Kind.AGENCY_ID, Kind.ADDRESS}


def _governing(keys: KeySet) -> Iterator[Claim]:
    for holder in keys.holders:
        yield _document_key(holder.key, Office.GOVERNING)


def _document_key(key: bytes, owner: Owner) -> Claim:
    return Claim(resource=(Kind.DOCUMENT_KEY, signer_id(key)), owner=owner, key=key)


def _ed25519(key: bytes, owner: Owner) -> Claim:
    return Claim(resource=(Kind.ED25519_KEY, key), owner=owner, key=key)


def _request_key(document_key: bytes, request_key: bytes, owner: Owner) -> Claim:
    if document_key.endswith(request_key):
        raise TamperError("E_KEY_WEAK", "One key is used both for documents and for requests.")
    return _ed25519(request_key, owner)
