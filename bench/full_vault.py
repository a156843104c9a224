"""A vault that is as full as a busy desk's after years: packages sent and received, their lines, what falls due."""

from __future__ import annotations

import hashlib
from typing import Final

from agency_client.adapters.vault import SqlcipherVault
from agency_client.ports.vault import (
    Due,
    Families,
    OfferRecord,
    Progress,
    ReceivedPackage,
    RegisterLine,
    SentDelivery,
    SentEndpoint,
    SentPackage,
    SentRecord,
    SharedSection,
)
from agency_client.record.subjects import people_terms, terms
from phoenix_protocol import schema
from phoenix_protocol.identifiers import Address, Anchor, EndpointId, ObjectHash, PackageId, Seconds
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.package.lifecycle import State
from phoenix_protocol.sealing.contents import Cover

_BATCH: Final = 1000
_DAY: Final = 86400
#: Packages are about this many children; each has one name, number and thread.
_CHILDREN: Final = 20_000
_FIRST: Final = ("Jordan", "Alex", "Robin", "Sam", "Zoë", "Maya", "Noor", "Tom", "Ines", "Kofi")
_LAST: Final = ("Tanner", "Åkesson", "Okafor", "Smith", "Patel", "Nowak", "Reid", "Haddad")
_AGENCIES: Final = ("ardenfold-police", "quillmere-health", "fennick-academy", "lantern-youth")
_OPEN: Final = 200  # of those that came, as many wait for somebody


def digest(*parts: object) -> bytes:
    """32 bytes that belong to ``parts``."""
    return hashlib.sha256(repr(parts).encode()).digest()


def child_of(n: int) -> tuple[str, str, str]:
    """Whom package ``n`` is about: name, number and thread."""
    k = n * 7919 % _CHILDREN
    name = f"{_FIRST[k % len(_FIRST)]} {_LAST[k // 10 % len(_LAST)]}-{k:05}"
    return name, f"999 {k // 1000:03} {k % 1000:04}", f"QM-{k:05}"


def fill(vault: SqlcipherVault, count: int, now: Seconds) -> None:
    """Put ``count`` packages into the vault, every other one sent; the newest came last.

    Filling is not what is measured: it may keep more in memory and need not be durable at every step.
    """
    for pragma in ("synchronous = OFF", "cache_size = -100000"):
        vault._writer.connection.execute(f"PRAGMA {pragma}")
    for start in range(0, count, _BATCH):
        with vault.transaction() as tx:
            for n in range(start, min(start + _BATCH, count)):
                created = Seconds(now - (count - n) * 900)
                if n % 2:
                    _send(tx, n, created)
                else:
                    _receive(tx, n, created, is_open=count - n <= 2 * _OPEN)
                _enter(tx, n, created)


def _enter(tx: Families, n: int, created: Seconds) -> None:
    name, number, thread = child_of(n)
    party = f"desk{n % 40}@{_AGENCIES[n % len(_AGENCIES)]}"
    section = SharedSection(title="Attendance", readers=(party,), facts=2, opinions=1)
    facts = {
        "purpose": ("Ask for a strategy discussion about missing episodes",),
        "thread": (thread,),
        "people": (name, f"Parent of {name}"),
        "roles": ("child", "parent"),
        "outcome": ("share_part",),
        "decided_by": ("Designated safeguarding lead",),
        "basis": ("e_public_task", "ca2004_s10", "statutory_duty"),
    }
    line = RegisterLine(
        kind="sent" if n % 2 else "received",
        time=created,
        core=ObjectHash(digest("core", n)),
        parties=(party,),
        sections=(section, section, section),
        facts=facts,
    )
    found_by = people_terms(
        [("child", name, {"nhs_number": number}), ("mother", f"Parent of {name}", {})]
    )
    tx.register.add(line, found_by | terms(references=[thread], parties=[party]))
    kinds = ("retention_review", "decision_review") if n % 4 == 1 else ("retention_review",)
    for kind in kinds:
        at = Seconds(created + 400 * _DAY)
        core = ObjectHash(digest("core", n))
        tx.dues.put(Due(kind=kind, at=at, made=created, core=core))


def _receive(tx: Families, n: int, created: Seconds, *, is_open: bool) -> None:
    core = ObjectHash(digest("core", n))
    sender = EndpointId(digest("endpoint", n % 40))
    address = Address(f"desk{n % 40}@{_AGENCIES[n % len(_AGENCIES)]}")
    package = ReceivedPackage(
        core=core,
        package=PackageId(digest("package", n)[:16]),
        sender=sender,
        sent_from=address,
        purpose="Ask for a strategy discussion about missing episodes",
        classification="OFFICIAL-SENSITIVE",
        urgency="amber",
        created=created,
        expires=Seconds(created + 84 * _DAY),
        offered=created,
        state=State.OFFERED if is_open else State.OUTCOME,
        since=created,
    )
    filler = digest("filler", n)
    offer = OfferRecord(
        core=filler * 26,
        delivery=filler * 116,
        held=filler * 122,
        capsule=filler * 38,
        cover=_cover(address, n),
        cover_key=filler,
        grant_key=filler,
        sequence=n // 40 + 1,
    )
    tx.received.add(package, offer)


def _cover(sent_from: Address, n: int) -> bytes:
    return schema.encode(
        Cover(
            anchor=Anchor(digest("anchor")),
            salt=digest("salt", n),
            sent_from=sent_from,
            purpose="Ask for a strategy discussion about missing episodes",
            classification="OFFICIAL-SENSITIVE",
            handling=("RECIPIENTS_ONLY",),
            urgency="amber",
            contact={"name": "Duty lead", "phone": "01632 960 001"},
            reference="K7QD-2MXA",
        )
    )


def _send(tx: Families, n: int, created: Seconds) -> None:
    core, filler = ObjectHash(digest("core", n)), digest("filler", n)
    package = SentPackage(
        core=core,
        package=PackageId(digest("package", n)[:16]),
        fingerprint=digest("fingerprint", n),
        outbox="",
        thread=child_of(n)[2],
        purpose="Ask for a strategy discussion about missing episodes",
        classification="OFFICIAL-SENSITIVE",
        urgency="amber",
        created=created,
        expires=Seconds(created + 84 * _DAY),
        progress=Progress.HELD,
        since=created,
        owed=("CO6:child_voice.words",) if n % 3 == 0 else (),
    )
    address = Address(f"desk{n % 40}@{_AGENCIES[n % len(_AGENCIES)]}")
    endpoint = EndpointId(digest("endpoint", n % 40))
    end = SentEndpoint(
        endpoint=endpoint,
        address=address,
        why=Why.TO,
        records=False,
        delivery=1,
        sequence=n // 40 + 1,  # as allocated: the numbers to one endpoint go up by one
        epoch_key=ObjectHash(digest("epoch", n % 40)),
        state=State.OUTCOME,
        since=created,
    )
    record = SentRecord(core=filler * 26, cover=_cover(address, n), document=filler * 100)
    delivery = SentDelivery(number=1, delivery=filler * 116, held=filler * 122)
    tx.sequences.allocate([endpoint])
    tx.sent.add(package, record, delivery, [end])
