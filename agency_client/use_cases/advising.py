"""Advice: asked for and given, filed with what it is about. Nothing waits for it (clause CF2)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from agency_client.ports.vault import Families, Record, RegisterLine
from agency_client.record.advice import ReadQuestion, read_question
from agency_client.record.looks import Look
from agency_client.record.register_table import ASKED_BY
from agency_client.record.subjects import terms
from agency_client.use_cases.home import Home
from agency_client.use_cases.recording import (
    ToRecord,
    find_record,
    keep,
    package_or_record,
    people_of,
)
from agency_client.use_cases.restricting import shown_sections
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import ObjectHash, PackageId, Seconds

QUESTION: Final = "advice_question"
ADVICE: Final = "advice_answer"
#: When somebody is reminded of a question that says nothing itself (seconds).
ASK_AGAIN: Final = 3 * 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of whom, and in which role: with as little of the case as the question needs.

    ``included`` is what whoever asks has chosen to say besides.
    """

    asked_of: str
    role: str | None = None
    question: str = field(repr=False)
    included: tuple[str, ...] = field(repr=False, default=())
    due: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advised:
    """A question by its number, what it is about, and the answers so far.

    ``package`` is the one that the question went or came in; ``asked_by`` who asks, where it came.
    """

    record: int
    time: Seconds
    about: int | None
    cores: tuple[ObjectHash, ...]
    question: Question
    due: Seconds | None
    package: PackageId | None = None
    asked_by: str | None = None
    answers: tuple[tuple[int, Seconds, str, str | None], ...] = field(repr=False, default=())


def ask(home: Home, about: ObjectHash | int | None, question: Question) -> int:
    """File a question; gives its number. Raises RefusedError ``E_NOT_FOUND`` for what it is about."""
    now = home.now()
    with home.vault.transaction() as tx:
        return file_question(home, tx, about, question, now)


def file_question(
    home: Home,
    tx: Families,
    about: ObjectHash | int | None,
    question: Question,
    now: Seconds,
    sent: ObjectHash | None = None,
) -> int:
    """File a question of one's own; ``sent`` is the core of the package that carries it."""
    core, number, thing = package_or_record(tx, about)
    new = ToRecord(
        kind=QUESTION,
        document=_encoded(
            {
                "asked_of": question.asked_of,
                "role": question.role,
                "question": question.question,
                "included": list(question.included),
                "core": sent.hex() if sent is not None else None,
            }
        ),
        summary=f"{question.asked_of}: {question.question}",
        about=number,
        cores=(*core, *((sent,) if sent is not None else ())),
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


def file_asked(
    home: Home, tx: Families, by: str, core: ObjectHash, asked: ReadQuestion, now: Seconds
) -> int:
    """File a question that came from ``by`` in the package ``core``, without its words: these stay in the package."""
    new = ToRecord(
        kind=QUESTION,
        document=_encoded({"asked_by": by, "role": asked.role, "core": core.hex()}),
        summary=f"Asked by {by}",
        cores=(core,),
        line=RegisterLine(kind=QUESTION, time=now, facts={ASKED_BY: (by,)}),
        terms=terms(parties=[by]),
        looks=(Look(kind=ADVICE, at=asked.due or Seconds(now + ASK_AGAIN), place=""),),
    )
    return keep(home, tx, new, now)


def answer_advice(home: Home, number: int, text: str, by: str | None = None) -> int:
    """File the advice that was given; gives its number. Raises RefusedError ``E_NOT_FOUND``, ``E_ANSWER``."""
    now = home.now()
    with home.vault.transaction() as tx:
        return file_advice(home, tx, find_question(tx, number), text, by, now)


def file_advice(
    home: Home,
    tx: Families,
    question: Record,
    text: str,
    by: str | None,
    now: Seconds,
    came: ObjectHash | None = None,
) -> int:
    """File advice with its question, which is due no more; ``came`` is the core of the package that carries it."""
    new = ToRecord(
        kind=ADVICE,
        document=_encoded({"answer": text, "by": by, "core": came.hex() if came else None}),
        summary=f"{by}: {text}" if by else text,
        about=question.number,
        cores=(*question.cores, *((came,) if came is not None else ())),
    )
    added = keep(home, tx, new, now)
    due = tx.dues.find(ADVICE, record=question.number)
    if due is not None:
        tx.dues.close(due.number, now, added)
    return added


def find_question(view: Families, number: int) -> Record:
    """A record that asks for advice. Raises RefusedError ``E_NOT_FOUND``, ``E_ANSWER``."""
    question = find_record(view, number)
    if question.kind != QUESTION:
        raise RefusedError("E_ANSWER", "This record does not ask for advice.")
    return question


def carried_by(view: Families, number: int) -> tuple[ObjectHash | None, str | None]:
    """The core of the package that carries a question, and who asks, where it came from somebody."""
    said = _document(view, number)
    core = said.get("core")
    return ObjectHash(bytes.fromhex(core)) if core else None, said.get("asked_by")


def questions_in(view: Families, core: ObjectHash) -> tuple[Record, ...]:
    """The records of questions that the package ``core`` carries."""
    found = view.records.of(core, {QUESTION})
    return tuple(record for record in found if carried_by(view, record.number)[0] == core)


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
    asked = _document(view, record.number)
    core, asked_by = carried_by(view, record.number)
    due = view.dues.find(ADVICE, record=record.number)
    package = (view.sent.get(core) or view.received.get(core)) if core is not None else None
    came = _as_it_came(view, core) if core is not None and asked_by is not None else None
    return Advised(
        record=record.number,
        time=record.time,
        about=record.about,
        cores=record.cores,
        question=Question(
            asked_of=asked.get("asked_of", ""),
            role=asked.get("role"),
            question=asked.get("question", "") if came is None else came.question,
            included=tuple(asked.get("included", ())) if came is None else came.included,
        ),
        due=due.at if due is not None else None,
        package=package.package if package is not None else None,
        asked_by=asked_by,
        answers=tuple(_given(view, a) for a in view.records.following(record.number, {ADVICE})),
    )


def _as_it_came(view: Families, core: ObjectHash) -> ReadQuestion | None:
    """The question in a package that is here; None once it is erased or restricted."""
    contents = view.contents.get(core)
    for section in contents.sections if contents is not None else ():
        with suppress(TamperError):
            found = read_question(shown_sections(view, core, [section]))
            if found is not None:
                return found
    return None


def _given(view: Families, record: Record) -> tuple[int, Seconds, str, str | None]:
    said = _document(view, record.number)
    return record.number, record.time, said.get("answer", ""), said.get("by")


def _document(view: Families, number: int) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(view.records.document(number) or b"{}")
    return said


def _encoded(said: Mapping[str, Any]) -> bytes:
    kept = {name: value for name, value in said.items() if value not in (None, [])}
    return json.dumps(kept, ensure_ascii=False, indent=1).encode()
