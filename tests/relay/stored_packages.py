"""A store on a real disk, and packages to put into it: real cores, deliveries and receipts around random bytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from phoenix_protocol import encoding, limits
from phoenix_protocol.api import DetailCapsule, FeedKind, SealedDetail
from phoenix_protocol.commitments import Commitment
from phoenix_protocol.identifiers import (
    Address,
    AgencyId,
    Anchor,
    EndpointId,
    ObjectHash,
    PackageId,
    Seconds,
)
from phoenix_protocol.merkle import leaf_hash, root
from phoenix_protocol.package.envelope import Core, Delivery, Granted, Held, Recipient, Sealed, Why
from phoenix_protocol.package.events import Event, EventKind
from phoenix_protocol.package.lifecycle import Step
from phoenix_protocol.randomness import SystemRandomness, random_bytes
from phoenix_protocol.schema import encode
from phoenix_protocol.signed import Signed, object_hash, sign
from phoenix_protocol.suite import DocumentPrivateKey, sha256
from phoenix_relay.maintenance.founding import found
from phoenix_relay.settings import Settings
from phoenix_relay.storage import Store
from phoenix_relay.storage.rows import (
    Body,
    NewDelivery,
    NewPackage,
    NewRecipient,
    NewSaying,
)
from phoenix_relay.tombstones import SignTombstone, tombstone_signer

NOW = Seconds(1_800_000_000)
HOUR = 3600
ANCHOR = Anchor(sha256(b"quillmere"))
SENDER = EndpointId(sha256(b"front door"))
AGENCY = AgencyId("quillmere-council")
#: Stands in every secret byte string of a package: searching a disk for it tells whether any was left.
MARKER = b"marker-of-quillmere-" + bytes(range(200, 232))


@cache
def signing_key() -> DocumentPrivateKey:
    """One key for every signature: who signed is not the store's business."""
    return DocumentPrivateKey.from_seed(bytes(range(64)))


def settings_for(home: Path, *, key_period: int = 86400) -> Settings:
    """The settings of a relay in ``home``."""
    return Settings(home=home, key_period=key_period)


def make_home(home: Path) -> Path:
    """A relay's home as ``init`` leaves it."""
    found(home, "http://127.0.0.1:8080", SystemRandomness())
    return home


@asynccontextmanager
async def opened(home: Path, *, key_period: int = 86400) -> AsyncIterator[Store]:
    """The store of ``home``, made first if it is not there."""
    if not home.exists():
        await asyncio.to_thread(make_home, home)
    store = await Store.open(home, key_period=key_period, randomness=SystemRandomness())
    try:
        yield store
    finally:
        await store.close()


def signer() -> SignTombstone:
    """What signs tombstones here."""
    return tombstone_signer(signing_key(), ANCHOR, lambda: "a checkpoint")


@dataclass(frozen=True, slots=True, kw_only=True)
class To:
    """Whom a test package is for."""

    endpoint: EndpointId
    address: Address
    why: Why = Why.TO
    records: bool = False


def to(
    name: str, *, at: str = "mash@ardenfold-police", why: Why = Why.TO, records: bool = False
) -> To:
    """The endpoint called ``name`` of the address ``at``."""
    return To(
        endpoint=EndpointId(sha256(name.encode())), address=Address(at), why=why, records=records
    )


DESK = to("desk")
NURSE = to("nurse", at="school.nurse@quillmere-health")
COLLEAGUE = to("colleague", at="front.door@quillmere-council", why=Why.OWN)


