"""Forms that say one thing: their rules, and what failed while it was done, as problems beside what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from agency_client.record.when import span
from agency_client.web.fields import Field, Shape, Shown, shown, summary, take
from agency_client.web.forms import Form
from agency_client.web.telling import telling
from phoenix_protocol import limits
from phoenix_protocol.errors import LockedError, PhoenixError, Problem, TamperError
from phoenix_protocol.identifiers import Seconds

#: Nobody promises anything for later than this (seconds).
LATEST: Final = 10 * 366 * 86400
_MOST: Final = {Shape.LINE: limits.LINE, Shape.LONG: limits.LONG_TEXT}
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A field, and what is said when it is left empty; None where it may be."""

    field: Field
    missing: str | None = None
    #: How many seconds from now a day may be at most.
    latest: int = LATEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What was typed, and what is wrong with it. ``failed`` is what happened when it was to be done."""

    asked: Sequence[Asking]
    tree: Mapping[str, Any]
    problems: Sequence[Problem] = ()
    failed: PhoenixError | None = None

    @property
    def fields(self) -> tuple[Shown, ...]:
        """Every field with what was typed and its problem."""
        return shown([asking.field for asking in self.asked], self.tree, self.problems)

    @property
    def errors(self) -> list[dict[str, str]]:
        """The error summary, with what failed first."""
        found = summary([asking.field for asking in self.asked], self.problems)
        if self.failed is None:
            return found
        words = [f"{self.failed.what} {telling(self.failed).next}"]
        words += [problem.message for problem in self.failed.problems]
        first = f"#{self.asked[0].field.id}"
        return [*({"text": each, "href": first} for each in words), *found]

    def with_failure(self, error: PhoenixError) -> Filled:
        """The same, and what happened when it was to be done. Raises ``error`` again where typing again cannot help."""
        if isinstance(error, TamperError | LockedError):
            raise error
        return replace(self, failed=error)

    def with_problem(self, problem: Problem) -> Filled:
        """The same with one more problem."""
        return replace(self, problems=(*self.problems, problem))

    def text(self, name: str) -> str:
        """What was typed into a field; empty when nothing was."""
        value = self.tree.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """What was ticked."""
        value = self.tree.get(name)
        return tuple(value) if isinstance(value, list) else ()


def empty(asked: Sequence[Asking]) -> Filled:
    """A form that nobody has filled in yet."""
    return Filled(asked=asked, tree={})


def filled(asked: Sequence[Asking], form: Form, now: int) -> Filled:
    """What a form says, checked by the rules of its fields."""
    tree: dict[str, Any] = {}
    take([asking.field for asking in asked], form, tree)
    problems = tuple(p for asking in asked for p in _problems(asking, tree, now))
    return Filled(asked=asked, tree=tree, problems=problems)


def _problems(asking: Asking, tree: Mapping[str, Any], now: int) -> Iterator[Problem]:
    field = asking.field
    value = tree.get(field.name)
    if value is None:
        if asking.missing is not None:
            yield _problem(field, asking.missing)
        return
    words = (
        _of_day(value, now, asking.latest) if field.shape is Shape.DAY else _of_text(field, value)
    )
    if words is not None:
        yield _problem(field, words)


def _of_text(field: Field, value: Any) -> str | None:
    if field.shape in (Shape.ONE, Shape.SELECT):
        return None if any(word.code == value for word in field.words) else "Choose one of these"
    if field.shape in (Shape.MANY, Shape.YES):
        known = {word.code for word in field.words}
        unknown = field.shape is Shape.MANY and not set(value) <= known
        return "Choose among these" if unknown else None
    most = _MOST[field.shape]
    over = len(str(value).encode("utf-8", "surrogatepass")) - most
    if over > 0:
        return f"Make this shorter: it is about {over:,} characters over the {most:,} that fit"
    return None


def _of_day(value: Any, now: int, latest: int) -> str | None:
    end = day_end(str(value))
    if end is None:
        return "Enter a real day, with its day, month and year, such as 4 12 2026"
    if end < now:
        return "Enter a day that is today or later"
    years = latest // (366 * 86400)
    return f"Enter a day within {years} years" if end > now + latest else None


def day_end(text: str) -> Seconds | None:
    """The last second of a whole day such as 2026-12-04 (UTC); None for anything else."""
    found = span(text) if _DAY.fullmatch(text) else None
    return Seconds(found.last) if found is not None else None


def _problem(field: Field, words: str) -> Problem:
    return Problem(code="E_USAGE", place=field.name, message=words, next="")
