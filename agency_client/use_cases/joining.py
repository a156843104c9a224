"""Becoming a member, and deciding who does: asking to join, approving, listing, ending (docs/protocol.md §4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from agency_client.ports.relay import Relay
from agency_client.ports.vault.settings import ADDRESS, AGENCY, ANCHOR, ENDPOINT, RELAY_URL
from agency_client.record import listed
from agency_client.use_cases.agencies import append
from agency_client.use_cases.governing import SignatoryLine, signatory_lines
from agency_client.use_cases.home import (
    Home,
    endpoint_speaker,
    manager_of,
    manager_speaker,
    not_approved,
    stranger,
)
from agency_client.use_cases.knowing import Known, meet, refresh_openings
from agency_client.use_cases.talking import in_step, known_here
from keys import holders
from keys.content import Content, missing
from phoenix_protocol import limits
from phoenix_protocol.api import Joining
from phoenix_protocol.directory import building
from phoenix_protocol.directory.endpoints import Endpoint
from phoenix_protocol.directory.joins import verify_join
from phoenix_protocol.directory.openings import name_in
from phoenix_protocol.directory.statements import EndReason, Role
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import (
    Address,
    AgencyId,
    Anchor,
    EndpointId,
    ObjectHash,
    Seconds,
    agency_of,
)
from phoenix_protocol.joining import join_code, read_join_code
from phoenix_protocol.signed import parse_signed, sign
from phoenix_protocol.words import join_words

#: How long a member statement is valid before a manager must renew it.
VALIDITY: Final = 2 * 366 * 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a machine that asks to join shows: both say the same, and are read out to the manager."""

    address: Address
    code: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A request to join that waits for this manager."""

    address: Address
    name: str
    personal: bool
    created: Seconds
    code: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    """An endpoint, as ``directory`` and ``members list`` show it."""

    endpoint: EndpointId
    address: Address | None
    name: str | None
    role: Role
    standing: str  # "in force", "left", "superseded", "compromised", "not in force"
    valid_until: Seconds
    agency: AgencyId


async def ask_to_join(
    home: Home,
    address: Address,
    anchor: Anchor,
    relay_at: str,
    name: str,
    *,
    personal: bool = False,
    role: Role = Role.PRACTITIONER,
) -> Asked:
    """Make this machine's keys and leave its request with the relay; asking again asks the same.

    Raises RefusedError ``E_KEY_EXISTS`` for a home that is somebody else, ``E_NOT_FOUND`` for an
    agency nobody admitted.
    """

    def made(content: Content) -> Content:
        endpoint = content.endpoint
        if endpoint is not None and endpoint.address == address and endpoint.name == name:
            return content
        return holders.with_endpoint(
            content,
            anchor=anchor,
            address=address,
            name=name,
            now=home.clock.now(),
            randomness=home.randomness,
            personal=personal,
            role=role,
        )

    async with home.connect(relay_at, stranger(home), lambda: None) as relay:
        known = await meet(home, relay, anchor)
    if known.directory.agency(agency_of(address)) is None:
        raise RefusedError(
            "E_NOT_FOUND",
            "The partnership has no agency of this name.",
            next="Check the part of the address after the @: whoever governs it has 'phoenix partnership status'.",
        )
    home.keystore.update(made)
    _remember(home, address, anchor, relay_at)
    joining = holders.joining(home.content)
    # From here on the machine speaks with the key that it asks to be known by.
    async with in_step(home, stranger(home)) as (relay, _):
        await relay.ask_to_join(joining)
    request = parse_signed(joining.request).hash
    with home.vault.transaction() as tx:
        tx.audit.append(time=home.clock.now(), actor=home.actor(), action="join.asked", on=request)
    return Asked(address=address, code=join_code(request), words=join_words(request))


def _remember(home: Home, address: Address, anchor: Anchor, relay_at: str) -> None:
    with home.vault.transaction() as tx:
        tx.settings.put(ANCHOR, bytes(anchor))
        tx.settings.put(RELAY_URL, relay_at)
        tx.settings.put(ADDRESS, str(address))
        tx.settings.put(AGENCY, str(agency_of(address)))


def asked_to_join(home: Home) -> Asked | None:
    """What this home reads out while its request waits; None where it asks for nothing. Talks to nobody."""
    endpoint = home.content.endpoint
    if endpoint is None or endpoint.id is not None:
        return None
    request = parse_signed(endpoint.request).hash
    return Asked(address=endpoint.address, code=join_code(request), words=join_words(request))


async def notice_approval(home: Home) -> bool:
    """Find out whether this home's request was approved; True when it is a member now."""
    endpoint = home.content.endpoint
    if endpoint is None:
        raise missing("the keys of a desk or person")
    if endpoint.id is not None:
        return True
    async with in_step(home, stranger(home)) as (_, known):
        found = _approved_as(known, parse_signed(endpoint.request).hash)
    if found is None:
        return False
    home.keystore.update(lambda content: holders.approved(content, found))
    with home.vault.transaction() as tx:
        tx.settings.put(ENDPOINT, bytes(found))
        tx.audit.append(time=home.clock.now(), actor=home.actor(), action="join.approved", on=found)
    # Names and personal addresses are served to members only.
    async with in_step(home, endpoint_speaker(home)) as (relay, known):
        await refresh_openings(home, relay, known)
    return True


