"""Lines of the list of requests: those asked from here and those owed here (docs/requests.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from agency_client.ports.vault import Escalation, QuestionAnswer, StoredRequest
from agency_client.record.asked import ReadAnswer, ReadQuestion, ReadRequest
from phoenix_protocol.identifiers import Address, ItemId, PackageId
from phoenix_protocol.package.lifecycle import State


class Stands(Enum):
    """How far the answers of one of those asked are. The first that holds is shown."""

    ANSWERED = "answered"  # every question has an answer
    COME = "come"  # a response is here and not accepted yet
    RETURNED = "returned"  # they said that it is not theirs
    ESCALATED = "escalated"  # their deputy was asked
    OVERDUE = "overdue"
    PART = "part"  # some questions have an answer
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An answer with its words, as far as they are still here, and the package that it came in."""

    answer: QuestionAnswer
    package: PackageId | None
    said: ReadAnswer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with its words, as far as they are still here, and its answers."""

    id: ItemId
    said: ReadQuestion | None
    answers: tuple[Told, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One of those asked."""

    address: Address
    state: State | None  # how far the request's package is there; None where a colleague sent it
    stands: Stands
    questions: tuple[Asked, ...]
    deputy: Address | None
    escalation: Escalation | None
    escalated_as: PackageId | None
    come: PackageId | None  # the response that waits to be accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A request in a list."""

    request: StoredRequest
    package: PackageId | None
    purpose: str = field(repr=False)
    urgency: str
    thread: str = field(repr=False)
    said: ReadRequest | None
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLine(Line):
    """A request of ours."""

    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedLine(Line):
    """A request to us; without ``said`` it is not accepted yet. ``state`` is the package's here."""

    state: State
    stands: Stands
    questions: tuple[Asked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Everything that was asked, newest first."""

    asked: tuple[AskedLine, ...]
    owed: tuple[OwedLine, ...]
