"""Saying things: results to standard output, errors and warnings to standard error, texts or one JSON document."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from agency_client.record.plain import plain
from phoenix_protocol.errors import PhoenixError, Problem


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether ``--json`` stands anywhere among the arguments of a run that failed before it was read."""
    return "--json" in arguments


def tell_json(document: Mapping[str, Any]) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=None))


def tell(text: str = "") -> None:
    """A line for a person. The text is safe to show: what others wrote goes through :func:`shown` first."""
    click.echo(text)


def shown(text: str) -> str:
    """What somebody else wrote, made safe for a terminal: control and direction characters are written out."""
    return plain(text)


def warn(text: str) -> None:
    """A warning for a person."""
    click.echo(f"Warning: {text}", err=True)


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem, warning, prompt or debt as scripts see it."""
    return {
        "code": problem.code,
        "place": problem.place,
        "line": problem.line,
        "message": problem.message,
        "next": problem.next,
        "clause": problem.clause,
    }


def tell_problem(problem: Problem) -> None:
    """One problem as people see it: code, what, where, what next."""
    tell_problems([problem])


def tell_problems(problems: Iterable[Problem]) -> None:
    """Problems as people see them; what several of them share is said once."""
    from agency_client.cli.finding_pages import problem_lines

    for line in problem_lines(problems):
        click.echo(line, err=True)


def tell_error(error: PhoenixError, *, as_json: bool) -> int:
    """Say what went wrong, whose fault it is and what to do next. Gives the exit code."""
    tell_problems(p for p in error.problems if not _is_said_by(error, p))
    click.echo(f"{error.code}: {plain(error.what)}", err=True)
    click.echo(f"    {plain(error.next)}", err=True)
    if as_json:
        tell_json(
            {
                "error": {
                    "code": error.code,
                    "message": error.what,
                    "next": error.next,
                    "problems": [problem_json(p) for p in error.problems],
                }
            }
        )
    return error.exit_code


def _is_said_by(error: PhoenixError, problem: Problem) -> bool:
    """Whether a problem is the error itself, which says where it is: nobody reads the same twice."""
    return (problem.code, problem.next) == (error.code, error.next) and error.what.endswith(
        problem.message
    )


def moment(seconds: int | None) -> str | None:
    """A time as ISO 8601 in UTC."""
    if seconds is None:
        return None
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def spoken(seconds: int, *, everywhere: bool = False) -> str:
    """A time for a person, in this machine's zone, which it names: 20 Nov 2026 15:20 GMT.

    ``everywhere`` is for texts that have to be the same on every machine: in UTC, to the second.
    """
    if everywhere:
        return _written("%H:%M:%S UTC", time.gmtime(seconds))
    return _written("%H:%M %Z", time.localtime(seconds))


def _written(shape: str, at: time.struct_time) -> str:
    return f"{at.tm_mday} {time.strftime(f'%b %Y {shape}', at)}"


def spoken_soon(seconds: int) -> str:
    """A time of today, to the second, for somebody who waits for it: 15:20:09 GMT."""
    return time.strftime("%H:%M:%S %Z", time.localtime(seconds))


def spoken_day(seconds: int) -> str:
    """A day that was given as a day, in UTC: 1 Nov 2027."""
    at = time.gmtime(seconds)
    return f"{at.tm_mday} {time.strftime('%b %Y', at)}"


def is_terminal() -> bool:
    """Whether a person sits at both ends."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A plain table that fits the terminal; where its lines are read by something else, each row is one line."""
    from agency_client.cli.tables import table_lines

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in table_lines(headings, [[plain(cell) for cell in row] for row in rows], width):
        click.echo(line)


def legend(states: Iterable[str], meanings: Mapping[str, str]) -> None:
    """What the states in a table mean, each once, for a person at a terminal who may not know."""
    if not sys.stdout.isatty():
        return
    tell()
    for state in dict.fromkeys(states):
        tell(f"{state}: {meanings[state]}.")
