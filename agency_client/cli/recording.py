"""What is recorded beside packages: decide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from agency_client.cli.drafting import findings_json, tell_findings
from agency_client.cli.files import read_document_file
from agency_client.cli.options import command
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import tell, tell_json, tell_problem
from phoenix_protocol.errors import RefusedError


@command("decide")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Look at it without recording it.")
@click.pass_context
def decide(ctx: click.Context, file: Path, check: bool) -> None:
    """Record a decision that goes with no package, above all one not to share.

    It weighs as much as a decision to share: signed, numbered, in the register. It stays with you; nobody is sent it.
    """
    data = read_document_file(file)
    done = run(ctx, lambda c: c.look_at_decision(data) if check else c.decide(data))
    if as_json(ctx):
        tell_json(_decided_json(done))
    elif done.record is None:
        tell_findings(done.findings, "decision")
    else:
        _tell_recorded(done.record, done.findings)
    if done.findings.problems:
        ctx.exit(RefusedError.exit_code)


def _decided_json(done: Any) -> dict[str, Any]:
    from agency_client.use_cases.recording import record_name

    decision = done.document.decision
    return {
        "record": record_name(done.record) if done.record is not None else None,
        "outcome": decision.outcome,
        "decided_by": decision.decided_by,
        "review_at": decision.review_at,
        **findings_json(done.findings),
    }


def _tell_recorded(number: int, findings: Any) -> None:
    from agency_client.use_cases.recording import record_name

    for problem in findings.warnings:
        tell_problem(problem)
    tell(f"Recorded as {record_name(number)}. It stays with your agency.")
    for problem in findings.owed:
        tell(f"  owed: {problem.place}: {problem.message}")
