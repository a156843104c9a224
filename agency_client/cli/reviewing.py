"""What is to be looked at, and that somebody has looked: review."""

from __future__ import annotations

import time
from typing import Any

import click

from agency_client.cli.options import command, group
from agency_client.cli.retaining import MOST, reasons, time_to_come
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import moment, shown, spoken, tell, tell_json
from agency_client.cli.texts import LONG
from agency_client.ports.vault import EraseReason
from phoenix_protocol.identifiers import Seconds

_SOON = 30 * 86400
#: As the outcomes of the use case, which is imported to run it alone.
_OUTCOMES = ("keep", "erase", "hold", "done")


@group("review", invoke_without_command=True)
@click.option("--within", metavar="LENGTH", help="How far ahead: 90d. Without it: 30 days.")
@click.option(
    "--most", type=click.IntRange(1), default=MOST, metavar="NUMBER", help="How many to list."
)
@click.pass_context
def review(ctx: click.Context, within: str | None, most: int) -> None:
    """List what is to be looked at now or soon. Works without the relay."""
    if ctx.invoked_subcommand is not None:
        return
    until = time_to_come(within) or Seconds(int(time.time()) + _SOON)

    async def work(client: Any) -> Any:
        found, left = await client.review(until, most)
        return found, left, await client.catalogue()

    found, left, words = run(ctx, work)
    if as_json(ctx):
        tell_json({"due": [_due_json(item) for item in found], "more": left > 0, "left": left})
        return
    if not found:
        tell("Nothing is to be looked at.")
    for item in found:
        _tell_due(item, words)
    if left:
        tell(f"And {left} more: use --most.")


def _due_json(item: Any) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "at": moment(item.at),
        "overdue": item.overdue,
        "package": item.package.hex() if item.package else None,
        "record": f"r{item.record}" if item.record is not None else None,
        "place": item.place or None,
    }


def _tell_due(item: Any, catalogue: Any) -> None:
    from agency_client.cli.meanings import DUES

    what = item.package.hex()[:12] if item.package else None
    what = what or (f"r{item.record}" if item.record is not None else "")
    named = " ".join(part for part in (what, item.place) if part)
    late = "  OVERDUE" if item.overdue else ""
    tell(f"{spoken(item.at)}{late}  {shown(named)}".rstrip())
    tell(f"    {DUES.get(item.kind, item.kind.replace('_', ' '))}")
    for line in _closed_by(item, what, catalogue):
        tell(f"    {shown(line)}")


def _closed_by(item: Any, what: str, catalogue: Any) -> tuple[str, ...]:
    """What to type about it: the question and its answer, or that somebody has looked."""
    from agency_client.record.looks import OWED_ANSWER
    from agency_client.record.owed_words import owed_of
    from agency_client.record.retained import RETENTION_REVIEW
    from agency_client.use_cases.reviewing import REVIEWS

    if item.kind == OWED_ANSWER and what:
        owed = owed_of(item.place, catalogue)
        return owed.question, owed.command(what)
    if item.kind not in REVIEWS or not (what or item.place):
        return ()
    if item.kind == RETENTION_REVIEW:
        return (f"phoenix review done {what} --outcome keep --until 365d",)
    if not what:
        return (f"phoenix review done {item.place} --outcome keep --until 365d",)
    return (f"phoenix review done {what} --kind {item.kind} --outcome done",)


@command("done")
@click.argument("name")
@click.option("--outcome", required=True, type=click.Choice(_OUTCOMES), help="What came of it.")
@click.option("--until", metavar="WHEN", help="When to look again: 365d, or a day.")
@click.option("--reason", type=click.Choice(reasons()), help="Why it is erased.")
@click.option("--kind", metavar="KIND", help="Which review, when there are several.")
@click.option("--place", multiple=True, metavar="PLACE", help="Only this section or place.")
@click.option("--words", type=LONG, metavar="TEXT", help="What you thought.")
@click.pass_context
def done(
    ctx: click.Context,
    name: str,
    outcome: str,
    until: str | None,
    reason: str | None,
    kind: str | None,
    place: tuple[str, ...],
    words: str | None,
) -> None:
    """Record that you have looked at a package, a record or a hold, and what came of it."""
    from agency_client.use_cases.record_names import record_name
    from agency_client.use_cases.reviewing import Outcome, Reviewed

    said = Reviewed(
        outcome=Outcome(outcome),
        until=time_to_come(until),
        reason=EraseReason(reason) if reason else None,
        kind=kind,
        places=place,
        words=words or "",
    )
    number = run(ctx, lambda client: client.reviewed(name, said))
    if as_json(ctx):
        tell_json({"record": record_name(number), "outcome": outcome})
        return
    tell(f"Recorded as {record_name(number)}.")


review.add_command(done)
