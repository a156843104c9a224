"""Notices about what was sent, made here or come from others: to which items here they belong, what was answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from agency_client.ports.vault.received import Seen
    from phoenix_protocol.identifiers import Address, EndpointId, ItemId, ObjectHash, Seconds
    from phoenix_protocol.package.notices import AnswerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredNotice:
    """A notice whose signature held. ``core`` and ``item`` are its maker's; ``action`` as on the wire.

    Its words are in ``signed``, the Signed notice.
    """

    hash: ObjectHash
    core: ObjectHash
    item: ItemId
    action: str
    endpoint: EndpointId
    maker: Address
    number: int
    time: Seconds
    signed: bytes = field(repr=False)


class HandingState(Enum):
    """What became of a handing.

    Of one that came: WAITING for the contents of its package, APPLIED to items here, or REFUSED by a check against
    them. Of one made here: QUEUED for the relay, POSTED, or REFUSED by it; OVER once it has expired and whoever may
    hold the item has answered, or was handed it again.
    """

    WAITING = "waiting"
    APPLIED = "applied"
    QUEUED = "queued"
    POSTED = "posted"
    REFUSED = "refused"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHanding:
    """A Signed delivery of a notice, with its ciphertext and the key that opens it: enough to prove it later.

    ``core`` is that under which its audience has the item; ``items`` what its hander called it, empty at first hand.
    ``own`` tells those made here from those that came.
    """

    hash: ObjectHash
    notice: ObjectHash
    core: ObjectHash
    endpoint: EndpointId
    hander: Address
    own: bool
    audience: tuple[Address, ...]
    items: tuple[ItemId, ...]
    time: Seconds
    expires: Seconds
    state: HandingState
    signed: bytes = field(repr=False)
    ciphertext: bytes = field(repr=False)
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """An answer to a notice, our own or another's: the Signed bytes, and the encoded Detail where this home could open
    it.
    """

    hash: ObjectHash
    notice: ObjectHash
    core: ObjectHash
    endpoint: EndpointId
    address: Address
    kind: AnswerKind
    counter: int
    time: Seconds
    signed: bytes = field(repr=False)
    detail: bytes | None = field(repr=False, default=None)


class Notices(Protocol):
    """Notices by their hash; they are few beside packages."""

    def keep(self, notice: StoredNotice) -> Seen:
        """Keep a notice. SAME: kept before. OTHER: its endpoint has said something else under this number on this
        item; not kept.
        """
        ...

    def get(self, notice: ObjectHash) -> StoredNotice | None:
        """One notice."""
        ...

    def all(self) -> tuple[StoredNotice, ...]:
        """Every notice that belongs to something here, oldest first."""
        ...

    def numbers(
        self, core: ObjectHash, item: ItemId, endpoint: EndpointId
    ) -> Mapping[int, ObjectHash]:
        """The notices of an endpoint on one item of its own naming, by their numbers."""
        ...

    def apply(self, notice: ObjectHash, core: ObjectHash, items: Sequence[ItemId]) -> bool:
        """A notice belongs to these items of a package here. False when that was known."""
        ...

    def of(self, core: ObjectHash) -> tuple[tuple[ItemId, StoredNotice], ...]:
        """The notices on items of a package, each with its item, in the order of their times."""
        ...

    def places(self, notice: ObjectHash) -> tuple[tuple[ObjectHash, ItemId], ...]:
        """To which items of which packages here a notice belongs."""
        ...

    def hand(self, handing: StoredHanding) -> bool:
        """Keep a handing. False when it was kept before."""
        ...

    def set_state(self, handing: ObjectHash, state: HandingState) -> None:
        """What became of a handing."""
        ...

    def handings(
        self, notice: ObjectHash | None = None, *, own: bool | None = None
    ) -> tuple[StoredHanding, ...]:
        """Handings of a notice, or all; made here, come from others, or both; oldest first."""
        ...

    def passed_on(self) -> tuple[StoredNotice, ...]:
        """The notices on items that this home passed on, oldest first."""
        ...

    def expired(self, now: Seconds) -> tuple[StoredHanding, ...]:
        """Handings made here whose time is over and that are not OVER, oldest first."""
        ...

    def waiting(self, core: ObjectHash) -> tuple[StoredHanding, ...]:
        """Handings that came for a package whose contents were not here, oldest first."""
        ...

    def answer(self, answer: StoredAnswer) -> Seen:
        """Keep an answer. SAME: kept before. OTHER: its endpoint has answered something else under this counter."""
        ...

    def answers(self, notice: ObjectHash) -> tuple[StoredAnswer, ...]:
        """What was answered to a notice, by endpoint and counter."""
        ...

    def next_counter(self, notice: ObjectHash, endpoint: EndpointId) -> int:
        """The counter of an endpoint's next answer to a notice: 1 at first."""
        ...

    def erase(self, core: ObjectHash, items: Collection[ItemId] | None = None) -> None:
        """Forget what was said of a package, or of some of its items: notices, handings, the words of answers.

        That an endpoint has answered stays, without its words: a notice that comes again is not answered anew. What the
        file still holds goes with ``vault.settle()``.
        """
        ...
