"""Passing things on: release-request, disclosed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from agency_client.cli.files import read_document_file
from agency_client.cli.options import command
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import moment, problem_json, spoken, tell, tell_json, tell_problem
from agency_client.cli.texts import LINE, LONG
from agency_client.cli.times import in_clear
from agency_client.client import Client
from phoenix_protocol.errors import UsageError
from phoenix_protocol.identifiers import Seconds

_MEANS = ("phone", "in_person", "printed", "exported", "email", "post", "other_system", "court")


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


@command("disclosed")
@click.argument("id_", metavar="ID")
@click.option("--to", required=True, type=LINE, help="Who was told: a name and what they are.")
@click.option("--how", required=True, type=click.Choice(_MEANS), help="How it left.")
@click.option("--why", required=True, type=LONG, help="Why they had to know.")
@click.option("--approved-by", required=True, type=LINE, help="Who approved it.")
@click.option(
    "--statement", multiple=True, metavar="STATEMENT", help="What was told; all if you name none."
)
@click.option("--at", "at_", metavar="WHEN", help="When: a day or a time; now if you say nothing.")
@click.pass_context
def disclosed(
    ctx: click.Context,
    id_: str,
    to: str,
    how: str,
    why: str,
    approved_by: str,
    statement: tuple[str, ...],
    at_: str | None,
) -> None:
    """Record that something of a package was told outside the system: on the phone, on paper, to nobody's desk here.

    It stays with your agency, in the register. STATEMENT is a number, a section and number (attendance.2) or an id.
    """
    from agency_client.use_cases.disclosing import Disclosure
    from agency_client.use_cases.record_names import record_name

    said = Disclosure(
        package=id_,
        to=to,
        how=how,
        why=why,
        approved_by=approved_by,
        statements=statement,
        at=_happened(at_),
    )
    done = run(ctx, lambda client: client.disclosed(said))
    if as_json(ctx):
        tell_json(
            {
                "record": record_name(done.record),
                "package": done.package.hex(),
                "statements": list(done.statements),
                "at": moment(done.at),
                "warnings": [problem_json(problem) for problem in done.warnings],
            }
        )
        return
    for problem in done.warnings:
        tell_problem(problem)
    tell(f"Recorded as {record_name(done.record)}: told on {spoken(done.at)}, in the register.")


def _happened(text: str | None) -> Seconds | None:
    """A day or time that has begun."""
    if text is None:
        return None
    import time

    from agency_client.record.when import span

    found = span(in_clear(text))
    if found is None or found.first > time.time():
        raise UsageError(
            "E_USAGE",
            "This is not a day or time that has begun.",
            next="Write a day such as 20 November 2026, or a time such as 20/11/2026 3:20pm (UK time).",
        )
    return Seconds(found.first)
