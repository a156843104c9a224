"""A request for information as its author writes it: a package document with questions (docs/requests.md).

Everything that a package document has is there too: whoever asks also shares, by asking. The power or duty is
``legal.gateway``, whether people know is ``legal.informed``, whom not to alert is ``legal.do_not_alert``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from agency_client.record.as_written import read_written
from agency_client.record.document import SECTIONS, Document
from agency_client.record.fields import CODE, LINE, LONG, End, MapOf, When, YesNo, texts
from agency_client.record.places import Place
from agency_client.record.reading import numbered
from agency_client.record.tables import Many, One, said
from phoenix_protocol import limits

#: Questions of one request: each is a section, and one section more holds what is said of all.
QUESTIONS: Final = SECTIONS - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """``[request]``: on whose behalf, at which threshold, why, by when. Reaches everybody who is asked."""

    made_by: str | None = said(LINE)
    on_behalf_of: str | None = said(LINE)
    threshold: str | None = said(CODE, codes="threshold")
    why: str | None = said(LONG)
    public_task: str | None = said(LONG)
    due: str | None = said(End())
    reply_to: tuple[str, ...] = said(texts(LINE, 8), default=())
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """``[[question]]``: one question, and exactly who is asked, each with the reason."""

    id: str | None = said(CODE)
    text: str | None = said(LONG)
    ask: Mapping[str, str] = said(MapOf(LINE, limits.RECIPIENTS), default={})
    about: tuple[str, ...] = said(texts(LINE, limits.PEOPLE), default=())
    why: str | None = said(LONG)
    period_from: str | None = said(When(or_why_not=True))
    period_until: str | None = said(When(or_why_not=True))
    counselling: bool = said(YesNo(), default=False)
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deputy:
    """``[[deputy]]``: whom to turn to when one of those asked has not answered in time."""

    instead_of: str | None = said(LINE)
    address: str | None = said(LINE)
    why: str | None = said(LINE)
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Victim:
    """``[victim]``: the three tests and the notice of a request about a victim. Reaches everybody who is asked."""

    believed_held: str | None = said(LONG)
    relevant_to_enquiry: str | None = said(LONG)
    necessary_and_proportionate: str | None = said(LONG)
    notice_given: str | None = said(When(or_why_not=True))
    notice_how: str | None = said(LONG)
    no_notice_reason: str | None = said(LONG)
    probative_value: str | None = said(LONG)
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDocument(Document):
    """The whole request. ``to`` holds everybody who is asked, written by the author or not."""

    request: Asking = said(One(Asking), default=Asking(at=("request",)))
    question: tuple[Question, ...] = said(Many(Question, QUESTIONS), default=())
    deputy: tuple[Deputy, ...] = said(Many(Deputy, limits.RECIPIENTS), default=())
    victim: Victim | None = said(One(Victim))

    @property
    def asked(self) -> tuple[str, ...]:
        """Everybody who is asked something, in the order in which they are named."""
        return tuple(dict.fromkeys(name for q in self.question for name in q.ask if name))

    @property
    def speaks_without_sections(self) -> bool:
        """The questions are there to be sent."""
        return True

    @property
    def readers(self) -> frozenset[str]:
        """Those who are asked, and those who read a section."""
        return super(RequestDocument, self).readers | frozenset(self.asked)

    @property
    def meant(self) -> frozenset[str]:
        """Whoever a question or a statement is about."""
        return super(RequestDocument, self).meant | {
            name for q in self.question for name in q.about
        }

    def parts(self) -> Iterator[tuple[frozenset[str], Any]]:
        """Sections, and questions with those who are asked and whoever would be asked in their place."""
        yield from super(RequestDocument, self).parts()
        for question in self.question:
            deputies = {
                d.address for d in self.deputy if d.address and d.instead_of in question.ask
            }
            yield frozenset({*question.ask, *deputies}), question

    def for_all(self) -> tuple[Any, ...]:
        """What is said of all questions, and who stands in for whom."""
        victim = (self.victim,) if self.victim is not None else ()
        return (*super(RequestDocument, self).for_all(), self.request, *self.deputy, *victim)

    def addresses(self) -> Iterator[tuple[str, Place]]:
        """Every address but those of deputies and replies, which may be one's own."""
        asked = frozenset(self.asked)
        for name, at in super(RequestDocument, self).addresses():
            if name not in asked:
                yield name, at
        for question in self.question:
            for name in question.ask:
                yield name, (*question.at, "ask", name)

    def mentions(self) -> Iterator[tuple[str, Place]]:
        """Whom questions and statements are about."""
        yield from super(RequestDocument, self).mentions()
        for question in self.question:
            for n, name in enumerate(question.about):
                yield name, self.entry((*question.at, "about"), n)


def read_request_document(data: bytes) -> RequestDocument:
    """The request in the bytes of a file. What is wrong inside it is in its ``faults``.

    Raises UsageError ``E_DOC_SYNTAX``, with the line, for bytes that are neither TOML nor a JSON object.
    """
    document = read_written(RequestDocument, data)
    asked = tuple(name for name in document.asked if name not in document.to)
    return replace(document, to=(*document.to, *asked), section=numbered(document.section))
