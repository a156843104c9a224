"""The chronology on a screen, as a spreadsheet and on paper."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from agency_client.cli.copies import FILE, first_second, head, second_after, warn_of_copies
from agency_client.cli.near import near_json, near_to, tell_near
from agency_client.cli.new_files import require_new, write_new
from agency_client.cli.options import command
from agency_client.cli.restricting import restricted_json
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import moment, shown, spoken, tell, tell_json, warn
from agency_client.cli.texts import LINE
from agency_client.client import Client


@command("chronology")
@click.option("--subject", metavar="REF", type=LINE, help="A whole name, number, label or thread.")
@click.option("--person", metavar="NAME", type=LINE, help="A name or the beginnings of its words.")
@click.option("--thread", metavar="T", type=LINE, help="A sender's whole reference.")
@click.option("--from", "since", metavar="DAY", help="From this day on: 2026-11-20 or 2026-11.")
@click.option("--to", "until", metavar="DAY", help="To the end of this day.")
@click.option(
    "--gap",
    type=click.IntRange(1, 36_600),
    metavar="DAYS",
    help="More days than this without an entry are a gap. Without it: 30.",
)
@click.option("--csv", "csv_", metavar="PATH", type=FILE, help="Write a spreadsheet.")
@click.option("--page", metavar="PATH", type=FILE, help="Write a page to print.")
@click.pass_context
def chronology(
    ctx: click.Context,
    subject: str | None,
    person: str | None,
    thread: str | None,
    since: str | None,
    until: str | None,
    gap: int | None,
    csv_: Path | None,
    page: Path | None,
) -> None:
    """List what was said, by when it happened, each agency in its own voice. Works without the relay.

    It has every statement that you may read, received and your own. Nothing is merged.
    """
    from agency_client.record.dated import USUAL
    from agency_client.use_cases.chronicling import Stretch

    wanted = Stretch(
        subject=subject,
        person=person,
        thread=thread,
        since=first_second(since, "--from"),
        until=second_after(until, "--to"),
        gap_days=gap or USUAL,
    )
    copies = {"csv": csv_, "page": page}
    files = {name: path for name, path in copies.items() if path is not None}

    async def work(client: Client) -> tuple[Any, Any, Any]:
        for path in files.values():
            require_new(path)
        told = await client.chronology(wanted, exported=tuple(files))
        catalogue = await client.catalogue()
        _write(files, told, catalogue, head(client.whose(), since, until))
        near = None if told.found.entries else await near_to(client, subject or person)
        return told, catalogue, near

    told, catalogue, near = run(ctx, work)
    warn_of_copies(files)
    if as_json(ctx):
        tell_json(
            {
                **_json(told),
                "near": near_json(near),
                **{name: str(path) for name, path in files.items()},
            }
        )
        return
    _tell(told, catalogue)
    tell_near(near)
    _warn_of_several(told, person)


def _warn_of_several(told: Any, person: str | None) -> None:
    """Beginnings of names may be those of several people: nobody should read them as one."""
    from agency_client.use_cases.chronicling import people_in

    found = people_in(told, person) if person is not None else ()
    if len(found) > 1:
        warn(shown(f"This is about several people of such a name: {'; '.join(found)}."))


def _write(files: Mapping[str, Path], told: Any, catalogue: Any, above: Mapping[str, str]) -> None:
    from agency_client.record.chronology_copies import chronology_csv, chronology_page

    if "page" in files:
        write_new(files["page"], chronology_page(told.found, catalogue, above, _left_out(told)))
    if "csv" in files:
        write_new(files["csv"], chronology_csv(told.found, catalogue))


# -- for programs -----------------------------------------------------------------------------------------------------


def _json(told: Any) -> dict[str, Any]:
    found = told.found
    return {
        "entries": [_entry_json(entry) for entry in found.entries],
        "gap_days": found.gap_days,
        "gaps": [_gap_json(gap) for gap in found.gaps],
        "do_not_alert": list(found.do_not_alert),
        "erased": [_erased_json(each) for each in told.erased],
        "restricted": [
            {
                "package": each.package.hex(),
                "from": each.sent_from,
                **restricted_json(each.part),
            }
            for each in told.restricted
        ],
        "unreadable": [package.hex() for package in told.unreadable],
        "unread_notices": [package.hex() for package in told.unread],
    }


def _entry_json(entry: Any) -> dict[str, Any]:
    from agency_client.record.opened import statement_json

    carrier = entry.carrier
    return {
        "when": _when_json(entry.when),
        "package": carrier.package.hex(),
        "from": carrier.sent_from,
        "sent": moment(carrier.sent),
        "own": carrier.is_own,
        "state": carrier.state,
        "thread": carrier.thread,
        "place": entry.called,
        "people": [
            {"name": name, "role": role, "protected": name in entry.protected}
            for name, role in entry.people
        ],
        "statement": statement_json(entry.statement),
        "marks": list(entry.marks),
        "changed": [_change_json(notice) for notice in entry.notices],
        "basis_withdrawn": list(entry.rests_on_withdrawn),
        "relied_on_by": list(entry.relied_on_by),
        "do_not_alert": list(carrier.do_not_alert),
        "replaced_by": [package.hex() for package in carrier.replaced_by],
        "responses": [
            {
                "by": each.by,
                "state": each.kind.value,
                "time": moment(each.time),
                "words": list(each.words),
            }
            for each in entry.responses
        ],
    }


def _when_json(when: Any) -> dict[str, Any] | None:
    if when is None:
        return None
    return {
        "said": when.said,
        "means": when.means.value,
        "first": moment(when.span.first) if when.span is not None else None,
        "last": moment(when.span.last) if when.span is not None else None,
        "rough": when.is_rough,
    }


def _change_json(notice: Any) -> dict[str, Any]:
    return {
        "notice": notice.notice.hex(),
        "action": notice.action.value,
        "by": notice.by,
        "time": moment(notice.time),
        "words": notice.words,
        "text": notice.replacement.text if notice.replacement is not None else None,
    }


def _gap_json(gap: Any) -> dict[str, Any]:
    from agency_client.record.chronology_table import day_in_words

    return {
        "first": day_in_words(gap.first),
        "last": day_in_words(gap.last),
        "days": gap.days,
        "roughly": gap.roughly,
    }


def _erased_json(each: Any) -> dict[str, Any]:
    stone = each.stone
    return {
        "package": each.package.hex(),
        "from": each.sent_from,
        "section": stone.section.hex() if stone.section is not None else None,
        "reason": stone.reason.value,
        "time": moment(stone.time),
    }


# -- for people -------------------------------------------------------------------------------------------------------


def _tell(told: Any, catalogue: Any) -> None:
    from agency_client.record.chronology import with_gaps
    from agency_client.record.chronology_table import COLUMNS, rows, said_lines
    from agency_client.record.dated import Gap

    found = told.found
    for whom in found.do_not_alert:
        tell(shown(f"DO NOT ALERT: {whom}"))
    headings = [heading for heading, _ in COLUMNS]
    for line, row in zip(with_gaps(found), rows(found, catalogue), strict=True):
        tell(shown("  ".join(cell for cell in row[:3] if cell)))
        said = (row[3],) if isinstance(line, Gap) else said_lines(line, catalogue)
        for words in said:
            tell(shown(f"    {words}"))
        for heading, cell in list(zip(headings, row, strict=True))[4:]:
            if cell and heading != "Do not alert":
                tell(shown(f"        {heading}: {cell}"))
    _tell_rest(told)


def _tell_rest(told: Any) -> None:
    """How the list was made, and what is not in it."""
    if told.found.entries:
        tell(f"More than {told.found.gap_days} days without an entry are shown as a gap.")
    else:
        tell("There is no statement of this here.")
    for line in _left_out(told):
        warn(shown(line))


def _left_out(told: Any) -> tuple[str, ...]:
    """What of the packages that were found is not in the list. The text is literal."""
    from agency_client.record.restricted import in_words

    erased = (
        f"{'All' if each.stone.section is None else 'A section'} of package {each.package.hex()[:12]} from "
        f"{each.sent_from} was erased here, {spoken(each.stone.time)}."
        for each in told.erased
    )
    restricted = (
        f"{each.part.place or 'All'} of package {each.package.hex()[:12]} from {each.sent_from} is left out: "
        f"{in_words(each.part.restriction)}."
        for each in told.restricted
    )
    unreadable = (
        f"A section of package {package.hex()[:12]} cannot be read and is left out."
        for package in told.unreadable
    )
    unread = (
        f"Somebody said something of package {package.hex()[:12]} that this machine has no key for."
        for package in told.unread
    )
    return (*erased, *restricted, *unreadable, *unread)
