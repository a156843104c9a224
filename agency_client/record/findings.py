"""What the rules found: problems that stop, warnings, what is owed, and questions to think about.

Only a problem stops anything. What is owed is listed until it is answered; a warning is worth a second look; a prompt
asks, and nobody scores the answer (the classes B, R, W and P of `config/clauses.toml`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from agency_client.record.as_written import AsWritten
from agency_client.record.audience import Audience
from agency_client.record.facts import Compared
from agency_client.record.places import Place, line_of, written
from agency_client.record.problems import (
    NEXT,
    OWED_IN_WORDS,
    OWED_NEXT,
    PROMPT_NEXT,
    REQUEST_NEXT,
    WARNING_NEXT,
)
from phoenix_protocol.errors import Problem, RefusedError

#: The clause of what an agency or partnership asks besides.
ASKED_HERE: Final = "SH1"


class Weight(Enum):
    """What a finding does: a problem stops, the others never do."""

    PROBLEM = "problem"
    WARNING = "warning"
    OWED = "owed"
    PROMPT = "prompt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that one rule has to say about one place."""

    weight: Weight
    code: str
    at: Place
    message: str
    remedy: str
    clause: str | None = None


def problem(
    code: str, at: Place, message: str, *, remedy: str | None = None, clause: str | None = None
) -> Finding:
    """A hard block: ``code`` is one of :data:`agency_client.record.problems.NEXT`."""
    return Finding(
        weight=Weight.PROBLEM,
        code=code,
        at=at,
        message=message,
        remedy=remedy or NEXT.get(code) or REQUEST_NEXT[code],
        clause=clause,
    )


def warning(code: str, at: Place, message: str, *, clause: str | None = None) -> Finding:
    """Worth a second look."""
    return Finding(
        weight=Weight.WARNING,
        code=code,
        at=at,
        message=message,
        remedy=WARNING_NEXT.get(code) or REQUEST_NEXT[code],
        clause=clause,
    )


def owed(clause: str, at: Place, message: str, *, in_words: bool = True) -> Finding:
    """A required answer that is not given yet. ``in_words``: "not known", with the reason, is an answer too."""
    remedy = OWED_NEXT.format(place=written(at))
    return Finding(
        weight=Weight.OWED,
        code=f"O_{clause}",
        at=at,
        message=message,
        remedy=remedy + OWED_IN_WORDS if in_words else remedy,
        clause=clause,
    )


def prompt(clause: str, at: Place, question: str) -> Finding:
    """A question that only a person can answer."""
    return Finding(
        weight=Weight.PROMPT,
        code=f"P_{clause}",
        at=at,
        message=question,
        remedy=PROMPT_NEXT.format(place=written(at)),
        clause=clause,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything that was found, in the order of the file: what `phoenix check` prints.

    ``compared`` and ``audience`` are information beside it: when the words of each recipient were last compared, and
    who reads what.
    """

    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    prompts: tuple[Problem, ...] = ()
    owed: tuple[Problem, ...] = ()
    compared: tuple[Compared, ...] = ()
    audience: Audience = Audience()

    def refuse(self, kept: str = "Nothing was sealed or sent.") -> None:
        """Raise RefusedError ``E_DOCUMENT`` with every problem, if there is one. ``kept`` says what did not happen."""
        if not self.problems:
            return
        count = len(self.problems)
        what = "one problem" if count == 1 else f"{count} problems"
        raise RefusedError(
            "E_DOCUMENT",
            f"The document has {what}. {kept}",
            next="Correct each of them, then repeat the command.",
            problems=self.problems,
        )


def gather(document: AsWritten, found: Iterable[Finding]) -> Findings:
    """``found`` and the faults of the document, sorted. A place that could not be read gets no second problem."""
    by_weight: dict[Weight, list[Problem]] = {weight: [] for weight in Weight}
    by_weight[Weight.PROBLEM] += document.faults.problems
    by_weight[Weight.WARNING] += document.faults.notes
    said: set[tuple[str, Place]] = set()
    for finding in _each_once(tuple(found)):
        key = (finding.code, finding.at)
        if key in said or document.faults.has(finding.at):
            continue
        said.add(key)
        by_weight[finding.weight].append(_told(finding, document))
    return Findings(
        problems=_in_order(by_weight[Weight.PROBLEM]),
        warnings=_in_order(by_weight[Weight.WARNING]),
        prompts=_in_order(by_weight[Weight.PROMPT]),
        owed=_in_order(by_weight[Weight.OWED]),
    )


def _each_once(found: tuple[Finding, ...]) -> Iterable[Finding]:
    """What is wanted at a place already is not wanted there a second time because an agency asks for it too."""
    wanted = {f.at for f in found if f.clause != ASKED_HERE and f.weight in _WANTED}
    return (f for f in found if not (f.code == f"O_{ASKED_HERE}" and f.at in wanted))


_WANTED: Final = frozenset({Weight.PROBLEM, Weight.OWED})


def _told(finding: Finding, document: AsWritten) -> Problem:
    return Problem(
        code=finding.code,
        message=finding.message,
        next=finding.remedy,
        place=written(finding.at),
        line=line_of(finding.at, document.lines),
        clause=finding.clause,
    )


def _in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    """By line; what has no line, such as a table that is not there, at the end."""
    return tuple(sorted(problems, key=lambda p: p.line if p.line is not None else 1 << 31))
