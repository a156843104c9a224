"""What every command understands: ``--home`` and ``--json``, before and after its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click


@dataclass(slots=True)
class Chosen:
    """What was chosen for all commands; the innermost mention wins."""

    home: Path | None = None
    as_json: bool = False


def chosen(ctx: click.Context) -> Chosen:
    """The choices of this run."""
    return ctx.ensure_object(Chosen)


def _choose_home(ctx: click.Context, _param: click.Parameter, value: Path | None) -> None:
    if value is not None:
        chosen(ctx).home = value


def _choose_json(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        chosen(ctx).as_json = True


def common_parameters() -> list[click.Parameter]:
    """New copies of the two options."""
    return [
        click.Option(
            ["--home"],
            type=click.Path(path_type=Path, file_okay=False),
            callback=_choose_home,
            expose_value=False,
            help="The folder with your keys and packages (or PHOENIX_HOME).",
        ),
        click.Option(
            ["--json", "as_json"],
            is_flag=True,
            callback=_choose_json,
            expose_value=False,
            help="Print one JSON document and nothing else.",
        ),
    ]


class Command(click.Command):
    """A command that takes the common options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params = [*self.params, *common_parameters()]


class RootGroup(click.Group):
    """A group that takes the common options and whose commands do."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params = [*self.params, *common_parameters()]


RootGroup.group_class = RootGroup

#: ``@command()`` and ``@group()`` for modules of commands.
Decorator = Callable[[Callable[..., Any]], Any]


def command(name: str | None = None, **kwargs: Any) -> Decorator:
    """A command with the common options."""
    return click.command(name, cls=Command, **kwargs)


def group(name: str | None = None, **kwargs: Any) -> Decorator:
    """A group of commands with the common options."""
    return click.group(name, cls=RootGroup, **kwargs)
