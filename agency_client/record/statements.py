"""The tables of a document that travel: people, sections, statements and their sources, the cover's contact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from agency_client.record.copied import Copied
from agency_client.record.fields import (
    CODE,
    LINE,
    LONG,
    Label,
    ListOf,
    MapOf,
    Number,
    When,
    YesNo,
    texts,
)
from agency_client.record.places import Place
from agency_client.record.tables import Many, One, said
from phoenix_protocol import limits

#: Longest reason why somebody needs a section, in bytes: all of one reader's reasons share a grant.
_REASON: Final = LINE
#: What to write of somebody's birth that is known roughly. An age has no field: it would be wrong a year later.
_BORN: Final = (
    'Write born = 2011-03-02, "2011-03" or 2011: the day, month or year. Where only an age is known, leave born out '
    'and write it under notes, such as notes = "About 30 in November 2026".'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """``[contact]``: how to reach the sender, on the cover."""

    name: str | None = said(LINE)
    role: str | None = said(LINE)
    phone: str | None = said(LINE)
    out_of_hours: str | None = said(LINE)
    email: str | None = said(LINE)
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """``[[people]]``: somebody whom statements are about. Travels only in the sections that name them."""

    id: str | None = said(CODE)
    name: str | None = said(LINE)
    role: str | None = said(CODE)
    born: str | None = said(When(remedy=_BORN))
    identifiers: Mapping[str, str] = said(MapOf(LINE, 16, limits.CODE), default={})
    identifier_absent_reason: str | None = said(CODE, codes="identifier_absent_reason")
    part3_category: tuple[str, ...] = said(
        texts(CODE, 8), default=(), codes="person_category_part3"
    )
    location_sensitive: bool = said(YesNo(), default=False)
    source_known_to: tuple[str, ...] = said(texts(LINE, limits.RECIPIENTS), default=())
    notes: str | None = said(LONG)
    copied: bool = False  # described by another agency, whose statement is copied
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """``source = { ... }``: where a statement comes from."""

    type: str | None = said(CODE, codes="source_type")
    detail: str | None = said(LONG)
    relation: str | None = said(LINE)
    reference: str | None = said(LINE)
    identity_protected: bool = said(YesNo(), default=False)
    first_hand: bool | None = said(YesNo())
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """``grade = { ... }``: a police grading, kept as it is."""

    scheme: str | None = said(CODE, codes="grade_scheme")
    code: str | None = said(CODE)
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyOf:
    """``copy_of = { ... }``: a statement of a received package, by its package and its number or id there."""

    package: str | None = said(CODE)
    statement: str | None = said(Label())
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """``[[section.statement]]``: one thing known, reported or thought; ``number`` counts through the document.

    A copy is filled in from ``copied``, or ``not_copied`` says in a sentence why it could not be.
    """

    kind: str | None = said(CODE)
    text: str | None = said(LONG)
    about: tuple[str, ...] = said(texts(LINE, limits.PEOPLE), default=())
    author: str | None = said(LINE)
    author_role: str | None = said(LINE)
    source: Source | None = said(One(Source))
    basis: tuple[int, ...] = said(
        ListOf(Number(), limits.STATEMENTS, or_one=True, hole=0), default=()
    )
    as_of: str | None = said(When(or_why_not=True))
    event_from: str | None = said(When())
    event_to: str | None = said(When())
    recorded_at: str | None = said(When())
    verification: str | None = said(CODE, codes="verification")
    verified_by: str | None = said(LINE)
    test: str | None = said(LONG)
    grade: Grade | None = said(One(Grade))
    special_category: tuple[str, ...] = said(texts(CODE, 16), default=(), codes="special_category")
    flags: tuple[str, ...] = said(texts(CODE, 16), default=(), codes="statement_flag")
    copy_of: CopyOf | None = said(One(CopyOf))
    copied: Copied | None = None
    not_copied: str | None = None
    number: int = 0
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """``[[section]]``: statements and files for the same readers, marked like the package if not otherwise."""

    id: str | None = said(CODE)
    title: str | None = said(LINE)
    need_to_know: Mapping[str, str] = said(MapOf(_REASON, limits.RECIPIENTS), default={})
    statement: tuple[Statement, ...] = said(Many(Statement, limits.STATEMENTS), default=())
    marking: str | None = said(CODE)
    handling: tuple[str, ...] = said(texts(LINE, 16), default=())
    confidential: tuple[str, ...] = said(texts(LINE, 8), default=(), codes="confidential")
    confider: str | None = said(LINE)
    sensitivity: tuple[str, ...] = said(texts(LINE, 8), default=(), codes="sensitivity")
    permitted_action: tuple[str, ...] = said(texts(LINE, 8), default=(), codes="permitted_action")
    quality: str | None = said(LONG)
    subject_access: str | None = said(LONG)
    at: Place = ()

    @property
    def readers(self) -> frozenset[str]:
        """The addresses that this section is for."""
        return frozenset(self.need_to_know)


#: Fields of a section that travel with it as answers; ``confider`` stays with the sender's agency.
SECTION_ANSWERS: Final = (
    "confidential",
    "sensitivity",
    "permitted_action",
    "quality",
    "subject_access",
)
