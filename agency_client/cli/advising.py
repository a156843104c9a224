"""Advice: ask, answer, list. What is asked is recorded here and sent to nobody."""

from __future__ import annotations

from typing import Any

import click

from agency_client.cli.options import command, group
from agency_client.cli.receiving import due_of
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import moment, shown, spoken, tell, tell_json
from agency_client.cli.texts import LINE, LONG
from agency_client.client import Client


@group("advice")
def advice() -> None:
    """File advice that was asked for and given. Nothing waits for it.

    The question is recorded and sent to nobody: ask in the way you ask your colleagues, with as little of the case as
    the question needs.
    """


def about_of(client: Client, text: str | None) -> Any:
    """What something is about: the number of a record, the core of a package, or nothing."""
    from agency_client.use_cases.record_names import is_record_name, record_number

    if text is None:
        return None
    return record_number(text) if is_record_name(text) else client.find_package(text)


@command("ask")
@click.argument("about", required=False)
@click.option("--of", "asked_of", required=True, type=LINE, help="Whom you ask.")
@click.option("--role", type=LINE, help="In which role: information manager, Caldicott Guardian.")
@click.option("--question", required=True, type=LONG, help="What you ask.")
@click.option("--due", metavar="WHEN", help="When to remind you: 3d, or a day.")
@click.pass_context
def ask(
    ctx: click.Context,
    about: str | None,
    asked_of: str,
    role: str | None,
    question: str,
    due: str | None,
) -> None:
    """File a question with a package, a record such as r1, or with nothing."""
    from agency_client.use_cases.advising import Question
    from agency_client.use_cases.record_names import record_name

    asked = Question(asked_of=asked_of, role=role, question=question, due=due_of(due))
    number = run(ctx, lambda client: client.ask_advice(about_of(client, about), asked))
    _tell_record(ctx, record_name(number), "Go on: nothing waits for the answer.")


@command("answer")
@click.argument("record")
@click.option("--text", required=True, type=LONG, help="The advice that was given.")
@click.option("--by", type=LINE, help="Who gave it.")
@click.pass_context
def answer(ctx: click.Context, record: str, text: str, by: str | None) -> None:
    """File the advice that was given to a question such as r1."""
    from agency_client.use_cases.record_names import record_name, record_number

    number = run(ctx, lambda client: client.answer_advice(record_number(record), text, by))
    _tell_record(ctx, record_name(number), f"It stands with {record}.")


def _tell_record(ctx: click.Context, name: str, text: str) -> None:
    if as_json(ctx):
        tell_json({"record": name})
        return
    tell(f"Recorded as {name}. {text}")


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
        "role": each.question.role,
        "question": each.question.question,
        "due": moment(each.due),
        "answers": [
            {"record": record_name(number), "time": moment(time), "text": text, "by": by}
            for number, time, text, by in each.answers
        ],
    }


def _tell_advised(each: Any) -> None:
    from agency_client.use_cases.record_names import record_name

    role = f" ({each.question.role})" if each.question.role else ""
    tell(shown(f"{record_name(each.record)}  {spoken(each.time)}, {each.question.asked_of}{role}"))
    tell(shown(f"    {each.question.question}"))
    for number, time, text, by in each.answers:
        who = f", {by}" if by else ""
        tell(shown(f"    {record_name(number)}  {spoken(time)}{who}: {text}"))
    if not each.answers:
        tell("    No answer yet.")


for each_command in (ask, answer, list_):
    advice.add_command(each_command)
