"""An evidence bundle of Quillmere, with everything in it that one can have, as its sender would make it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from phoenix_protocol import encoding, schema
from phoenix_protocol.api import LogEntry
from phoenix_protocol.evidence.build import Evidence, pieces
from phoenix_protocol.evidence.log import commitments_in
from phoenix_protocol.evidence.messages import BundleSaying
from phoenix_protocol.evidence.redaction import (
    KeptAttachment,
    KeptSection,
    Redaction,
    show,
)
from phoenix_protocol.evidence.subjects import read_statement
from phoenix_protocol.evidence.verify import VerifiedBundle, verify_bundle
from phoenix_protocol.identifiers import Anchor, ItemId, ObjectHash, PackageId, Seconds
from phoenix_protocol.package.envelope import Held, Recipient, Why
from phoenix_protocol.package.events import (
    AddressAnswer,
    AddressState,
    Answer,
    Event,
    EventKind,
    Recall,
    Tombstone,
    Verdict,
    Void,
    Voided,
    VoidReason,
)
from phoenix_protocol.package.notices import AnswerKind, NoticeAnswer, NoticeDelivery
from phoenix_protocol.record import Attachment, Head, Kind, Person, Statement
from phoenix_protocol.sealing.contents import Detail, ItemType
from phoenix_protocol.sealing.drafts import (
    AttachmentDraft,
    Circumstances,
    ItemDraft,
    MemoryBody,
    PackageDraft,
    SealedPackage,
    SealedSection,
    SealTo,
    SectionDraft,
    Sender,
)
from phoenix_protocol.sealing.manifest import entry_commitment, item_commitment
from phoenix_protocol.sealing.notices import HandedNotice, Notice, NoticeAction, bound_to
from phoenix_protocol.sealing.open_body import parse_item
from phoenix_protocol.sealing.seal import deliver, seal_package
from phoenix_protocol.sealing.words import Bound, Purpose, SealedWords, seal_words
from phoenix_protocol.signed import Signed, parse_signed, sign
from phoenix_protocol.suite.sealing_keys import SealingKey
from tests.protocol.quillmere import (
    COUNCIL,
    DAY,
    FRONT_DOOR,
    MASH,
    NOW,
    NURSE,
    ORIGIN,
    Endpoint,
    Quillmere,
    quillmere,
    seed,
)
from tests.protocol.seeded_randomness import SeededRandomness

SEEN = "Got into a dark blue hatchback"
BLACK = "Got into a black hatchback"
FRIEND = "A friend said she has a new phone"
TIRED = "Often tired, and asked for help"
FILE = b"the register of November\n" * 40
CHILD = ItemId(b"child" + bytes(11))


def item_id(name: str) -> ItemId:
    return ItemId(name.encode().ljust(16, b"."))


def statement(name: str, text: str, kind: Kind = Kind.RECORD) -> ItemDraft:
    message = Statement(
        kind=kind,
        text=text,
        about=(CHILD,),
        origin=COUNCIL,
        chain_depth=0,
        basis=(),
        special_category=(),
        flags=(),
    )
    return ItemDraft(type=ItemType.STATEMENT, id=item_id(name), content=schema.encode(message))


def person() -> ItemDraft:
    message = Person(
        label="child", name="Jordan T", role="child", identifiers={}, part3_category=()
    )
    return ItemDraft(type=ItemType.PERSON, id=CHILD, content=schema.encode(message))


def section(
    title: str, readers: Sequence[str], *items: ItemDraft, files: Sequence[bytes] = ()
) -> SectionDraft:
    return SectionDraft(
        head=Head(kind="statements", title=title, marking="OFFICIAL", handling=()),
        head_id=item_id(f"head {title}"),
        items=(person(), *items),
        attachments=tuple(
            AttachmentDraft(
                id=item_id(f"file {n}"),
                name=f"register {n}.txt",
                media_type="text/plain",
                size=len(content),
                read=lambda content=content: iter([content]),
            )
            for n, content in enumerate(files)
        ),
        readers=dict.fromkeys((FRONT_DOOR, *readers), "To plan"),
    )


DRAFT = PackageDraft(
    sent_from=FRONT_DOOR,
    purpose="Ask for a strategy discussion",
    classification="OFFICIAL-SENSITIVE",
    handling=("RECIPIENTS_ONLY",),
    urgency="amber",
    contact={"phone": "01632 960 001"},
    reference="K7-QD",
    thread="QM-0417",
    supersedes=None,
    sections=(
        section(
            "Seen",
            [MASH, NURSE],
            statement("seen", SEEN, Kind.OBSERVED),
            statement("friend", FRIEND, Kind.REPORTED),
            files=[FILE, b""],
        ),
        section("Health", [NURSE], statement("tired", TIRED)),
    ),
)

CREATED = Seconds(NOW - 3600)
EXPIRES = Seconds(NOW + 14 * DAY)
SENDER, POLICE_DESK, SCHOOL_NURSE = "front door", "mash 1", "nurse"


@dataclass(frozen=True, kw_only=True)
class World:
    """A package that was sent, with the town it was sent in and all that was said of it."""

    town: Quillmere
    package: SealedPackage
    deliveries: tuple[Signed, ...]
    held: tuple[Signed, ...]
    said: tuple[BundleSaying, ...]
    entries: tuple[LogEntry, ...]

    @property
    def core_hash(self) -> ObjectHash:
        return self.package.core_hash

    def endpoint(self, label: str) -> Endpoint:
        return self.town.endpoints[label]

    # -- making the file -------------------------------------------------------------------------

    def kept(self) -> tuple[KeptSection, ...]:
        return tuple(map(kept_section, self.package.sections))

    def evidence(self, redaction: Redaction = Redaction(), **changes: Any) -> Evidence:  # noqa: B008  # immutable
        made = Evidence(
            anchor=self.town.anchor,
            checkpoint=self.town.checkpoint(),
            partnership=self.town.directory.partnership,
            core=self.package.core,
            deliveries=tuple(d.encoded() for d in self.deliveries),
            held=tuple(h.encoded() for h in self.held),
            epoch_keys=tuple(
                self.endpoint(label).epoch.signed.encoded() for label in (POLICE_DESK, SCHOOL_NURSE)
            ),
            cover=None if redaction.cover else schema.encode(self.package.cover_content),
            manifest=schema.encode(self.package.manifest),
            manifest_salt=self.package.manifest_salt,
            parts=show(self.kept(), redaction),
            said=self.said,
        )
        return replace(made, **changes)

    def file(
        self,
        redaction: Redaction = Redaction(),  # noqa: B008  # immutable
        *,
        whole: bool = True,
        **changes: Any,
    ) -> bytes:
        evidence = self.evidence(redaction, **changes)
        size = len(self.entries)
        return b"".join(pieces(evidence, lambda: iter(self.entries), size, whole=whole))


def kept_section(section: SealedSection) -> KeptSection:
    parts = {part.place.segment: part for part in section.attachments}
    files = []
    contents = {len(FILE): FILE, 0: b""}
    for item in section.items:
        said = parse_item(item)
        if isinstance(said, Attachment):
            content = contents[said.size]
            files.append(
                KeptAttachment(
                    entry=parts[said.segment].entry,
                    salt=parts[said.segment].salt,
                    item=item.id,
                    size=said.size,
                    read=lambda content=content: in_pieces(content),
                )
            )
    return KeptSection(
        entry=section.part.entry,
        salt=section.part.salt,
        items=section.items,
        attachments=tuple(files),
    )


def in_pieces(content: bytes) -> Iterator[bytes]:
    return (content[n : n + 300] for n in range(0, len(content), 300))


def verified(file: bytes, anchor: Anchor | None = None) -> VerifiedBundle:
    return verify_bundle(io.BytesIO(file), anchor or quillmere().anchor)


# -- the package ------------------------------------------------------------------------------------------------------


def recipients() -> tuple[Recipient, ...]:
    row = schema.Row(Recipient)
    named = [
        Recipient(address=MASH, why=Why.TO),
        Recipient(address=NURSE, why=Why.TO),
        Recipient(address=FRONT_DOOR, why=Why.OWN),
    ]
    return tuple(sorted(named, key=lambda r: encoding.encode(row.to_plain(r, ""))))


def seal(town: Quillmere, **changes: Any) -> SealedPackage:
    where = circumstances(town, **changes)
    return seal_package(DRAFT, where, MemoryBody(), SeededRandomness(7))


def circumstances(town: Quillmere, **changes: Any) -> Circumstances:
    made = Circumstances(
        anchor=town.anchor,
        relay=ORIGIN,
        package=PackageId(seed("package", 16)),
        sender=town.endpoints[SENDER].id,
        recipients=recipients(),
        created=CREATED,
        expires=EXPIRES,
        checkpoint=town.checkpoint(time=Seconds(CREATED - 60)),
    )
    return replace(made, **changes)


def delivery(
    town: Quillmere, package: SealedPackage, number: int, labels: Sequence[str], **changes: Any
) -> Signed:
    to = [
        SealTo(
            endpoint=endpoint.id,
            address=endpoint.address,
            epoch_key=endpoint.epoch.signed.hash,
            key=SealingKey(endpoint.epoch.opened.message.key),
            sequence=1,
        )
        for endpoint in (town.endpoints[label] for label in labels)
    ]
    sender = town.endpoints[SENDER]
    made = deliver(
        package,
        circumstances(town, **changes),
        number,
        to,
        Sender(endpoint=sender.id, key=sender.key),
        SeededRandomness(number),
    )
    return made.signed


def held(town: Quillmere, package: SealedPackage, delivered: Signed, **changes: Any) -> Signed:
    message = Held(
        anchor=town.anchor,
        core=package.core_hash,
        delivery=delivered.hash,
        time=Seconds(CREATED + 1),
        checkpoint=town.checkpoint(time=CREATED),
    )
    return sign(replace(message, **changes), [town.relay.receipt])


# -- what is said -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Sayings:
    """What can be said of a package."""

    town: Quillmere
    core: ObjectHash
    deliveries: Mapping[str, ObjectHash]

    def words(self, label: str, detail: Detail) -> SealedWords:
        bound = Bound(
            purpose=Purpose.DETAIL,
            anchor=self.town.anchor,
            core=self.core,
            maker=self.town.endpoints[label].id,
        )
        return seal_words(schema.encode(detail), bound, (), SeededRandomness(len(label)))

    def event(
        self,
        label: str,
        kind: EventKind,
        counter: int,
        detail: Detail | None = None,
        **changes: Any,
    ) -> BundleSaying:
        words = self.words(label, detail) if detail is not None else None
        at = Seconds(CREATED + 100 * counter)
        message = Event(
            anchor=self.town.anchor,
            core=self.core,
            delivery=self.deliveries[label],
            endpoint=self.town.endpoints[label].id,
            kind=kind,
            counter=counter,
            time=at,
            checkpoint=self.town.checkpoint(time=at),
            detail=words.digest if words is not None else None,
        )
        return self.said(replace(message, **changes), label, words)

    def recall(self, label: str = SENDER, **changes: Any) -> BundleSaying:
        words = self.words(label, Detail(reason="Sent too early", opened=()))
        message = Recall(
            anchor=self.town.anchor,
            core=self.core,
            endpoint=self.town.endpoints[label].id,
            time=NOW,
            checkpoint=self.town.checkpoint(),
            detail=words.digest,
        )
        return self.said(replace(message, **changes), label, words)

    def verdict(self, recall: BundleSaying, **changes: Any) -> BundleSaying:
        message = Verdict(
            anchor=self.town.anchor,
            core=self.core,
            recall=parse_signed(recall.signed).hash,
            answers=(
                AddressAnswer(address=MASH, answer=Answer.TOO_LATE),
                AddressAnswer(address=NURSE, answer=Answer.RECALLED),
            ),
            time=NOW,
            checkpoint=self.town.checkpoint(),
        )
        return self.relayed(replace(message, **changes))

    def tombstone(self, **changes: Any) -> BundleSaying:
        message = Tombstone(
            anchor=self.town.anchor,
            core=self.core,
            states=(AddressState(address=NURSE, state="held"),),
            expired=EXPIRES,
            time=EXPIRES,
            checkpoint=self.town.checkpoint(),
        )
        return self.relayed(replace(message, **changes))

    def void(self, label: str = SENDER, **changes: Any) -> BundleSaying:
        message = Void(
            anchor=self.town.anchor,
            sender=self.town.endpoints[label].id,
            recipient=self.town.endpoints[SCHOOL_NURSE].id,
            entries=(Voided(sequence=1, core=self.core, reason=VoidReason.RECALLED),),
            time=NOW,
            checkpoint=self.town.checkpoint(),
        )
        return self.said(replace(message, **changes), label, None)

    def notice(self, package: SealedPackage, label: str = SENDER, **changes: Any) -> BundleSaying:
        """A correction of what was seen."""
        section = package.sections[0]
        item = next(item for item in section.items if item.id == item_id("seen"))
        message = Notice(
            anchor=self.town.anchor,
            core=self.core,
            section=entry_commitment(section.part.entry, section.part.salt),
            item=item.id,
            digest=item_commitment(item),
            action=NoticeAction.CORRECT,
            replacement=statement("seen", BLACK, Kind.OBSERVED).content,
            conditions=(),
            words="The tutor is certain now",
            endpoint=self.town.endpoints[label].id,
            number=1,
            time=NOW,
            checkpoint=self.town.checkpoint(),
        )
        return self.said(replace(message, **changes), label, None)

    def handing(self, notice: BundleSaying, label: str = SENDER, **changes: Any) -> BundleSaying:
        handed = HandedNotice(items=(), notice=notice.signed)
        bound = bound_to(self.town.anchor, self.core, self.town.endpoints[label].id)
        words = seal_words(schema.encode(handed), bound, (), SeededRandomness(3))
        message = NoticeDelivery(
            anchor=self.town.anchor,
            core=self.core,
            endpoint=self.town.endpoints[label].id,
            audience=(MASH,),
            notice=words.digest,
            time=NOW,
            expires=EXPIRES,
            checkpoint=self.town.checkpoint(),
        )
        return self.said(replace(message, **changes), label, words)

    def answer(
        self, notice: BundleSaying, label: str = POLICE_DESK, **changes: Any
    ) -> BundleSaying:
        words = self.words(label, Detail(words="Put right in our record", opened=()))
        message = NoticeAnswer(
            anchor=self.town.anchor,
            notice=parse_signed(notice.signed).hash,
            core=self.core,
            endpoint=self.town.endpoints[label].id,
            audience=(FRONT_DOOR,),
            answer=AnswerKind.DONE,
            counter=1,
            time=NOW,
            checkpoint=self.town.checkpoint(),
            detail=words.digest,
        )
        return self.said(replace(message, **changes), label, words)

    def said(self, message: Any, label: str, words: SealedWords | None) -> BundleSaying:
        return BundleSaying(
            signed=sign(message, [self.town.endpoints[label].key]).encoded(),
            ciphertext=words.sealed.ciphertext if words is not None else None,
            key=words.key if words is not None else None,
        )

    def relayed(self, message: Any) -> BundleSaying:
        return BundleSaying(signed=sign(message, [self.town.relay.receipt]).encoded())


def entries_of(town: Quillmere) -> tuple[LogEntry, ...]:
    """The log with all openings that there are."""
    found = []
    for signed in town.log:
        commitments = commitments_in(read_statement(parse_signed(signed)))
        openings = [town.openings[c] for c in sorted(commitments) if c in town.openings]
        found.append(LogEntry(statement=signed, openings=tuple(openings)))
    return tuple(found)


def world_in(town: Quillmere, sent_in: Quillmere | None = None) -> World:
    """A package sent in ``sent_in`` and shown in ``town``, whose log may have gone on since."""
    then = sent_in or town
    package = seal(then)
    first = delivery(then, package, 1, [POLICE_DESK, SCHOOL_NURSE])
    second = delivery(then, package, 2, ["mash 2"])
    sayings = Sayings(
        town=then,
        core=package.core_hash,
        deliveries={POLICE_DESK: first.hash, SCHOOL_NURSE: first.hash, "mash 2": second.hash},
    )
    recall = sayings.recall()
    notice = sayings.notice(package)
    opened = tuple(
        sorted(
            entry_commitment(part.entry, part.salt)
            for part in (package.sections[0].part, *package.sections[0].attachments)
        )
    )
    return World(
        town=town,
        package=package,
        deliveries=(first, second),
        held=(held(then, package, first), held(then, package, second)),
        said=(
            sayings.event(POLICE_DESK, EventKind.ACCEPTED, 1),
            sayings.event(POLICE_DESK, EventKind.COMMITTED, 2, Detail(record="M-1", opened=opened)),
            sayings.event(
                POLICE_DESK,
                EventKind.ACKNOWLEDGED,
                3,
                Detail(owner="Duty sergeant", use="Strategy discussion", opened=()),
            ),
            recall,
            sayings.verdict(recall),
            sayings.void(),
            sayings.tombstone(),
            notice,
            sayings.handing(notice),
            sayings.answer(notice),
        ),
        entries=entries_of(town),
    )


def sayings_of(world: World) -> Sayings:
    first, second = (d.hash for d in world.deliveries)
    return Sayings(
        town=world.town,
        core=world.core_hash,
        deliveries={POLICE_DESK: first, SCHOOL_NURSE: first, "mash 2": second},
    )


@lru_cache(maxsize=1)
def world() -> World:
    """The package in Quillmere as it stands."""
    return world_in(quillmere())
