"""Keeping a home in order: keys, the agent, the audit record."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from agency_client.cli.options import chosen, command, group
from agency_client.cli.running import as_json, home_of, how_to_unlock, run
from agency_client.cli.telling import (
    moment,
    problem_json,
    spoken,
    table,
    tell,
    tell_json,
    tell_problem,
    warn,
)
from agency_client.client import Client
from agency_client.unlocking import Unlock
from phoenix_protocol.errors import TamperError


@group("keys")
def keys() -> None:
    """Show, roll, back up and restore keys."""


@command("status")
@click.pass_context
def status(ctx: click.Context) -> None:
    """Show which keys this home holds and what is due. Never a secret."""
    from keys.status import status as keys_status

    async def work(client: Client) -> Any:
        return keys_status(client.home.content, client.home.clock.now())

    found = run(ctx, work)
    if as_json(ctx):
        tell_json(_status_json(found))
        return
    for key in found.keys:
        tell(f"{key.kind}  {key.subject}  {key.code}")
    table(
        ("Epoch", "From", "Until", "Opens until", "Phase"),
        [
            (
                str(e.number),
                spoken(e.valid_from),
                spoken(e.valid_until),
                spoken(e.opens_until),
                e.phase.value,
            )
            for e in found.epochs
        ],
    )


def _status_json(found: Any) -> dict[str, Any]:
    return {
        "keys": [
            {"kind": k.kind, "subject": k.subject, "fingerprint": k.fingerprint, "code": k.code}
            for k in found.keys
        ],
        "epochs": [
            {
                "number": e.number,
                "from": moment(e.valid_from),
                "until": moment(e.valid_until),
                "opens_until": moment(e.opens_until),
                "phase": e.phase.value,
                "published": e.published,
            }
            for e in found.epochs
        ],
        "standing": found.standing.value,
    }


@command("rotate")
@click.pass_context
def rotate(ctx: click.Context) -> None:
    """Make and publish the epoch keys that are due, and destroy those past their time."""
    kept = run(ctx, lambda client: client.catch_up(), quick=True)
    if as_json(ctx):
        tell_json({"published": kept.published, "destroyed": kept.destroyed})
        return
    tell(f"{kept.published} keys published, {kept.destroyed} destroyed.")


@command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def backup(ctx: click.Context, file: Path) -> None:
    """Write a backup of the keys to FILE, under the same passphrase. Packages are not in it."""
    from keys import passphrase as passphrases
    from keys.backup import back_up

    unlock = how_to_unlock()
    found = passphrases.find(unlock.environment, unlock.prompt)

    async def work(client: Client) -> None:
        back_up(home_of(ctx), found.passphrase, file, client.home.clock.now())

    run(ctx, work)
    if as_json(ctx):
        tell_json({"file": str(file)})
        return
    tell(f"The keys are in {file}. Keep it where nobody else reaches it.")


@command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--relay", required=True, help="The relay's address.")
@click.pass_context
def restore(ctx: click.Context, file: Path, relay: str) -> None:
    """Restore the keys in FILE into an empty home. It can send once it has caught up with the relay."""
    from agency_client.adapters.system_clock import SystemClock
    from keys import passphrase as passphrases
    from keys.backup import restore as restore_keys

    unlock = how_to_unlock()
    found = passphrases.find(unlock.environment, unlock.prompt)
    home = home_of(ctx)
    restore_keys(file, home, found.passphrase, SystemClock().now())
    chosen(ctx).home = home
    run(ctx, lambda client: client.adopt_restored(relay))
    if as_json(ctx):
        tell_json({"home": str(home)})
        return
    tell("The keys are restored. Run 'phoenix inbox' to catch up.")
    tell("What was sent and received is not in a backup. Numbers of packages begin again, so")
    tell("those who get your next packages see an alarm (E_REPLAY): tell them why.")


for each in (status, rotate, backup, restore):
    keys.add_command(each)


@group("audit")
def audit() -> None:
    """Verify and show the record of what was done here."""


@command("verify")
@click.pass_context
def verify(ctx: click.Context) -> None:
    """Verify that the record is whole: every row holds the hash of the one before."""
    rows, problems = run(ctx, lambda client: client.verify_audit())
    if as_json(ctx):
        tell_json({"rows": rows, "problems": [problem_json(p) for p in problems]})
    else:
        for problem in problems:
            tell_problem(problem)
        if not problems:
            tell(f"The audit record is whole: {rows} rows.")
    if problems:
        ctx.exit(TamperError.exit_code)


@command("show")
@click.option(
    "--last",
    type=click.IntRange(1, 100_000),
    default=50,
    metavar="ROWS",
    help="How many. Without it: 50.",
)
@click.pass_context
def show(ctx: click.Context, last: int) -> None:
    """Show the newest rows: codes and hashes, no names and no words."""

    async def work(client: Client) -> Any:
        rows = await client.show_audit(last)
        return rows, await client.audited_packages(rows)

    rows, packages = run(ctx, work)
    if as_json(ctx):
        tell_json(
            {
                "rows": [
                    {
                        "number": row.number,
                        "time": moment(row.time),
                        "actor": row.actor,
                        "action": row.action,
                        "on": row.on.hex(),
                        "package": packages[row.on].hex() if row.on in packages else None,
                        "outcome": row.outcome,
                        "detail": dict(row.detail),
                    }
                    for row in rows
                ]
            }
        )
        return
    table(
        ("Row", "When", "Action", "Package", "On", "Outcome"),
        [
            (
                str(row.number),
                spoken(row.time),
                row.action,
                packages[row.on].hex()[:12] if row.on in packages else "",
                row.on.hex()[:16],
                row.outcome,
            )
            for row in rows
        ],
    )


for each in (verify, show):
    audit.add_command(each)


@group("agent", invoke_without_command=True)
@click.option(
    "--lifetime",
    type=click.IntRange(60, 7 * 86400),
    default=8 * 3600,
    metavar="SECONDS",
    help="When it locks by itself. Without it: after 8 hours.",
)
@click.option(
    "--every",
    type=click.IntRange(5, 86400),
    default=60,
    metavar="SECONDS",
    help="How often it fetches. Without it: every minute.",
)
@click.pass_context
def agent(ctx: click.Context, lifetime: int, every: int) -> None:
    """Hold the key unlocked for a time, and fetch in the background. Runs until it is locked."""
    if ctx.invoked_subcommand is not None:
        return
    from agency_client.agent.server import Background, Limits, serve

    path = home_of(ctx)
    with Client.open(path, how_to_unlock()) as client:
        for warning in client.warnings:
            warn(warning)
        key = client.home.keystore.master_key

    async def fetch(held: bytes) -> None:
        # By the key itself: asking the agent would wait for this very loop.
        with Client.open(path, Unlock(environment={}, master_key=held)) as client:
            await client.catch_up()

    def ready() -> None:
        if as_json(ctx):
            tell_json({"agent": "running", "lifetime": lifetime})
        else:
            tell(f"The agent holds the key of this home for {lifetime // 60} minutes.")

    background = Background(work=fetch, every=every)
    asyncio.run(
        serve(path, key, limits=Limits(lifetime=lifetime), background=background, ready=ready)
    )


@command("status")
@click.pass_context
def agent_status(ctx: click.Context) -> None:
    """Show whether an agent holds the key."""
    from agency_client.agent.client import status as ask

    found = ask(home_of(ctx))
    if as_json(ctx):
        tell_json(
            {
                "running": found is not None,
                "locks_in": found.locks_in if found else None,
                "last_work": found.last_work if found else None,
            }
        )
        return
    tell(f"It locks in {found.locks_in // 60} minutes." if found else "No agent is running.")


@command("lock")
@click.pass_context
def lock(ctx: click.Context) -> None:
    """Make the agent forget the key."""
    from agency_client.agent.client import lock as ask

    was = ask(home_of(ctx))
    if as_json(ctx):
        tell_json({"locked": was})
        return
    if not was:
        warn("No agent was running.")
        return
    tell("Locked.")


for each in (agent_status, lock):
    agent.add_command(each)
