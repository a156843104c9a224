"""Professional disagreements: raise, answer, close, list."""

from __future__ import annotations

from typing import Any

import click

from agency_client.cli.options import command, group
from agency_client.cli.receiving import due_of
from agency_client.cli.running import as_json, run
from agency_client.cli.sending import own_warnings
from agency_client.cli.telling import (
    moment,
    problem_json,
    shown,
    spoken,
    tell,
    tell_json,
    tell_problem,
    warn,
)
from agency_client.cli.texts import LINE, LONG
from agency_client.client import Client
from phoenix_protocol.errors import UnavailableError

#: As the ends of the record, which are imported to run it alone.
_ENDED = ("changed", "kept", "differ", "taken_further")


@group("disagreement")
def disagreement() -> None:
    """Take a professional disagreement to a named contact of the other agency.

    It is about a package: an answer that you got, or a decision that you were told of. It stops nothing, and is listed
    by 'phoenix review' until it is closed.
    """


@command("raise")
@click.argument("id_", metavar="ID")
@click.option("--to", metavar="ADDRESS", help="Their contact. Without it: whoever sent ID.")
@click.option("--what", required=True, type=LONG, help="What you disagree with.")
@click.option("--why", required=True, type=LONG, help="Why.")
@click.option("--wanted", type=LONG, help="What would settle it.")
@click.option("--with", "with_whom", type=LINE, metavar="NAME", help="Whose decision it is.")
@click.option("--by", type=LINE, metavar="NAME", help="Who disagrees.")
@click.option("--due", metavar="WHEN", help="By when you want an answer: 3d, or a day.")
@click.pass_context
def raise_(
    ctx: click.Context,
    id_: str,
    to: str | None,
    what: str,
    why: str,
    wanted: str | None,
    with_whom: str | None,
    by: str | None,
    due: str | None,
) -> None:
    """Tell them what you disagree with in the package ID, and why. Repeat nothing of the case that they need not have.

    The same again finishes what was interrupted.
    """
    from agency_client.use_cases.disagreeing import Raised
    from phoenix_protocol.identifiers import address

    due_of(due)
    said = Raised(
        what=what,
        why=why,
        to=None if to is None else address(to),
        wanted=wanted,
        with_whom=with_whom,
        by=by,
        due=due,
    )

    async def work(client: Client) -> None:
        done = await client.raise_disagreement(client.find_package(id_), said)
        await _tell_carried(ctx, client, done, "Go on: nothing waits for the answer.")

    run(ctx, work)


@command("answer")
@click.argument("record")
@click.option("--text", required=True, type=LONG, help="Your answer; they read it.")
@click.option("--by", type=LINE, metavar="NAME", help="Who answers.")
@click.pass_context
def answer(ctx: click.Context, record: str, text: str, by: str | None) -> None:
    """Answer a disagreement such as r3 that was raised with you. You can answer again."""
    from agency_client.use_cases.record_names import record_number

    async def work(client: Client) -> None:
        done = await client.answer_disagreement(record_number(record), text, by)
        await _tell_carried(ctx, client, done, "They have your answer; they close it.")

    run(ctx, work)


@command("close")
@click.argument("record")
@click.option("--outcome", required=True, type=click.Choice(_ENDED), help="How it ended.")
@click.option("--text", required=True, type=LONG, help="In words; they read it.")
@click.option("--by", type=LINE, metavar="NAME", help="Who closes it.")
@click.pass_context
def close(ctx: click.Context, record: str, outcome: str, text: str, by: str | None) -> None:
    """Say how a disagreement such as r3 of yours ended, to yourself and to them."""
    from agency_client.record.disagreements import Ended
    from agency_client.use_cases.record_names import record_number

    async def work(client: Client) -> None:
        done = await client.close_disagreement(record_number(record), Ended(outcome), text, by)
        await _tell_carried(ctx, client, done, "It is closed, and they are told.")

    run(ctx, work)