def _approved_as(known: Known, request: ObjectHash) -> EndpointId | None:
    for endpoint in known.directory.endpoints():
        if any(member.request == request for member in endpoint.members):
            return endpoint.id
    return None


async def require_approved(home: Home) -> None:
    """Raise RefusedError ``E_NOT_APPROVED`` unless this home is a member by now."""
    if not await notice_approval(home):
        raise not_approved()


# -- the manager's side ----------------------------------------------------------------------------------------------


async def waiting(home: Home) -> tuple[Waiting, ...]:
    """The requests to join that wait for this manager's agency.

    Those that do not verify are left out and recorded.
    """
    async with in_step(home, manager_speaker(home)) as (relay, known):
        answer = await relay.joinings()
    found = []
    for joining in answer.requests:
        try:
            found.append(_waiting(joining, known.directory.anchor))
        except TamperError as error:
            with home.vault.transaction() as tx:
                tx.audit.append(
                    time=home.clock.now(),
                    actor=home.actor(),
                    action="join.refused",
                    outcome=error.code,
                )
    return tuple(found)


def _waiting(joining: Joining, anchor: Anchor) -> Waiting:
    request = verify_join(joining, anchor).request
    return Waiting(
        address=request.message.address,
        name=request.message.name,
        personal=request.message.personal,
        created=request.message.created,
        code=join_code(request.hash),
        words=join_words(request.hash),
    )


async def approve(home: Home, code: str) -> MemberLine:
    """Certify the machine whose code was read out. The code is recomputed from the request itself.

    Raises RefusedError ``E_NOT_FOUND`` (nobody waits under this code), TamperError ``E_KEY_UNCERTIFIED`` when the relay
    answers with another request than the code names.
    """
    wanted = read_join_code(code)
    manager = manager_of(home)
    async with in_step(home, manager_speaker(home)) as (relay, known):
        request = verify_join(
            await _waiting_under(relay, known, wanted), known.directory.anchor
        ).request
        if join_code(request.hash) != wanted:
            raise TamperError(
                "E_KEY_UNCERTIFIED", "The relay answered with another request than the code names."
            )
        if agency_of(request.message.address) != manager.agency:
            raise RefusedError(
                "E_NOT_FOUND", "This request is for another agency.", next=listed.MEMBERS
            )
        now = home.now()
        certificate = building.member_from_request(
            request,
            # A clock that runs a little behind must not hold back its owner's first package.
            valid_from=Seconds(now - limits.CLOCK_SKEW),
            valid_until=Seconds(now + VALIDITY),
            issued=now,
            salts=(home.randomness.random_bytes(32), home.randomness.random_bytes(32)),
        )
        signed = sign(certificate.member, [manager.document_key()])
        known = await append(home, relay, known, [(signed, certificate.openings)])
    with home.vault.transaction() as tx:
        tx.audit.append(time=now, actor=home.actor(), action="member.approved", on=signed.hash)
    endpoint = known.directory.endpoint(EndpointId(signed.hash))
    if endpoint is None:
        raise TamperError("E_DIR_ROLLBACK", "The relay does not show what it has just taken.")
    return _line(known, endpoint, now)


