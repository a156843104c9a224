"""A question for advice and its answer as packages: the question, what whoever asks chose to include, and no more.

A program writes these documents from a command (docs/records.md); the machinery is that of every package.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from agency_client.record.as_written import written_from
from agency_client.record.carried import check_carried
from agency_client.record.document import Document
from agency_client.record.drafting import More, Setting, entry_items, head_of, readers_of
from agency_client.record.facts import Facts
from agency_client.record.fields import CODE, LINE, LONG, End, texts
from agency_client.record.findings import Findings
from agency_client.record.items import Ids, new_id
from agency_client.record.opened import ReadSection
from agency_client.record.placement import answers_of, entries_of
from agency_client.record.places import Place
from agency_client.record.reading import numbered
from agency_client.record.syntax import parse
from agency_client.record.tables import One, said
from agency_client.record.when import span
from phoenix_protocol.identifiers import ObjectHash, Seconds
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.sealing.drafts import SectionDraft

#: The kinds of these sections, as their heads say them, and their ids.
ADVICE: Final = "advice"
ADVICE_ANSWER: Final = "advice_answer"
#: Texts that can be included beside a question.
INCLUDED: Final = 16
_ASKED: Final = "Advice is asked for"
_ADVISED: Final = "Advice that was asked for"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """``[asking]``: the question, in which role somebody is asked, what is included, and when advice is needed."""

    question: str | None = said(LONG)
    role: str | None = said(LINE)
    included: tuple[str, ...] = said(texts(LONG, INCLUDED), default=())
    due: str | None = said(End())
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Advising:
    """``[advising]``: the advice, who gives it, and the package that asked for it, by the hash of its core."""

    answer: str | None = said(LONG)
    by: str | None = said(LINE)
    core: str | None = said(CODE)
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceDocument(Document):
    """A question or an answer. It may have sections, with statements that are copied."""

    asking: Asking = said(One(Asking), default=Asking(at=("asking",)))
    advising: Advising = said(One(Advising), default=Advising(at=("advising",)))

    @property
    def speaks_without_sections(self) -> bool:
        """The question is there to be sent."""
        return True

    @property
    def readers(self) -> frozenset[str]:
        """Whoever it goes to reads the question."""
        return super(AdviceDocument, self).readers | frozenset(self.to)

    def for_all(self) -> tuple[Any, ...]:
        """The question or the answer too."""
        return (*super(AdviceDocument, self).for_all(), self.asking, self.advising)


# -- writing -----------------------------------------------------------------------------------------------------------


def question_document(
    to: str, asking: dict[str, Any], package: str | None, copied: Iterable[str]
) -> bytes:
    """The document that asks ``to``; ``copied`` are statements of the received package ``package`` to include."""
    wanted = [
        {"copy_of": {"package": package or "", "statement": statement}} for statement in copied
    ]
    section = {
        "id": "included",
        "title": "What the question is about",
        "need_to_know": {to: _ASKED},
        "statement": wanted,
    }
    given = {name: value for name, value in asking.items() if value}
    more = {"section": [section]} if wanted else {}
    return _encoded({"to": [to], "purpose": _ASKED, **_KEPT, "asking": given, **more})


def answer_document(to: str, core: ObjectHash, answer: str, by: str | None) -> bytes:
    """The document that answers the question in the package ``core`` to whoever asked it."""
    given = {"answer": answer, "core": core.hex(), **({"by": by} if by else {})}
    return _encoded({"to": [to], "purpose": _ADVISED, **_KEPT, "advising": given})


_KEPT: Final[dict[str, Any]] = {
    "handling": ["RECIPIENTS_ONLY"],
    "legal": {"retention": "Until the advice is filed with what it is about"},
}


def _encoded(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def read_advice_document(data: bytes) -> AdviceDocument:
    """What :func:`question_document` and :func:`answer_document` wrote."""
    document = written_from(AdviceDocument, parse(data))
    return replace(document, section=numbered(document.section))


def check_advice(document: AdviceDocument, facts: Facts) -> Findings:
    """What the rules say. To somebody of another agency it is sharing: what that needs is owed, as in an emergency.

    Advice is never a gate: nothing stops a question but a recipient or a copy that cannot be.
    """
    return check_carried(document, facts)


# -- drafting ----------------------------------------------------------------------------------------------------------


def advice_section(
    document: AdviceDocument, due: str | None, setting: Setting, randomness: Randomness
) -> More:
    """What makes the section of a question, which wants advice by ``due``, or of an answer."""

    def more(_ids: Ids) -> Iterator[SectionDraft]:
        is_question = document.asking.question is not None
        kind, title = (ADVICE, "Question") if is_question else (ADVICE_ANSWER, "Advice")
        answers = dict(answers_of(document.asking if is_question else document.advising))
        if is_question and due is not None:
            answers["asking.due"] = (due,)
        yield SectionDraft(
            head=head_of(kind, title, document.classification, document.handling, kind),
            head_id=new_id(randomness),
            items=tuple(entry_items(entries_of([answers]), randomness)),
            readers=readers_of(dict.fromkeys(document.to, document.purpose or ""), setting),
        )

    return more


# -- reading -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadQuestion:
    """A question for advice, as it came."""

    question: str
    role: str | None
    included: tuple[str, ...]
    due: Seconds | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAdvice:
    """Advice, as it came: the core that it answers is None where that is no hash."""

    core: ObjectHash | None
    answer: str
    by: str | None


def read_question(sections: Iterable[ReadSection]) -> ReadQuestion | None:
    """The question in ``sections``; None when they ask nothing."""
    for section in sections:
        question = _one(section, "asking.question")
        if section.kind == ADVICE and question is not None:
            when = span(_one(section, "asking.due") or "")
            return ReadQuestion(
                question=question,
                role=_one(section, "asking.role"),
                included=section.answers.get("asking.included", ()),
                due=Seconds(when.last) if when is not None else None,
            )
    return None


def read_advice(sections: Iterable[ReadSection]) -> ReadAdvice | None:
    """The advice in ``sections``; None when they hold none."""
    for section in sections:
        answer = _one(section, "advising.answer")
        if section.kind == ADVICE_ANSWER and answer is not None:
            return ReadAdvice(
                core=_core(_one(section, "advising.core") or ""),
                answer=answer,
                by=_one(section, "advising.by"),
            )
    return None


def _one(section: ReadSection, name: str) -> str | None:
    return next(iter(section.answers.get(name, ())), None)


def _core(text: str) -> ObjectHash | None:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        return None
    return ObjectHash(found) if len(found) == 32 else None
