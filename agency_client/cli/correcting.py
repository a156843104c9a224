"""A notice before it is said: the words that it is about, what it makes of them, and who gets it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final

import click

from agency_client.cli.given_pages import given_json, tell_given
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import is_terminal, problem_json, shown, tell_json, tell_problems
from agency_client.client import Client
from agency_client.use_cases.notice_subjects import Wanted
from phoenix_protocol.errors import Problem
from phoenix_protocol.sealing.notices import NoticeAction


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a person wants it: ``check`` only shows it; ``yes`` says that nothing is to be asked.

    ``if_warned``: it is shown, and asked about, only where something about it is worth a second look.
    """

    check: bool
    yes: bool
    if_warned: bool = False

    def is_shown(self, hints: Collection[Problem]) -> bool:
        """Whether the words are shown before they are said."""
        return self.check or bool(hints) or not self.if_warned

    def wants_to_know(self, has_terminal: bool) -> bool:
        """Whether a person is asked to go on: only one who can answer, and has not said so already."""
        return has_terminal and not self.check and not self.yes


def give_looked_at(ctx: click.Context, wanted: Wanted, asked: Asked) -> None:
    """Show a notice and give it, unless somebody at a terminal does not go on."""

    async def work(client: Client) -> tuple[Any, Any]:
        preview = await client.look_at_notice(wanted)
        if asked.is_shown(preview.hints) and not as_json(ctx):
            _show(preview, asked)
        return preview, None if asked.check else await client.give_notice(wanted)

    preview, given = run(ctx, work)
    if as_json(ctx):
        tell_json({**(given_json(given) if given else _not_given(preview)), **_words(preview)})
    elif given is not None:
        tell_given(replace(given, hints=()))  # they were shown with the words


def _show(preview: Any, asked: Asked) -> None:
    for line in preview_lines(preview):
        click.echo(line, err=True)  # apart from results: to be read before anything is said
    tell_problems(preview.hints)
    if asked.wants_to_know(is_terminal()):
        click.confirm("Say this to all of them?", abort=True, err=True)


_MAKES_OF_IT: Final = {
    NoticeAction.CORRECT: "It will say:",
    NoticeAction.WITHDRAW: "This withdraws it, because:",
    NoticeAction.DISPUTE: "This disputes it, because:",
}


def preview_lines(preview: Any) -> list[str]:
    """The words now, what is made of them, and everybody who gets that."""
    is_correction = preview.action is NoticeAction.CORRECT
    return [
        f"{preview.called} says now:",
        f"  {shown(preview.old)}",
        _MAKES_OF_IT[preview.action],
        f"  {shown(preview.new if is_correction else preview.why or '')}",
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
    is_correction = preview.action is NoticeAction.CORRECT
    return {
        "old": preview.old,
        **({"new": preview.new} if is_correction else {}),
        "second_hand": list(preview.second_hand),
    }
