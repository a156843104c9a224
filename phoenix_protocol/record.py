"""What a section's items say: head, person, statement, attachment, entries (docs/protocol.md §5, the placement table).

The kinds of statement are the protocol's own and decide the class that a reader sees: FACT, REPORTED or OPINION. All
other codes come from a catalogue, which is data, and are only bounded here. Which fields a kind needs is the sender's
record rules; a reader shows what is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from phoenix_protocol import limits, schema
from phoenix_protocol.directory.statements import AGENCY, CODE, HASH, LINE
from phoenix_protocol.encoding import Plain
from phoenix_protocol.identifiers import AgencyId, ItemId, SegmentId
from phoenix_protocol.schema import critical_map, optional_map, wire

_ID: Final = schema.fixed(16)
_LONG: Final = schema.Text(limits.LONG_TEXT)
_CODES: Final = schema.ListOf(CODE, maximum=32)
#: A day or time as somebody knows it: "2026", "2026-11", "2026-11-20" or an ISO 8601 time.
_WHEN: Final = schema.Text(40)


class StatementClass(Enum):
    """What a reader is shown beside every statement."""

    FACT = "FACT"
    REPORTED = "REPORTED"
    OPINION = "OPINION"


class Kind(Enum):
    """How the author knows what a statement says."""

    OBSERVED = "observed"
    RECORD = "record"
    CHILD_SAID = "child_said"
    REPORTED = "reported"
    HEARSAY = "hearsay"
    INTELLIGENCE = "intelligence"
    PROFESSIONAL_ASSESSMENT = "professional_assessment"
    PROFESSIONAL_CONCERN = "professional_concern"
    HYPOTHESIS = "hypothesis"


CLASS_OF: Final[dict[Kind, StatementClass]] = {
    Kind.OBSERVED: StatementClass.FACT,
    Kind.RECORD: StatementClass.FACT,
    Kind.CHILD_SAID: StatementClass.REPORTED,
    Kind.REPORTED: StatementClass.REPORTED,
    Kind.HEARSAY: StatementClass.REPORTED,
    Kind.INTELLIGENCE: StatementClass.REPORTED,
    Kind.PROFESSIONAL_ASSESSMENT: StatementClass.OPINION,
    Kind.PROFESSIONAL_CONCERN: StatementClass.OPINION,
    Kind.HYPOTHESIS: StatementClass.OPINION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A section's title, marking and handling.

    ``kind`` tells statements from the legal, decision and other sections.
    """

    kind: str = wire(CODE)
    title: str = wire(LINE)
    marking: str = wire(CODE)
    handling: tuple[str, ...] = wire(schema.ListOf(LINE, maximum=16))
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody whom the section names, copied into it. ``label`` is the author's own word for them in this document."""

    label: str = wire(CODE)
    name: str = wire(LINE)
    role: str = wire(CODE)
    born: str | None = wire(_WHEN, optional=True)
    identifiers: dict[str, str] = wire(schema.MapOf(LINE, maximum=16, key_maximum=limits.CODE))
    part3_category: tuple[str, ...] = wire(_CODES)
    notes: str | None = wire(_LONG, optional=True)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a statement comes from. "Anonymous" and "protected" are sources too."""

    type: str = wire(CODE)
    detail: str | None = wire(_LONG, optional=True)
    relation: str | None = wire(LINE, optional=True)
    reference: str | None = wire(LINE, optional=True)
    identity_protected: bool = wire(schema.Flag())
    first_hand: bool | None = wire(schema.Flag(), optional=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A police grading, kept raw under the name of its scheme (3x5x2 or 5x5x5)."""

    scheme: str = wire(CODE)
    code: str = wire(CODE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of one kind by one author about some of the section's people, resting on others by their ids."""

    kind: Kind = wire(schema.Choice(Kind))
    text: str = wire(_LONG)
    about: tuple[ItemId, ...] = wire(schema.ListOf(_ID, maximum=limits.PEOPLE))
    author: str | None = wire(LINE, optional=True)
    author_role: str | None = wire(LINE, optional=True)
    origin: AgencyId = wire(AGENCY)
    chain_depth: int = wire(
        schema.UInt(64)
    )  # 0 from its author's agency; one more each time it is passed on
    source: Source | None = wire(schema.Nested(Source), optional=True)
    basis: tuple[ItemId, ...] = wire(schema.ListOf(_ID, maximum=limits.STATEMENTS))
    as_of: str | None = wire(_WHEN, optional=True)
    event_from: str | None = wire(_WHEN, optional=True)
    event_to: str | None = wire(_WHEN, optional=True)
    recorded_at: str | None = wire(_WHEN, optional=True)
    verification: str | None = wire(CODE, optional=True)
    verified_by: str | None = wire(LINE, optional=True)
    test: str | None = wire(_LONG, optional=True)  # what would confirm or refute a hypothesis
    grade: Grade | None = wire(schema.Nested(Grade), optional=True)
    special_category: tuple[str, ...] = wire(_CODES)
    flags: tuple[str, ...] = wire(_CODES)  # third_party, criminal_offence, given_in_confidence, …
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that belongs to a section; its bytes are a segment of their own.

    ``digest`` is the SHA-256 of its content.
    """

    name: str = wire(LINE)
    media_type: str = wire(schema.Text(128))
    size: int = wire(schema.UInt(limits.BODY_BYTES))
    digest: bytes = wire(HASH)
    segment: SegmentId = wire(_ID)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Named answers out of a catalogue:

    each a list of codes or texts. Legal basis, decision, informing, quality note.
    """

    entries: dict[str, tuple[str, ...]] = wire(
        schema.MapOf(schema.ListOf(_LONG, maximum=64), maximum=64, key_maximum=limits.CODE)
    )
    do_not_alert: tuple[str, ...] = wire(schema.ListOf(LINE, maximum=64))
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()
