"""Advice: asked for and given, filed with what it is about. Nothing waits for it (clause CF2)."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from agency_client.ports.vault import Families, Record, RegisterLine
from agency_client.record.looks import Look
from agency_client.record.subjects import terms
from agency_client.use_cases.home import Home
from agency_client.use_cases.recording import (
    ToRecord,
    find_record,
    keep,
    package_or_record,
    people_of,
)
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import ObjectHash, Seconds

QUESTION: Final = "advice_question"
ADVICE: Final = "advice_answer"
#: When somebody is reminded of a question that says nothing itself (seconds).
ASK_AGAIN: Final = 3 * 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of whom, and in which role: with as little of the case as the question needs."""

    asked_of: str
    role: str | None = None
    question: str = field(repr=False)
    due: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advised:
    """A question by its number, what it is about, and the answers so far."""

    record: int
    time: Seconds
    about: int | None
    cores: tuple[ObjectHash, ...]
    question: Question
    due: Seconds | None
    answers: tuple[tuple[int, Seconds, str, str | None], ...] = field(repr=False, default=())


def ask(home: Home, about: ObjectHash | int | None, question: Question) -> int:
    """File a question; gives its number. Raises RefusedError ``E_NOT_FOUND`` for what it is about."""
    now = home.now()
    asked = {"asked_of": question.asked_of, "role": question.role, "question": question.question}
    with home.vault.transaction() as tx:
        core, number, thing = package_or_record(tx, about)
        new = ToRecord(
            kind=QUESTION,
            document=json.dumps(asked, ensure_ascii=False, indent=1).encode(),
            summary=f"{question.asked_of}: {question.question}",
            about=number,
            cores=core,
            line=RegisterLine(
                kind=QUESTION,
                time=now,
                parties=(question.asked_of,),
                facts={
                    "purpose": (question.question,),
                    "about": (thing,) if thing else (),
                    **people_of(tx, core, number),
                },
            ),
            terms=tx.register.terms_of(core=core[0] if core else None, record=number)
            | terms(parties=[question.asked_of]),
            looks=(Look(kind=ADVICE, at=question.due or Seconds(now + ASK_AGAIN), place=""),),
        )
        return keep(home, tx, new, now)


def answer_advice(home: Home, number: int, text: str, by: str | None = None) -> int:
    """File the advice that was given; gives its number. Raises RefusedError ``E_NOT_FOUND``, ``E_ANSWER``."""
    now = home.now()
    said = {"answer": text, "by": by}
    with home.vault.transaction() as tx:
        question = find_record(tx, number)
        if question.kind != QUESTION:
            raise RefusedError("E_ANSWER", "This record does not ask for advice.")
        new = ToRecord(
            kind=ADVICE,
            document=json.dumps(said, ensure_ascii=False, indent=1).encode(),
            summary=f"{by}: {text}" if by else text,
            about=number,
            cores=question.cores,
        )
        added = keep(home, tx, new, now)
        due = tx.dues.find(ADVICE, record=number)
        if due is not None:
            tx.dues.close(due.number, now, added)
        return added


def advice(home: Home, about: ObjectHash | int | None) -> tuple[Advised, ...]:
    """The questions about a package or record, or all, oldest first, each with its answers."""
    with home.vault.reading() as view:
        if about is None:
            found: Collection[Record] = view.records.listing({QUESTION})
        elif isinstance(about, int):
            find_record(view, about)
            found = view.records.following(about, {QUESTION})
        else:
            found = view.records.of(about, {QUESTION})
        return tuple(_advised(view, record) for record in found)


def _advised(view: Families, record: Record) -> Advised:
    asked = json.loads(view.records.document(record.number) or b"{}")
    due = view.dues.find(ADVICE, record=record.number)
    return Advised(
        record=record.number,
        time=record.time,
        about=record.about,
        cores=record.cores,
        question=Question(
            asked_of=asked.get("asked_of", ""),
            role=asked.get("role"),
            question=asked.get("question", ""),
        ),
        due=due.at if due is not None else None,
        answers=tuple(_given(view, a) for a in view.records.following(record.number, {ADVICE})),
    )


def _given(view: Families, record: Record) -> tuple[int, Seconds, str, str | None]:
    said = json.loads(view.records.document(record.number) or b"{}")
    return record.number, record.time, said.get("answer", ""), said.get("by")
