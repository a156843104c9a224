"""The words that answers are chosen from, and what is asked besides: catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from agency_client.cli.files import read_document_file
from agency_client.cli.options import command
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import shown, tell, tell_json


@command("catalogue")
@click.option(
    "--adopt",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Go by this file of your partnership too.",
)
@click.option("--drop", is_flag=True, help="Go by what is left without that file again.")
@click.option("--agency", is_flag=True, help="It is your agency's own file, not the partnership's.")
@click.pass_context
def catalogue(ctx: click.Context, adopt: Path | None, drop: bool, agency: bool) -> None:
    """Show which catalogue this home goes by, or adopt what your partnership or agency adds to it.

    Both can add words and questions, require answers, and tighten what is there. Neither can loosen anything.
    """
    from agency_client.record.catalogue import Whose

    if adopt is not None and drop:
        raise click.UsageError("Give either --adopt or --drop.", ctx)
    if agency and adopt is None and not drop:
        raise click.UsageError("Give --agency with --adopt or --drop.", ctx)
    data = read_document_file(adopt) if adopt is not None else None
    whose = Whose.AGENCY if agency else Whose.PARTNERSHIP

    async def work(client: Any) -> Any:
        if drop:
            return await client.drop_catalogue(whose)
        return await (client.catalogue() if data is None else client.adopt_catalogue(data, whose))

    found = run(ctx, work)
    if as_json(ctx):
        tell_json(_catalogue_json(found, Whose))
        return
    tell(f"Shipped catalogue {found.version}, SHA-256 {found.digest.hex()[:16]}")
    for each, whose_text in ((Whose.PARTNERSHIP, "partnership"), (Whose.AGENCY, "agency")):
        named = found.named(each)
        if named is not None:
            tell(shown(f"Your {whose_text}'s {named[0]}, SHA-256 {named[1].hex()[:16]}"))
    for question in found.questions.values():
        weight = "owed" if question.required else "asked"
        tell(shown(f"  local.{question.id} ({weight}, {_of(question)}): {question.text}"))
    for wanted in found.required:
        tell(shown(f"  {wanted.answer} (owed, {_of(wanted)}): {wanted.text}"))


def _of(asked: Any) -> str:
    return ", ".join(sorted(asked.documents))


def _catalogue_json(found: Any, whose: Any) -> dict[str, Any]:
    return {
        "version": found.version,
        "digest": found.digest.hex(),
        "partnership": _named_json(found.named(whose.PARTNERSHIP)),
        "agency": _named_json(found.named(whose.AGENCY)),
        "questions": [
            {
                "id": question.id,
                "text": question.text,
                "required": question.required,
                "documents": sorted(question.documents),
            }
            for question in found.questions.values()
        ],
        "required": [
            {"answer": each.answer, "text": each.text, "documents": sorted(each.documents)}
            for each in found.required
        ],
    }


def _named_json(named: tuple[str, bytes] | None) -> dict[str, str] | None:
    return None if named is None else {"version": named[0], "digest": named[1].hex()}
