"""The days on which a document asks to be looked at again: decisions to review, people to inform. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from agency_client.record.places import written
from agency_client.record.tables import declared
from agency_client.record.when import DAY, span
from phoenix_protocol.errors import Problem
from phoenix_protocol.identifiers import Seconds

if TYPE_CHECKING:
    from agency_client.record.decisions import DecisionDocument

DECISION_REVIEW: Final = "decision_review"
INFORM_REVIEW: Final = "inform_review"
PACKAGE_REVIEW: Final = "package_review"
OWED_ANSWER: Final = "owed_answer"
ACCESS_ANSWER: Final = "access_answer"
_MONTHS: Final = 12

#: Fields that say when to look again, by table and name: what falls due, and whether the whole day is left for it.
_FIELDS: Final = {
    ("Document", "next_review"): (PACKAGE_REVIEW, False),
    ("Decision", "review_at"): (DECISION_REVIEW, False),
    ("Legal", "inform_review"): (INFORM_REVIEW, False),
    ("Legal", "inform_by"): (INFORM_REVIEW, True),
    ("Informing", "review"): (INFORM_REVIEW, False),
    ("Informing", "inform_by"): (INFORM_REVIEW, True),
}


def review_of(field: str) -> str | None:
    """What falls due by a field that says when to look again (``next_review``); None for any other."""
    kinds = {kind for (_, name), (kind, _) in _FIELDS.items() if name == field}
    return kinds.pop() if len(kinds) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Something that falls due: a code, when, and the place in the document that wants it."""

    kind: str
    at: Seconds
    place: str


def looks(document: Any) -> Iterator[Look]:
    """Every day that the tables of a document name."""
    for entry in declared(type(document)):
        value = getattr(document, entry.name)
        wanted = _wanted(type(document), entry.name)
        if wanted is not None and isinstance(value, str):
            yield from _look(value, written((*document.at, entry.name)), *wanted)
        elif hasattr(entry.reader, "table"):
            for inner in value if isinstance(value, tuple) else (value,):
                if inner is not None:
                    yield from looks(inner)


def access_looks(document: DecisionDocument, now: Seconds) -> Iterator[Look]:
    """Whoever asked what is held about them is answered within one month of asking (UK GDPR Article 12(3)).

    Where nobody knows when they asked, it runs from ``now``.
    """
    if document.decision.exemption:
        asked = span(document.asked.asked_at or "")
        began = asked.last if asked is not None else now
        yield Look(kind=ACCESS_ANSWER, at=a_month_after(Seconds(began)), place="asked.asked_at")


def a_month_after(began: Seconds) -> Seconds:
    """The end of the same day of the next month, or of that month's last day where it has none such."""
    first = datetime.fromtimestamp(began, UTC)
    year, month = (first.year, first.month + 1) if first.month < _MONTHS else (first.year + 1, 1)
    day = min(first.day, monthrange(year, month)[1])
    return Seconds(int(datetime(year, month, day, tzinfo=UTC).timestamp()) + DAY - 1)


def _wanted(table: type[Any], name: str) -> tuple[str, bool] | None:
    """What a field of a table, or of one that it is made from, asks for."""
    found = (_FIELDS.get((each.__name__, name)) for each in table.__mro__)
    return next((wanted for wanted in found if wanted is not None), None)


def _look(text: str, place: str, kind: str, whole_day: bool) -> Iterator[Look]:
    found = span(text)
    if found is not None:  # "not known: ..." names no day
        yield Look(kind=kind, at=Seconds(found.last if whole_day else found.first), place=place)


def owed_looks(owed: Iterable[Problem], at: Seconds) -> Iterator[Look]:
    """What is owed of a document, all due at ``at``."""
    for problem in owed:
        yield Look(kind=OWED_ANSWER, at=at, place=owed_name(problem))


def owed_name(problem: Problem) -> str:
    """How an owed answer is listed: its clause and its place."""
    return f"{problem.clause}:{problem.place}"
