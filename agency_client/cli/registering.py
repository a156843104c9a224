"""The register on a screen, as a spreadsheet and on paper."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from agency_client.cli.options import command
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import moment, shown, spoken, tell, tell_json, warn
from agency_client.cli.texts import LINE
from agency_client.client import Client
from phoenix_protocol.errors import UsageError
from phoenix_protocol.identifiers import Seconds

_FILE = click.Path(path_type=Path, dir_okay=False)


@command("register")
@click.option("--subject", metavar="REF", type=LINE, help="A whole name, number, label or thread.")
@click.option("--person", metavar="NAME", type=LINE, help="A name or the beginnings of its words.")
@click.option("--agency", metavar="ID", type=LINE, help="An agency or one of its addresses.")
@click.option("--from", "since", metavar="DAY", help="From this day on: 2026-11-20 or 2026-11.")
@click.option("--to", "until", metavar="DAY", help="To the end of this day.")
@click.option("--csv", "csv_", metavar="PATH", type=_FILE, help="Write a spreadsheet.")
@click.option("--page", metavar="PATH", type=_FILE, help="Write a page to print.")
@click.pass_context
def register(
    ctx: click.Context,
    subject: str | None,
    person: str | None,
    agency: str | None,
    since: str | None,
    until: str | None,
    csv_: Path | None,
    page: Path | None,
) -> None:
    """List what was shared with whom, when and why, and what was not. Works without the relay."""
    from agency_client.use_cases.registering import Sought

    sought = Sought(
        subject=subject,
        person=person,
        agency=agency,
        since=_first(since, "--from"),
        until=_after(until, "--to"),
    )
    copies = {"csv": csv_, "page": page}
    wanted = {name: path for name, path in copies.items() if path is not None}

    in_words = bool(wanted) or not as_json(ctx)

    async def work(client: Client) -> tuple[Any, Any]:
        for path in wanted.values():
            _require_new(path)
        entries = await client.register(sought, exported=tuple(wanted))
        about = {"Kept by": client.whose(), "Subject": subject, "Person": person, "Agency": agency}
        if page is not None:
            _write_page(
                page, entries, await client.catalogue(), about, {"From": since, "To": until}
            )
        if csv_ is not None:
            _write_csv(csv_, entries, await client.catalogue())
        return entries, await client.catalogue() if in_words else None

    entries, catalogue = run(ctx, work)
    for path in wanted.values():
        warn(f"{path} is not encrypted. Keep it as carefully as the packages in it.")
    if as_json(ctx):
        written = {name: str(path) for name, path in wanted.items()}
        tell_json({"lines": [_entry_json(entry) for entry in entries], **written})
        return
    _tell_entries(entries, catalogue)


# -- days ------------------------------------------------------------------------------------------------------------


def _first(day: str | None, option: str) -> Seconds | None:
    return None if day is None else Seconds(_span(day, option).first)


def _after(day: str | None, option: str) -> Seconds | None:
    return None if day is None else Seconds(_span(day, option).last + 1)


def _span(day: str, option: str) -> Any:
    from agency_client.record.when import span

    found = span(day.strip())
    if found is None:
        raise UsageError(
            "E_USAGE",
            f"{option} does not name a day.",
            next="Write it as 2026-11-20, or as a month, a year or a time.",
        )
    return found


# -- copies ----------------------------------------------------------------------------------------------------------


def _write_csv(path: Path, entries: Any, catalogue: Any) -> None:
    from agency_client.record.register_csv import register_csv

    _write_new(path, register_csv(entries, catalogue))


def _write_page(
    path: Path, entries: Any, catalogue: Any, about: dict[str, Any], days: dict[str, Any]
) -> None:
    import time

    from agency_client.record.register_page import register_page

    said = {**about, **days, "Made": spoken(int(time.time()))}
    shown_about = {name: text for name, text in said.items() if text is not None}
    _write_new(path, register_page(entries, catalogue, shown_about))


def _require_new(path: Path) -> None:
    if path.exists():
        raise UsageError(
            "E_FILE",
            "There is a file of this name already.",
            next="Choose another name; nothing is overwritten.",
        )


def _write_new(path: Path, data: bytes) -> None:
    """A file for nobody else's eyes, whole or not at all. Nothing is overwritten."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise _not_written(error) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _not_written(error) from None


def _not_written(error: OSError) -> UsageError:
    return UsageError(
        "E_FILE",
        f"The file cannot be written: {error.strerror}.",
        next="Choose another name or folder; nothing is overwritten.",
    )


# -- on a screen -----------------------------------------------------------------------------------------------------


def _entry_json(entry: Any) -> dict[str, Any]:
    line = entry.line
    return {
        "time": moment(line.time),
        "kind": line.kind,
        "reference": entry.reference,
        "state": entry.state,
        "parties": [{"name": party.name, "state": party.state} for party in entry.parties],
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


_APART = frozenset({"people", "roles"})


def _tell_entries(entries: Any, catalogue: Any) -> None:
    from agency_client.record.register_table import COLUMNS, rows

    if not entries:
        tell("There is nothing of this in the register.")
        return
    headings = [heading for heading, _ in COLUMNS]
    for row in rows(entries, catalogue):
        cells = dict(zip(headings, row, strict=True))
        tell(shown(f"{row[0]}  {row[1]}  {row[2]}"))
        for heading in headings[3:]:
            if cells[heading]:
                tell(shown(f"    {heading}: {cells[heading]}"))
    tell("1 entry." if len(entries) == 1 else f"{len(entries)} entries.")
