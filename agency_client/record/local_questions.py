"""What a partnership or an agency asks besides: questions of its own, and answers that are required here.

A required answer is owed and never stops anything. Nothing that was asked before can be taken away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from agency_client.record.as_written import LOCAL_QUESTIONS as MOST
from agency_client.record.catalogue import Catalogue, LocalQuestion, LocalRequirement
from agency_client.record.catalogue_file import CatalogueHead
from agency_client.record.document_kinds import KINDS, SHARING, is_answer
from agency_client.record.faults import Faults, did_you_mean
from agency_client.record.fields import CODE, LINE, YesNo, texts
from agency_client.record.places import Place
from agency_client.record.tables import Many, said

_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_REQUIRED_HERE: Final = "Your agency or partnership asks for this answer."
_LOOSER: Final = "This would loosen what is asked already."


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenQuestion:
    """``[[question]]``: a question, whether its answer is owed, and of which kinds of document it is asked."""

    id: str | None = said(CODE)
    text: str | None = said(LINE)
    required: bool | None = said(YesNo())
    documents: tuple[str, ...] = said(texts(CODE, 8), default=())
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRequirement:
    """``[[required]]``: an answer that documents have, and that is owed here."""

    answer: str | None = said(LINE)
    text: str | None = said(LINE)
    documents: tuple[str, ...] = said(texts(CODE, 8), default=())
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalHead(CatalogueHead):
    """What stands before the words that are added and tightened."""

    question: tuple[WrittenQuestion, ...] = said(Many(WrittenQuestion, MOST), default=())
    required: tuple[WrittenRequirement, ...] = said(Many(WrittenRequirement, MOST), default=())


def questions(head: LocalHead, base: Catalogue, faults: Faults) -> Mapping[str, LocalQuestion]:
    """Every question that is asked by now, those of ``base`` first. Whatever takes one away is a fault."""
    asked = dict(base.questions)
    seen: set[str] = set()
    for written in head.question:
        id_ = _id(written, seen, faults)
        if id_ is None:
            continue
        known = base.questions.get(id_)
        question = _new(id_, written, faults) if known is None else _more(known, written, faults)
        if question is not None:
            asked[id_] = question
    if len(asked) > MOST:
        faults.add("E_DOC_LIMIT", ("question",), f"{MOST} questions can be asked, and no more.")
    return asked


def _id(written: WrittenQuestion, seen: set[str], faults: Faults) -> str | None:
    at: Place = (*written.at, "id")
    if written.id is None:
        faults.add("E_DOC_MISSING", at, "This question has no id.")
    elif not _ID.fullmatch(written.id):
        message = "An id begins with a letter: small letters, digits and _ only."
        faults.add("E_DOC_TYPE", at, message)
    elif written.id in seen:
        faults.add("E_DOC_DUPLICATE", at, "This question is there twice.")
    else:
        seen.add(written.id)
        return written.id
    return None


def _new(id_: str, written: WrittenQuestion, faults: Faults) -> LocalQuestion | None:
    documents = _documents(written.documents, written.at, faults) or SHARING
    if written.text is None:
        faults.add("E_DOC_MISSING", (*written.at, "text"), "This question has no text.")
        return None
    return LocalQuestion(
        id=id_, text=written.text, required=written.required or False, documents=documents
    )


def _more(known: LocalQuestion, written: WrittenQuestion, faults: Faults) -> LocalQuestion:
    """A question that is asked already: it can become a required one, and be asked of more."""
    if written.text not in (None, known.text):
        faults.add("E_DOC_FIELD", (*written.at, "text"), "The text of a question stays as it is.")
    if known.required and written.required is False:
        faults.add("E_DOC_CODE", (*written.at, "required"), _LOOSER)
    return LocalQuestion(
        id=known.id,
        text=known.text,
        required=known.required or bool(written.required),
        documents=known.documents | _documents(written.documents, written.at, faults),
    )


def requirements(head: LocalHead, base: Catalogue, faults: Faults) -> tuple[LocalRequirement, ...]:
    """Every answer that is required by now, those of ``base`` first."""
    return (*base.required, *_requirements(head, faults))


def _requirements(head: LocalHead, faults: Faults) -> Iterator[LocalRequirement]:
    for written in head.required:
        documents = _documents(written.documents, written.at, faults) or SHARING
        if written.answer is None:
            faults.add("E_DOC_MISSING", (*written.at, "answer"), "This names no answer.")
            continue
        path = written.answer.split(".")
        if not all(is_answer(KINDS[word], path) for word in documents):
            message = "There is no answer of this name, or not in all these documents."
            faults.add("E_DOC_FIELD", (*written.at, "answer"), message)
            continue
        yield LocalRequirement(
            answer=written.answer, text=written.text or _REQUIRED_HERE, documents=documents
        )


def _documents(words: tuple[str, ...], at: Place, faults: Faults) -> frozenset[str]:
    for word in words:
        if word not in KINDS:
            message = "This is no kind of document." + did_you_mean(word, KINDS)
            remedy = f"Use one of: {', '.join(KINDS)}."
            faults.add("E_DOC_CODE", (*at, "documents"), message, remedy=remedy)
    return frozenset(words) & KINDS.keys()
