"""Letting agencies in, and out: their keys, their admission, their standing (docs/protocol.md §4)."""

from __future__ import annotations

from dataclasses import dataclass

from agency_client.ports.relay import Relay
from agency_client.ports.vault.settings import AGENCY, ANCHOR, RELAY_URL
from agency_client.record import listed
from agency_client.use_cases.home import Home, anchor_of, stranger
from agency_client.use_cases.key_words import KeyWords, words_of_holders
from agency_client.use_cases.knowing import Known, meet, sync
from agency_client.use_cases.talking import in_step
from keys import holders
from keys.content import Content, missing, with_anchor
from phoenix_protocol import schema
from phoenix_protocol.api import Append, LogEntry
from phoenix_protocol.directory import building
from phoenix_protocol.directory.joins import ADMISSION_BYTES, verify_admission_request
from phoenix_protocol.directory.statements import (
    KeySet,
    Opening,
    Standing,
)
from phoenix_protocol.errors import RefusedError, TamperError, UsageError
from phoenix_protocol.identifiers import AgencyId, Anchor, ObjectHash, Seconds
from phoenix_protocol.joining import AdmissionRequest
from phoenix_protocol.signed import Signed, sign
from phoenix_protocol.suite.signatures import DocumentPrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyProfile:
    """What governance says of an agency. The codes come from the catalogue."""

    agency: AgencyId
    name: str
    kind: str
    jurisdiction: str
    legal_scope: str


def first_agency_keys(
    content: Content, anchor: Anchor, agency: AgencyId, root: KeySet, issued: Seconds
) -> Signed:
    if content.root is None:
        raise missing("an agency's root key")
    statement = building.agency_keys(
        anchor=anchor,
        agency=agency,
        root=root,
        managers=(holders.manager(content),),
        issued=issued,
    )
    return sign(statement, [content.root.document_key()])


def governance_key(content: Content) -> DocumentPrivateKey:
    if content.governance is None:
        raise missing("a governance key")
    return content.governance.document_key()


def settle(home: Home, anchor: Anchor, relay_at: str, agency: AgencyId | None) -> None:
    home.keystore.update(lambda content: with_anchor(content, anchor))
    with home.vault.transaction() as tx:
        tx.settings.put(ANCHOR, bytes(anchor))
        tx.settings.put(RELAY_URL, relay_at)
        if agency is not None:
            tx.settings.put(AGENCY, str(agency))


def audit(home: Home, action: str, on: bytes = b"", **detail: str) -> None:
    with home.vault.transaction() as tx:
        tx.audit.append(
            time=home.clock.now(), actor=home.actor(), action=action, on=on, detail=detail
        )


async def create_agency(
    home: Home, relay_at: str, anchor: Anchor, profile: AgencyProfile, person: str
) -> bytes:
    """Make an agency's root and manager keys, and the admission request to hand to governance."""

    def made(content: Content) -> Content:
        if content.root is not None and content.root.agency == profile.agency:
            return content  # asking again asks the same
        content = holders.with_person(content, person, home.randomness)
        content = holders.with_root(content, profile.agency, home.randomness)
        return holders.with_manager(content, profile.agency, home.randomness)

    async with home.connect(relay_at, stranger(home), lambda: None) as relay:
        home.keystore.update(lambda content: with_anchor(content, anchor))
        await meet(home, relay, anchor)
    home.keystore.update(made)
    settle(home, anchor, relay_at, profile.agency)
    content = home.content
    root = KeySet(holders=(holders.root_holder(content),), threshold=1)
    own = first_agency_keys(content, anchor, profile.agency, root, content.created)
    request = building.admission_request(
        anchor=anchor,
        agency=profile.agency,
        name=profile.name,
        kind=profile.kind,
        jurisdiction=profile.jurisdiction,
        legal_scope=profile.legal_scope,
        root=root,
        agency_keys=own,
    )
    audit(home, "agency.requested")
    return schema.encode(request)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Who asks to be admitted, and the words of the keys that will speak for it, which its own home shows as well."""

    profile: AgencyProfile
    roots: tuple[KeyWords, ...]


def look_at_admission(home: Home, request: bytes) -> Admission:
    """Who a request is from, once it verifies. Admits nobody and asks nobody. Raises as :func:`admit`."""
    _require_request(request)
    asked = verify_admission_request(request, anchor_of(home)).request
    return Admission(profile=_profile(asked), roots=words_of_holders(asked.root))


async def admit(home: Home, request: bytes) -> AgencyProfile:
    """Admit an agency: sign its ``signatory`` statement and append it with the agency's own first keys.

    Raises UsageError ``E_FILE`` for something else than a request; RefusedError ``E_ID_TAKEN``, ``E_ID_LOOKALIKE``;
    TamperError when the request does not verify.
    """
    _require_request(request)
    verified = verify_admission_request(request, anchor_of(home))
    asked = verified.request
    statement = verified.signatory(home.now())
    signed = sign(statement, [governance_key(home.content)])
    await _append(home, [signed, verified.agency_keys])
    audit(home, "agency.admitted", signed.hash)
    return _profile(asked)


def _profile(asked: AdmissionRequest) -> AgencyProfile:
    return AgencyProfile(
        agency=asked.agency,
        name=asked.name,
        kind=asked.kind,
        jurisdiction=asked.jurisdiction,
        legal_scope=asked.legal_scope,
    )


def _require_request(data: bytes) -> None:
    """Raise UsageError ``E_FILE`` unless the bytes have the form of an admission request."""
    try:
        schema.decode(AdmissionRequest, data, limit=ADMISSION_BYTES)
    except TamperError:
        raise UsageError(
            "E_FILE",
            "This file is not an admission request, or it is damaged.",
            next="Ask the agency for the file that 'phoenix agency create' wrote.",
        ) from None


async def set_standing(home: Home, agency: AgencyId, standing: Standing) -> ObjectHash:
    """Suspend, resume or close an agency. Raises RefusedError ``E_NOT_FOUND`` and what the fold refuses."""
    async with in_step(home) as (relay, known):
        found = known.directory.agency(agency)
        if found is None:
            raise RefusedError(
                "E_NOT_FOUND", "There is no agency with this id.", next=listed.AGENCIES
            )
        statement = building.signatory_status(
            anchor=known.directory.anchor,
            agency=agency,
            standing=standing,
            previous=found.head,
            issued=home.now(),
        )
        signed = sign(statement, [governance_key(home.content)])
        await append(home, relay, known, [(signed, ())])
    audit(home, f"agency.{standing.value}", signed.hash)
    return signed.hash


async def _append(home: Home, statements: list[Signed]) -> None:
    async with in_step(home) as (relay, known):
        await append(home, relay, known, [(s, ()) for s in statements])


async def append(
    home: Home,
    relay: Relay,
    known: Known,
    statements: list[tuple[Signed, tuple[Opening, ...]]],
) -> Known:
    """Append statements that our own fold admits; those that the log holds already are left out.

    A statement of ours that the fold refuses never leaves the machine.
    """
    directory = known.directory
    entries = []
    for signed, openings in statements:
        if directory.position_of(signed.hash) is not None:
            continue
        directory = directory.admit(signed.encoded())
        entries.append(LogEntry(statement=signed.encoded(), openings=openings))
    if entries:
        await relay.append(Append(entries=tuple(entries)))
    return await sync(home, relay, known)
