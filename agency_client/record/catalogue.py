"""The catalogue: the words that answers are chosen from, as data with dates, places and users (docs/document.md).

Enumerations change with the law and from partnership to partnership, so they are configuration and never code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Final

#: In place of kinds of agency: everybody may use a word.
ANYONE: Final = "anyone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One word of an enumeration: what it means, since when and until when, where and for which kinds of agency."""

    code: str
    label: str
    help: str | None
    since: date
    until: date | None
    jurisdiction: frozenset[str]
    who_may_use: frozenset[str]
    not_for: frozenset[str]
    source: str
    confirmed: bool
    warn: str | None

    def in_force(self, day: date) -> bool:
        """Whether the word may be used on ``day``."""
        return self.since <= day and (self.until is None or day <= self.until)


class Whose(Enum):
    """Who adds to a catalogue. What the partnership has set, its agencies can only tighten."""

    PARTNERSHIP = "local"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalQuestion:
    """A question that a partnership or agency asks besides. ``documents`` are the kinds that it is asked of.

    An answer that is ``required`` is owed until it is given; without it, the question is one for judgement.
    """

    id: str
    text: str
    required: bool
    documents: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalRequirement:
    """An answer of the documents' own that is required here: its place without positions (``legal.article_8``)."""

    answer: str
    text: str
    documents: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """A whole catalogue: its version, the SHA-256 of its file, and every enumeration by name, each word by its code.

    ``includes`` names the enumerations whose words count in another too. ``added`` are version and SHA-256 of the
    files by which a partnership and an agency have added to it, tightened it and asked for more.
    """

    version: str
    digest: bytes
    enumerations: Mapping[str, Mapping[str, Code]]
    titles: Mapping[str, str] = field(default_factory=dict)
    includes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    added: Mapping[Whose, tuple[str, bytes]] = field(default_factory=dict)
    questions: Mapping[str, LocalQuestion] = field(default_factory=dict)
    required: tuple[LocalRequirement, ...] = ()

    def named(self, whose: Whose) -> tuple[str, bytes] | None:
        """Version and SHA-256 of what a partnership or agency has added, if it has."""
        return self.added.get(whose)

    def find(self, enumeration: str, code: str) -> Code | None:
        """The word ``code`` of an enumeration, if it has one."""
        return self.enumerations.get(enumeration, {}).get(code)
