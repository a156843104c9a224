"""A sender, up to a hundred readers and a register in memory, for measuring sealing and opening in process."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cache

from phoenix_protocol import schema
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
from phoenix_protocol.limits import BLOCK, KIB
from phoenix_protocol.package.envelope import RECIPIENTS, Held, Recipient, Why, read_core
from phoenix_protocol.randomness import SystemRandomness
from phoenix_protocol.record import Head, Kind, Statement
from phoenix_protocol.sealing.attachments import AttachmentReader
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
from phoenix_protocol.sealing.open_body import OpenedPackage, attachment_key, open_body
from phoenix_protocol.sealing.open_offer import Reader, SenderAt, open_offer
from phoenix_protocol.sealing.seal import deliver, seal_package
from phoenix_protocol.signed import Signed, sign
from phoenix_protocol.suite.opening_keys import EpochPrivateKey
from phoenix_protocol.suite.sealing_keys import EPOCH_SEED_BYTES, SealingKey
from phoenix_protocol.suite.signatures import DOCUMENT_SEED_BYTES, DocumentPrivateKey

NOW = Seconds(1_795_000_000)
ANCHOR = Anchor(b"A" * 32)
ORIGIN = "relay.quillmere.example"
CHECKPOINT = f"{ORIGIN}\n7\n{'c' * 44}\n\n— {ORIGIN} {'s' * 92}\n"
SENDER = EndpointId(b"S" * 32)
SENDER_ADDRESS = Address("lead@fennick-academy")
RANDOMNESS = SystemRandomness()

#: Content up to this size is written as a statement; more is attached as a file.
LONGEST_STATEMENT = 1 * KIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A recipient: one endpoint at an address of its own."""

    endpoint: EndpointId
    address: Address
    epoch_key: ObjectHash
    private: EpochPrivateKey = field(repr=False)
    public: SealingKey = field(repr=False)

    def reader(self) -> Reader:
        """This person as one who opens."""
        keys = {self.epoch_key: self.private}
        return Reader(endpoint=self.endpoint, address=self.address, epoch_keys=keys)


@cache
def sender_key() -> DocumentPrivateKey:
    """The sender's document key."""
    return DocumentPrivateKey.from_seed(os.urandom(DOCUMENT_SEED_BYTES))


@cache
def receipt_key() -> DocumentPrivateKey:
    """The relay's receipt key."""
    return DocumentPrivateKey.from_seed(os.urandom(DOCUMENT_SEED_BYTES))


@cache
def people(count: int) -> tuple[Person, ...]:
    """``count`` recipients."""
    return tuple(_person(number) for number in range(count))


def _person(number: int) -> Person:
    private = EpochPrivateKey.from_seed(os.urandom(EPOCH_SEED_BYTES))
    return Person(
        endpoint=EndpointId(os.urandom(32)),
        address=Address(f"desk{number}@ardenfold-agency{number}"),
        epoch_key=ObjectHash(os.urandom(32)),
        private=private,
        public=SealingKey(private.public_bytes()),
    )


class Register:
    """Who is who, in memory. What a directory costs is measured nowhere here: it is folded once, not per package."""

    anchor = ANCHOR
    relay_origin = ORIGIN
    longest_life = 84 * 86400

    def __init__(self) -> None:
        self.receipt_key = receipt_key().public_bytes()
        self._sender = SenderAt(address=SENDER_ADDRESS, document_key=sender_key().public_bytes())

    def size_relied_on(self, note: str, at: Seconds) -> int:  # noqa: ARG002
        """The log size of the one checkpoint there is."""
        return 7

    def sender_at(self, endpoint: EndpointId, size: int, time: Seconds) -> SenderAt:  # noqa: ARG002
        """The one sender there is."""
        if endpoint != SENDER:
            raise TamperError("E_KEY_UNCERTIFIED", "Nobody knows this sender.")
        return self._sender

    def check_not_ended(self, endpoint: EndpointId, time: Seconds) -> None:
        """Nobody ends here."""


def draft(
    content: bytes, readers: Sequence[Address], sent_from: Address = SENDER_ADDRESS
) -> PackageDraft:
    """A package that says ``content`` to all of ``readers``, as a statement or an attached file by its size."""
    written = len(content) <= LONGEST_STATEMENT
    text = content.hex()[: len(content)] if written else "The register of attendance is attached."
    section = SectionDraft(
        head=Head(kind="statements", title="Attendance", marking="OFFICIAL", handling=()),
        head_id=ItemId(os.urandom(16)),
        items=(
            ItemDraft(type=ItemType.STATEMENT, id=ItemId(os.urandom(16)), content=_statement(text)),
        ),
        attachments=() if written else (_attachment(content),),
        readers=dict.fromkeys(readers, "To arrange a check"),
    )
    return PackageDraft(
        sent_from=sent_from,
        purpose="Ask for a strategy discussion",
        classification="OFFICIAL-SENSITIVE",
        handling=("RECIPIENTS_ONLY",),
        urgency="amber",
        contact={"phone": "01632 960 001"},
        reference="K7-QD",
        thread="QM-0417",
        supersedes=None,
        sections=(section,),
    )


