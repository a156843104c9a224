"""What one page of a document asks, and how far each page is. Values in, values out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from typing import Any, Final

from agency_client.record.amending import place_of
from agency_client.record.catalogue import ANYONE, Catalogue
from agency_client.record.facts import Own
from agency_client.record.findings import Findings
from agency_client.use_cases.writers import Addressee
from agency_client.web.fields import Field, Word, value_at
from phoenix_protocol.errors import Problem, RefusedError

#: How far an example of a day to come is away.
_SOON: Final = timedelta(days=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Who writes, by which words, on which day; and the document as far as it is written."""

    own: Own
    catalogue: Catalogue
    today: date
    document: Mapping[str, Any]
    urgent: bool = False
    #: What the pages keep beside the document, such as the questions that it answers.
    beside: Mapping[str, Any] = field(default_factory=dict)
    #: Everybody who can be written to.
    known: tuple[Addressee, ...] = ()

    @property
    def names(self) -> dict[str, str]:
        """What everybody who can be written to is called, by address."""
        return {each.address: f"{each.name}, {each.agency}" for each in self.known}

    @property
    def soon(self) -> str:
        """A day to come, as an example of how one is typed in three parts."""
        day = self.today + _SOON
        return f"{day.day} {day.month} {day.year}"

    @property
    def soon_in_words(self) -> str:
        """The same as it is typed on one line, with and without a time."""
        day = self.today + _SOON
        return f"{day.day} {day:%B %Y} or {day.day}/{day.month}/{day.year} 5pm (day/month/year, UK time)"

    def words(self, enumeration: str) -> tuple[Word, ...]:
        """The choices of an enumeration that this agency may use today. One that was chosen before stays."""
        known = self.catalogue.enumerations[enumeration].values()
        return tuple(
            Word(code=word.code, label=word.label, help=word.help or "")
            for word in known
            if word.in_force(self.today)
            and self.own.jurisdiction in word.jurisdiction
            and word.who_may_use & {self.own.kind, ANYONE}
            and self.own.kind not in word.not_for
        )

    def people(self) -> tuple[Word, ...]:
        """Everybody whom the document names, as choices."""
        people = value_at(self.document, ("people",)) or []
        return tuple(
            Word(code=str(person.get("id", "")), label=str(person.get("name") or "No name yet"))
            for person in people
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A question that was answered, and the answer in words."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page. ``places`` are the beginnings of the places whose problems and debts belong to it."""

    slug: str
    title: str
    places: tuple[str, ...]
    intro: str = ""
    #: None for a page of its own making, such as a list.
    fields: Callable[[Setting], tuple[Field, ...]] | None = None
    #: Whether somebody has begun it, where that is not seen by its places.
    is_begun: Callable[[Mapping[str, Any]], bool] | None = None
    #: What a page of its own making says, for the last look.
    said: Callable[[Setting], tuple[Answered, ...]] | None = None
    #: What is still to be said on it, by place and in the words of the task list, where that list says so.
    still_to_say: Mapping[str, str] = field(default_factory=dict)

    def begun(self, document: Mapping[str, Any]) -> bool:
        """Whether somebody has answered anything of it."""
        if self.is_begun is not None:
            return self.is_begun(document)
        return any(value_at(document, tuple(place.split("."))) for place in self.places)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Steps under one heading of the task list."""

    title: str
    steps: tuple[Step, ...]
    #: Whether all of it can follow once the document has gone.
    may_follow: bool = False
    intro: str = ""


class Progress(Enum):
    """How far a page is, in the words of the task list."""

    PROBLEM = "There is a problem"
    INCOMPLETE = "To do"
    DONE = "Completed"
    EMPTY = "Not started"
    FOLLOWS = "Can follow later"


def progress(step: Step, document: Mapping[str, Any], own: Findings) -> Progress:
    """How far a page is, by the findings of its own. Of a page that nobody began nothing is said but that."""
    if not step.begun(document):
        return Progress.INCOMPLETE if still_open(step, own) else Progress.EMPTY
    if typed_wrong(own.problems):
        return Progress.PROBLEM
    return Progress.INCOMPLETE if own.problems or own.owed else Progress.DONE


#: Something is missing, which can be added later; the last page says so again.
_MISSING: Final = frozenset(
    {
        "E_DOC_AUDIENCE",
        "E_DOC_AUTHOR",
        "E_DOC_DECISION",
        "E_DOC_EMPTY",
        "E_DOC_LEGAL",
        "E_DOC_MISSING",
        "E_DOC_NEED_TO_KNOW",
        "E_DOC_PURPOSE",
        "E_DOC_RETENTION",
        "E_DOC_SOURCE",
        "E_DOC_UNTYPED",
    }
)


def typed_wrong(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Of the problems of a page those that something typed has. What is missing can be added later."""
    return tuple(problem for problem in problems if problem.code not in _MISSING)


def of_typed(document: Mapping[str, Any], problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those about something that stands in the document: of what nobody has typed yet a page says nothing."""
    return tuple(each for each in problems if _is_typed(document, each.place))


def _is_typed(document: Mapping[str, Any], place: str) -> bool:
    try:
        return bool(value_at(document, place_of(place)))
    except RefusedError:  # no place of the document
        return False


def own_findings(steps: Iterable[Step], findings: Findings) -> dict[str, Findings]:
    """What each page has to mend or answer, by its slug: each finding is with the page that fits it best."""
    every = tuple(steps)
    problems, owed = _by_page(findings.problems, every), _by_page(findings.owed, every)
    return {
        step.slug: Findings(
            problems=tuple(problems.get(step.slug, ())), owed=tuple(owed.get(step.slug, ()))
        )
        for step in every
    }


def _by_page(found: Iterable[Problem], steps: Sequence[Step]) -> dict[str, list[Problem]]:
    pages: dict[str, list[Problem]] = {}
    for problem in found:
        step = page_of(problem, steps)
        if step is not None:
            pages.setdefault(step.slug, []).append(problem)
    return pages


def still_open(step: Step, own: Findings) -> tuple[str, ...]:
    """What is still to be said on a page, in the words of the task list; empty for most pages."""
    found = (step.still_to_say.get(each.place) for each in (*own.problems, *own.owed))
    return tuple(dict.fromkeys(words for words in found if words))


def page_of(problem: Problem, steps: Iterable[Step]) -> Step | None:
    """The page that fits a problem best; None where no page does."""
    fitting = [step for step in steps if belonging(step, (problem,))]
    return max(fitting, key=lambda step: _exactness(step, problem), default=None)


def _exactness(step: Step, problem: Problem) -> int:
    return max(len(place) for place in step.places if problem.place.startswith(place))


def belonging(step: Step, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those that are mended, answered or thought about on a page."""
    return tuple(problem for problem in problems if _belongs(problem.place, step.places))


def _belongs(place: str, beginnings: Sequence[str]) -> bool:
    return any(
        place == beginning or place.startswith((f"{beginning}.", f"{beginning}["))
        for beginning in beginnings
    )
