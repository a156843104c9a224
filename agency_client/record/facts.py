"""What the rules must know beside the document: time, sender, directory, bounds, attached files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from agency_client.record.calendar import Calendar
from agency_client.record.catalogue import Catalogue
from agency_client.record.copied import Copies
from agency_client.record.sources import Protected
from phoenix_protocol.directory.statements import Assurance, Bounds
from phoenix_protocol.identifiers import Address, ObjectHash, Seconds


class Reach(Enum):
    """Whether an address that the directory has heard of can be written to."""

    IN_FORCE = "in_force"
    ENDED = "ended"  # its last endpoint left or was replaced by nobody
    SUSPENDED = "suspended"  # its agency
    CLOSED = "closed"  # its agency


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """The sending address and what the directory says of its agency."""

    address: Address
    kind: str
    jurisdiction: str
    legal_scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """A file that the author attached to a section. ``size`` in bytes; None if it cannot be read."""

    section: str
    name: str
    size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """When the words of an address were last compared by phone, and by whom; ``at`` is None if they never were.

    ``has_changed``: the keys of the address are not those any more.
    """

    address: Address
    at: Seconds | None = None
    by: str | None = field(repr=False, default=None)
    has_changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WordFacts:
    """What decides whether a word may be used: the time, the agency that writes, the catalogue."""

    now: Seconds
    own: Own
    catalogue: Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts(WordFacts):
    """Everything outside the document that decides about it.

    ``addresses`` holds every address that the directory has ever had; ``expires`` and ``urgent`` are the options of
    the command; ``review_due`` is when the partnership's protocol must be reviewed; ``sent`` finds the core hash of a
    package that was sent from here, by its id; ``copies`` what the document copies from received packages;
    ``asked`` the ids of requests about the same people whose answers are owed here; ``assured`` what each agency
    assures of its security, by its id; ``training_ended`` whether training that is recorded here has;
    ``kinds`` the kind of each agency of the directory, by its id, and ``names`` its name;
    ``told`` who was told of the package that the
    document supersedes, ``passed_on`` who was told out of packages that those which it copies from replaced;
    ``thread_consent`` what was last said about consent in the thread; ``calendar`` how soon each urgency is to
    be dealt with; ``sources`` the protected sources of the packages that the document speaks of.
    """

    addresses: Mapping[str, Reach]
    bounds: Bounds
    attachments: tuple[AttachedFile, ...] = ()
    expires: str | None = None
    calendar: Calendar | None = None
    urgent: bool = False
    review_due: Seconds | None = None
    sent: Mapping[str, ObjectHash] = field(default_factory=dict)
    copies: Copies = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    passed_on: tuple[str, ...] = ()
    assured: Mapping[str, Sequence[Assurance]] = field(default_factory=dict)
    training_ended: bool = False
    kinds: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    thread_consent: str | None = None
    compared: Mapping[str, Compared] = field(default_factory=dict)
    sources: tuple[Protected, ...] = field(repr=False, default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFacts(WordFacts):
    """What decides about a document that goes into no package. ``packages`` finds cores by the ids that it names."""

    packages: Mapping[str, ObjectHash] = field(default_factory=dict)
