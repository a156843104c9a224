"""Requests and responses as they come out of opened sections (docs/requests.md).

Others wrote them: what does not have the form of an answer is counted and left out, never taken for another answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agency_client.record.opened import ReadSection
from agency_client.record.request_drafting import REQUEST
from agency_client.record.response_drafting import RESPONSE
from agency_client.record.responses import Answered
from agency_client.record.when import span
from phoenix_protocol.identifiers import ItemId, ObjectHash, Seconds

_ANSWER: Final = re.compile(r"answer(\[[0-9]{1,4}\])?\.([a-z_]+)")
_WORDS: Final = {answer.value: answer for answer in Answered}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadQuestion:
    """One question: its id for ever, its author's word for it, and what is asked about whom."""

    id: ItemId
    word: str
    text: str
    why: str | None
    period_from: str | None
    period_until: str | None
    counselling: bool
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """A request as far as it was granted. ``deputies`` by the address that they stand in for.

    ``escalates`` names the core of the request that this one repeats, because ``instead_of`` has not answered it.
    """

    due: Seconds | None
    answers: Mapping[str, tuple[str, ...]]
    deputies: Mapping[str, str]
    reply_to: tuple[str, ...]
    questions: tuple[ReadQuestion, ...]
    escalates: ObjectHash | None
    instead_of: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAnswer:
    """What became of one question, or of a part of it. ``position`` counts from 0 in its response."""

    question: ItemId
    answer: Answered
    position: int
    what: str | None
    reason: str | None
    review_at: str | None
    statements: tuple[str, ...]
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResponse:
    """A response. ``malformed`` counts answers that were none of the four, or of no question."""

    request: ObjectHash | None
    answers: tuple[ReadAnswer, ...]
    malformed: int


def read_request(sections: Iterable[ReadSection]) -> ReadRequest | None:
    """The request in ``sections``; None when they hold none."""
    of_kind = [section for section in sections if section.kind == REQUEST]
    common = next((s.answers for s in of_kind if "request.due" in s.answers), None)
    questions = tuple(_question(s) for s in of_kind if "question.text" in s.answers)
    if common is None or not questions:
        return None
    return ReadRequest(
        due=_moment(_one(common, "escalation.due") or _one(common, "request.due")),
        answers=common,
        deputies=dict(_deputies(common)),
        reply_to=common.get("request.reply_to", ()),
        questions=questions,
        escalates=_hash(_one(common, "escalation.core")),
        instead_of=_one(common, "escalation.instead_of"),
    )


def _question(section: ReadSection) -> ReadQuestion:
    said = section.answers
    return ReadQuestion(
        id=section.item,
        word=section.id,
        text=_one(said, "question.text") or "",
        why=_one(said, "question.why"),
        period_from=_one(said, "question.period_from"),
        period_until=_one(said, "question.period_until"),
        counselling=_one(said, "question.counselling") == "yes",
        about=tuple(person.said.name for person in section.people),
    )


def _deputies(said: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    for name in said:
        table, _, field = name.rpartition(".")
        deputy = _one(said, f"{table}.address")
        if table.startswith("deputy") and field == "instead_of" and deputy:
            yield _one(said, name) or "", deputy


def read_response(sections: Sequence[ReadSection]) -> ReadResponse | None:
    """The response in ``sections``; None when they hold none."""
    said = next((s.answers for s in sections if s.kind == RESPONSE), None)
    if said is None:
        return None
    tables = list(dict.fromkeys(found[1] for name in said if (found := _ANSWER.fullmatch(name))))
    read = [_answer(said, f"answer{table or ''}", n) for n, table in enumerate(tables)]
    answers = tuple(answer for answer in read if answer is not None)
    return ReadResponse(
        request=_hash(_one(said, "response.core")),
        answers=answers,
        malformed=len(read) - len(answers),
    )


def _answer(said: Mapping[str, tuple[str, ...]], table: str, position: int) -> ReadAnswer | None:
    question = _bytes(_one(said, f"{table}.question_id"), 16)
    word = _WORDS.get(_one(said, f"{table}.answer") or "")
    if question is None or word is None:
        return None
    return ReadAnswer(
        question=ItemId(question),
        answer=word,
        position=position,
        what=_one(said, f"{table}.what"),
        reason=_one(said, f"{table}.reason"),
        review_at=_one(said, f"{table}.review_at"),
        statements=said.get(f"{table}.statement_ids", ()),
        sections=said.get(f"{table}.sections", ()),
    )


def _one(said: Mapping[str, tuple[str, ...]], name: str) -> str | None:
    values = said.get(name, ())
    return values[0] if len(values) == 1 else None


def _moment(text: str | None) -> Seconds | None:
    found = span(text) if text else None
    return Seconds(found.last) if found and found.last >= 0 else None


def _hash(text: str | None) -> ObjectHash | None:
    found = _bytes(text, 32)
    return None if found is None else ObjectHash(found)


def _bytes(text: str | None, size: int) -> bytes | None:
    if text is None or len(text) != 2 * size:
        return None
    try:
        found = bytes.fromhex(text)
    except ValueError:
        return None
    return found if len(found) == size else None
