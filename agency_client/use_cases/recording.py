"""Keeping a record beside packages: numbered, signed, in the register and the audit chain, with what falls due.

docs/protocol.md §6.12.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from agency_client.ports.vault import Due, Families, Record, RegisterLine, Term
from agency_client.ports.vault.settings import CHECKPOINT
from agency_client.record import listed
from agency_client.record.facts import Own, RecordFacts
from agency_client.record.looks import Look
from agency_client.record.register_table import PROTECTED
from agency_client.use_cases.catalogues import catalogue_of
from agency_client.use_cases.home import Home
from agency_client.use_cases.knowing import recall_directory
from agency_client.use_cases.record_names import record_name
from phoenix_protocol.directory.statements import Signatory
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import (
    Address,
    AgencyId,
    ObjectHash,
    PackageId,
    Seconds,
    agency_of,
)
from phoenix_protocol.sealing.recorded import Recorded
from phoenix_protocol.signed import Signed, parse_signed, sign
from phoenix_protocol.suite.hashing import sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class ToRecord:
    """A record that is ready: what to keep, its line of the register if it has one, what finds it, what falls due."""

    kind: str
    document: bytes = field(repr=False)
    summary: str = field(repr=False)
    about: int | None = None
    cores: tuple[ObjectHash, ...] = ()
    line: RegisterLine | None = None
    terms: frozenset[Term] = frozenset()
    looks: tuple[Look, ...] = ()


def find_record(view: Families, number: int) -> Record:
    """One record. Raises RefusedError ``E_NOT_FOUND``."""
    found = view.records.get(number)
    if found is None:
        raise RefusedError(
            "E_NOT_FOUND",
            "There is no record of this number here.",
            next="See 'phoenix register' for the records of this home.",
        )
    return found


def package_or_record(
    view: Families, about: ObjectHash | int | None
) -> tuple[tuple[ObjectHash, ...], int | None, str]:
    """What a record is about: the core of a package, or the number of a record with its packages; and its name.

    Raises RefusedError ``E_NOT_FOUND``.
    """
    if about is None:
        return (), None, ""
    if isinstance(about, int):
        return find_record(view, about).cores, about, record_name(about)
    package = view.sent.get(about) or view.received.get(about)
    if package is None:
        raise RefusedError("E_NOT_FOUND", "This home has no such package.", next=listed.PACKAGES)
    return (about,), None, package.package.hex()


def people_of(
    view: Families, cores: Iterable[ObjectHash], record: int | None = None
) -> dict[str, tuple[str, ...]]:
    """The people of packages and of a record, as the register names them: for a line about these."""
    lines = [line for core in cores for line in view.register.of(core=core)]
    lines += view.register.of(record=record) if record is not None else ()
    known: dict[str, str] = {}
    for line in lines:
        roles = line.facts.get("roles", ())
        for n, name in enumerate(line.facts.get("people", ())):
            known.setdefault(name, roles[n] if n < len(roles) else "")
    hidden = dict.fromkeys(name for line in lines for name in line.facts.get(PROTECTED, ()))
    return {"people": tuple(known), "roles": tuple(known.values()), PROTECTED: tuple(hidden)}


def keep(home: Home, tx: Families, new: ToRecord, now: Seconds) -> int:
    """Keep a record in the transaction ``tx``; gives its number. The audit chain names its signed object."""
    signed = _signed(home, tx, new, now)
    number = tx.records.add(
        Record(
            kind=new.kind,
            time=now,
            about=new.about,
            cores=new.cores,
            summary=new.summary,
            signed=None if signed is None else signed.encoded(),
        ),
        new.document,
    )
    if new.line is not None:
        tx.register.add(replace(new.line, time=now, record=number), new.terms)
    put_looks(tx, new.looks, now, record=number)
    tx.audit.append(
        time=now,
        actor=home.actor(),
        action=f"record.{new.kind}",
        on=b"" if signed is None else signed.hash,
        detail={"record": record_name(number)},
    )
    return number


def put_looks(
    tx: Families,
    looks: Iterable[Look],
    now: Seconds,
    *,
    core: ObjectHash | None = None,
    record: int | None = None,
) -> None:
    """Let everything in ``looks`` fall due."""
    for look in looks:
        tx.dues.put(
            Due(kind=look.kind, at=look.at, made=now, core=core, record=record, place=look.place)
        )


def _signed(home: Home, tx: Families, new: ToRecord, now: Seconds) -> Signed | None:
    """Who recorded what, as a signed object; None in a home that has no keys to sign with yet."""
    content = home.content
    endpoint = content.endpoint if content.endpoint and content.endpoint.id else None
    signer = endpoint or content.manager
    checkpoint = tx.settings.get(CHECKPOINT)
    if signer is None or content.anchor is None or checkpoint is None:
        return None
    message = Recorded(
        anchor=content.anchor,
        salt=home.randomness.random_bytes(32),
        kind=new.kind,
        document=sha256(new.document),
        about=_hash_of(tx, new.about),
        packages=new.cores,
        endpoint=endpoint.id if endpoint is not None else None,
        time=now,
        checkpoint=checkpoint,
    )
    return sign(message, [signer.document_key()])


def _hash_of(tx: Families, number: int | None) -> ObjectHash | None:
    followed = None if number is None else tx.records.get(number)
    if followed is None or followed.signed is None:
        return None
    return parse_signed(followed.signed).hash


# -- what rules need to know -----------------------------------------------------------------------------------------


def record_facts(home: Home, packages: Iterable[str]) -> RecordFacts:
    """The facts for a document that goes into no package; ``packages`` are the ids that it names."""
    with home.vault.reading() as view:
        found = {id_: core for id_ in packages for core in _cores(view, id_)}
    return RecordFacts(
        now=home.now(), own=own_of(home), catalogue=catalogue_of(home), packages=found
    )


def cores_of(packages: Iterable[str], facts: RecordFacts) -> tuple[ObjectHash, ...]:
    """The cores of the packages that a document names, each once."""
    return tuple(dict.fromkeys(facts.packages[id_] for id_ in packages if id_ in facts.packages))


def _cores(view: Families, id_: str) -> tuple[ObjectHash, ...]:
    try:
        package = PackageId(bytes.fromhex(id_))
    except ValueError:
        return ()
    sent = view.sent.by_package(package)
    if sent is not None:
        return (sent.core,)
    return tuple(received.core for received in view.received.by_package(package)[:1])


def own_of(home: Home) -> Own:
    """What the directory says of this home's agency; nothing of it where the home does not know one."""
    known = recall_directory(home)
    address, agency_id = _who(home)
    agency = known.directory.agency(agency_id) if known is not None and agency_id else None
    if agency is None:
        return Own(address=address, kind="", jurisdiction="", legal_scope="")
    return own_by(address, agency.signatory)


def own_by(address: Address, signatory: Signatory) -> Own:
    """An address, with what the statement about its agency says of the agency."""
    return Own(
        address=address,
        kind=signatory.kind,
        jurisdiction=signatory.jurisdiction,
        legal_scope=signatory.legal_scope,
    )


def whose(home: Home) -> str:
    """Whose home this is: its address, or its manager's agency."""
    address, agency = _who(home)
    return address or agency or ""


def _who(home: Home) -> tuple[Address, AgencyId | None]:
    content = home.content
    if content.endpoint is not None:
        return content.endpoint.address, agency_of(content.endpoint.address)
    if content.manager is not None:
        return Address(""), content.manager.agency
    return Address(""), None
