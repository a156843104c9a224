"""Passing on what others control: release-request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from agency_client.cli.files import read_document_file
from agency_client.cli.options import command
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import tell, tell_json
from agency_client.client import Client


@command("release-request")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def release_request(ctx: click.Context, file: Path) -> None:
    """Ask whoever controls what FILE passes on to release it.

    FILE is the package that you want to send. They are told which of their statements you want to pass on, to whom and
    what for. FILE itself is not sent.
    """
    data = read_document_file(file)

    async def work(client: Client) -> Any:
        asked = await client.request_release(data)
        for each in asked:
            await client.told(each.package)
        return asked

    asked = run(ctx, work)
    if as_json(ctx):
        tell_json({"requests": [_asked_json(each) for each in asked]})
        return
    for each in asked:
        tell(f"Asked {each.of.address} to release {', '.join(each.of.called)}.")
        tell(f"  Package {each.package.hex()}")
    tell("Send your package when they have: phoenix inbox tells you.")


def _asked_json(each: Any) -> dict[str, Any]:
    return {
        "package": each.package.hex(),
        "to": each.of.address,
        "of": each.of.package.hex(),
        "statements": list(each.of.called),
    }
