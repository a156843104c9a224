"""What was found, on the page: summed up in one line, and grouped so that nothing is said twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Protocol, TypeVar

from agency_client.record.plain import plain
from phoenix_protocol.errors import Problem

K = TypeVar("K")

#: What stands in a remedy that is said once for several places.
_ANY_PLACE: Final = "the place that is named"
#: Ready and not ready, by what was looked at.
_SENT: Final = ("Ready to send.", "Cannot be sent yet")
_RECORDED: Final = ("Ready to be recorded.", "Cannot be recorded yet")
_VERDICTS: Final = {"decision": _RECORDED, "record": _RECORDED}


class Found(Protocol):
    """What the rules found, by how much it weighs."""

    @property
    def problems(self) -> Sequence[Problem]: ...
    @property
    def warnings(self) -> Sequence[Problem]: ...
    @property
    def prompts(self) -> Sequence[Problem]: ...
    @property
    def owed(self) -> Sequence[Problem]: ...


def summed_up(found: Found, of: str = "package") -> str:
    """One line: whether it can go on, and how much of each kind there is to look at."""
    ready, not_yet = _VERDICTS.get(of, _SENT)
    counted = [
        _count(len(found.warnings), "warning", "warnings"),
        _count(len(found.prompts), "thing to think about", "things to think about"),
        _count(len(found.owed), "answer owed", "answers owed"),
    ]
    rest = ", ".join(filter(None, counted))
    more = f" {rest}." if rest else ""
    if not found.problems:
        return f"{ready}{more}"
    return f"{not_yet}: {_count(len(found.problems), 'thing', 'things')} to mend.{more}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""


def problem_lines(problems: Iterable[Problem]) -> Iterator[str]:
    """Problems as people read them: what, where, what next. What several share is said once, with all their places."""
    for remedy, together in _by(problems, _remedy).items():
        for (code, message), same in _by(together, lambda p: (p.code, p.message)).items():
            places = [plain(place) for place in dict.fromkeys(map(_where, same)) if place]
            yield from _said_at(f"{code}  {plain(message)}".rstrip(), places)
            if len(together) == 1:
                yield f"    {plain(same[0].next)}"
        if len(together) > 1:
            yield f"  {plain(remedy)}"


#: As wide as a line with several places may be.
_WIDTH: Final = 100


def _said_at(sentence: str, places: Sequence[str]) -> Iterator[str]:
    """A sentence, and under it where: as many places on a line as have room."""
    yield sentence
    line = ""
    for n, place in enumerate(places):
        more = place if n == len(places) - 1 else f"{place};"
        if line and len(line) + len(more) > _WIDTH:
            yield f"    {line}"
            line = ""
        line = f"{line} {more}" if line else more
    if line:
        yield f"    {line}"


def _by(problems: Iterable[Problem], key: Callable[[Problem], K]) -> dict[K, list[Problem]]:
    """Problems with one key together, each group where its first one stood."""
    groups: dict[K, list[Problem]] = {}
    for problem in problems:
        groups.setdefault(key(problem), []).append(problem)
    return groups


def _remedy(problem: Problem) -> str:
    """The way out, without the one place that it is for."""
    for end in (",", "."):
        problem_at = f" in {problem.place}{end}"
        if problem.place and problem_at in problem.next:
            return problem.next.replace(problem_at, f" in {_ANY_PLACE}{end}")
    return problem.next


def _where(problem: Problem) -> str:
    """Place, line and clause of the protocol; what is owed and what is asked have the clause in their code."""
    line = f"line {problem.line}" if problem.line is not None else ""
    is_in_code = problem.code.startswith(("O_", "P_"))
    clause = f"clause {problem.clause}" if problem.clause and not is_in_code else ""
    return ", ".join(filter(None, (problem.place, line, clause)))
