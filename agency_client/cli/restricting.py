"""Restricting what is kept as evidence alone, and how everything that is restricted is shown."""

from __future__ import annotations

from typing import Any

import click

from agency_client.cli.options import command
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import moment, shown, tell, tell_json
from agency_client.cli.texts import LINE, LONG
from agency_client.ports.vault import RestrictReason


@command("restrict")
@click.argument("id_", metavar="ID")
@click.argument("sections", metavar="[SECTION]", nargs=-1, type=LINE)
@click.option(
    "--reason",
    type=click.Choice([reason.value for reason in RestrictReason]),
    help="Why it is kept and not used; without --lift it is needed.",
)
@click.option("--words", type=LONG, metavar="TEXT", help="What there is to say besides.")
@click.option("--lift", is_flag=True, help="End the restriction of what is named, or of all.")
@click.pass_context
def restrict(
    ctx: click.Context,
    id_: str,
    sections: tuple[str, ...],
    reason: str | None,
    words: str | None,
    lift: bool,
) -> None:
    """Keep a package, or parts of it, and stop reading it day by day: SECTION is a section or a statement.

    Its words are shown nowhere here from then on, but to whoever opens it with --restricted and says why. It is still
    exported, and a hold still keeps it.
    """
    if lift == (reason is not None):
        raise click.UsageError("Give either --reason or --lift.", ctx)

    async def work(client: Any) -> Any:
        core = client.find_package(id_)
        if lift:
            return await client.lift_restriction(core, sections, words)
        return await client.restrict(core, sections, RestrictReason(reason), words)

    done = run(ctx, work)
    from agency_client.use_cases.record_names import record_name

    record = record_name(done.record)
    if as_json(ctx):
        tell_json(
            {
                "record": record,
                "package": done.package.hex(),
                "restricted": [restricted_json(part) for part in done.parts],
            }
        )
        return
    tell(f"Recorded as {record}.")
    if not done.parts:
        tell("Nothing of this package is restricted any more.")
    for part in done.parts:
        tell(restricted_text(part))


def restricted_json(part: Any) -> dict[str, Any]:
    """One thing that is restricted, as scripts see it."""
    return {"place": part.place, **restriction_json(part.restriction)}


def restriction_json(restriction: Any) -> dict[str, Any]:
    """Why something is restricted, and since when."""
    from agency_client.use_cases.record_names import record_name

    return {
        "reason": restriction.reason.value,
        "words": restriction.words,
        "since": moment(restriction.since),
        "record": record_name(restriction.record),
    }


def restricted_text(part: Any) -> str:
    """The same for a person: what, since when and why."""
    from agency_client.record.restricted import in_words

    what = "All of it" if part.place is None else part.place
    return shown(f"{what}: {in_words(part.restriction)}")
