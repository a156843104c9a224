"""The register: one line for everything that was shared, received, decided or recorded, found by subject or agency.

A line is written in the transaction that keeps what it tells of, is never changed, and outlives the content.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from phoenix_protocol.identifiers import ObjectHash, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedSection:
    """One section as the register has it: its title, who reads it, and how much of which class it says."""

    title: str = field(repr=False)
    readers: tuple[str, ...]
    facts: int = 0
    reported: int = 0
    opinions: int = 0
    files: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterLine:
    """One line. ``kind`` is a code: ``sent``, ``received``, or the kind of the record that it tells of.

    ``said`` is the hash of a signed object that it tells of and that is no record, such as a notice.

    ``parties``, with whom it is shared, are addresses, or names of who has none. ``facts`` are texts and codes by these
    names, any of which may be absent: asked_by, said_by, purpose, thread, people (names), roles (of these people),
    outcome, decided_by, consent (a code), basis, reasons, withheld, known_at. Others may be added. ``number`` is given
    by the vault.
    """

    kind: str
    time: Seconds
    core: ObjectHash | None = None
    record: int | None = None
    said: ObjectHash | None = None
    parties: tuple[str, ...] = ()
    sections: tuple[SharedSection, ...] = ()
    facts: Mapping[str, tuple[str, ...]] = field(repr=False, default_factory=dict)
    number: int = 0


class TermKind(Enum):
    """What a term of the index stands for."""

    REFERENCE = "reference"  # a whole name, label, identifier or thread, without blanks and marks
    WORD = "word"  # one word of a person's name
    AGENCY = "agency"  # the agency of a party


@dataclass(frozen=True, slots=True)
class Term:
    """One thing by which a line is found; made by :mod:`agency_client.record.subjects`."""

    kind: TermKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which lines: all conditions hold. ``words`` are beginnings of words; ``until`` is the first second after."""

    kinds: Collection[str] | None = None
    reference: str | None = None
    words: tuple[str, ...] = ()
    agency: str | None = None
    since: Seconds | None = None
    until: Seconds | None = None


class Register(Protocol):
    """Lines in the order in which they were written."""

    def add(self, line: RegisterLine, terms: Collection[Term]) -> int:
        """Write a line; gives its number. The same kind about the same is written once: later ones are not written."""
        ...

    def also(self, line: int, terms: Collection[Term]) -> None:
        """Let line number ``line`` be found by these too: somebody was named later."""
        ...

    def find(self, wanted: Wanted) -> tuple[RegisterLine, ...]:
        """The lines that are wanted, oldest first."""
        ...

    def page(self, wanted: Wanted, *, start: int, most: int) -> tuple[RegisterLine, ...]:
        """Of the lines that are wanted ``most``, newest first, without the first ``start``."""
        ...

    def count(self, wanted: Wanted) -> int:
        """How many lines are wanted."""
        ...

    def of(
        self, *, core: ObjectHash | None = None, record: int | None = None
    ) -> tuple[RegisterLine, ...]:
        """The lines that tell of a package or of a record."""
        ...

    def terms_of(
        self, *, core: ObjectHash | None = None, record: int | None = None
    ) -> frozenset[Term]:
        """Everything that finds the lines of a package and of a record: for what is written down about them."""
        ...

    def forget(self, *, core: ObjectHash | None = None, record: int | None = None) -> None:
        """Remove the lines of a package or record, and all that finds them: at the very end of its life."""
        ...
