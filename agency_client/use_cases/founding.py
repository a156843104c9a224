"""Founding a partnership and letting agencies in: governance's verbs (docs/protocol.md §4)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, replace
from typing import Any, Final

from agency_client.ports.relay import Relay
from agency_client.ports.vault.settings import AGENCY, ANCHOR, RELAY_URL
from agency_client.use_cases.home import Home, UntrustedRelay, anchor_of, stranger
from agency_client.use_cases.knowing import Known, meet, sync
from agency_client.use_cases.talking import in_step
from keys import holders
from keys.content import Content, missing, with_anchor
from phoenix_protocol import limits, schema
from phoenix_protocol.api import Append, Claim, LogEntry, RelayDescription
from phoenix_protocol.directory import building
from phoenix_protocol.directory.joins import verify_admission_request
from phoenix_protocol.directory.statements import (
    Bounds,
    KeySet,
    Opening,
    RelayKeys,
    Standing,
)
from phoenix_protocol.errors import RefusedError, UsageError
from phoenix_protocol.identifiers import AgencyId, Anchor, ObjectHash, Seconds
from phoenix_protocol.signed import Signed, hash_of, sign
from phoenix_protocol.suite.hashing import sha256
from phoenix_protocol.suite.signatures import DocumentPrivateKey

CLAIM_PREFIX: Final = "phoenix-claim-"
_CLAIM_SECRET: Final = 20
_DEFAULT_BOUNDS: Final = Bounds(
    attachment=limits.ATTACHMENT_BYTES, package=4 * limits.ATTACHMENT_BYTES, life=limits.LIFE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyProfile:
    """What governance says of an agency. The codes come from the catalogue."""

    agency: AgencyId
    name: str
    kind: str
    jurisdiction: str
    legal_scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPartnership:
    """What a founder decides. ``review_due`` is when the protocol must be looked at again (POSIX seconds)."""

    name: str
    protocol: str
    review_due: Seconds
    threshold: int
    founder: AgencyProfile
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnershipStatus:
    """The partnership as its members see it."""

    name: str
    anchor: Anchor
    version: int
    review_due: Seconds
    overdue: bool
    governors: int
    threshold: int
    agencies: tuple[tuple[AgencyId, str, str], ...]  # id, name, standing
    log_size: int
    relay: str


async def create_partnership(home: Home, relay_at: str, claim: str, new: NewPartnership) -> Anchor:
    """Found a partnership on an unclaimed relay: genesis, the founder's agency and its first keys.

    The claim carries a digest of the relay's keys, so that nobody in between can slip in others. Repeating after a lost
    answer finishes the job. Raises UsageError ``E_CLAIM``, RefusedError ``E_THRESHOLD``, ``E_CLAIMED``.
    """
    if new.threshold != 1:
        raise RefusedError(
            "E_THRESHOLD",
            "A new partnership has one governance key, so its threshold is 1.",
            next="Create it with a threshold of 1 and raise the threshold when more people govern.",
        )
    expected = _digest_in(claim)
    async with home.connect(relay_at, stranger(home), lambda: None) as relay:
        description = await relay.describe()
        _check_relay(description, expected, relay)
        keys = replace(description.keys, url=relay_at)
        _make_keys(home, new)
        founding = _founding_statements(home, new, keys)
        anchor = Anchor(founding[0].hash)
        _settle(home, anchor, relay_at, new.founder.agency)
        if description.anchor is None:
            await relay.claim(Claim(claim=claim, entries=_entries(home.content, founding)))
        elif bytes(description.anchor) != anchor:
            raise RefusedError(
                "E_CLAIMED",
                "This relay already serves another partnership.",
                next="Use the relay that was set up for you, or ask its operator for a new claim.",
            )
        await meet(home, relay, anchor)
    _audit(home, "partnership.created", anchor)
    return anchor


def _digest_in(claim: str) -> bytes:
    text = claim.strip()
    try:
        if not text.startswith(CLAIM_PREFIX):
            raise ValueError(text)
        body = text.removeprefix(CLAIM_PREFIX).upper()
        data = base64.b32decode(body + "=" * (-len(body) % 8))
    except (ValueError, binascii.Error):
        data = b""
    if len(data) != 2 * _CLAIM_SECRET:
        raise UsageError(
            "E_CLAIM",
            "This is not a claim.",
            next="Copy the whole claim that 'phoenix-relay init' printed.",
        )
    return data[_CLAIM_SECRET:]


def _check_relay(description: RelayDescription, expected: bytes, relay: UntrustedRelay) -> None:
    found = sha256(schema.encode(description.keys))[:_CLAIM_SECRET]
    if found != expected:
        raise RefusedError(
            "E_CLAIM",
            "The relay at this address is not the one that the claim is for.",
            next="Check the address with the relay's operator.",
        )
    relay.verify_later(description.keys.response_key)


def _make_keys(home: Home, new: NewPartnership) -> None:
    def made(content: Content) -> Content:
        if content.governance is not None and content.root is not None:
            return content  # an earlier try went as far as this
        content = holders.with_person(content, new.person, home.randomness)
        content = holders.with_governance(content, home.randomness)
        content = holders.with_root(content, new.founder.agency, home.randomness)
        return holders.with_manager(content, new.founder.agency, home.randomness)

    home.keystore.update(made)


def _founding_statements(home: Home, new: NewPartnership, keys: RelayKeys) -> list[Signed]:
    """The same bytes on every try: times come from when the keys were made."""
    content = home.content
    issued = content.created
    genesis = building.genesis(
        name=new.name,
        protocol=new.protocol,
        review_due=new.review_due,
        governance=KeySet(holders=(holders.governance_holder(content),), threshold=1),
        bounds=_DEFAULT_BOUNDS,
        relay=keys,
        issued=issued,
    )
    governance = _governance_key(content)
    anchor = Anchor(hash_of(genesis))
    root = KeySet(holders=(holders.root_holder(content),), threshold=1)
    founder = new.founder
    signatory = building.signatory(
        anchor=anchor,
        agency=founder.agency,
        name=founder.name,
        kind=founder.kind,
        jurisdiction=founder.jurisdiction,
        legal_scope=founder.legal_scope,
        root=root,
        issued=issued,
    )
    own = _first_agency_keys(content, anchor, founder.agency, root, issued)
    return [sign(genesis, [governance]), sign(signatory, [governance]), own]


def _first_agency_keys(
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


def _governance_key(content: Content) -> DocumentPrivateKey:
    if content.governance is None:
        raise missing("a governance key")
    return content.governance.document_key()


def _own_name(content: Content) -> tuple[Opening, ...]:
    return (content.person.name,) if content.person is not None else ()


def _entries(content: Content, statements: list[Signed]) -> tuple[LogEntry, ...]:
    return tuple(LogEntry(statement=s.encoded(), openings=_own_name(content)) for s in statements)


def _settle(home: Home, anchor: Anchor, relay_at: str, agency: AgencyId | None) -> None:
    home.keystore.update(lambda content: with_anchor(content, anchor))
    with home.vault.transaction() as tx:
        tx.settings.put(ANCHOR, bytes(anchor))
        tx.settings.put(RELAY_URL, relay_at)
        if agency is not None:
            tx.settings.put(AGENCY, str(agency))


def _audit(home: Home, action: str, on: bytes = b"", **detail: str) -> None:
    with home.vault.transaction() as tx:
        tx.audit.append(
            time=home.clock.now(), actor=home.actor(), action=action, on=on, detail=detail
        )


# -- agencies --------------------------------------------------------------------------------------------------------


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
    _settle(home, anchor, relay_at, profile.agency)
    content = home.content
    root = KeySet(holders=(holders.root_holder(content),), threshold=1)
    own = _first_agency_keys(content, anchor, profile.agency, root, content.created)
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
    _audit(home, "agency.requested")
    return schema.encode(request)


async def admit(home: Home, request: bytes) -> AgencyProfile:
    """Admit an agency: sign its ``signatory`` statement and append it with the agency's own first keys.

    Raises RefusedError ``E_ID_TAKEN``, ``E_ID_LOOKALIKE``; TamperError when the request does not verify.
    """
    verified = verify_admission_request(request, anchor_of(home))
    asked = verified.request
    statement = verified.signatory(home.now())
    signed = sign(statement, [_governance_key(home.content)])
    await _append(home, [signed, verified.agency_keys])
    _audit(home, "agency.admitted", signed.hash)
    return AgencyProfile(
        agency=asked.agency,
        name=asked.name,
        kind=asked.kind,
        jurisdiction=asked.jurisdiction,
        legal_scope=asked.legal_scope,
    )


async def set_standing(home: Home, agency: AgencyId, standing: Standing) -> ObjectHash:
    """Suspend, resume or close an agency. Raises RefusedError ``E_NOT_FOUND`` and what the fold refuses."""
    async with in_step(home) as (relay, known):
        found = known.directory.agency(agency)
        if found is None:
            raise RefusedError("E_NOT_FOUND", "There is no agency with this id.")
        statement = building.signatory_status(
            anchor=known.directory.anchor,
            agency=agency,
            standing=standing,
            previous=found.head,
            issued=home.now(),
        )
        signed = sign(statement, [_governance_key(home.content)])
        await append(home, relay, known, [(signed, ())])
    _audit(home, f"agency.{standing.value}", signed.hash)
    return signed.hash


async def amend(home: Home, **changes: Any) -> int:
    """A new version of the partnership with ``changes`` to its fields; gives its number."""
    async with in_step(home) as (relay, known):
        newest = known.directory.partnership
        statement = building.amended(
            newest,
            anchor=known.directory.anchor,
            previous=known.directory.partnership_head,
            issued=home.now(),
            **changes,
        )
        signed = sign(statement, [_governance_key(home.content)])
        await append(home, relay, known, [(signed, ())])
    _audit(home, "partnership.amended", signed.hash)
    return statement.version


async def partnership_status(home: Home) -> PartnershipStatus:
    """The partnership as it stands. An overdue review is a warning and never blocks: the law authorises sharing."""
    async with in_step(home) as (_, known):
        newest = known.directory.partnership
    return PartnershipStatus(
        name=newest.name,
        anchor=known.directory.anchor,
        version=newest.version,
        review_due=newest.review_due,
        overdue=newest.review_due <= home.now(),
        governors=len(newest.governance.holders),
        threshold=newest.governance.threshold,
        agencies=tuple(
            (a.id, a.signatory.name, a.standing.value) for a in known.directory.agencies()
        ),
        log_size=known.directory.size,
        relay=newest.relay.origin,
    )


# -- appending -------------------------------------------------------------------------------------------------------


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