def secret(length: int = 400) -> bytes:
    """Bytes that must not be found where they should not be."""
    return (MARKER * (length // len(MARKER) + 1))[: length - 16] + random_bytes(16)


def new_package(
    recipients: Sequence[To] = (DESK,),
    *,
    created: int = NOW,
    expires: int = NOW + 14 * 24 * HOUR,
    package: bytes | None = None,
    uploaded: Body | None = None,
    inline: bytes | None = None,
) -> NewPackage:
    """A package for ``recipients``, held at ``created``; its body is inline unless it was uploaded."""
    cover = secret()
    body = None if uploaded is not None else inline or secret(2000)
    core = Core(
        anchor=ANCHOR,
        suite="PHX1",
        relay="127.0.0.1:8080/log",
        package=PackageId(package or random_bytes(16)),
        sender=SENDER,
        recipients=_addresses(recipients),
        cover=Sealed(digest=sha256(cover), length=len(cover)),
        body=_sealed(body, uploaded),
        cover_commitment=Commitment(random_bytes(32)),
        manifest_commitment=Commitment(random_bytes(32)),
        created=Seconds(created),
        expires=Seconds(expires),
        checkpoint="a checkpoint",
    )
    core_bytes = encode(core)
    core_hash = object_hash(Core.TYPE, core_bytes)
    return NewPackage(
        core=core_hash,
        core_bytes=core_bytes,
        package=core.package,
        sender=SENDER,
        agency=AGENCY,
        created=core.created,
        expires=core.expires,
        cover=cover,
        inline=body,
        uploaded=None if uploaded is None else uploaded.id,
        delivery=new_delivery(core_hash, recipients, at=created),
    )


def new_delivery(
    core: ObjectHash, recipients: Sequence[To], *, number: int = 1, at: int = NOW
) -> NewDelivery:
    """Delivery ``number`` of a core."""
    kept = tuple(
        NewRecipient(
            endpoint=one.endpoint,
            address=one.address,
            why=one.why,
            records=one.records,
            capsule=secret(1300),
            grant=secret(900),
        )
        for one in recipients
    )
    granted = [
        Granted(
            endpoint=one.endpoint,
            epoch_key=ObjectHash(sha256(one.endpoint)),
            capsule=sha256(one.capsule),
            grant=sha256(one.grant),
        )
        for one in kept
    ]
    delivery = Delivery(
        anchor=ANCHOR,
        core=core,
        number=number,
        endpoints=tuple(sorted(granted, key=lambda g: g.endpoint)),
    )
    signed = sign(delivery, [signing_key()])
    held = _held(core, signed, at)
    return NewDelivery(
        core=core,
        number=number,
        hash=signed.hash,
        signed=signed.encoded(),
        held=held.encoded(),
        held_hash=held.hash,
        time=Seconds(at),
        recipients=kept,
    )


async def hold(store: Store, new: NewPackage) -> NewPackage:
    """Hold ``new`` as the relay does: with an offer in each recipient's feed."""
    await store.write(
        lambda tx: (
            tx.packages.hold(new),
            tx.feed.append(
                [one.endpoint for one in new.delivery.recipients],
                FeedKind.OFFER,
                new.core,
                new.delivery.time,
            ),
        )
    )
    return new


async def walk(store: Store, new: NewPackage, who: To, *steps: Step, at: int = NOW + 1) -> None:
    """Take steps with a package at one endpoint."""
    for step in steps:
        await store.write(
            lambda tx, step=step: tx.packages.advance(new.core, who.endpoint, step, Seconds(at))  # type: ignore[misc]
        )


def new_event(
    core: ObjectHash, *, at: int = NOW, detail_expires: int = NOW + HOUR, counter: int = 1
) -> NewSaying:
    """A signed event with a sealed detail."""
    ciphertext = secret(300)
    event = Event(
        anchor=ANCHOR,
        core=core,
        delivery=ObjectHash(sha256(core)),
        endpoint=DESK.endpoint,
        kind=EventKind.ACKNOWLEDGED,
        counter=counter,
        time=Seconds(at),
        checkpoint="a checkpoint",
        detail=sha256(ciphertext),
    )
    signed = sign(event, [signing_key()])
    capsule = DetailCapsule(
        endpoint=SENDER, epoch_key=ObjectHash(bytes(32)), capsule=random_bytes(1200)
    )
    return NewSaying(
        hash=signed.hash,
        kind=FeedKind.EVENT,
        core=core,
        maker=DESK.endpoint,
        signed=signed.encoded(),
        time=Seconds(at),
        detail=SealedDetail(ciphertext=ciphertext, capsules=(capsule,)),
        detail_expires=Seconds(detail_expires),
    )


async def upload(
    store: Store, blocks: Sequence[bytes], *, expires: int, at: int = NOW, skip: Sequence[int] = ()
) -> Body:
    """Upload a body, but for the blocks in ``skip``."""
    leaves = tuple(leaf_hash(block) for block in blocks)
    length = sum(len(block) for block in blocks)
    body = await store.write(
        lambda tx: tx.uploads.plan(
            SENDER, root(leaves), leaves, length, Seconds(expires), Seconds(at)
        )
    )
    for index, block in enumerate(blocks):
        if index not in skip:
            await store.bodies.put(body, index, block)
    return body


def two_blocks() -> list[bytes]:
    """A body of a whole block and a short one."""
    return [secret(limits.BLOCK), secret(5000)]


def files_in(folder: Path) -> list[Path]:
    """Every file under ``folder``."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def files_with(folder: Path, needle: bytes) -> list[Path]:
    """Every file under ``folder`` that has ``needle`` in it."""
    return [path for path in files_in(folder) if needle in path.read_bytes()]


def listening_to(store: Store) -> tuple[list[EndpointId], Callable[[], None]]:
    """Everybody whose feed was put into from now on, and what ends it."""
    heard: list[EndpointId] = []
    return heard, store.listen(heard.extend)


def another_core(new: NewPackage) -> NewPackage:
    """Another package under the same id."""
    other = new_package(package=new.package)
    assert other.core != new.core
    return replace(other, sender=new.sender)


def _addresses(recipients: Sequence[To]) -> tuple[Recipient, ...]:
    named = {one.address: Recipient(address=one.address, why=one.why) for one in recipients}
    return tuple(sorted(named.values(), key=lambda r: encoding.encode([r.address, r.why.value])))


def _sealed(inline: bytes | None, uploaded: Body | None) -> Sealed:
    if uploaded is not None:
        return Sealed(digest=uploaded.digest, length=uploaded.length)
    assert inline is not None
    return Sealed(digest=leaf_hash(inline), length=len(inline))


def _held(core: ObjectHash, delivery: Signed, at: int) -> Signed:
    held = Held(
        anchor=ANCHOR,
        core=core,
        delivery=delivery.hash,
        time=Seconds(at),
        checkpoint="a checkpoint",
    )
    return sign(held, [signing_key()])
