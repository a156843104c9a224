"""How long what is here is kept, and erasing it: rule, trigger and review of each section, and what was erased.

Rule and trigger are words, and go with the contents. A tombstone says what was erased, when, why by a code, and by
whom; never what it said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from phoenix_protocol.identifiers import ObjectHash, PackageId, Seconds, SegmentId


class Copy(Enum):
    """What a copy is for."""

    EXCHANGE = "exchange"  # until it is in the agency's own record: short
    RECORD = "record"  # the agency's record, by its own schedule


class EraseReason(Enum):
    """Why something was erased."""

    RETENTION_ENDED = "retention_ended"
    IN_OWN_RECORD = "in_own_record"
    NOT_NEEDED = "not_needed"
    MISDIRECTED = "misdirected"
    INACCURATE = "inaccurate"
    RIGHT_TO_ERASURE = "right_to_erasure"
    COURT_ORDER = "court_order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    """How long a package is kept, or (``section``) one of its sections that has a rule of its own.

    ``review`` is when somebody has to look; nothing is erased by itself.
    """

    core: ObjectHash
    section: SegmentId | None = None
    copy: Copy
    rule: str | None = field(repr=False, default=None)
    trigger: str | None = field(repr=False, default=None)
    review: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """That something was erased: a section of a package, or (``section`` None) all of it that was still there."""

    core: ObjectHash
    section: SegmentId | None = None
    reason: EraseReason
    time: Seconds
    actor: str


class Retention(Protocol):
    """Rules by core and section."""

    def put(self, retained: Retained) -> None:
        """Keep a rule, in place of the one before for the same."""
        ...

    def of(self, core: ObjectHash) -> tuple[Retained, ...]:
        """The rules of a package: its own first, then those of its sections."""
        ...

    def soonest(self, limit: int | None = None) -> tuple[Retained, ...]:
        """The rules, what is to be reviewed soonest first."""
        ...

    def packages(self, cores: Collection[ObjectHash]) -> Mapping[ObjectHash, PackageId]:
        """The ids of many packages at once, received or sent."""
        ...


class Erasure(Protocol):
    """Forgetting contents. What the file still holds of them goes with ``vault.settle()``."""

    def package(self, core: ObjectHash, cover: bytes | None, by: Tombstone) -> None:
        """Forget all that a package says, its keys, and what was said about it in words; leave the tombstone.

        ``cover`` replaces the stored one. Core, delivery, held and events stay: they say that it was there.
        """
        ...

    def sections(
        self, core: ObjectHash, sections: Collection[SegmentId], grant: bytes | None, by: Tombstone
    ) -> None:
        """Forget sections with their attachments and keys; ``grant`` replaces the stored one.

        The document that a sender wrote says everything: it goes with the first section.
        """
        ...

    def tombstones(self, core: ObjectHash) -> tuple[Tombstone, ...]:
        """What was erased of a package, oldest first."""
        ...

    def newest(self, limit: int) -> tuple[ObjectHash, ...]:
        """The packages of which something was erased last, the newest first."""
        ...

    def whole(self) -> frozenset[ObjectHash]:
        """Every package that was erased here as a whole."""
        ...

    def is_erased(self, core: ObjectHash) -> bool:
        """Whether all of a package was erased here."""
        ...

    def doomed(self) -> tuple[bytes, ...]:
        """Blobs whose contents were erased and whose files are still to be removed."""
        ...

    def removed(self, blob: bytes) -> None:
        """A doomed blob's file is gone."""
        ...
