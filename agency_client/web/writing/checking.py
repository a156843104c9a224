"""The last page before a document goes: everything that was answered, and what the rules say of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agency_client.record.findings import Findings
from agency_client.web.fields import Field, Shape, value_at
from agency_client.web.writing.steps import Group, Setting, Step, belonging
from phoenix_protocol.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A question that was answered, and the answer in words."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A problem, warning or debt, and the page on which it is mended or answered."""

    problem: Problem
    step: Step | None


def answers(step: Step, setting: Setting) -> tuple[Answered, ...]:
    """What was answered on a page of fields."""
    fields = step.fields(setting) if step.fields is not None else ()
    found = ((field, value_at(setting.document, field.at)) for field in fields)
    return tuple(
        Answered(label=field.label, lines=in_words(field, value))
        for field, value in found
        if value not in (None, "", [], {})
    )


def in_words(field: Field, value: Any) -> tuple[str, ...]:
    """An answer as people read it: labels for words that have one."""
    if field.shape is Shape.YES:
        return ("Yes",)
    labels = {word.code: word.label for word in field.words}
    values = value if isinstance(value, list) else [value]
    return tuple(labels.get(str(each), str(each)) for each in values)


def told(problems: Iterable[Problem], groups: Iterable[Group]) -> tuple[Told, ...]:
    """Each with the page it belongs to: the one that names its place most exactly."""
    steps = [step for group in groups for step in group.steps]
    return tuple(Told(problem=problem, step=_page_of(problem, steps)) for problem in problems)


def _page_of(problem: Problem, steps: Iterable[Step]) -> Step | None:
    fitting = [step for step in steps if belonging(step, (problem,))]
    return max(fitting, key=lambda step: _exactness(step, problem), default=None)


def _exactness(step: Step, problem: Problem) -> int:
    return max(len(place) for place in step.places if problem.place.startswith(place))


def counted(findings: Findings) -> Mapping[str, int]:
    """How many of each there are, for one sentence at the top."""
    return {
        "problems": len(findings.problems),
        "warnings": len(findings.warnings),
        "owed": len(findings.owed),
        "prompts": len(findings.prompts),
    }
