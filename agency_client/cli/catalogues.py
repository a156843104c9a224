"""The words that answers are chosen from, and what is asked besides: catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from agency_client.cli.files import read_document_file
from agency_client.cli.options import command
from agency_client.cli.running import as_json, home_of, run
from agency_client.cli.telling import shown, tell, tell_json
from phoenix_protocol.errors import UsageError


@command("catalogue")
@click.argument("list_", metavar="[LIST]", required=False)
@click.option(
    "--adopt",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Go by this file of your partnership too.",
)
@click.option("--drop", is_flag=True, help="Go by what is left without that file again.")
@click.option("--agency", is_flag=True, help="It is your agency's own file, not the partnership's.")
@click.pass_context
def catalogue(
    ctx: click.Context, list_: str | None, adopt: Path | None, drop: bool, agency: bool
) -> None:
    """List the words that documents choose from, or adopt what your partnership or agency adds to them.

    LIST is the name of one list, or of a field that takes its words. Partnership and agency can add words and
    questions, require answers, and tighten what is there. Neither can loosen anything.
    """
    from agency_client.record.catalogue import Whose

    _check_together(ctx, list_, adopt, drop=drop, agency=agency)
    data = read_document_file(adopt) if adopt is not None else None
    whose = Whose.AGENCY if agency else Whose.PARTNERSHIP

    async def work(client: Any) -> Any:
        if drop:
            found = await client.drop_catalogue(whose)
        elif data is not None:
            found = await client.adopt_catalogue(data, whose)
        else:
            found = await client.catalogue()
        return found, await client.word_lists(found)

    changes = data is not None or drop
    found, lists = run(ctx, work) if changes or _has_home(ctx) else _shipped()
    chosen = lists if list_ is None else _chosen(lists, list_)
    if as_json(ctx):
        tell_json({**_catalogue_json(found, Whose), "lists": [_list_json(e) for e in chosen]})
        return
    if list_ is None:
        _tell_catalogue(found, Whose)
    if not changes:
        _tell_lists(chosen)


def _check_together(
    ctx: click.Context, list_: str | None, adopt: Path | None, *, drop: bool, agency: bool
) -> None:
    if adopt is not None and drop:
        raise click.UsageError("Give either --adopt or --drop.", ctx)
    if agency and adopt is None and not drop:
        raise click.UsageError("Give --agency with --adopt or --drop.", ctx)
    if list_ is not None and (adopt is not None or drop):
        raise click.UsageError("Give LIST without --adopt and --drop.", ctx)


def _has_home(ctx: click.Context) -> bool:
    """Whether a home can be asked: the words are there for whoever has none yet, too."""
    from keys.keystore import has_keystore

    return has_keystore(home_of(ctx))


def _shipped() -> tuple[Any, Any]:
    from agency_client.record.shipped import shipped_catalogue
    from agency_client.record.word_lists import word_lists

    return shipped_catalogue(), word_lists(shipped_catalogue())


def _chosen(lists: Any, name: str) -> Any:
    """The lists of a name. Raises UsageError ``E_USAGE`` with those that are near."""
    from agency_client.record.faults import did_you_mean
    from agency_client.record.word_lists import found_by, names

    found = found_by(lists, name)
    if found:
        return found
    raise UsageError(
        "E_USAGE",
        "No list of words has this name, and no field that takes words."
        + did_you_mean(name, names(lists), 3),
        next="'phoenix catalogue' shows every list.",
    )


def _tell_catalogue(found: Any, whose: Any) -> None:
    tell(f"Shipped catalogue {found.version}, SHA-256 {found.digest.hex()[:16]}")
    for each, whose_text in ((whose.PARTNERSHIP, "partnership"), (whose.AGENCY, "agency")):
        named = found.named(each)
        if named is not None:
            tell(shown(f"Your {whose_text}'s {named[0]}, SHA-256 {named[1].hex()[:16]}"))
    for question in found.questions.values():
        weight = "owed" if question.required else "asked"
        tell(shown(f"  local.{question.id} ({weight}, {_of(question)}): {question.text}"))
    for wanted in found.required:
        tell(shown(f"  {wanted.answer} (owed, {_of(wanted)}): {wanted.text}"))


def _tell_lists(lists: Any) -> None:
    """Each list: its name, what it is of, where its words can stand, and the words."""
    for each in lists:
        tell(f"\n{each.name}: {shown(each.title)}")
        if each.fields:
            tell(f"  in {', '.join(each.fields)}")
        width = max((len(word.code) for word in each.words), default=0)
        for word in each.words:
            tell(shown(f"    {word.code:<{width}}  {word.label}"))
            for more in filter(None, (word.help, word.warn)):
                tell(shown(f"    {'':<{width}}  {more}"))
        if not each.words:
            tell("    No word of this list applies where your agency is.")


def _list_json(each: Any) -> dict[str, Any]:
    return {
        "list": each.name,
        "title": each.title,
        "fields": list(each.fields),
        "words": [
            {"code": word.code, "label": word.label, "help": word.help, "warn": word.warn}
            for word in each.words
        ],
    }


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
