"""The web app, started from the command line: the one place that knows both."""

from __future__ import annotations

import asyncio
import webbrowser
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import click

from agency_client.cli.options import command
from agency_client.cli.running import as_json, home_of, how_to_unlock
from agency_client.cli.telling import tell, tell_json, warn
from agency_client.client import Client
from phoenix_protocol.randomness import SystemRandomness

if TYPE_CHECKING:
    from agency_client.web.desk import Desk


@command("ui")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=None,
    metavar="PORT",
    help="The port of this machine to listen at. Without it: any that is free.",
)
@click.option(
    "--socket",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    metavar="PATH",
    help="Listen at a Unix socket that only you can open, and at no port.",
)
@click.option("--no-browser", is_flag=True, help="Print the link and open no browser.")
@click.option(
    "--lock-after",
    type=click.IntRange(1, 24 * 60),
    default=15,
    metavar="MINUTES",
    help="Lock when nobody has done anything for so long. Without it: 15.",
)
@click.option(
    "--shared-machine",
    is_flag=True,
    help="Run although another user has a login session on this machine.",
)
@click.pass_context
def serve_app(
    ctx: click.Context,
    port: int | None,
    path: Path | None,
    no_browser: bool,
    lock_after: int,
    shared_machine: bool,
) -> None:
    """Open the app in your browser. It runs on this machine, for you alone, until you press Ctrl-C."""
    from agency_client.web.running import At, require_alone, serve

    if not shared_machine and path is None:
        require_alone()
    desk = _desk(ctx, lock_after * 60.0)

    def ready(url: str) -> None:
        if as_json(ctx):
            tell_json({"url": url, **({"socket": str(path)} if path is not None else {})})
        else:
            tell(url)
            tell("Open this link in your browser. It works once. Press Ctrl-C to stop.")
        if not no_browser and path is None:
            # A browser that runs in the terminal would otherwise wait for the app, and the app for it.
            Thread(target=webbrowser.open, args=(url,), daemon=True).start()

    asyncio.run(serve(desk, At(port=port or 0, path=path), SystemRandomness(), ready))


def _desk(ctx: click.Context, idle: float) -> Desk:
    """The open home. Nothing else refers to it: when the desk locks, its keys go."""
    from agency_client.agent.server import boot_clock
    from agency_client.web.desk import Desk

    home = home_of(ctx)
    client = Client.open(home, how_to_unlock())
    for warning in client.warnings:
        warn(warning)
    return Desk(home, client, randomness=SystemRandomness(), clock=boot_clock, idle=idle)
