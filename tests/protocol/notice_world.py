"""A section that is held, those who hold it, and notices about it: honest ones, for tests to change one thing of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from phoenix_protocol import schema
from phoenix_protocol.api import SealedDetail
from phoenix_protocol.commitments import Commitment
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import (
    Address,
    AgencyId,
    Anchor,
    EndpointId,
    ItemId,
    ObjectHash,
    Seconds,
    SegmentId,
)
from phoenix_protocol.record import Attachment, Head, Kind, Person, Statement
from phoenix_protocol.sealing.contents import Entry, Item, ItemType, SegmentType
from phoenix_protocol.sealing.manifest import entry_commitment, item_commitment, section_digest
from phoenix_protocol.sealing.notices import Handing, Notice, NoticeAction, hand_notice
from phoenix_protocol.sealing.open_notice import (
    Holding,
    OpenedNotice,
    judge_erased,
    judge_notice,
    open_notice,
)
from phoenix_protocol.sealing.open_offer import Reader, SenderAt
from phoenix_protocol.sealing.words import WordsReader
from phoenix_protocol.signed import Signed, sign
from phoenix_protocol.suite.hashing import sha256
from phoenix_protocol.suite.opening_keys import EpochPrivateKey
from phoenix_protocol.suite.sealing_keys import SealingKey
from phoenix_protocol.suite.signatures import DocumentPrivateKey
from tests.protocol.seeded_randomness import SeededRandomness

NOW: Final = Seconds(1_795_000_000)
ANCHOR: Final = Anchor(b"A" * 32)
CHECKPOINT: Final = "checkpoint of size 7"
CORE: Final = ObjectHash(b"c" * 32)
PASSED_ON: Final = ObjectHash(b"d" * 32)

SCHOOL: Final = Address("lead@fennick-academy")
POLICE: Final = Address("mash@ardenfold-police")
HEALTH: Final = Address("school.nurse@quillmere-health")
#: Of no section here.
OTHERS: Final = Address("desk@larkstone-homes")

TUTOR, DEPUTY, MASH, NURSE, HOMES = (EndpointId(bytes([n]) * 32) for n in range(1, 6))
STRANGER: Final = EndpointId(b"x" * 32)
ADDRESS_OF: Final = {TUTOR: SCHOOL, DEPUTY: SCHOOL, MASH: POLICE, NURSE: HEALTH, HOMES: OTHERS}
KEY_OF: Final = {
    endpoint: DocumentPrivateKey.from_seed(endpoint * 2) for endpoint in (*ADDRESS_OF, STRANGER)
}
EPOCH_KEYS: Final = {endpoint: EpochPrivateKey.from_seed(endpoint * 3) for endpoint in ADDRESS_OF}


def epoch(endpoint: EndpointId) -> ObjectHash:
    return ObjectHash(sha256(endpoint))


@dataclass(frozen=True, kw_only=True)
class Register:
    """Who is who, in memory."""

    anchor: Anchor = ANCHOR

    def size_relied_on(self, note: str, at: Seconds) -> int:
        if note != CHECKPOINT:
            raise TamperError("E_DIR_FORK", "another past")
        return 7

    def sender_at(self, endpoint: EndpointId, size: int, time: Seconds) -> SenderAt:
        if endpoint not in ADDRESS_OF or size != 7:
            raise TamperError("E_KEY_UNCERTIFIED", "nobody knows this endpoint")
        return SenderAt(address=ADDRESS_OF[endpoint], document_key=KEY_OF[endpoint].public_bytes())


# -- what is held ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Section:
    """A section as a reader holds it."""

    entry: Entry
    salt: bytes
    items: tuple[Item, ...]

    @property
    def commitment(self) -> Commitment:
        return entry_commitment(self.entry, self.salt)


def item(type_: ItemType, number: int, message: Any) -> Item:
    return Item(
        type=type_,
        id=ItemId(number.to_bytes(16, "big")),
        salt=bytes([number]) * 32,
        content=schema.encode(message),
    )


CHILD: Final = ItemId((2).to_bytes(16, "big"))


def statement(text: str, *, depth: int = 0, about: tuple[ItemId, ...] = (CHILD,)) -> Statement:
    return Statement(
        kind=Kind.OBSERVED,
        text=text,
        about=about,
        origin=AgencyId("fennick-academy"),
        chain_depth=depth,
        basis=(),
        special_category=(),
        flags=(),
    )


def section(*, depth: int = 0, segment: bytes = b"s" * 16) -> Section:
    file = Attachment(
        name="register.pdf",
        media_type="application/pdf",
        size=3,
        digest=sha256(b"pdf"),
        segment=SegmentId(b"f" * 16),
    )
    head = Head(kind="statements", title="Seen", marking="OFFICIAL-SENSITIVE", handling=())
    child = Person(label="child", name="Jordan T", role="child", identifiers={}, part3_category=())
    items = (
        item(ItemType.HEAD, 1, head),
        item(ItemType.PERSON, 2, child),
        item(ItemType.STATEMENT, 3, statement("A dark blue car", depth=depth)),
        item(ItemType.STATEMENT, 4, statement("Two adults inside", depth=depth)),
        item(ItemType.ATTACHMENT, 5, file),
    )
    entry = Entry(
        type=SegmentType.SECTION,
        segment=SegmentId(segment),
        digest=bytes(32),
        content=section_digest(items),
        key_commitment=bytes(32),
        audience=tuple(sorted((SCHOOL, POLICE, HEALTH), key=lambda a: (len(a), a))),
    )
    return Section(entry=entry, salt=b"e" * 32, items=items)


SEEN: Final = section()
COPIED: Final = section(depth=1, segment=b"t" * 16)


def held(*sections: Section, core: ObjectHash = CORE, sent_from: Address = SCHOOL) -> Holding:
    return Holding(core=core, sent_from=sent_from, sections=sections or (SEEN,))


# -- what is said ---------------------------------------------------------------------------------------------------


def notice(action: NoticeAction = NoticeAction.CORRECT, *, of: int = 2, **changes: Any) -> Notice:
    """An honest notice about the item ``of`` the section; ``changes`` make it another."""
    subject = SEEN.items[of]
    said = statement("A black car")
    made = Notice(
        anchor=ANCHOR,
        core=CORE,
        section=SEEN.commitment,
        item=subject.id,
        digest=item_commitment(subject),
        action=action,
        replacement=schema.encode(said) if action is NoticeAction.CORRECT else None,
        conditions=("RECIPIENTS_ONLY",) if action is NoticeAction.RELEASE else (),
        words="Looked again",
        endpoint=TUTOR,
        number=1,
        time=NOW,
        checkpoint=CHECKPOINT,
    )
    return replace(made, **changes)


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A notice as it arrives: the signed delivery with what travels beside, the reader, and what the reader holds."""

    data: bytes
    sealed: SealedDetail
    reader: EndpointId = NURSE
    register: Register = field(default_factory=Register)
    holding: Holding = field(default_factory=held)
    erased: bool = False

    def opened(self) -> OpenedNotice:
        keys = {epoch(self.reader): EPOCH_KEYS[self.reader]}
        reader = Reader(endpoint=self.reader, address=ADDRESS_OF[self.reader], epoch_keys=keys)
        return open_notice(self.data, self.sealed, reader, self.register)

    def run(self) -> tuple[ItemId, ...]:
        if self.erased:
            return judge_erased(self.opened(), self.holding.core, self.holding.sent_from)
        return judge_notice(self.opened(), self.holding)


