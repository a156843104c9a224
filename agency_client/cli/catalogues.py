"""The words that answers are chosen from: catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from agency_client.cli.files import read_document_file
from agency_client.cli.options import command
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import tell, tell_json


@command("catalogue")
@click.option(
    "--adopt",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Go by this file of your partnership too.",
)
@click.option("--drop", is_flag=True, help="Go by the shipped catalogue alone again.")
@click.pass_context
def catalogue(ctx: click.Context, adopt: Path | None, drop: bool) -> None:
    """Show which catalogue this home goes by, or adopt what your partnership adds to it.

    A partnership can add words and tighten what is there. It can loosen nothing.
    """
    if adopt is not None and drop:
        raise click.UsageError("Give either --adopt or --drop.", ctx)
    data = read_document_file(adopt) if adopt is not None else None

    async def work(client: Any) -> Any:
        if drop:
            return await client.drop_catalogue()
        return await (client.catalogue() if data is None else client.adopt_catalogue(data))

    found = run(ctx, work)
    local = found.local
    if as_json(ctx):
        partnership = {"version": local[0], "digest": local[1].hex()} if local else None
        tell_json(
            {
                "version": found.version,
                "digest": found.digest.hex(),
                "partnership": partnership,
            }
        )
        return
    tell(f"Shipped catalogue {found.version}, SHA-256 {found.digest.hex()[:16]}")
    if local is not None:
        tell(f"Your partnership's {local[0]}, SHA-256 {local[1].hex()[:16]}")
