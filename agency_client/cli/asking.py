"""Asking and answering: request, respond, requests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from agency_client.cli.audience_pages import audience_json, tell_audience
from agency_client.cli.drafting import findings_json, tell_findings
from agency_client.cli.files import read_document_file, read_options
from agency_client.cli.options import command
from agency_client.cli.progress import progress
from agency_client.cli.request_pages import requests_json, tell_requests
from agency_client.cli.running import as_json, run
from agency_client.cli.sending import own_warnings
from agency_client.cli.telling import (
    moment,
    problem_json,
    spoken,
    tell,
    tell_json,
    tell_problem,
    warn,
)
from agency_client.client import Client
from phoenix_protocol.errors import RefusedError, UnavailableError

_ATTACH = click.option(
    "--attach", multiple=True, metavar="SECTION=PATH", help="Attach a file to a section."
)
_EXPIRES = click.option(
    "--expires", metavar="WHEN", help="When it expires, not as in the document: 14d, 36h."
)
_URGENT = click.option(
    "--urgent", is_flag=True, help="Protect somebody now: decision and law can follow."
)
_CHECK = click.option("--check", is_flag=True, help="Look at it without sending it.")


@command("request")
@click.argument("file", type=click.Path(path_type=Path))
@_ATTACH
@_EXPIRES
@_URGENT
@_CHECK
@click.pass_context
def request(
    ctx: click.Context,
    file: Path,
    attach: tuple[str, ...],
    expires: str | None,
    urgent: bool,
    check: bool,
) -> None:
    """Ask other agencies for information: each reads its own questions.

    Nothing waits for an answer. You are reminded, and the deputies that you named are asked once, by themselves.
    'phoenix new --kind request' writes a document to fill in.
    """
    data, options = read_document_file(file), read_options(attach, expires, urgent)
    if check:
        _tell_looked(ctx, run(ctx, lambda c: c.look_at_request(data, options)), "request")
        return

    async def work(client: Client) -> None:
        with progress("Asking", quiet=as_json(ctx)) as progressed:
            sent = await client.request(data, options, progressed, _seen(ctx))
        due = client.request_due(sent.result.package)
        _tell_sent(ctx, sent, {"due": moment(due) if due is not None else None})
        if due is not None and not as_json(ctx):
            tell(f"Answers are due {spoken(due)}. See: phoenix requests")
        await client.told(sent.result.package)

    run(ctx, work)


@command("respond")
@click.argument("id_", metavar="ID")
@click.argument("file", type=click.Path(path_type=Path))
@_ATTACH
@_EXPIRES
@_URGENT
@_CHECK
@click.pass_context
def respond(
    ctx: click.Context,
    id_: str,
    file: Path,
    attach: tuple[str, ...],
    expires: str | None,
    urgent: bool,
    check: bool,
) -> None:
    """Answer a request: each question shared, withheld, not held or not searched.

    You can answer some questions now and others later. 'phoenix new --answer ID' writes a document to fill in.
    """
    data, options = read_document_file(file), read_options(attach, expires, urgent)
    if check:
        found = run(ctx, lambda c: c.look_at_response(c.find_received(id_), data, options))
        _tell_looked(ctx, found, "response")
        return

    async def work(client: Client) -> None:
        core = client.find_received(id_)
        with progress("Answering", quiet=as_json(ctx)) as progressed:
            sent = await client.respond(core, data, options, progressed, _seen(ctx))
        request_id = client.package_of(core)
        _tell_sent(ctx, sent, {"request": request_id.hex() if request_id else None})
        await client.told(sent.result.package)

    run(ctx, work)


def _seen(ctx: click.Context) -> Callable[[Any], None]:
    """Who reads what is shown before anything is sent; a script reads it in the result."""
    return (lambda _findings: None) if as_json(ctx) else tell_audience


def _tell_looked(ctx: click.Context, findings: Any, of: str) -> None:
    if as_json(ctx):
        tell_json({"package": None, **findings_json(findings), **audience_json(findings)})
    else:
        tell_findings(findings, of)
        tell_audience(findings)
    if findings.problems:
        ctx.exit(RefusedError.exit_code)


def _tell_sent(ctx: click.Context, sent: Any, more: dict[str, Any]) -> None:
    result, findings = sent.result, sent.findings
    warnings = [*findings.warnings, *own_warnings(result)]
    if as_json(ctx):
        tell_json(
            {
                "package": result.package.hex(),
                **more,
                "recipients": [
                    {"address": r.address, "state": r.state.value} for r in result.recipients
                ],
                **findings_json(findings),
                **audience_json(findings),
                "warnings": [problem_json(p) for p in warnings],
            }
        )
        return
    for problem in warnings:
        tell_problem(problem)
    tell(f"Sent. Package {result.package.hex()}")
    for recipient in result.recipients:
        tell(f"  {recipient.address}: {recipient.state.value}")
    for problem in findings.owed:
        tell(f"  owed: {problem.place}: {problem.message}")


@command("requests")
@click.option("--open", "only_open", is_flag=True, help="Leave out what is answered in full.")
@click.option("--offline", is_flag=True, help="Show what is known without asking the relay.")
@click.pass_context
def requests(ctx: click.Context, only_open: bool, offline: bool) -> None:
    """List what you asked and what you were asked: by when, and what became of each question."""

    async def work(client: Client) -> Any:
        asked = True
        if not offline:
            try:
                await client.catch_up()
            except UnavailableError:
                asked = False
        return await client.requests(), asked

    found, asked = run(ctx, work, quick=True)
    if not asked:
        warn("The relay is not available. This is what was last known.")
    lines = [line for line in found.asked if not only_open or _is_open(line)]
    owed = [line for line in found.owed if not only_open or line.stands.value != "answered"]
    if as_json(ctx):
        tell_json(requests_json(lines, owed))
        return
    tell_requests(lines, owed)


def _is_open(line: Any) -> bool:
    return any(recipient.stands.value != "answered" for recipient in line.recipients)
