"""A correction before it is said: the words now, the words then, and who gets them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import click

from agency_client.cli.notices import given_json, tell_given
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import is_terminal, problem_json, shown, tell_json, tell_problems
from agency_client.client import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a person wants it: ``check`` only shows it; ``yes`` says that nothing is to be asked."""

    check: bool
    yes: bool

    def wants_to_know(self, has_terminal: bool) -> bool:
        """Whether a person is asked to go on: only one who can answer, and has not said so already."""
        return has_terminal and not self.check and not self.yes


def give_correction(ctx: click.Context, said: Any, asked: Asked) -> None:
    """Show a correction and give it, unless somebody at a terminal does not go on."""

    async def work(client: Client) -> tuple[Any, Any]:
        preview = await client.look_at_correction(said)
        if not as_json(ctx):
            for line in preview_lines(preview):
                click.echo(line, err=True)  # apart from results: to be read before anything is said
            tell_problems(preview.hints)
            if asked.wants_to_know(is_terminal()):
                click.confirm("Say this to all of them?", abort=True, err=True)
        return preview, None if asked.check else await client.give_correction(said)

    preview, given = run(ctx, work)
    if as_json(ctx):
        tell_json({**(given_json(given) if given else _not_given(preview)), **_words(preview)})
    elif given is not None:
        tell_given(replace(given, hints=()))  # they were shown with the words


def preview_lines(preview: Any) -> list[str]:
    """The words now, the words then, and everybody who gets them."""
    return [
        f"{preview.called} says now:",
        f"  {shown(preview.old)}",
        "It will say:",
        f"  {shown(preview.new)}",
        "To:",
        *(f"  {address}" for address in preview.audience),
        _second_hand(len(preview.second_hand)),
    ]


def _second_hand(count: int) -> str:
    if not count:
        return "Nobody is known to have it at second hand."
    who = "1 address is" if count == 1 else f"{count} addresses are"
    return (
        f"{who} known to have it at second hand, and will hear of it from those who passed it on."
    )


def _not_given(preview: Any) -> dict[str, Any]:
    return {
        "notice": None,
        "package": preview.package.hex(),
        "statement": preview.called,
        "to": list(preview.audience),
        "repeated": False,
        "warnings": [problem_json(problem) for problem in preview.hints],
    }


def _words(preview: Any) -> dict[str, Any]:
    return {
        "old": preview.old,
        "new": preview.new,
        "second_hand": list(preview.second_hand),
    }
