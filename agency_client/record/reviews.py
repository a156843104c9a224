"""The yearly review of the partnership's protocol as whoever held it writes it down (docs/records.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from agency_client.record.as_written import AsWritten, read_written
from agency_client.record.facts import WordFacts
from agency_client.record.fields import CODE, LINE, LONG, When, texts
from agency_client.record.places import Place
from agency_client.record.tables import Many, said
from agency_client.record.when import span
from phoenix_protocol.identifiers import Seconds

#: The most changes, lessons and people of one review.
_MOST: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """``[[changes]]``: what is different in the protocol from now on, because of what, and where that is written."""

    what: str | None = said(LONG)
    because: str | None = said(CODE, codes="review_reason")
    reference: str | None = said(LINE)
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """``[[lessons]]``: what was learnt from sharing or from not sharing, and what is done about it."""

    what: str | None = said(LONG)
    done: str | None = said(LONG)
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDocument(AsWritten):
    """The whole document."""

    held: str | None = said(When())
    attended_by: tuple[str, ...] = said(texts(LINE, _MOST), default=())
    changes: tuple[Change, ...] = said(Many(Change, _MOST), default=())
    lessons: tuple[Lesson, ...] = said(Many(Lesson, _MOST), default=())
    next_due: str | None = said(When())


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFacts(WordFacts):
    """What decides about a review. ``amends`` says whether it comes with another name or text of the protocol."""

    amends: bool


def read_review(data: bytes) -> ReviewDocument:
    """The review in a file. Raises UsageError ``E_DOC_SYNTAX``; other faults are in its ``faults``."""
    return read_written(ReviewDocument, data)


def due_on(document: ReviewDocument) -> Seconds:
    """When the next review is due: the first second of its day. Only of a document that the rules let pass."""
    found = span(document.next_due or "")
    if found is None:
        raise ValueError("The review does not say when the next one is due.")
    return Seconds(found.first)