async def _tell_carried(ctx: click.Context, client: Client, done: Any, text: str) -> None:
    """Say what was sent, and then take it that it was said."""
    from agency_client.use_cases.record_names import record_name

    result, findings = done.sent.result, done.sent.findings
    warnings = [*findings.warnings, *own_warnings(result)]
    if as_json(ctx):
        tell_json(
            {
                "record": record_name(done.record),
                "package": result.package.hex(),
                "recipients": [
                    {"address": r.address, "state": r.state.value} for r in result.recipients
                ],
                "warnings": [problem_json(problem) for problem in warnings],
                "owed": [problem_json(problem) for problem in findings.owed],
            }
        )
    else:
        for problem in warnings:
            tell_problem(problem)
        tell(f"Sent as package {result.package.hex()}, recorded as {record_name(done.record)}.")
        tell(text)
    await client.told(result.package)


@command("list")
@click.option("--open", "only_open", is_flag=True, help="Leave out what is closed.")
@click.option("--offline", is_flag=True, help="Show what is known without asking the relay.")
@click.pass_context
def list_(ctx: click.Context, only_open: bool, offline: bool) -> None:
    """List what was raised from here and with you: what, why, the answers, how it ended."""

    async def work(client: Client) -> tuple[Any, bool]:
        asked = True
        if not offline:
            try:
                await client.catch_up()
            except UnavailableError:
                asked = False
        return await client.disagreements(), asked

    every, asked = run(ctx, work)
    if not asked:
        warn("The relay is not available. This is what was last known.")
    found = [each for each in every if not only_open or each.closed is None]
    if as_json(ctx):
        tell_json({"disagreements": [_json(each) for each in found]})
        return
    if not found:
        tell("There is no disagreement.")
    for each in found:
        _tell(each)


def _json(each: Any) -> dict[str, Any]:
    from agency_client.use_cases.record_names import record_name

    words = each.words
    return {
        "record": record_name(each.record),
        "time": moment(each.time),
        "about": each.about.hex() if each.about is not None else None,
        "package": each.package.hex() if each.package is not None else None,
        "raised_by": each.raised_by,
        "parties": list(each.parties),
        **{name: words.get(name) for name in ("what", "why", "wanted", "with_whom", "by")},
        "due": moment(each.due),
        "answers": [_reply_json(reply) for reply in each.answers],
        "closed": _reply_json(each.closed) if each.closed is not None else None,
    }


def _reply_json(reply: Any) -> dict[str, Any]:
    return {
        "time": moment(reply.time),
        "package": reply.package.hex() if reply.package is not None else None,
        **{name: reply.words.get(name) for name in ("text", "by", "outcome")},
    }


def _tell(each: Any) -> None:
    from agency_client.use_cases.record_names import record_name

    who = f"raised by {each.raised_by}" if each.raised_by else f"with {', '.join(each.parties)}"
    state = "closed" if each.closed else "answered" if each.answers else "open"
    about = f", about package {each.about.hex()[:12]}" if each.about is not None else ""
    tell(shown(f"{record_name(each.record)}  {spoken(each.time)}, {who}{about}: {state}"))
    for name, title in _TITLES:
        if text := each.words.get(name):
            tell(shown(f"    {title}: {text}"))
    for reply in each.answers:
        tell(shown(f"    Answered, {spoken(reply.time)}: {_said(reply)}"))
    if each.closed is not None:
        ended = _HOW.get(each.closed.words.get("outcome", ""), "Closed")
        tell(shown(f"    {ended}, {spoken(each.closed.time)}: {_said(each.closed)}"))
    elif each.due is not None:
        tell(f"    Due {spoken(each.due)}")


_TITLES = (
    ("what", "What"),
    ("why", "Why"),
    ("wanted", "What would settle it"),
    ("with_whom", "Whose decision it is"),
    ("by", "Who disagrees"),
)
_HOW = {
    "changed": "Closed: it was changed",
    "kept": "Closed: it stands, and the reasons are accepted",
    "differ": "Closed: it stands, and both see it differently",
    "taken_further": "Closed here: taken further",
}


def _said(reply: Any) -> str:
    text = reply.words.get("text", "(its words are erased)")
    return f"{text} ({reply.words['by']})" if "by" in reply.words else text


for each_command in (raise_, answer, close, list_):
    disagreement.add_command(each_command)
