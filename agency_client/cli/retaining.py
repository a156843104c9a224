"""How long what is here is kept, and erasing it: retention, erase."""

from __future__ import annotations

from typing import Any

import click

from agency_client.cli.options import command, group
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import moment, shown, spoken, table, tell, tell_json
from agency_client.cli.texts import LINE
from agency_client.cli.times import to_come
from agency_client.client import Client
from agency_client.ports.vault import Copy, EraseReason
from phoenix_protocol.errors import UsageError
from phoenix_protocol.identifiers import Seconds

#: How many lines a list has, unless more are asked for.
MOST = 1000
#: The furthest day that somebody may name: a record is kept for a life.
_LATEST = 120 * 366 * 86400


def time_to_come(text: str | None) -> Seconds | None:
    """A time on the command line: a length such as 90d, a day, or a time with its zone. Raises UsageError."""
    return to_come(text, _LATEST, "90 days")


def reasons() -> list[str]:
    """The codes of why something is erased."""
    return [reason.value for reason in EraseReason]


@group("retention", invoke_without_command=True)
@click.option("--package", "id_", metavar="ID", help="One package, with its sections.")
@click.option(
    "--most", type=click.IntRange(1), default=MOST, metavar="NUMBER", help="How many to list."
)
@click.pass_context
def retention(ctx: click.Context, id_: str | None, most: int) -> None:
    """List what is kept here, by which rule, and when it is reviewed. Works without the relay."""
    if ctx.invoked_subcommand is not None:
        return

    async def work(client: Client) -> Any:
        if id_ is None:
            return await client.kept_packages(most)
        return (await client.kept_package(client.find_kept(id_)),), False

    found, more = run(ctx, work)
    if as_json(ctx):
        tell_json({"packages": [_package_json(package) for package in found], "more": more})
        return
    _tell_packages(found)
    if more:
        tell("There is more: use --most.")


def _package_json(package: Any) -> dict[str, Any]:
    return {
        "package": package.package.hex(),
        "direction": package.direction.value,
        "party": package.party,
        **_rule_json(package.kept),
        "sections": [
            {"section": section.name, "title": section.title, **_rule_json(section.kept)}
            for section in package.sections
        ],
        "erased": [
            {
                "section": stone.section.hex() if stone.section else None,
                "reason": stone.reason.value,
                "time": moment(stone.time),
                "by": stone.actor,
            }
            for stone in package.erased
        ],
        "held_by": [hold.hex()[:12] for hold in package.held_by],
    }


def _rule_json(kept: Any) -> dict[str, Any]:
    return {
        "copy": kept.copy.value if kept else None,
        "rule": kept.rule if kept else None,
        "trigger": kept.trigger if kept else None,
        "review_at": moment(kept.review) if kept else None,
    }


def _tell_packages(packages: Any) -> None:
    if not packages:
        tell("Nothing is kept here.")
        return
    headings = ("Package", "Copy", "Rule", "Trigger", "Review")
    rows = []
    for package in packages:
        rows.append((package.package.hex()[:12], *_rule_cells(package.kept)))
        rows += [(f"  {section.name}", *_rule_cells(section.kept)) for section in package.sections]
    table(headings, rows)
    for package in packages:
        for hold in package.held_by:
            tell(f"{package.package.hex()[:12]}: has to be kept, hold {hold.hex()[:12]}")
        for stone in package.erased:
            what = f"section {stone.section.hex()}" if stone.section else "everything"
            why = stone.reason.value.replace("_", " ")
            tell(f"{package.package.hex()[:12]}: {what} erased {spoken(stone.time)}: {why}")


def _rule_cells(kept: Any) -> tuple[str, str, str, str]:
    if kept is None:
        return ("", "erased", "", "")
    return (kept.copy.value, kept.rule or "none given", kept.trigger or "", spoken(kept.review))


@command("set")
@click.argument("id_", metavar="ID")
@click.option("--section", multiple=True, metavar="SECTION", help="Only this section.")
@click.option("--copy", type=click.Choice([c.value for c in Copy]), help="What the copy is for.")
@click.option("--rule", type=LINE, help="By which rule it is kept.")
@click.option("--trigger", type=LINE, help="From what the rule counts.")
@click.option("--review", metavar="WHEN", help="When somebody looks again: 90d, or a day.")
@click.pass_context
def set_(
    ctx: click.Context,
    id_: str,
    section: tuple[str, ...],
    copy: str | None,
    rule: str | None,
    trigger: str | None,
    review: str | None,
) -> None:
    """Change how long a package is kept, or some of its sections."""
    from agency_client.use_cases.retaining import NewRule

    new = NewRule(
        copy=Copy(copy) if copy else None, rule=rule, trigger=trigger, review=time_to_come(review)
    )
    if new == NewRule():
        raise UsageError("E_USAGE", "Say what to change.", next="Use --rule, --review or --copy.")
    done = run(ctx, lambda client: client.set_retention(client.find_kept(id_), section, new))
    if as_json(ctx):
        tell_json(_package_json(done))
        return
    _tell_packages((done,))


retention.add_command(set_)


@command("erase")
@click.argument("id_", metavar="ID")
@click.option("--section", multiple=True, metavar="SECTION", help="Only this section.")
@click.option("--reason", required=True, type=click.Choice(reasons()), help="Why.")
@click.pass_context
def erase(ctx: click.Context, id_: str, section: tuple[str, ...], reason: str) -> None:
    """Erase a package here, or some of its sections, for good.

    That it was here, when it was erased, why and by whom stays; so does its line in the register.
    """
    done = run(
        ctx, lambda client: client.erase(client.find_kept(id_), section, EraseReason(reason))
    )
    if as_json(ctx):
        tell_json({"package": done.package.hex(), "sections": done.sections, "whole": done.whole})
        return
    tell("Erased. Nothing of it is left on this machine." if done.whole else _sections_gone(done))
    tell(shown("Copies on other machines, on paper and in backups are not reached."))


def _sections_gone(done: Any) -> str:
    return f"Erased: {done.sections} of its sections. The rest is kept."
