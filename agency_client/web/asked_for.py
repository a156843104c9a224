"""What a form asks for where the rules only say that something is missing: an instruction, beside its field."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from phoenix_protocol.errors import Problem

#: By the last part of a place: what to do.
_DO: Final = {
    "held": "Enter the day on which the review was held",
    "attended_by": "Enter who attended, one on each line",
    "next_due": "Enter the day on which the next review is due",
    "what": "Say it in words, or empty what you wrote beside it",
    "because": "Choose because of what it changes",
    "status": "Choose how your agency stands in it",
    "valid_to": "Enter the last day for which it holds",
}
_MISSING: Final = "E_DOC_MISSING"
_LAST: Final = re.compile(r"[a-z_]+$")


def asked_for(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """The same problems; those of what is missing as instructions."""
    return tuple(_instruct(problem) for problem in problems)


def _instruct(problem: Problem) -> Problem:
    found = _LAST.search(problem.place)
    words = _DO.get(found[0]) if found and problem.code == _MISSING else None
    return problem if words is None else replace(problem, message=words)
