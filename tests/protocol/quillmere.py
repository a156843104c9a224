"""The partnership of Quillmere, small and complete, for tests: real keys from fixed seeds, a log that really verifies.

``QUILLMERE = quillmere()`` is made once for all tests. Its values are immutable; ``then`` gives a Quillmere whose log
goes on. Statements have the same hashes in every run; signatures differ.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from phoenix_protocol import limits
from phoenix_protocol.api import Joining
from phoenix_protocol.directory import building
from phoenix_protocol.directory.joins import verify_join
from phoenix_protocol.directory.openings import Openings, by_commitment
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.directory.statements import (
    Bounds,
    Holder,
    KeySet,
    Manager,
    Member,
    Opening,
    RelayKeys,
    Role,
)
from phoenix_protocol.epochs import SPEAKS, EpochKey, open_epoch_key
from phoenix_protocol.identifiers import (
    Address,
    AgencyId,
    Anchor,
    EndpointId,
    Seconds,
    agency_of,
)
from phoenix_protocol.joining import JoinRequest
from phoenix_protocol.notes import Checkpoint, LogSigner, NoteKey, sign_checkpoint
from phoenix_protocol.signed import Opened, Signed, hash_of, sign
from phoenix_protocol.suite import DocumentPrivateKey, Ed25519PrivateKey, RequestPrivateKey
from phoenix_protocol.suite.opening_keys import EpochPrivateKey

#: The second at which everything in Quillmere is up to date: 2026-11-24T09:20:00Z.
NOW = Seconds(1_795_512_000)
DAY = 86_400
WEEK = 7 * DAY
#: When its statements were issued.
FOUNDED = Seconds(NOW - 30 * DAY)
VALID_UNTIL = Seconds(NOW + 365 * DAY)
ORIGIN = "relay.quillmere.example/log"

COUNCIL = AgencyId("quillmere-council")
POLICE = AgencyId("ardenfold-police")
HEALTH = AgencyId("quillmere-health")
FRONT_DOOR = Address("front.door@quillmere-council")
COUNCIL_RECORDS = Address("records@quillmere-council")
#: A person's own address: in the log only as a commitment.
OKAFOR = Address("j.okafor@quillmere-council")
MASH = Address("mash@ardenfold-police")
POLICE_RECORDS = Address("records@ardenfold-police")
NURSE = Address("school.nurse@quillmere-health")


def seed(label: str, length: int = 32) -> bytes:
    """Bytes that are the same in every run, and different for every label."""
    return hashlib.shake_256(b"quillmere " + label.encode()).digest(length)


def document_key(label: str) -> DocumentPrivateKey:
    return DocumentPrivateKey.from_seed(seed(f"document key of {label}", 64))


def request_key(label: str) -> RequestPrivateKey:
    return RequestPrivateKey.from_seed(seed(f"request key of {label}"))


def person_id(label: str) -> bytes:
    return seed(f"person {label}", 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyHolder:
    """Somebody with a governance or root key."""

    key: DocumentPrivateKey
    holder: Holder
    opening: Opening


@dataclass(frozen=True, slots=True, kw_only=True)
class InformationManager:
    """Somebody who certifies endpoints."""

    key: DocumentPrivateKey
    request_key: RequestPrivateKey
    manager: Manager
    opening: Opening


def key_holder(label: str, *, person: str | None = None) -> KeyHolder:
    key = document_key(label)
    holder, opening = building.holder(
        key=key.public_bytes(),
        person=person_id(person or label),
        name=label,
        salt=seed(f"salt of {label}"),
    )
    return KeyHolder(key=key, holder=holder, opening=opening)


def information_manager(label: str, *, person: str | None = None) -> InformationManager:
    key, request = document_key(label), request_key(label)
    manager, opening = building.manager(
        key=key.public_bytes(),
        request_key=request.public_bytes(),
        person=person_id(person or label),
        name=label,
        salt=seed(f"salt of {label}"),
    )
    return InformationManager(key=key, request_key=request, manager=manager, opening=opening)


def key_set(holders: Sequence[KeyHolder], threshold: int) -> KeySet:
    return KeySet(holders=tuple(h.holder for h in holders), threshold=threshold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """An agency's private keys."""

    id: AgencyId
    roots: tuple[KeyHolder, ...]
    threshold: int
    managers: tuple[InformationManager, ...]
    records: tuple[Address, ...] = ()

    @property
    def root(self) -> KeySet:
        return key_set(self.roots, self.threshold)

    @property
    def root_keys(self) -> tuple[DocumentPrivateKey, ...]:
        return tuple(h.key for h in self.roots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """One epoch key with its private half; ``signed`` is what the relay serves."""

    private: EpochPrivateKey
    signed: Signed
    opened: Opened[EpochKey]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a machine makes before it asks to join: its keys, its epoch keys and the request."""

    label: str
    address: Address
    key: DocumentPrivateKey
    request_key: RequestPrivateKey
    epochs: tuple[Epoch, ...]
    joining: Joining
    request: Opened[JoinRequest]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A machine that has joined."""

    id: EndpointId
    machine: Machine
    member: Member

    @property
    def address(self) -> Address:
        return self.machine.address

    @property
    def key(self) -> DocumentPrivateKey:
        return self.machine.key

    @property
    def request_key(self) -> RequestPrivateKey:
        return self.machine.request_key

    @property
    def epochs(self) -> tuple[Epoch, ...]:
        return self.machine.epochs

    @property
    def epoch(self) -> Epoch:
        """The epoch key that covers NOW."""
        return next(e for e in self.epochs if e.opened.message.covers(NOW))


def epoch(
    label: str, key: DocumentPrivateKey, anchor: Anchor, number: int, start: Seconds
) -> Epoch:
    """The epoch key of one week from ``start`` on, which opens for a package's longest life."""
    private = EpochPrivateKey.from_seed(seed(f"epoch {number} of {label}", 96))
    message = EpochKey(
        anchor=anchor,
        number=number,
        valid_from=start,
        valid_until=Seconds(start + WEEK),
        opens_until=Seconds(start + WEEK + limits.LIFE),
        speaks=(SPEAKS,),
        key=private.public_bytes(),
    )
    signed = sign(message, [key])
    opened = open_epoch_key(signed, key.public_bytes(), anchor)
    return Epoch(private=private, signed=signed, opened=opened)


def machine(
    label: str,
    address: Address,
    anchor: Anchor,
    *,
    role: Role = Role.PRACTITIONER,
    personal: bool = False,
    name: str | None = None,
    epochs: int = 2,
) -> Machine:
    """A new machine that asks to join ``address``. Its first epoch began a day before NOW."""
    key, request = document_key(label), request_key(label)
    weekly = tuple(
        epoch(label, key, anchor, n, Seconds(NOW - DAY + n * WEEK)) for n in range(epochs)
    )
    asked = JoinRequest(
        anchor=anchor,
        address=address,
        name=name or label,
        personal=personal,
        role=role,
        document_key=key.public_bytes(),
        request_key=request.public_bytes(),
        epoch_keys=tuple(e.signed.hash for e in weekly),
        created=FOUNDED,
    )
    joining = Joining(
        request=sign(asked, [key]).encoded(),
        epoch_keys=tuple(e.signed.encoded() for e in weekly),
    )
    return Machine(
        label=label,
        address=address,
        key=key,
        request_key=request,
        epochs=weekly,
        joining=joining,
        request=verify_join(joining, anchor).request,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """The relay's private keys."""

    log: LogSigner
    response: Ed25519PrivateKey
    receipt: DocumentPrivateKey
    keys: RelayKeys


def relay(label: str = "relay") -> Relay:
    log = LogSigner.from_seed(ORIGIN, seed(f"log key of {label}"))
    response = Ed25519PrivateKey.from_seed(seed(f"response key of {label}"))
    receipt = document_key(f"receipts of {label}")
    keys = RelayKeys(
        origin=ORIGIN,
        url="http://127.0.0.1:8080",
        log_key=log.key.public,
        response_key=response.public_bytes(),
        receipt_key=receipt.public_bytes(),
    )
    return Relay(log=log, response=response, receipt=receipt, keys=keys)


@dataclass(frozen=True, kw_only=True)
class Quillmere:
    """The partnership: its log as Signed bytes, everybody's private keys, the openings beside the log."""

    anchor: Anchor
    relay: Relay
    governance: tuple[KeyHolder, ...]
    agencies: Mapping[AgencyId, Agency]
    #: By label: "front door", "council records", "okafor", "mash 1", "mash 2", "police records", "nurse".
    endpoints: Mapping[str, Endpoint]
    log: tuple[bytes, ...]
    openings: Openings = field(default_factory=dict)

    @cached_property
    def directory(self) -> Directory:
        """The log folded, every signature verified."""
        directory = Directory.begin(self.log[0], self.anchor)
        for signed in self.log[1:]:
            directory = directory.admit(signed)
        return directory

    def checkpoint(self, size: int | None = None, time: Seconds = NOW) -> str:
        """The relay's checkpoint note on its log of ``size`` statements (all of them unless said), as of ``time``."""
        known = self.directory.size if size is None else size
        checkpoint = Checkpoint(origin=ORIGIN, size=known, root=self.directory.root_at(known))
        return sign_checkpoint(checkpoint, signer=self.relay.log, now=time)

    @property
    def log_key(self) -> NoteKey:
        return self.relay.log.key

    def then(self, *statements: Signed, openings: Sequence[Opening] = ()) -> Quillmere:
        """Quillmere with more statements in its log."""
        return dataclasses.replace(
            self,
            log=(*self.log, *(statement.encoded() for statement in statements)),
            openings={**self.openings, **by_commitment(openings)},
        )

    def joined(self, new: Machine) -> Quillmere:
        """Quillmere with one more endpoint, certified by its agency's first manager."""
        certificate = self.certificate(new)
        manager = self.agencies[agency_of(new.address)].managers[0]
        member = certificate.member
        endpoint = Endpoint(id=EndpointId(hash_of(member)), machine=new, member=member)
        grown = self.then(sign(member, [manager.key]), openings=certificate.openings)
        return dataclasses.replace(grown, endpoints={**self.endpoints, new.label: endpoint})

    def certificate(
        self, new: Machine, replaces: building.Replaced | None = None, issued: Seconds = FOUNDED
    ) -> building.Certificate:
        """The member statement for a machine, not signed yet, valid from ``issued`` on."""
        return building.member_from_request(
            new.request,
            valid_from=issued,
            valid_until=VALID_UNTIL,
            issued=issued,
            salts=(seed(f"address salt of {new.label}"), seed(f"name salt of {new.label}")),
            replaces=replaces,
        )


BOUNDS = Bounds(attachment=limits.ATTACHMENT_BYTES, package=limits.BODY_BYTES, life=limits.LIFE)


def agency(named: AgencyId, records: Sequence[Address] = ()) -> Agency:
    """An agency with three root keys, of which two decide, and two information managers."""
    return Agency(
        id=named,
        roots=tuple(key_holder(f"root {n} of {named}") for n in (1, 2, 3)),
        threshold=2,
        managers=tuple(information_manager(f"manager {n} of {named}") for n in (1, 2)),
        records=tuple(records),
    )


def admission(
    anchor: Anchor, joining: Agency, governance: Sequence[KeyHolder]
) -> tuple[Signed, Signed]:
    """The signatory statement, signed by ``governance``, and the agency's first keys, signed by its root."""
    signatory = building.signatory(
        anchor=anchor,
        agency=joining.id,
        name=f"The agency {joining.id}",
        kind="statutory",
        jurisdiction="england",
        legal_scope="uk_gdpr_part2",
        root=joining.root,
        issued=FOUNDED,
    )
    keys = building.agency_keys(
        anchor=anchor,
        agency=joining.id,
        root=joining.root,
        managers=[m.manager for m in joining.managers],
        records=joining.records,
        issued=FOUNDED,
    )
    return (
        sign(signatory, [h.key for h in governance]),
        sign(keys, joining.root_keys[: joining.threshold]),
    )


def founded() -> Quillmere:
    """The partnership with its three agencies, and no endpoint yet."""
    governance = tuple(key_holder(f"governance {n}") for n in (1, 2, 3))
    relayed = relay()
    genesis = building.genesis(
        name="Quillmere",
        protocol="1",
        review_due=Seconds(NOW + 300 * DAY),
        governance=key_set(governance, 2),
        bounds=BOUNDS,
        relay=relayed.keys,
        issued=FOUNDED,
    )
    anchor = Anchor(hash_of(genesis))
    agencies = (
        agency(COUNCIL, [COUNCIL_RECORDS]),
        agency(POLICE, [POLICE_RECORDS]),
        agency(HEALTH),
    )
    log = [sign(genesis, [h.key for h in governance[:2]])]
    for joining in agencies:
        log += admission(anchor, joining, governance[:2])
    openings = [h.opening for h in governance]
    openings += [h.opening for a in agencies for h in a.roots]
    openings += [m.opening for a in agencies for m in a.managers]
    return Quillmere(
        anchor=anchor,
        relay=relayed,
        governance=governance,
        agencies={a.id: a for a in agencies},
        endpoints={},
        log=tuple(signed.encoded() for signed in log),
        openings=by_commitment(openings),
    )


@lru_cache(maxsize=1)
def quillmere() -> Quillmere:
    """The whole of Quillmere."""
    here = founded()
    for new in (
        machine("front door", FRONT_DOOR, here.anchor),
        machine("council records", COUNCIL_RECORDS, here.anchor, role=Role.RECORDS),
        machine("okafor", OKAFOR, here.anchor, personal=True, name="J. Okafor"),
        machine("mash 1", MASH, here.anchor),
        machine("mash 2", MASH, here.anchor),
        machine("police records", POLICE_RECORDS, here.anchor, role=Role.RECORDS),
        machine("nurse", NURSE, here.anchor),
    ):
        here = here.joined(new)
    return here
