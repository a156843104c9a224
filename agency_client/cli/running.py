"""Running a command: unlock the home, do one thing with the client, say the result, keep the books."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click

from agency_client.cli.options import chosen
from agency_client.cli.telling import is_terminal, spoken_soon, warn
from agency_client.client import Client
from agency_client.unlocking import Reach, Unlock, default_home
from phoenix_protocol.errors import LockedError
from phoenix_protocol.identifiers import Seconds

T = TypeVar("T")


def home_of(ctx: click.Context) -> Path:
    """The home of this run."""
    return chosen(ctx).home or default_home(os.environ)


def as_json(ctx: click.Context) -> bool:
    """Whether one JSON document is wanted."""
    return chosen(ctx).as_json


def how_to_unlock() -> Unlock:
    """By the environment; by asking only where a person sits at a terminal."""
    return Unlock(environment=os.environ, prompt=_ask if is_terminal() else None)


def _ask(text: str) -> str:
    answer: str = click.prompt(text, hide_input=True, prompt_suffix="", err=True)
    return answer


def run(
    ctx: click.Context,
    work: Callable[[Client], Awaitable[T]],
    *,
    may_make: bool = False,
    quick: bool = False,
) -> T:
    """Open the home (or make it), run ``work`` and give its result.

    ``quick`` is for what a person looks at and can ask for again: a relay that does not answer is given up sooner.
    """
    path = home_of(ctx)
    reach = Reach(quick=quick, waiting=_tell_waiting if sys.stderr.isatty() else None)
    opened = (Client.make if may_make else Client.open)(path, how_to_unlock(), reach)
    with opened as client:
        for warning in client.warnings:
            warn(warning)
        return asyncio.run(_awaited(work(client)))


def _tell_waiting(until: Seconds) -> None:
    click.echo(f"The relay does not answer. Trying until {spoken_soon(until)}.", err=True)


def run_if_open(ctx: click.Context, work: Callable[[Client], Awaitable[T]]) -> T | None:
    """As :func:`run` where the home opens without asking anybody; None where it does not, or is not there."""
    try:
        with Client.open(home_of(ctx), Unlock(environment=os.environ)) as client:
            return asyncio.run(_awaited(work(client)))
    except LockedError:
        return None


async def _awaited(work: Awaitable[T]) -> T:
    return await work
