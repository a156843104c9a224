"""A tiny world for sealing and opening: a sender, readers, a register, a dishonest workshop.

The workshop takes an honest package apart and puts it together again with something changed, signed
by the sender's real key where a dishonest sender would sign, so that a test reaches exactly the
check it is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from phoenix_protocol import encoding, schema
from phoenix_protocol.api import Offer
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import (
    Address,
    AgencyId,
    Anchor,
    EndpointId,
    ItemId,
    ObjectHash,
    PackageId,
    Seconds,
)
from phoenix_protocol.package.envelope import Core, Delivery, Held, Recipient, Why
from phoenix_protocol.record import Head, Kind, Statement
from phoenix_protocol.sealing import open_body, open_offer
from phoenix_protocol.sealing.contents import ItemType
from phoenix_protocol.sealing.drafts import (
    AttachmentDraft,
    Circumstances,
    ItemDraft,
    MemoryBody,
    PackageDraft,
    SealedDelivery,
    SealedPackage,
    SealTo,
    SectionDraft,
    Sender,
)
from phoenix_protocol.sealing.open_body import Accepted, OpenedPackage
from phoenix_protocol.sealing.open_offer import OpenedOffer, Reader, SeenBefore, SenderAt
from phoenix_protocol.sealing.seal import deliver, seal_package
from phoenix_protocol.signed import Signed, object_hash, sign
from phoenix_protocol.suite.opening_keys import EpochPrivateKey
from phoenix_protocol.suite.sealing_keys import SealingKey
from phoenix_protocol.suite.signatures import DocumentPrivateKey
from tests.protocol.seeded_randomness import SeededRandomness

NOW = Seconds(1_795_000_000)
DAY = 86400
MADE = Seconds(NOW - 600)
HELD = Seconds(NOW - 60)
ANCHOR = Anchor(b"A" * 32)
ORIGIN = "relay.quillmere.example"
SENDER = EndpointId(b"S" * 32)
POLICE = EndpointId(b"P" * 32)
HEALTH = EndpointId(b"H" * 32)
SENDER_ADDRESS = Address("lead@fennick-academy")
POLICE_ADDRESS = Address("mash@ardenfold-police")
HEALTH_ADDRESS = Address("school.nurse@quillmere-health")
CHECKPOINT = "checkpoint of size 7"
SENDER_KEY = DocumentPrivateKey.from_seed(b"s" * 64)
RECEIPT_KEY = DocumentPrivateKey.from_seed(b"r" * 64)
STRANGER_KEY = DocumentPrivateKey.from_seed(b"x" * 64)
EPOCH = {
    POLICE: EpochPrivateKey.from_seed(b"p" * 96),
    HEALTH: EpochPrivateKey.from_seed(b"h" * 96),
}
ADDRESS = {POLICE: POLICE_ADDRESS, HEALTH: HEALTH_ADDRESS}


def epoch_hash(endpoint: EndpointId) -> ObjectHash:
    return ObjectHash(b"e" + endpoint[1:])


@dataclass
class Register:
    """Who is who, in memory: what a directory would answer."""

    anchor: Anchor = ANCHOR
    relay_origin: str = ORIGIN
    receipt_key: bytes = RECEIPT_KEY.public_bytes()
    longest_life: int = 84 * DAY
    checkpoint_time: Seconds = MADE
    ended: dict[EndpointId, Seconds] = field(default_factory=dict)
    closed: dict[str, Seconds] = field(default_factory=dict)

    def size_relied_on(self, note: str, at: Seconds) -> int:
        if note != CHECKPOINT:
            raise TamperError("E_DIR_FORK", "another past")
        if at - self.checkpoint_time > DAY:
            raise TamperError("E_DIR_STALE", "an old directory")
        return 7

    def sender_at(self, endpoint: EndpointId, size: int, time: Seconds) -> SenderAt:
        if endpoint != SENDER or size != 7:
            raise TamperError("E_KEY_UNCERTIFIED", "nobody knows this sender")
        return SenderAt(address=SENDER_ADDRESS, document_key=SENDER_KEY.public_bytes())

    def check_not_ended(self, endpoint: EndpointId, time: Seconds) -> None:
        if endpoint in self.ended and self.ended[endpoint] <= time:
            raise TamperError("E_KEY_REVOKED", "ended")
        if "fennick-academy" in self.closed and self.closed["fennick-academy"] <= time:
            raise TamperError("E_AGENCY_CLOSED", "closed")


def reader(endpoint: EndpointId = POLICE) -> Reader:
    return Reader(
        endpoint=endpoint,
        address=ADDRESS[endpoint],
        epoch_keys={epoch_hash(endpoint): EPOCH[endpoint]},
    )


def statement(text: str, about: tuple[ItemId, ...] = ()) -> bytes:
    return schema.encode(
        Statement(
            kind=Kind.RECORD,
            text=text,
            about=about,
            origin=AgencyId("fennick-academy"),
            chain_depth=0,
            basis=(),
            special_category=(),
            flags=(),
        )
    )


def section(
    title: str,
    readers: Mapping[Address, str],
    *texts: str,
    attachments: tuple[AttachmentDraft, ...] = (),
) -> SectionDraft:
    number = sum(title.encode())
    return SectionDraft(
        head=Head(kind="statements", title=title, marking="OFFICIAL-SENSITIVE", handling=()),
        head_id=ItemId(number.to_bytes(16, "big")),
        items=tuple(
            ItemDraft(
                type=ItemType.STATEMENT,
                id=ItemId((number * 1000 + n).to_bytes(16, "big")),
                content=statement(text),
            )
            for n, text in enumerate(texts)
        ),
        attachments=attachments,
        readers=readers,
    )


def attachment(content: bytes, name: str = "register.pdf", number: int = 1) -> AttachmentDraft:
    return AttachmentDraft(
        id=ItemId(b"a" * 15 + bytes([number])),
        name=name,
        media_type="application/pdf",
        size=len(content),
        read=lambda: (content[n : n + 100_000] for n in range(0, len(content), 100_000)),
    )


BOTH = {POLICE_ADDRESS: "To set against missing episodes", HEALTH_ADDRESS: "To arrange a check"}


def draft(*sections: SectionDraft) -> PackageDraft:
    chosen = sections or (
        section("Attendance", BOTH, "Absent 11 of 30 sessions", "Before that 2 of 60"),
        section("Seen", {POLICE_ADDRESS: "To find the car"}, "Got into a dark blue car"),
        section("Health", {HEALTH_ADDRESS: "To arrange a check"}, "Often tired"),
    )
    return PackageDraft(
        sent_from=SENDER_ADDRESS,
        purpose="Ask for a strategy discussion",
        classification="OFFICIAL-SENSITIVE",
        handling=("RECIPIENTS_ONLY",),
        urgency="amber",
        contact={"phone": "01632 960 001"},
        reference="K7-QD",
        thread="QM-0417",
        supersedes=None,
        sections=chosen,
    )


def never_seen(_sender: EndpointId, _package: PackageId) -> ObjectHash | None:
    """Nothing was received before."""
    return None


@dataclass(frozen=True, kw_only=True)
class Offered:
    """An offer about to be opened, and by whom, with which directory, when."""

    offer: Offer
    reader: Reader
    register: Register = field(default_factory=Register)
    seen: SeenBefore = never_seen
    now: Seconds = NOW

    def run(self) -> OpenedOffer:
        # Through the module, so that a test can take a check out of it.
        return open_offer.open_offer(self.offer, self.reader, self.register, self.seen, self.now)


@dataclass(frozen=True, kw_only=True)
class Released:
    """A body about to be opened: what was verified when it was offered, the grant, leaf hashes and bytes."""

    accepted: Accepted
    grant: bytes
    leaves: tuple[bytes, ...]
    body: MemoryBody

    def run(self) -> OpenedPackage:
        return open_body.open_body(self.accepted, self.grant, self.leaves, self.body)


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A package as it travels, with what its sender knows."""

    where: Circumstances
    package: SealedPackage
    delivery: SealedDelivery
    body: MemoryBody
    held: Signed

    def offer(self, endpoint: EndpointId = POLICE) -> Offer:
        names = [g.endpoint for g in self.message.endpoints]
        return Offer(
            core=self.package.core,
            delivery=self.delivery.signed.encoded(),
            held=self.held.encoded(),
            capsule=self.delivery.capsules[names.index(endpoint)],
            cover=self.package.cover,
        )

    def grant(self, endpoint: EndpointId = POLICE) -> bytes:
        names = [g.endpoint for g in self.message.endpoints]
        return self.delivery.grants[names.index(endpoint)]

    @property
    def message(self) -> Delivery:
        return schema.decode(Delivery, self.delivery.signed.payload)

    @property
    def core(self) -> Core:
        return schema.decode(Core, self.package.core)

    def offered(self, endpoint: EndpointId = POLICE) -> Offered:
        return Offered(offer=self.offer(endpoint), reader=reader(endpoint))

    def released(self, endpoint: EndpointId = POLICE) -> Released:
        return Released(
            accepted=self.open(endpoint).accepted(reader(endpoint)),
            grant=self.grant(endpoint),
            leaves=self.package.leaves,
            body=self.body,
        )

    def open(self, endpoint: EndpointId = POLICE) -> OpenedOffer:
        return self.offered(endpoint).run()

    def read(self, endpoint: EndpointId = POLICE) -> OpenedPackage:
        return self.released(endpoint).run()

    # -- the dishonest part ------------------------------------------------------------------

    def with_core(self, **changes: object) -> Parcel:
        """The sender itself signs another core."""
        core = schema.encode(replace(self.core, **changes))  # type: ignore[arg-type]
        package = replace(self.package, core=core, core_hash=object_hash(Core.TYPE, core))
        return make_parcel(package, self.where, self.body)

    def resigned(self, **changes: object) -> Parcel:
        """The sender itself signs another delivery of the same core."""
        message = replace(self.message, **changes)  # type: ignore[arg-type]
        signed = sign(message, [SENDER_KEY])
        return replace(
            self,
            delivery=replace(self.delivery, signed=signed),
            held=hold(message.core, signed.hash),
        )


