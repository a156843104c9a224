"""The questions that searches have in common, and what was typed into them: in the register and in chronologies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from agency_client.record.when import span
from agency_client.web.fields import Field, Shape
from phoenix_protocol.errors import Problem
from phoenix_protocol.identifiers import Seconds

PERSON: Final = Field(
    at=("person",),
    shape=Shape.LINE,
    label="Person",
    hint="A name, or how its words begin.",
)
DAYS: Final = (
    Field(
        at=("since",),
        shape=Shape.DAY,
        label="From",
        hint="For example, 20 11 2026. A month or a year alone will do.",
    ),
    Field(at=("until",), shape=Shape.DAY, label="To the end of", hint="For example, 30 11 2026."),
)


def problem(place: str, words: str) -> Problem:
    """What is wrong with what was typed into the question ``place``."""
    return Problem(code="E_USAGE", place=place, message=words, next="")


def wrong_days(tree: Mapping[str, Any]) -> Iterator[Problem]:
    """Each of :data:`DAYS` in which no day, month or year was typed."""
    for field in DAYS:
        if field.name in tree and span(tree[field.name]) is None:
            yield problem(field.name, "Enter a real day, month or year, such as 20 11 2026")


def first_second(tree: Mapping[str, Any]) -> Seconds | None:
    """From when on; None where nothing was typed."""
    since = span(tree.get("since", ""))
    return Seconds(since.first) if since is not None else None


def second_after(tree: Mapping[str, Any]) -> Seconds | None:
    """The first second that is not looked at any more; None where nothing was typed."""
    until = span(tree.get("until", ""))
    return Seconds(until.last + 1) if until is not None else None