def _statement(text: str) -> bytes:
    return schema.encode(
        Statement(
            kind=Kind.RECORD,
            text=text,
            about=(),
            origin=AgencyId("fennick-academy"),
            chain_depth=0,
            basis=(),
            special_category=(),
            flags=(),
        )
    )


def _attachment(content: bytes) -> AttachmentDraft:
    def read() -> Iterator[bytes]:
        return (content[at : at + BLOCK] for at in range(0, len(content), BLOCK))

    return AttachmentDraft(
        id=ItemId(os.urandom(16)),
        name="register.pdf",
        media_type="application/pdf",
        size=len(content),
        read=read,
    )


def circumstances(readers: tuple[Person, ...]) -> Circumstances:
    """A new package from the sender to ``readers``."""
    named = [Recipient(address=person.address, why=Why.TO) for person in readers]
    return Circumstances(
        anchor=ANCHOR,
        relay=ORIGIN,
        package=PackageId(os.urandom(16)),
        sender=SENDER,
        recipients=RECIPIENTS.arranged(named),
        created=Seconds(NOW - 120),
        expires=Seconds(NOW + 14 * 86400),
        checkpoint=CHECKPOINT,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A sealed package with its delivery and body."""

    package: SealedPackage
    delivery: SealedDelivery
    body: MemoryBody

    def size(self) -> int:
        """All bytes that travel to the relay."""
        parts = (*self.delivery.capsules, *self.delivery.grants, self.package.cover)
        sealed = sum(map(len, parts)) + self.package.body_length
        return sealed + len(self.package.core) + len(self.delivery.signed.encoded())


def seal(content: PackageDraft, readers: tuple[Person, ...], executor: Executor | None) -> Sent:
    """From a draft to everything that the relay takes, in memory."""
    where, body = circumstances(readers), MemoryBody()
    package = seal_package(content, where, body, RANDOMNESS, executor)
    to = [
        SealTo(
            endpoint=person.endpoint,
            address=person.address,
            epoch_key=person.epoch_key,
            key=person.public,
            sequence=5,
        )
        for person in readers
    ]
    sender = Sender(endpoint=SENDER, key=sender_key())
    delivery = deliver(package, where, 1, to, sender, RANDOMNESS)
    return Sent(package=package, delivery=delivery, body=body)


def hold(sent: Sent) -> Signed:
    """The relay's receipt, which a recipient verifies too."""
    return sign(
        Held(
            anchor=ANCHOR,
            core=sent.package.core_hash,
            delivery=sent.delivery.signed.hash,
            time=Seconds(NOW - 60),
            checkpoint=CHECKPOINT,
        ),
        [receipt_key()],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What one recipient gets of a package: the offer, the grant, the leaves and the body."""

    sent: Sent
    offer: Offer
    grant: bytes
    person: Person


def arrive(sent: Sent, person: Person) -> Arrived:
    """A package as ``person`` gets it."""
    ordered = sorted(p.endpoint for p in people_of(sent))
    place = ordered.index(person.endpoint)
    offer = Offer(
        core=sent.package.core,
        delivery=sent.delivery.signed.encoded(),
        held=hold(sent).encoded(),
        capsule=sent.delivery.capsules[place],
        cover=sent.package.cover,
    )
    return Arrived(sent=sent, offer=offer, grant=sent.delivery.grants[place], person=person)


def people_of(sent: Sent) -> tuple[Person, ...]:
    """Whom a package was sealed to."""
    return people(len(sent.delivery.capsules))


def open_whole(arrived: Arrived, register: Register, executor: Executor | None) -> OpenedPackage:
    """Every check of an offer and a body, to the last chunk; attachments stay encrypted in the body."""
    reader = arrived.person.reader()
    offered = open_offer(arrived.offer, reader, register, lambda _sender, _package: None, NOW)
    leaves = arrived.sent.package.leaves
    return open_body(offered.accepted(reader), arrived.grant, leaves, arrived.sent.body, executor)


def read_attachments(
    arrived: Arrived, opened: OpenedPackage, executor: Executor | None
) -> list[bytes]:
    """The files out of an opened package, decrypted and checked once more, as saving them does."""
    package = _package_id(arrived)
    found: list[bytes] = []
    for attachment in (a for section in opened.sections for a in section.attachments):
        key = attachment_key(attachment.place)
        reader = AttachmentReader(key, package, arrived.sent.body, attachment.place, executor)
        found.extend(reader.pieces())
    return found


def _package_id(arrived: Arrived) -> PackageId:
    return read_core(arrived.offer.core)[0].package
