"""What is kept and not read day by day: packages, sections and statements that are restricted here, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from phoenix_protocol.identifiers import ItemId, ObjectHash, Seconds


class RestrictReason(Enum):
    """Why something is restricted and not erased."""

    EVIDENCE = "evidence"  # Data Protection Act 2018 s.46(4), s.47(2): it is needed as evidence
    CONTESTED = (
        "contested"  # s.47(3), UK GDPR Article 18(1)(a): contested, and not to be ascertained
    )
    UNLAWFUL = "unlawful"  # Article 18(1)(b): the person wants it kept, though its use was unlawful
    LEGAL_CLAIMS = "legal_claims"  # Article 18(1)(c)
    OBJECTION = "objection"  # Article 18(1)(d): somebody objects, and that is being looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """One thing that is restricted: a package, or by its id a section (its head's) or a statement or file of it.

    ``record`` is the number of the record that says so.
    """

    core: ObjectHash
    item: ItemId | None
    reason: RestrictReason
    since: Seconds
    record: int
    words: str | None = field(repr=False, default=None)


class Restrictions(Protocol):
    """What is restricted. Rows stay when a restriction ends."""

    def add(self, restriction: Restriction) -> None:
        """Restrict something. What was said of the same thing before ends."""
        ...

    def live(self, core: ObjectHash) -> Mapping[ItemId | None, Restriction]:
        """What is restricted of a package now, by the ids of its items; None is all of it."""
        ...

    def of(self, cores: Collection[ObjectHash]) -> Mapping[ObjectHash, Restriction]:
        """The packages among ``cores`` that are restricted as a whole."""
        ...

    def parts(self) -> frozenset[ObjectHash]:
        """The packages of which something is restricted."""
        ...

    def end(
        self,
        core: ObjectHash,
        items: Collection[ItemId | None] | None,
        now: Seconds,
        by: int | None = None,
    ) -> None:
        """End restrictions of a package: those on ``items``, or all. ``by`` is the record that says so."""
        ...