async def _waiting_under(relay: Relay, known: Known, code: str) -> Joining:
    """The request that waits under ``code``. Raises RefusedError ``E_NOT_FOUND``, saying what became of it."""
    try:
        return await relay.joining(code)
    except RefusedError as error:
        if error.code != "E_NOT_FOUND":
            raise
    if any(
        join_code(member.request) == code
        for endpoint in known.directory.endpoints()
        for member in endpoint.members
    ):
        raise RefusedError(
            "E_NOT_FOUND",
            "The request of this code is approved already.",
            next="Nothing more to do: 'phoenix members list' shows the member.",
        )
    raise RefusedError(
        "E_NOT_FOUND",
        "Nobody waits under this code in your agency, or the request has run out.",
        next="Compare it with 'phoenix members list', or ask for 'phoenix join' to be run again.",
    )


async def end_member(
    home: Home, address: Address, reason: EndReason, since: Seconds | None = None
) -> tuple[MemberLine, ...]:
    """End every endpoint of an address of the manager's own agency. Raises RefusedError ``E_NOT_FOUND``."""
    manager = manager_of(home)
    async with in_step(home, manager_speaker(home)) as (relay, known):
        now = home.now()
        ending = known.directory.acting_at(address, now, known.openings)
        if not ending or agency_of(address) != manager.agency:
            raise RefusedError(
                "E_NOT_FOUND",
                "No endpoint of your agency acts at this address.",
                next=listed.MEMBERS,
            )
        signed = [
            sign(
                building.member_end(
                    anchor=known.directory.anchor,
                    agency=manager.agency,
                    endpoint=endpoint.id,
                    previous=endpoint.head,
                    reason=reason,
                    issued=now,
                    since=_since(reason, since, now),
                ),
                [manager.document_key()],
            )
            for endpoint in ending
        ]
        known = await append(home, relay, known, [(s, ()) for s in signed])
    with home.vault.transaction() as tx:
        for endpoint in ending:
            tx.audit.append(
                time=now, actor=home.actor(), action=f"member.{reason.value}", on=endpoint.id
            )
    return member_lines(known, known.directory.by_address(address, known.openings), now)


def _since(reason: EndReason, since: Seconds | None, now: Seconds) -> Seconds | None:
    return (since or now) if reason is EndReason.COMPROMISED else None


async def members(home: Home, *, offline: bool = False) -> tuple[MemberLine, ...]:
    """Every endpoint of the manager's agency. ``offline`` asks nobody."""
    agency = manager_of(home).agency
    known = await known_here(home, offline=offline, speaker=manager_speaker(home))
    own = [e for e in known.directory.endpoints() if e.agency == agency]
    return member_lines(known, own, home.now())


# -- anybody ---------------------------------------------------------------------------------------------------------


def member_lines(
    known: Known, endpoints: Sequence[Endpoint], now: Seconds
) -> tuple[MemberLine, ...]:
    """Endpoints as lists show them."""
    return tuple(_line(known, endpoint, now) for endpoint in endpoints)


def _line(known: Known, endpoint: Endpoint, now: Seconds) -> MemberLine:
    return MemberLine(
        endpoint=endpoint.id,
        address=known.address_of(endpoint.id),
        name=name_in(endpoint.newest, known.openings),
        role=endpoint.newest.role,
        standing=_standing(endpoint, now),
        valid_until=endpoint.newest.valid_until,
        agency=endpoint.agency,
    )


def _standing(endpoint: Endpoint, now: Seconds) -> str:
    if endpoint.end is not None and endpoint.end.effective <= now:
        return endpoint.end.reason.value
    return "in force" if endpoint.in_force_at(now) is not None else "not in force"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryLines:
    """Members, and the agencies that they belong to."""

    members: tuple[MemberLine, ...]
    agencies: tuple[SignatoryLine, ...]


async def directory(
    home: Home, address: Address | None = None, *, offline: bool = False
) -> DirectoryLines:
    """Who there is: everybody, or the endpoints of one address. ``offline`` asks nobody."""
    known = await known_here(home, offline=offline)
    found = (
        known.directory.endpoints()
        if address is None
        else known.directory.by_address(address, known.openings)
    )
    now, named = home.now(), {endpoint.agency for endpoint in found}
    return DirectoryLines(
        members=member_lines(known, found, now),
        agencies=tuple(line for line in signatory_lines(known, now) if line.id in named),
    )
