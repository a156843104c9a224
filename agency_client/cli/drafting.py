"""Writing a document: ``new`` and ``check``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from agency_client.cli.audience_pages import audience_json, tell_audience
from agency_client.cli.files import read_document_file, read_options
from agency_client.cli.finding_pages import summed_up
from agency_client.cli.options import command
from agency_client.cli.running import as_json, run, run_if_open
from agency_client.cli.telling import problem_json, tell, tell_json, tell_problems
from phoenix_protocol.errors import RefusedError, UsageError


@command("new")
@click.option("--out", type=click.Path(path_type=Path), help="Where to write it.")
@click.option(
    "--kind",
    type=click.Choice(["package", "request", "victim-request"]),
    default="package",
    help="What it is for: a package, a request, or a request about a victim.",
)
@click.option(
    "--answer", metavar="ID", help="The request that it answers: its questions are in it."
)
@click.pass_context
def new(ctx: click.Context, out: Path | None, kind: str, answer: str | None) -> None:
    """Write a template of a document, explained line by line: a package, a request, or an answer to one."""
    from agency_client.record.templates import Template, template

    if answer is not None:
        text: str = run(ctx, lambda c: c.response_template(c.find_received(answer)))
        then = f"phoenix respond {answer} {{}} --check"
    else:
        here = run_if_open(ctx, lambda c: c.template(Template(kind)))
        text = template(Template(kind)) if here is None else here
        then = "phoenix check {}" if kind == "package" else "phoenix request {} --check"
    if out is None:
        if as_json(ctx):
            tell_json({"template": text})
        else:
            sys.stdout.write(text)
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(
            "E_FILE",
            f"The file cannot be written: {error.strerror}.",
            next="Choose another name; nothing is overwritten.",
        ) from None
    if as_json(ctx):
        tell_json({"out": str(out)})
        return
    tell(f"The template is in {out}. Fill it in, then: {then.format(out)}")


def findings_json(findings: Any) -> dict[str, Any]:
    """What the rules said, as scripts see it."""
    return {
        name: [problem_json(p) for p in getattr(findings, name)]
        for name in ("problems", "warnings", "prompts", "owed")
    }


def recipients_compared(findings: Any) -> list[dict[str, Any]]:
    """When the words of each recipient were last compared, as scripts see it."""
    from agency_client.cli.people import compared_json

    return [compared_json(compared) for compared in findings.compared]


def tell_compared(findings: Any) -> None:
    """The same for a person."""
    from agency_client.cli.people import compared_text

    for compared in findings.compared:
        tell(compared_text(compared))


@command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--attach", multiple=True, metavar="SECTION=PATH", help="Attach a file to a section.")
@click.option(
    "--expires", metavar="WHEN", help="When it expires, not as in the document: 14d, 36h."
)
@click.option("--urgent", is_flag=True, help="Protect somebody now: decision and law can follow.")
@click.pass_context
def check(
    ctx: click.Context, file: Path, attach: tuple[str, ...], expires: str | None, urgent: bool
) -> None:
    """Check a document without sending it. Only problems stop it; the rest is for you to judge."""
    data = read_document_file(file)
    options = read_options(attach, expires, urgent)
    findings = run(ctx, lambda client: client.check(data, options))
    if as_json(ctx):
        tell_json(
            {
                **findings_json(findings),
                **audience_json(findings),
                "compared": recipients_compared(findings),
            }
        )
    else:
        tell_findings(findings)
        tell_audience(findings)
        tell_compared(findings)
    if findings.problems:
        # Said already, all of them: only the exit code is left.
        ctx.exit(RefusedError.exit_code)


_HEADINGS = (
    ("problems", "Mend these:"),
    ("warnings", "Look at these again:"),
    ("prompts", "Think about these:"),
    ("owed", "These answers are owed. You can go on now and give them later:"),
)


def tell_findings(findings: Any, of: str = "package") -> None:
    """What the rules said of a document, for a person: first whether it can go on."""
    tell(summed_up(findings, of))
    for name, heading in _HEADINGS:
        found = getattr(findings, name)
        if found:
            click.echo(f"\n{heading}", err=True)
            tell_problems(found)
