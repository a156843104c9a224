"""One record whole, with what followed it; and everything that is recorded about a package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from aiohttp import web

from agency_client.ports.vault import Due
from agency_client.record.dues import is_overdue
from agency_client.record.looks import OWED_ANSWER
from agency_client.record.register_table import RECEIVED, SENT, kind_in_words
from agency_client.use_cases.record_names import record_name
from agency_client.use_cases.showing import ShownRecord
from agency_client.web.asked import Asked
from agency_client.web.due_words import DueOf, due_href, due_words
from agency_client.web.naming import kept_core, record_of
from agency_client.web.questions import Questions, label_of, questions, setting_for
from agency_client.web.record_words import Group, record_groups
from agency_client.web.register_words import register_words
from agency_client.web.table import get
from phoenix_protocol.identifiers import ObjectHash

#: What has just been done, as the page says it.
_SAID: Final = {
    "asked": "Your question is filed. It is sent to nobody: ask in the way you ask your colleagues.",
    "advised": "The advice is filed with its question.",
    "breach": "The breach is recorded. It is sent to nobody.",
    "step": "What was learnt since is recorded.",
    "answered": "The answer is recorded.",
    "reviewed": "That you looked is recorded.",
    "kept": "How long it is kept is changed.",
    "erased": "Erased. Copies on other machines, on paper and in backups are not reached.",
}
#: So many answers that are owed are told together.
_FEW: Final = 2
_BREACH: Final = "breach"
_QUESTION: Final = "advice_question"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLine:
    """Something that is not done yet."""

    words: str
    href: str
    at: int
    is_overdue: bool
    about: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """A record as a page shows it."""

    number: int
    name: str
    kind: str
    code: str
    time: int
    is_signed: bool
    summary: str = field(repr=False)
    groups: tuple[Group, ...]
    text: str | None = field(repr=False)
    is_erased: bool
    following: tuple[RecordView, ...]


#: What records are called that follow others: they have no line of the register.
_FOLLOWING: Final = {
    "answer": "An answer that was owed",
    "advice_answer": "Advice",
    "breach_step": "What was learnt since",
    "breach_receipts": "What receipts said",
    "review": "Somebody has looked",
}


def _kind(code: str) -> str:
    return _FOLLOWING.get(code) or kind_in_words(code)


async def one(asked: Asked) -> web.StreamResponse:
    """A record with what followed it, what is due of it, and what may be added."""
    found: ShownRecord = await asked.client.show_record(record_of(asked))
    setting = setting_for(asked, {})
    known = questions(setting)
    return asked.page(
        "register/record.html",
        title=_kind(found.record.kind),
        said=_SAID.get(asked.query("said")),
        record=_view(found, known, asked),
        dues=_dues([due for due in found.dues if due.closed is None], known, asked),
        about=record_name(found.record.about) if found.record.about is not None else None,
        about_number=found.record.about,
        packages=[core.hex() for core in found.record.cores],
        clock=_clock(found),
        is_breach=found.record.kind == _BREACH,
        is_question=found.record.kind == _QUESTION,
        now=asked.now,
    )


def _view(found: ShownRecord, known: Questions, asked: Asked) -> RecordView:
    record, document = found.record, found.document
    catalogue = asked.client.writer().catalogue
    groups = record_groups(record.kind, document, known, catalogue) if document else ()
    return RecordView(
        number=record.number,
        name=record_name(record.number),
        kind=_kind(record.kind),
        code=record.kind,
        time=record.time,
        is_signed=record.signed is not None,
        summary=record.summary,
        groups=groups,
        text=document.decode("utf-8", "backslashreplace") if document else None,
        is_erased=document is None,
        following=tuple(_view(each, known, asked) for each in found.following),
    )


def _dues(dues: Sequence[Due], known: Questions, asked: Asked) -> list[DueLine]:
    """What is not done yet; several answers that are owed of the same are one line."""
    owed = [due for due in dues if due.kind == OWED_ANSWER]
    if len(owed) < _FEW:
        return [_due(due, known, asked) for due in dues]
    first = replace(
        _due(owed[0], known, asked), words=f"Give {len(owed)} answers that are owed", about=""
    )
    return [first, *(_due(due, known, asked) for due in dues if due.kind != OWED_ANSWER)]


def _due(due: Due, known: Questions, asked: Asked) -> DueLine:
    place = due.place.partition(":")[2]
    catalogue = asked.client.writer().catalogue
    return DueLine(
        words=due_words(due.kind),
        href=due_href(DueOf(kind=due.kind, core=due.core, record=due.record, place=due.place)),
        at=due.at,
        is_overdue=is_overdue(due.at, asked.now),
        about=label_of(place, known, catalogue) if due.kind == OWED_ANSWER and place else "",
    )


def _clock(found: ShownRecord) -> Due | None:
    """The regulator's clock of a breach: as it runs, or as it was stopped."""
    clocks = [due for due in found.dues if due.kind == "breach_report"]
    return next((due for due in clocks if due.closed is None), clocks[-1] if clocks else None)


# -- a package --------------------------------------------------------------------------------------------------------


async def package(asked: Asked) -> web.StreamResponse:
    """Everything that is recorded about a package, what is due of it, and what can be done about its record."""
    core = kept_core(asked)
    client = asked.client
    entries = await client.register_lines_of(core)
    kinds = {entry.line.kind for entry in entries}
    known = questions(setting_for(asked, {}))
    catalogue = await client.catalogue()
    return asked.page(
        "register/package.html",
        title="What is recorded about a package",
        said=_SAID.get(asked.query("said")),
        core=core.hex(),
        lines=[register_words(entry, catalogue) for entry in entries],
        read=_reading(core, kinds),
        records=[_view(each, known, asked) for each in await _records(client, core)],
        dues=_dues(await client.dues_of(core), known, asked),
        kept=await client.kept_package(core),
        now=asked.now,
    )


async def _records(client: Any, core: ObjectHash) -> list[ShownRecord]:
    """Every record of a package once: what follows another is shown with it."""
    found: tuple[ShownRecord, ...] = await client.records_of(core)
    numbers = {each.record.number for each in found}
    return [each for each in found if each.record.about not in numbers]


def _reading(core: ObjectHash, kinds: set[str]) -> str | None:
    if SENT in kinds:
        return f"/sent/{core.hex()}"
    return f"/inbox/{core.hex()}" if RECEIVED in kinds else None


PAGES = (
    get("/register/record/{record}", one),
    get("/register/package/{package}", package),
)
