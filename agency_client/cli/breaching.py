"""Recording a breach: what happened, the regulator's clock, what receipts say of who should not have got it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from agency_client.cli.drafting import findings_json, tell_findings
from agency_client.cli.files import read_document_file
from agency_client.cli.options import command
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import moment, spoken, tell, tell_json, tell_problem, warn
from agency_client.client import Client
from phoenix_protocol.errors import RefusedError, UnavailableError


@command("breach")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--follows", metavar="RECORD", help="What was learnt later about this breach: r1.")
@click.option("--check", is_flag=True, help="Look at it without recording it.")
@click.option("--offline", is_flag=True, help="Do not ask the relay for the newest receipts.")
@click.pass_context
def breach(ctx: click.Context, file: Path, follows: str | None, check: bool, offline: bool) -> None:
    """Record a breach with whatever is known; the rest follows. It stays with you.

    The clock of 72 hours runs from the moment your agency became aware of it.
    """
    from agency_client.use_cases.record_names import record_number

    data = read_document_file(file)
    number = record_number(follows) if follows is not None else None

    async def work(client: Client) -> tuple[Any, bool]:
        asked = offline or await _newest_receipts(client)
        if check:
            return await client.look_at_breach(data, number), asked
        return await client.breach(data, number), asked

    done, asked = run(ctx, work)
    if not asked:
        warn("The relay is not available. The receipts are as they were last heard.")
    if as_json(ctx):
        tell_json(_breach_json(done))
    else:
        _tell_breach(done)
    if done.findings.problems:
        ctx.exit(RefusedError.exit_code)


async def _newest_receipts(client: Client) -> bool:
    """Hear what recipients have said meanwhile. A home that cannot ask goes on with what it has."""
    try:
        await client.catch_up()
    except UnavailableError:
        return False
    except RefusedError:
        return True  # a manager's home hears no receipts
    return True


def _breach_json(done: Any) -> dict[str, Any]:
    from agency_client.use_cases.misdirected import reached_values
    from agency_client.use_cases.record_names import record_name

    return {
        "record": record_name(done.record) if done.record is not None else None,
        "step": record_name(done.step) if done.step is not None else None,
        "clock": {
            "aware": moment(done.clock.aware),
            "report_by": moment(done.clock.report_by),
            "settled": moment(done.clock.settled),
        },
        "receipts": [
            {**reached_values(each), "since": moment(each.since), "meaning": each.in_words}
            for each in done.reached
        ],
        **findings_json(done.findings),
    }


def _tell_breach(done: Any) -> None:
    from agency_client.use_cases.record_names import record_name

    if done.record is None:
        tell_findings(done.findings, "record")
    else:
        for problem in done.findings.warnings:
            tell_problem(problem)
        tell(f"Recorded as {record_name(done.step or done.record)}. It stays with your agency.")
    for each in done.reached:
        tell(f"{each.address}: {each.state.value}. {each.in_words}")
    if done.clock.settled is None:
        tell(f"Tell the regulator by {spoken(done.clock.report_by)}, or record why not.")
    if done.record is not None:
        for problem in done.findings.owed:
            tell(f"  owed: {problem.place}: {problem.message}")
