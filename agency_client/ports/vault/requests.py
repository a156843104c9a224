"""Requests for information and what became of their questions: asked from here, or put to this home (docs/requests.md).

Words stay in the packages themselves: here are hashes, ids, addresses and times only. Everything is appended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from phoenix_protocol.identifiers import Address, ItemId, ObjectHash, Seconds


class Side(Enum):
    """Who asks."""

    OURS = "ours"  # this home's address
    THEIRS = "theirs"  # another, and this home's address owes the answers


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRequest:
    """A request that is stored here, by the core of its package.

    ``escalates`` names the core of the request that it repeats, because ``instead_of`` has not answered that one.
    """

    core: ObjectHash
    side: Side
    asker: Address
    asked_at: Seconds
    due: Seconds
    escalates: ObjectHash | None = None
    instead_of: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedOf:
    """A question that is put to an address. ``position`` is the question's place in the request, from 0."""

    address: Address
    question: ItemId
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswer:
    """What became of a question, or of a part of it, at one of those asked.

    ``answer`` is one of the four words; ``by`` the address that gave it, a deputy perhaps; ``response`` the core of the
    package with it, where it is number ``position``.
    """

    request: ObjectHash
    question: ItemId
    address: Address
    by: Address
    answer: str
    response: ObjectHash
    position: int
    time: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A package has come whose cover says that it answers a request. What it answers is known once it is accepted."""

    request: ObjectHash
    response: ObjectHash
    by: Address
    time: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """The request was put to the deputy of an address that had not answered in time, as the package ``core``."""

    request: ObjectHash
    address: Address
    deputy: Address
    core: ObjectHash
    time: Seconds


class Requests(Protocol):
    """Requests by core hash."""

    def add(
        self,
        request: StoredRequest,
        asked: Iterable[AskedOf],
        deputies: Mapping[Address, Address],
    ) -> bool:
        """Keep a request, what it asks whom, and who stands in for whom. False when it is there already."""
        ...

    def get(self, core: ObjectHash) -> StoredRequest | None:
        """One request."""
        ...

    def listing(self, side: Side) -> tuple[StoredRequest, ...]:
        """The requests of one side, newest first."""
        ...

    def asked(self, core: ObjectHash) -> tuple[AskedOf, ...]:
        """What a request asks whom, by address and place."""
        ...

    def deputies(self, core: ObjectHash) -> dict[Address, Address]:
        """Who stands in for whom."""
        ...

    def add_answers(self, answers: Iterable[QuestionAnswer]) -> None:
        """Keep answers. The same of the same response again changes nothing."""
        ...

    def answers(self, core: ObjectHash) -> tuple[QuestionAnswer, ...]:
        """All answers to a request, oldest first, in the order of their responses."""
        ...

    def note_reply(self, reply: Reply) -> None:
        """Keep that a response has come. The same again changes nothing."""
        ...

    def replies(self, core: ObjectHash) -> tuple[Reply, ...]:
        """The responses that have come to a request, oldest first."""
        ...

    def add_escalation(self, escalation: Escalation) -> None:
        """Keep that a deputy was asked. Raises RefusedError ``E_CONFLICT`` when one was asked for this address."""
        ...

    def escalations(self, core: ObjectHash) -> tuple[Escalation, ...]:
        """The deputies who were asked for a request, oldest first."""
        ...

    def escalated_by(self, core: ObjectHash) -> Escalation | None:
        """Which request was put to a deputy as the package ``core``."""
        ...
