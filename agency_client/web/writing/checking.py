"""The last page before a document goes: everything that was answered, and what the rules say of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from agency_client.record.plain import plain
from agency_client.web.fields import Field, in_words_of, value_at
from agency_client.web.writing.naming_people import called, section_called
from agency_client.web.writing.steps import Answered, Group, Setting, Step, page_of
from phoenix_protocol.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A problem, warning or debt, and where it is mended or answered."""

    problem: Problem
    href: str | None
    title: str


#: Places inside lists, the page of that entry, and what it is called. The first that fits is the most exact.
_ENTRIES: Final = (
    (
        re.compile(r"section\[(\d+)\]\.statement\[(\d+)\]"),
        "section/{}/statement/{}",
        "Statement {1} of the section {0}",
    ),
    (re.compile(r"section\[(\d+)\]\.need_to_know"), "readers#section-{}", "Who needs to know what"),
    (re.compile(r"section\[(\d+)\]\.statement"), "statements", "What you know"),
    (re.compile(r"section\[(\d+)\](?:\.|$)"), "section/{}", "The section {}"),
    (re.compile(r"people\[(\d+)\]"), "person/{}", "Person {}"),
    (re.compile(r"question\[(\d+)\]"), "question/{}", "Question {}"),
)
#: The page of the task list behind which each of these pages is found.
_LISTED: Final = {
    "section": "statements",
    "readers": "readers",
    "statements": "statements",
    "person": "people",
    "question": "questions",
}


def answers(step: Step, setting: Setting) -> tuple[Answered, ...]:
    """What was answered on a page."""
    if step.said is not None:
        return step.said(setting)
    fields = step.fields(setting) if step.fields is not None else ()
    found = ((field, value_at(setting.document, field.at)) for field in fields)
    return tuple(
        Answered(label=field.label, lines=in_words_of(field, value))
        for field, value in found
        if value not in (None, "", [], {})
    )


def linked(
    found: Iterable[Problem], groups: Iterable[Group], setting: Setting, root: str
) -> tuple[Linked, ...]:
    """Each with the field, or at least the page, where it is mended."""
    steps = [step for group in groups for step in group.steps]
    return tuple(_linked(problem, steps, setting, root) for problem in found)


def _linked(problem: Problem, steps: Sequence[Step], setting: Setting, root: str) -> Linked:
    return _in_list(problem, steps, setting, root) or _on_page(problem, steps, setting, root)


def _in_list(problem: Problem, steps: Sequence[Step], setting: Setting, root: str) -> Linked | None:
    """The page of an entry of a list; None for what is in none, or in none of the pages that there are."""
    slugs = {step.slug for step in steps}
    for pattern, page, title in _ENTRIES:
        at = pattern.match(problem.place)
        if at is None or _LISTED[page.partition("/")[0].partition("#")[0]] not in slugs:
            continue
        href = f"{root}/{page.format(*at.groups())}"
        own = href if "#" in href else f"{href}#{_box(problem, setting)}"
        named = _person(at[1], setting) if page.startswith("person") else ""
        words = list(at.groups())
        if problem.place.startswith("section"):
            words[0] = section_called(setting.document, int(at[1]))
        return Linked(problem=problem, href=own, title=named or title.format(*words))
    return None


def _on_page(problem: Problem, steps: Sequence[Step], setting: Setting, root: str) -> Linked:
    step = page_of(problem, steps)
    if step is None:
        return Linked(problem=problem, href=None, title="")
    below = f"ask/{step.slug}" if step.fields is not None else step.slug
    field = _field(problem, step, setting)
    href = f"{root}/{below}" + (f"#{field.id}" if field is not None else "")
    title = step.title
    if problem.code == "W_DOC_TIME" and field is not None:  # several days of a page read alike
        title = f"{title}: {field.label}"
    return Linked(problem=problem, href=href, title=title)


def _person(number: str, setting: Setting) -> str:
    position = int(number) - 1
    return plain(called(position, value_at(setting.document, ("people", position)) or {}))


def _box(problem: Problem, setting: Setting) -> str:
    """The id of the field of a place; where it tells who a source is, the box of that source."""
    own = field_id(problem.place)
    if not problem.place.endswith(".about"):
        return own
    people = value_at(setting.document, ("people",)) or []
    for n, person in enumerate(people):
        if person.get("source_known_to") and f"the source {called(n, person)} " in problem.message:
            return f"{own}-{n + 1}" if n else own
    return own


def _field(problem: Problem, step: Step, setting: Setting) -> Field | None:
    """The field of a page to go to."""
    fields = step.fields(setting) if step.fields is not None else ()
    return next((f for f in fields if problem.place.startswith(f.name)), None)


def led_to_source(
    errors: list[dict[str, str]],
    fields: Sequence[Field],
    problems: Sequence[Problem],
    setting: Setting,
) -> list[dict[str, str]]:
    """An error summary of which a line about who a source is leads to the box of that source."""
    boxes = {
        f"#{field.id}": f"#{_box(problem, setting)}"
        for field in fields
        for problem in problems
        if problem.code == "E_DOC_PROTECTED" and problem.place == field.name
    }
    return [{**each, "href": boxes.get(each["href"], each["href"])} for each in errors]


def field_id(place: str) -> str:
    """The id of the field of a place, as :attr:`Field.id` makes it."""
    return "f-" + re.sub(r"[^A-Za-z0-9_-]", "-", place)