def arrival(
    said: Notice | Signed,
    *,
    by: EndpointId = TUTOR,
    signer: EndpointId | None = None,
    items: tuple[ItemId, ...] = (),
    readers: tuple[EndpointId, ...] = (MASH, NURSE),
    handing: dict[str, Any] | None = None,
    **arrived: Any,
) -> Arrival:
    """A notice handed on ``by`` an endpoint, signed by its maker or by ``signer``."""
    if isinstance(said, Notice):
        said = sign(said, [KEY_OF[signer or said.endpoint]])
    hand = Handing(
        anchor=ANCHOR,
        core=CORE,
        endpoint=by,
        audience=SEEN.entry.audience,
        items=items,
        time=NOW,
        expires=Seconds(NOW + 86400),
        checkpoint=CHECKPOINT,
    )
    to = [
        WordsReader(endpoint=r, epoch_key=epoch(r), key=SealingKey(EPOCH_KEYS[r].public_bytes()))
        for r in readers
    ]
    made = hand_notice(said, replace(hand, **(handing or {})), to, KEY_OF[by], SeededRandomness(1))
    return replace(Arrival(data=made.signed.encoded(), sealed=made.sealed), **arrived)


def passed_on(said: Notice | Signed | None = None, **how: Any) -> Arrival:
    """A notice that the police hand on to those whom they passed the statement on to."""
    given: dict[str, Any] = {
        "by": MASH,
        "items": (COPIED.items[2].id,),
        "readers": (HOMES,),
        "handing": {"core": PASSED_ON, "audience": (OTHERS,)},
        "reader": HOMES,
        "holding": held(COPIED, core=PASSED_ON, sent_from=POLICE),
    }
    return arrival(said or notice(), **(given | how))
