"""An answer to a request as its author writes it: a package document with one of four words for each question.

What is held and shared, held and withheld, not held, and not looked for are four different things (docs/requests.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final

from agency_client.record.as_written import read_written
from agency_client.record.document import Document
from agency_client.record.fields import CODE, LONG, ListOf, Number, When, texts
from agency_client.record.places import Place
from agency_client.record.reading import numbered
from agency_client.record.tables import Many, One, said

#: Answers of one response: a question can have several, such as what is shared and what is withheld.
ANSWERS: Final = 256
#: Statements or sections that one answer names: as many as one entry of a section holds.
_NAMED: Final = 64


class Answered(Enum):
    """What became of a question. The words are the protocol's own, and none stands for another."""

    SHARED = "shared"  # held, and here it is
    WITHHELD = "withheld"  # held, and not shared
    NOT_HELD = "not_held"  # looked for, and there is nothing
    NOT_SEARCHED = "not_searched"  # nobody looked


@dataclass(frozen=True, slots=True, kw_only=True)
class Responding:
    """``[response]``: what was searched, the involvement, conditions. Reaches whoever asked."""

    request: str | None = said(CODE)
    searched: str | None = said(LONG)
    involvement: str | None = said(LONG)
    involved_from: str | None = said(When(or_why_not=True))
    involved_until: str | None = said(When(or_why_not=True))
    conditions: str | None = said(LONG)
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """``[[answer]]``: what became of one question, or of a part of it. Reaches whoever asked."""

    question: str | None = said(CODE)
    answer: str | None = said(CODE, codes="answer")
    what: str | None = said(LONG)
    statements: tuple[int, ...] = said(ListOf(Number(), _NAMED, or_one=True, hole=0), default=())
    sections: tuple[str, ...] = said(texts(CODE, _NAMED), default=())
    reason: str | None = said(LONG)
    review_at: str | None = said(When(or_why_not=True))
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseDocument(Document):
    """The whole response: answers, and the sections with what is shared."""

    response: Responding = said(One(Responding), default=Responding(at=("response",)))
    answer: tuple[Answer, ...] = said(Many(Answer, ANSWERS), default=())

    @property
    def speaks_without_sections(self) -> bool:
        """That nothing is held, or nothing is shared, is an answer."""
        return True

    @property
    def readers(self) -> frozenset[str]:
        """Everybody whom it goes to reads the answers."""
        return super(ResponseDocument, self).readers | frozenset(self.to)

    def for_all(self) -> tuple[Any, ...]:
        """The answers too."""
        return (*super(ResponseDocument, self).for_all(), self.response, *self.answer)


def read_response_document(data: bytes) -> ResponseDocument:
    """The response in the bytes of a file. What is wrong inside it is in its ``faults``.

    Raises UsageError ``E_DOC_SYNTAX``, with the line, for bytes that are neither TOML nor a JSON object.
    """
    document = read_written(ResponseDocument, data)
    return replace(document, section=numbered(document.section))