def hold(
    core: ObjectHash,
    delivery: ObjectHash,
    key: DocumentPrivateKey = RECEIPT_KEY,
    *,
    anchor: Anchor = ANCHOR,
    time: Seconds = HELD,
) -> Signed:
    held = Held(anchor=anchor, core=core, delivery=delivery, time=time, checkpoint=CHECKPOINT)
    return sign(held, [key])


def circumstances(recipients: tuple[Recipient, ...] | None = None) -> Circumstances:
    named = recipients or tuple(
        Recipient(address=a, why=Why.TO) for a in (POLICE_ADDRESS, HEALTH_ADDRESS)
    )
    row = schema.Row(Recipient)
    return Circumstances(
        anchor=ANCHOR,
        relay=ORIGIN,
        package=PackageId(b"package-number-1"),
        sender=SENDER,
        recipients=tuple(sorted(named, key=lambda r: encoding.encode(row.to_plain(r, "")))),
        created=Seconds(NOW - 120),
        expires=Seconds(NOW + 14 * DAY),
        checkpoint=CHECKPOINT,
    )


def make_parcel(package: SealedPackage, where: Circumstances, body: MemoryBody) -> Parcel:
    to = [
        SealTo(
            endpoint=endpoint,
            address=ADDRESS[endpoint],
            epoch_key=epoch_hash(endpoint),
            key=SealingKey(EPOCH[endpoint].public_bytes()),
            sequence=5,
        )
        for endpoint in (POLICE, HEALTH)
        if ADDRESS[endpoint] in package.grants
    ]
    sender = Sender(endpoint=SENDER, key=SENDER_KEY)
    delivery = deliver(package, where, 1, to, sender, SeededRandomness(2))
    return Parcel(
        where=where,
        package=package,
        delivery=delivery,
        body=body,
        held=hold(package.core_hash, delivery.signed.hash),
    )


def parcel(content: PackageDraft | None = None) -> Parcel:
    """An honest package from the school to police and health."""
    where = circumstances()
    body = MemoryBody()
    package = seal_package(content or draft(), where, body, SeededRandomness(1))
    return make_parcel(package, where, body)
