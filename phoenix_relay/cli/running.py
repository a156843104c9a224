"""Running a command: the options that every command knows, and how results and errors are told."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from phoenix_protocol.errors import PhoenixError, Problem, UsageError

PROGRAM: Final = "phoenix-relay"

F = TypeVar("F", bound=Callable[..., Any])


def common(function: F) -> F:
    """``--home`` and ``--json``, which are understood before and after the command."""
    for option in (
        click.option("--json", is_flag=True, help="One JSON document on standard output.", **_KEPT),
        click.option(
            "--home",
            type=click.Path(file_okay=False, path_type=Path),
            help="The relay's folder. Otherwise PHOENIX_HOME, or the usual place of this system.",
            **_KEPT,
        ),
    ):
        function = option(function)
    return function


def home() -> Path:
    """The folder that this command works on."""
    chosen: Path | None = _choices().get("home")
    if chosen is not None:
        return chosen
    if from_environment := os.environ.get("PHOENIX_HOME"):
        return Path(from_environment)
    from platformdirs import user_data_path

    return user_data_path(PROGRAM, appauthor=False)


def tell(document: Mapping[str, Any], text: str) -> None:
    """A command's result: ``document`` with ``--json``, otherwise ``text``."""
    click.echo(json.dumps(document) if _choices().get("json") else text)


def warn(text: str) -> None:
    """A warning for a person, on standard error."""
    click.echo(f"Warning: {text}", err=True)


def run(group: click.Group, arguments: list[str]) -> int:
    """Run ``group`` and return the exit code. Whatever goes wrong is told, with a code and what to do next."""
    as_json = "--json" in arguments
    try:
        group.main(arguments, prog_name=PROGRAM, standalone_mode=False)
    except PhoenixError as error:
        return _fail(error, as_json)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.Abort:
        return _fail(UsageError("E_USAGE", "Stopped.", next="Nothing was changed."), as_json)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return UsageError.exit_code
    except click.ClickException as error:
        help_for = f"{PROGRAM} --help"
        what = " ".join(error.format_message().split())
        found = UsageError("E_USAGE", what, next=f"See {help_for}.")
        return _fail(found, as_json)
    except BrokenPipeError:
        # Whoever read the output has gone; the interpreter must not stumble over it again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _keep(context: click.Context, option: click.Parameter, value: Any) -> None:
    if value:
        context.find_root().ensure_object(dict)[option.name] = value


_KEPT: Final[dict[str, Any]] = {"expose_value": False, "callback": _keep}


def _choices() -> dict[str, Any]:
    found: dict[str, Any] = click.get_current_context().find_root().ensure_object(dict)
    return found


def _fail(error: PhoenixError, as_json: bool) -> int:
    lines = [f"{error.code}: {error.what}", *map(_line, error.problems), error.next]
    click.echo("\n".join(lines), err=True)
    if as_json:
        problems = [_problem(problem) for problem in error.problems]
        told = {"code": error.code, "message": error.what, "next": error.next}
        click.echo(json.dumps({"error": {**told, "problems": problems}}))
    return error.exit_code


def _line(problem: Problem) -> str:
    line = "" if problem.line is None else f"line {problem.line}: "
    place = f"{problem.place}: " if problem.place else ""
    return f"  {line}{place}{problem.message} {problem.next}"


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "place": problem.place,
        "line": problem.line,
        "message": problem.message,
        "next": problem.next,
    }
