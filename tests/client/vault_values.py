"""Values to keep in a vault: everything of package number ``n``, all different from those of any
other.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from agency_client.adapters.vault import SqlcipherVault, create_vault, open_vault
from agency_client.ports.vault import (
    Alert,
    Contents,
    Families,
    HandingState,
    KeptObject,
    ObjectKind,
    OfferRecord,
    PassedOn,
    Posting,
    Progress,
    Quarantined,
    ReceivedPackage,
    Route,
    SentDelivery,
    SentEndpoint,
    SentPackage,
    SentRecord,
    StoredAnswer,
    StoredAttachment,
    StoredEvent,
    StoredHanding,
    StoredNotice,
    StoredSection,
    VaultHead,
)
from phoenix_protocol.api import LogEntry
from phoenix_protocol.commitments import Commitment
from phoenix_protocol.directory.statements import Opening
from phoenix_protocol.identifiers import (
    Address,
    Anchor,
    EndpointId,
    ItemId,
    ObjectHash,
    PackageId,
    Seconds,
    SegmentId,
)
from phoenix_protocol.package.blocks import digest_of
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.package.lifecycle import State
from phoenix_protocol.package.notices import AnswerKind
from phoenix_protocol.sealing.contents import Entry, Item, ItemType, Manifest, SegmentType

KEY = bytes(range(32))
NOW = Seconds(1_795_000_000)
POLICE = Address("mash@ardenfold-police")
NURSE = Address("school.nurse@quillmere-health")
RECORDS = Address("records@ardenfold-police")
#: Stands in every text that a person wrote, so that a search finds all of them.
MARKER = "Jordan-T-was-missing"


def digest(*parts: object) -> bytes:
    return hashlib.sha256(repr(parts).encode()).digest()


def core_hash(n: int) -> ObjectHash:
    return ObjectHash(digest("core", n))


def package_id(n: int) -> PackageId:
    return PackageId(digest("package", n)[:16])


def endpoint(n: int) -> EndpointId:
    return EndpointId(digest("endpoint", n))


def item_id(n: int, k: int) -> ItemId:
    return ItemId(digest("item", n, k)[:16])


def segment_id(n: int, k: int) -> SegmentId:
    return SegmentId(digest("segment", n, k)[:16])


def received(n: int, *, state: State = State.OFFERED, sender: int = 0) -> ReceivedPackage:
    return ReceivedPackage(
        core=core_hash(n),
        package=package_id(n),
        sender=endpoint(sender),
        sent_from=NURSE,
        purpose=f"{MARKER}: strategy discussion {n}",
        classification="OFFICIAL-SENSITIVE",
        urgency="amber",
        created=Seconds(NOW + n),
        expires=Seconds(NOW + n + 86400),
        offered=Seconds(NOW + n),
        state=state,
        since=Seconds(NOW + n),
    )


def offer(n: int) -> OfferRecord:
    return OfferRecord(
        core=b"core %d" % n,
        delivery=b"delivery %d" % n,
        held=b"held %d" % n,
        capsule=b"capsule %d" % n,
        cover=f"{MARKER} cover {n}".encode(),
        cover_key=digest("cover key", n),
        grant_key=digest("grant key", n),
        sequence=n + 1,
    )


def entry(n: int, k: int, kind: SegmentType, ciphertext: bytes = b"") -> Entry:
    return Entry(
        type=kind,
        segment=segment_id(n, k),
        digest=digest_of(ciphertext),
        content=digest("content", n, k),
        key_commitment=digest("commitment", n, k),
        audience=(POLICE, NURSE),
    )


def section(n: int, k: int, items: int = 3) -> StoredSection:
    return StoredSection(
        entry=entry(n, k, SegmentType.SECTION),
        salt=digest("salt", n, k),
        reasons={POLICE: f"{MARKER} reason {n}.{k}"},
        items=tuple(
            Item(
                type=ItemType.HEAD if i == 0 else ItemType.STATEMENT,
                id=item_id(n, 100 * k + i),
                salt=digest("item salt", n, k, i),
                content=f"{MARKER} statement {n}.{k}.{i} ".encode() * 8,
            )
            for i in range(items)
        ),
    )


def attachment(n: int, k: int, ciphertext: bytes, *, stored: bool = True) -> StoredAttachment:
    return StoredAttachment(
        entry=entry(n, k, SegmentType.ATTACHMENT, ciphertext),
        salt=digest("attachment salt", n, k),
        reasons={POLICE: f"{MARKER} attached {n}"},
        section=segment_id(n, 0),
        item=item_id(n, 9000 + k),
        name=f"{MARKER}.pdf",
        media_type="application/pdf",
        size=len(ciphertext),
        digest=digest("plain", n, k),
        key=digest("attachment key", n, k),
        stored=stored,
    )


def contents(n: int, *attachments: StoredAttachment, sections: int = 2) -> Contents:
    return Contents(
        manifest=Manifest(
            anchor=Anchor(digest("anchor")),
            thread=f"{MARKER}-{n}",
            supersedes=None,
            entries=(Commitment(digest("entry", n)),),
        ),
        manifest_salt=digest("manifest salt", n),
        grant=b"grant %d" % n,
        sections=tuple(section(n, k) for k in range(sections)),
        attachments=attachments,
    )


def sent(n: int, *, fingerprint: int | None = None) -> SentPackage:
    return SentPackage(
        core=core_hash(n),
        package=package_id(n),
        fingerprint=digest("input", n if fingerprint is None else fingerprint),
        outbox=f"outbox-{n}",
        thread=f"{MARKER}-{n}",
        purpose=f"{MARKER}: purpose {n}",
        classification="OFFICIAL-SENSITIVE",
        urgency="red",
        created=Seconds(NOW + n),
        expires=Seconds(NOW + n + 86400),
        progress=Progress.SEALED,
        since=Seconds(NOW + n),
        owed=("legal.article_6",),
    )


def sent_record(n: int) -> SentRecord:
    return SentRecord(
        core=b"core %d" % n,
        cover=f"{MARKER} cover {n}".encode(),
        document=f"{MARKER} document {n}".encode(),
    )


def sent_endpoint(
    k: int, sequence: int, *, address: Address = POLICE, records: bool = False, delivery: int = 1
) -> SentEndpoint:
    return SentEndpoint(
        endpoint=endpoint(k),
        address=address,
        why=Why.RECORDS if records else Why.TO,
        records=records,
        delivery=delivery,
        sequence=sequence,
        epoch_key=ObjectHash(digest("epoch", k)),
        state=State.SENT,
        since=NOW,
    )


def send(tx: Families, n: int, *readers: tuple[int, Address, bool]) -> None:
    """Keep package ``n`` as sealed for the readers (endpoint number, address, whether it keeps
    records).
    """
    wanted = readers or ((1, POLICE, False),)
    numbers = tx.sequences.allocate([endpoint(k) for k, _, _ in wanted])
    tx.sent.add(
        sent(n),
        sent_record(n),
        SentDelivery(number=1, delivery=b"delivery %d" % n),
        [
            sent_endpoint(k, numbers[endpoint(k)], address=address, records=records)
            for k, address, records in wanted
        ],
    )


def event(n: int, counter: int = 1, *, by: int = 0, words: str = "") -> StoredEvent:
    return StoredEvent(
        hash=ObjectHash(digest("event", n, counter, by, words)),
        core=core_hash(n),
        endpoint=endpoint(by),
        kind=EventKind.ACCEPTED,
        counter=counter,
        time=Seconds(NOW + counter),
        signed=f"signed {n} {counter} {words}".encode(),
        detail=f"{MARKER} detail {words}".encode(),
    )


def kept(n: int, kind: ObjectKind = ObjectKind.VERDICT) -> KeptObject:
    return KeptObject(
        hash=ObjectHash(digest("kept", n, kind)),
        kind=kind,
        core=core_hash(n),
        time=NOW,
        signed=b"signed %d" % n,
        detail=f"{MARKER} {n}".encode(),
    )


def posting(n: int, route: Route = Route.EVENTS) -> Posting:
    return Posting(
        hash=ObjectHash(digest("posting", n)),
        route=route,
        core=core_hash(n),
        body=f"{MARKER} body {n}".encode(),
        made=Seconds(NOW + n),
    )


def notice(n: int, number: int = 1, *, by: int = 0, words: str = "") -> StoredNotice:
    return StoredNotice(
        hash=ObjectHash(digest("notice", n, number, by, words)),
        core=core_hash(n),
        item=item_id(n, 1),
        action="correct",
        endpoint=endpoint(by),
        maker=NURSE,
        number=number,
        time=Seconds(NOW + number),
        signed=f"{MARKER} notice {n} {number} {words}".encode(),
    )


def handing(n: int, number: int = 1, *, own: bool = False) -> StoredHanding:
    return StoredHanding(
        hash=ObjectHash(digest("handing", n, number, own)),
        notice=notice(n, number).hash,
        core=core_hash(n),
        endpoint=endpoint(0),
        hander=NURSE,
        own=own,
        audience=(POLICE, NURSE),
        items=(item_id(n, 1), item_id(n, 2)),
        time=Seconds(NOW + number),
        expires=Seconds(NOW + number + 86400),
        state=HandingState.QUEUED if own else HandingState.WAITING,
        signed=b"signed handing %d" % n,
        ciphertext=b"sealed %d" % n,
        key=digest("handing key", n),
    )


def answer(n: int, counter: int = 1, *, by: int = 1, words: str = "") -> StoredAnswer:
    return StoredAnswer(
        hash=ObjectHash(digest("answer", n, counter, by, words)),
        notice=notice(n).hash,
        core=core_hash(n),
        endpoint=endpoint(by),
        address=POLICE,
        kind=AnswerKind.DONE,
        counter=counter,
        time=Seconds(NOW + counter),
        signed=b"signed answer %d" % n,
        detail=f"{MARKER} answer {n} {words}".encode(),
    )


def passed_on(n: int, to: int, address: Address = RECORDS) -> PassedOn:
    return PassedOn(
        core=core_hash(n),
        item=item_id(n, 1),
        to_core=core_hash(to),
        to_item=item_id(to, 1),
        to_address=address,
        time=Seconds(NOW + n),
    )


def alert(n: int, about: str = "") -> Alert:
    return Alert(
        code="N_SEQUENCE_GAP",
        core=core_hash(n),
        about=about,
        time=NOW,
        detail={"first": "3", "last": "5"},
    )


def bad(n: int, size: int = 64) -> Quarantined:
    return Quarantined(
        digest=digest("bad", n),
        code="E_SIG_DELIVERY",
        time=NOW,
        content=(f"{MARKER} bad {n} ".encode() * size)[:size],
    )


def log_entry(n: int) -> LogEntry:
    return LogEntry(
        statement=b"statement %d" % n,
        openings=(Opening(kind="name", salt=digest("opening", n), text=f"{MARKER} {n}"),),
    )


def fill(tx: Families, n: int) -> None:
    """One row or more in every table."""
    tx.received.add(received(n), offer(n))
    tx.received.keep_released(core_hash(n), f"{MARKER} released".encode())
    tx.guard.remember(endpoint(0), package_id(n), core_hash(n))
    tx.guard.remember_sequence(endpoint(0), n + 1, core_hash(n))
    tx.contents.put(core_hash(n), contents(n))
    send(tx, n, (1, POLICE, False), (2, NURSE, False), (3, RECORDS, True))
    tx.events.add(event(n))
    tx.objects.keep(kept(n))
    tx.postings.add(posting(n))
    tx.notices.keep(notice(n))
    tx.notices.apply(notice(n).hash, core_hash(n), [item_id(n, 1)])
    tx.notices.hand(handing(n))
    tx.notices.answer(answer(n))
    tx.onward.add(passed_on(n, n + 1))
    tx.alerts.add(alert(n))
    tx.quarantine.add(bad(n))
    tx.directory.append(tx.directory.size(), [log_entry(n)])
    record(tx, n)


def record(tx: Families, n: int) -> None:
    """One audit row."""
    tx.audit.append(
        time=Seconds(NOW + n), actor=endpoint(0).hex(), action="receive", on=core_hash(n)
    )


def write_blob(vault: SqlcipherVault, ciphertext: bytes) -> bytes:
    """Keep ``ciphertext`` as a blob and give its name."""
    name = digest_of(ciphertext)
    with vault.blobs.create(name) as blob:
        stream = io.BytesIO(ciphertext)
        while piece := stream.read(1000):
            blob.write(piece)
    return name


def new_home(folder: Path) -> Path:
    """A home with an empty vault under :data:`KEY`."""
    folder.mkdir(mode=0o700, exist_ok=True)
    create_vault(folder, KEY)
    return folder


class _Undone(Exception):  # noqa: N818
    """Ends a transaction that is to leave nothing."""


@contextmanager
def undone(vault: SqlcipherVault) -> Iterator[Families]:
    """A transaction that leaves nothing, so that every example of a property starts alike."""
    with suppress(_Undone), vault.transaction() as tx:
        yield tx
        raise _Undone


def opened(home: Path, expected: VaultHead | None = None, *, wait: float = 20) -> SqlcipherVault:
    """The vault of a home made by :func:`new_home`."""
    return open_vault(home, KEY, expected, wait=wait)
