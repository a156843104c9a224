"""What one page of a document asks, and how far each page is. Values in, values out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any

from agency_client.record.catalogue import ANYONE, Catalogue
from agency_client.record.facts import Own
from agency_client.record.findings import Findings
from agency_client.use_cases.writers import Addressee
from agency_client.web.fields import Field, Word, value_at
from phoenix_protocol.errors import Problem


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


class Progress(Enum):
    """How far a page is, in the words of the task list."""

    PROBLEM = "There is a problem"
    OWED = "Answers owed"
    DONE = "Completed"
    EMPTY = "Not yet started"


def progress(step: Step, document: Mapping[str, Any], findings: Findings) -> Progress:
    """How far a page is. What is missing on a page that nobody opened is no problem yet."""
    is_begun = step.begun(document)
    if belonging(step, findings.problems) and is_begun:
        return Progress.PROBLEM
    if not is_begun:
        return Progress.EMPTY
    return Progress.OWED if belonging(step, findings.owed) else Progress.DONE


def belonging(step: Step, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those that are mended, answered or thought about on a page."""
    return tuple(problem for problem in problems if _belongs(problem.place, step.places))


def _belongs(place: str, beginnings: Sequence[str]) -> bool:
    return any(
        place == beginning or place.startswith((f"{beginning}.", f"{beginning}["))
        for beginning in beginnings
    )
