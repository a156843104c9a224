"""The register on a screen, as a spreadsheet and on paper."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from agency_client.cli.copies import FILE, first_second, head, second_after, warn_of_copies
from agency_client.cli.near import near_json, near_to, tell_near
from agency_client.cli.new_files import require_new, write_new
from agency_client.cli.options import command
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import moment, shown, spoken, tell, tell_json
from agency_client.cli.texts import LINE
from agency_client.client import Client

#: A screen shows so many unless somebody wants more.
_MOST: Final = 1000


@command("register")
@click.option("--subject", metavar="REF", type=LINE, help="A whole name, number, label or thread.")
@click.option("--person", metavar="NAME", type=LINE, help="A name or the beginnings of its words.")
@click.option("--agency", metavar="ID", type=LINE, help="An agency or one of its addresses.")
@click.option("--from", "since", metavar="DAY", help="From this day on: 2026-11-20 or 2026-11.")
@click.option("--to", "until", metavar="DAY", help="To the end of this day.")
@click.option(
    "--most", type=click.IntRange(1), default=_MOST, metavar="NUMBER", help="How many to list."
)
@click.option("--csv", "csv_", metavar="PATH", type=FILE, help="Write a spreadsheet.")
@click.option("--page", metavar="PATH", type=FILE, help="Write a page to print.")
@click.pass_context
def register(
    ctx: click.Context,
    subject: str | None,
    person: str | None,
    agency: str | None,
    since: str | None,
    until: str | None,
    most: int,
    csv_: Path | None,
    page: Path | None,
) -> None:
    """List what was shared with whom, when and why, and what was not. Works without the relay."""
    from agency_client.use_cases.registering import Sought

    sought = Sought(
        subject=subject,
        person=person,
        agency=agency,
        since=first_second(since, "--from"),
        until=second_after(until, "--to"),
    )
    copies = {"csv": csv_, "page": page}
    wanted = {name: path for name, path in copies.items() if path is not None}

    in_words = bool(wanted) or not as_json(ctx)

    async def work(client: Client) -> tuple[Any, int, Any, Any]:
        for path in wanted.values():
            require_new(path)
        entries, left = await _found(client, sought, tuple(wanted), most)
        if page is not None:
            above = head(client.whose(), since, until)
            _write_page(page, entries, await client.catalogue(), above)
        if csv_ is not None:
            _write_csv(csv_, entries, await client.catalogue())
        near = None if entries else await near_to(client, subject or person)
        return entries, left, near, await client.catalogue() if in_words else None

    entries, left, near, catalogue = run(ctx, work)
    warn_of_copies(wanted)
    if as_json(ctx):
        written = {name: str(path) for name, path in wanted.items()}
        lines = [_entry_json(entry) for entry in entries]
        tell_json({"lines": lines, "left": left, "near": near_json(near), **written})
        return
    _tell_entries(entries, catalogue)
    if left:
        tell(f"And {left} older: use --most, or --from and --to.")
    tell_near(near)


async def _found(
    client: Client, sought: Any, copies: tuple[str, ...], most: int
) -> tuple[Any, int]:
    """The newest lines, oldest first, and how many older ones there are. A copy has all of them."""
    if copies:
        return await client.register(sought, exported=copies), 0
    page = await client.register_page(sought, start=0, most=most)
    return page.entries[::-1], page.whole - len(page.entries)


# -- copies ----------------------------------------------------------------------------------------------------------


def _write_csv(path: Path, entries: Any, catalogue: Any) -> None:
    from agency_client.record.register_csv import register_csv

    write_new(path, register_csv(entries, catalogue))


def _write_page(path: Path, entries: Any, catalogue: Any, above: Mapping[str, str]) -> None:
    from agency_client.record.register_page import register_page

    write_new(path, register_page(entries, catalogue, above))


# -- on a screen -----------------------------------------------------------------------------------------------------


def _entry_json(entry: Any) -> dict[str, Any]:
    line = entry.line
    return {
        "time": moment(line.time),
        "kind": line.kind,
        "reference": entry.reference,
        "state": entry.state,
        "erased": entry.erased,
        "parties": [{"name": party.name, "state": party.state} for party in entry.parties],
        "asked_by": list(entry.said("asked_by")),
        "said_by": list(entry.said("said_by")),
        "people": [{"name": name, "role": role} for name, role in entry.people],
        "sections": [
            {
                "title": section.title,
                "to": list(section.readers),
                "facts": section.facts,
                "reported": section.reported,
                "opinions": section.opinions,
                "files": section.files,
            }
            for section in line.sections
        ],
        "said": {name: list(values) for name, values in line.facts.items() if name not in _APART},
        "known_days": entry.known_days,
        "answered": list(entry.answered),
        "owed": list(entry.owed),
    }


_APART = frozenset({"people", "roles", "asked_by", "said_by"})


def _tell_entries(entries: Any, catalogue: Any) -> None:
    from agency_client.record.register_table import COLUMNS, rows

    if not entries:
        tell("There is nothing of this in the register.")
        return
    headings = [heading for heading, _ in COLUMNS]
    for entry, row in zip(entries, rows(entries, catalogue), strict=True):
        cells = dict(zip(headings, row, strict=True))
        tell(shown(f"{spoken(entry.line.time)}  {row[1]}  {row[2]}"))
        for heading in headings[3:]:
            if cells[heading]:
                tell(shown(f"    {heading}: {cells[heading]}"))
    tell("1 entry." if len(entries) == 1 else f"{len(entries)} entries.")
