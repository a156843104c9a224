"""Advice: ask, answer, list. What is asked is recorded here, and sent only where an address is given."""

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
)
from agency_client.cli.texts import LINE, LONG
from agency_client.client import Client


@group("advice")
def advice() -> None:
    """Ask for advice, give it, and file both. Nothing waits for it.

    With --send the question goes to an address, such as your information manager's, and the advice comes back by
    itself. Otherwise it is only recorded, and you ask in the way you ask your colleagues. Ask with as little of the
    case as the question needs.
    """


def about_of(client: Client, text: str | None) -> Any:
    """What something is about: the number of a record, the core of a package, or nothing."""
    from agency_client.use_cases.record_names import is_record_name, record_number

    if text is None:
        return None
    return record_number(text) if is_record_name(text) else client.find_package(text)


@command("ask")
@click.argument("about", required=False)
@click.option("--of", "asked_of", type=LINE, help="Whom you ask, in your own way.")
@click.option("--send", "address_", metavar="ADDRESS", help="Whom you ask, by a package.")
@click.option("--role", type=LINE, help="In which role: information manager, Caldicott Guardian.")
@click.option("--question", required=True, type=LONG, help="What you ask.")
@click.option("--due", metavar="WHEN", help="When to remind you: 3d, or a day.")
@click.option(
    "--include", multiple=True, type=LONG, metavar="TEXT", help="What they must know besides."
)
@click.option(
    "--statement",
    "statements",
    multiple=True,
    type=LINE,
    help="A statement of the received package ABOUT to send along, such as attendance.2.",
)
@click.pass_context
def ask(
    ctx: click.Context,
    about: str | None,
    asked_of: str | None,
    address_: str | None,
    role: str | None,
    question: str,
    due: str | None,
    include: tuple[str, ...],
    statements: tuple[str, ...],
) -> None:
    """File a question with a package, a record such as r1, or with nothing.

    With --send it goes to ADDRESS: the question and what you include, and nothing else of what it is about.
    """
    from agency_client.use_cases.advice_packages import ToSend
    from agency_client.use_cases.advising import Question
    from phoenix_protocol.identifiers import address

    if (asked_of is None) == (address_ is None):
        raise click.UsageError("Give either --of or --send.", ctx)
    if statements and address_ is None:
        raise click.UsageError("Give --statement with --send.", ctx)
    when = due_of(due)
    asked = Question(
        asked_of=asked_of or address_ or "",
        role=role,
        question=question,
        included=include,
        due=when,
    )

    async def work(client: Client) -> None:
        of = about_of(client, about)
        if address_ is None:
            _tell_record(ctx, await client.ask_advice(of, asked), _GO_ON)
            return
        wanted = ToSend(question=asked, address=address(address_), statements=statements, due=due)
        await _carry(ctx, client, await client.send_question(of, wanted), _GO_ON)

    run(ctx, work)


_GO_ON = "Go on: nothing waits for the answer."


@command("answer")
@click.argument("record")
@click.option("--text", required=True, type=LONG, help="The advice that was given.")
@click.option("--by", type=LINE, help="Who gave it.")
@click.pass_context
def answer(ctx: click.Context, record: str, text: str, by: str | None) -> None:
    """File the advice that was given to a question such as r1.

    A question that somebody else has sent here is answered to them: the advice goes back by itself.
    """
    from agency_client.use_cases.record_names import record_number

    number, then = record_number(record), f"It stands with {record}."

    async def work(client: Client) -> None:
        if client.was_put_here(number):
            await _carry(ctx, client, await client.send_advice(number, text, by), then)
        else:
            _tell_record(ctx, await client.answer_advice(number, text, by), then)

    run(ctx, work)


async def _carry(ctx: click.Context, client: Client, done: Any, text: str) -> None:
    """Say what was sent, and then take it that it was said."""
    result, findings = done.sent.result, done.sent.findings
    for problem in () if as_json(ctx) else (*findings.warnings, *own_warnings(result)):
        tell_problem(problem)
    _tell_record(ctx, done.record, text, result, findings)
    await client.told(result.package)


def _tell_record(
    ctx: click.Context, number: int, text: str, result: Any = None, findings: Any = None
) -> None:
    from agency_client.use_cases.record_names import record_name

    name = record_name(number)
    if as_json(ctx):
        warnings = [*findings.warnings, *own_warnings(result)] if findings is not None else []
        owed = findings.owed if findings is not None else ()
        tell_json(
            {
                "record": name,
                "package": result.package.hex() if result is not None else None,
                "warnings": [problem_json(p) for p in warnings],
                "owed": [problem_json(p) for p in owed],
            }
        )
        return
    sent = f" Sent as package {result.package.hex()}." if result is not None else ""
    tell(f"Recorded as {name}.{sent} {text}")


@command("list")
@click.argument("about", required=False)
@click.pass_context
def list_(ctx: click.Context, about: str | None) -> None:
    """List questions and answers, of a package, a record or all."""
    found = run(ctx, lambda client: client.advice(about_of(client, about)))
    if as_json(ctx):
        tell_json({"advice": [_advised_json(each) for each in found]})
        return
    if not found:
        tell("No advice was asked for.")
    for each in found:
        _tell_advised(each)


def _advised_json(each: Any) -> dict[str, Any]:
    from agency_client.use_cases.record_names import record_name

    return {
        "record": record_name(each.record),
        "time": moment(each.time),
        "asked_of": each.question.asked_of,
        "asked_by": each.asked_by,
        "package": each.package.hex() if each.package is not None else None,
        "role": each.question.role,
        "question": each.question.question,
        "included": list(each.question.included),
        "due": moment(each.due),
        "answers": [
            {"record": record_name(number), "time": moment(time), "text": text, "by": by}
            for number, time, text, by in each.answers
        ],
    }


def _tell_advised(each: Any) -> None:
    from agency_client.use_cases.record_names import record_name

    role = f" ({each.question.role})" if each.question.role else ""
    whom = f"asked by {each.asked_by}" if each.asked_by else each.question.asked_of
    tell(shown(f"{record_name(each.record)}  {spoken(each.time)}, {whom}{role}"))
    tell(shown(f"    {each.question.question or 'The question is erased or restricted here.'}"))
    for text in each.question.included:
        tell(shown(f"    included: {text}"))
    for number, time, text, by in each.answers:
        who = f", {by}" if by else ""
        tell(shown(f"    {record_name(number)}  {spoken(time)}{who}: {text}"))
    if not each.answers:
        tell("    No answer yet.")


for each_command in (ask, answer, list_):
    advice.add_command(each_command)
