"""What is said after sending: correct, withdraw, dispute, release, notices, settle."""

from __future__ import annotations

from typing import Any

import click

from agency_client.cli.given_pages import given_json, tell_given
from agency_client.cli.options import command
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import tell, tell_json, warn
from agency_client.cli.texts import LINE, LONG
from agency_client.client import Client
from phoenix_protocol.errors import UnavailableError, UsageError

_OUTCOMES = ("rectified", "restricted", "erased", "disagreed")
_check = click.option(
    "--check", is_flag=True, help="Show what would be said, to whom, and say nothing."
)
_yes = click.option("--yes", is_flag=True, help="Do not ask whether you are sure.")


@command("correct")
@click.argument("id_", metavar="ID")
@click.argument("statement", metavar="STATEMENT")
@click.option("--text", type=LONG, help="What the statement should say: the whole of it.")
@click.option("--replace", type=LONG, help="Words that stand in it once: only these are replaced.")
@click.option("--with", "with_", type=LONG, help="What should stand there instead.")
@click.option("--why", type=LONG, help="Why it was wrong; everybody who was told reads it.")
@_check
@_yes
@click.pass_context
def correct(
    ctx: click.Context,
    id_: str,
    statement: str,
    text: str | None,
    replace: str | None,
    with_: str | None,
    why: str | None,
    check: bool,
    yes: bool,
) -> None:
    """Correct a statement that you sent, for everybody who was told.

    The first text stays beside the new one. Both are shown before anything is said. STATEMENT is its number, its
    section and number (attendance.2) or its id.
    """
    from agency_client.cli.correcting import Asked, give_looked_at
    from agency_client.use_cases.notice_subjects import Correction

    whole, part = text is not None, replace is not None and with_ is not None
    if whole == part or (replace is None) != (with_ is None):
        raise UsageError(
            "E_USAGE",
            "Give the whole statement, or a part of it.",
            next="Use --text TEXT, or --replace WORDS --with WORDS.",
        )
    said = Correction(
        package=id_,
        statement=statement,
        text=text,
        part=(replace or "", with_ or "") if part else None,
        why=why,
    )
    give_looked_at(ctx, said.wanted, Asked(check=check, yes=yes))


@command("withdraw")
@click.argument("id_", metavar="ID")
@click.argument("statement", metavar="STATEMENT")
@click.option("--why", required=True, type=LONG, help="Why it does not stand any more.")
@_check
@_yes
@click.pass_context
def withdraw(
    ctx: click.Context, id_: str, statement: str, why: str, check: bool, yes: bool
) -> None:
    """Withdraw a statement or file that you sent: nobody is to rely on it any more."""
    _give_looked_at(ctx, "withdraw", (id_, statement, why), check=check, yes=yes)


@command("dispute")
@click.argument("id_", metavar="ID")
@click.argument("statement", metavar="STATEMENT")
@click.option("--why", required=True, type=LONG, help="What is wrong with it.")
@_check
@_yes
@click.pass_context
def dispute(ctx: click.Context, id_: str, statement: str, why: str, check: bool, yes: bool) -> None:
    """Dispute a statement or file that you received, before everybody who has it."""
    _give_looked_at(ctx, "dispute", (id_, statement, why), check=check, yes=yes)


def _give_looked_at(
    ctx: click.Context, action: str, said: tuple[str, str, str], *, check: bool, yes: bool
) -> None:
    from agency_client.cli.correcting import Asked, give_looked_at
    from agency_client.use_cases.notice_subjects import Wanted
    from phoenix_protocol.sealing.notices import NoticeAction

    package, statement, why = said
    wanted = Wanted(action=NoticeAction(action), package=package, statement=statement, why=why)
    give_looked_at(ctx, wanted, Asked(check=check, yes=yes, if_warned=True))


@command("release")
@click.argument("id_", metavar="ID")
@click.argument("statement", metavar="STATEMENT")
@click.option(
    "--condition",
    multiple=True,
    default=("C",),
    show_default=True,
    type=LINE,
    help="The handling that ends; again for several.",
)
@click.option("--why", type=LONG, help="What you want those who have it to know.")
@click.pass_context
def release(
    ctx: click.Context, id_: str, statement: str, condition: tuple[str, ...], why: str | None
) -> None:
    """End a handling condition of a statement that you sent, for everybody who has it.

    Without C they may pass it on. What was sent stays as it was signed.
    """
    _give(ctx, lambda client: client.release(id_, statement, condition, why))


def _give(ctx: click.Context, work: Any) -> None:
    given = run(ctx, work)
    if as_json(ctx):
        tell_json(given_json(given))
    else:
        tell_given(given)


@command("notices")
@click.option("--offline", is_flag=True, help="Show what is known without asking the relay.")
@click.pass_context
def notices(ctx: click.Context, offline: bool) -> None:
    """List corrections, withdrawals and disputes that came or were sent, with each holder's answer."""
    from agency_client.cli.notice_pages import notice_json

    async def work(client: Client) -> tuple[Any, bool]:
        asked = True
        if not offline:
            try:
                await client.catch_up()
            except UnavailableError:
                asked = False
        return await client.notices(), asked

    found, asked = run(ctx, work, quick=True)
    if not asked:
        warn("The relay is not available. This is what was last known.")
    if as_json(ctx):
        tell_json(
            {
                "received": [notice_json(notice) for notice in found if not notice.own],
                "sent": [notice_json(notice) for notice in found if notice.own],
            }
        )
        return
    _tell_notices(found)


def _tell_notices(found: Any) -> None:
    from agency_client.cli.notice_pages import holder_line, lines_of
    from agency_client.record.noticed import how_to_settle

    if not found:
        tell("Nobody has corrected, withdrawn or disputed anything.")
    for notice in found:
        package = f" of package {notice.package.hex()[:12]}" if notice.package is not None else ""
        tell(f"{notice.noticed.notice.hex()[:12]}  {notice.called}{package}")
        for line in lines_of(notice):
            tell(f"    {line}")
        for holder in notice.holders:
            tell(f"    {holder_line(holder, notice.noticed.action)}")
        if notice.owed:
            tell(f"    Say what you did about it: {how_to_settle(notice.noticed.notice.hex())}")


@command("settle")
@click.argument("notice", metavar="NOTICE")
@click.option(
    "--outcome", required=True, type=click.Choice(_OUTCOMES), help="What you did about it."
)
@click.option("--why", type=LONG, help="In your own words; who made the notice reads it.")
@click.pass_context
def settle(ctx: click.Context, notice: str, outcome: str, why: str | None) -> None:
    """Say what you did about a correction or withdrawal, or why you disagree. It can be said again.

    NOTICE is its id, or enough of its first characters: phoenix notices lists them.
    """
    if outcome == "disagreed" and why is None:
        raise UsageError(
            "E_USAGE", "Whoever disagrees says why.", next="Repeat it with --why and the reason."
        )
    done = run(ctx, lambda client: client.settle(notice, outcome, why))
    if as_json(ctx):
        tell_json({"notice": done.hash.hex(), "outcome": outcome})
        return
    tell(f"{done.maker} knows what you did about it.")
