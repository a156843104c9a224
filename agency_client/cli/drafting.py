"""Writing a document: ``new`` and ``check``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from agency_client.cli.audience_pages import audience_json, tell_audience
from agency_client.cli.files import read_document_file, read_options
from agency_client.cli.finding_pages import problem_lines, summed_up
from agency_client.cli.options import command
from agency_client.cli.running import as_json, run, run_if_open
from agency_client.cli.telling import problem_json, shown, tell, tell_json
from phoenix_protocol.errors import RefusedError, UsageError


@command("new")
@click.option("--out", type=click.Path(path_type=Path), help="Where to write it.")
@click.option(
    "--kind",
    type=click.Choice(["package", "request", "victim-request", "decision"]),
    default="package",
    help="What it is for: a package, a request, a request about a victim, or a decision.",
)
@click.option(
    "--answer", metavar="ID", help="The request that it answers: its questions are in it."
)
@click.pass_context
def new(ctx: click.Context, out: Path | None, kind: str, answer: str | None) -> None:
    """Write a template of a document, explained line by line: a package, a request, an answer to one, a decision."""
    from agency_client.record.templates import Template, template

    if answer is not None:
        text: str = run(ctx, lambda c: c.response_template(c.find_received(answer)))
        then = f"phoenix respond {answer} {{}} --check"
    else:
        here = run_if_open(ctx, lambda c: c.template(Template(kind)))
        text = template(Template(kind)) if here is None else here
        then = _THEN.get(kind, "phoenix request {} --check")
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


#: What to run on a template that was filled in, where it is no request.
_THEN = {"package": "phoenix check {}", "decision": "phoenix decide {} --check"}


def findings_json(findings: Any) -> dict[str, Any]:
    """What the rules said, as scripts see it."""
    return {
        name: [problem_json(p) for p in getattr(findings, name)]
        for name in ("problems", "warnings", "prompts", "owed")
    }


def recipients_compared(findings: Any) -> list[dict[str, Any]]:
    """When the words of each recipient were last compared, as scripts see it."""
    from agency_client.cli.compared_pages import compared_json

    return [compared_json(compared) for compared in findings.compared]


def tell_compared(findings: Any, *, err: bool = True) -> None:
    """The same for a person. Addresses whose words nobody compared yet stand together."""
    from agency_client.cli.compared_pages import compared_text

    for compared in findings.compared:
        if compared.at is not None:
            click.echo(compared_text(compared), err=err)
    never = [shown(compared.address) for compared in findings.compared if compared.at is None]
    if never:
        click.echo(f"{_NEVER_COMPARED} {', '.join(never)}", err=err)


_NEVER_COMPARED = (
    "Nobody here has checked by phone yet that these are who they say they are "
    "(phoenix fingerprint ADDRESS shows the words to read out):"
)


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
    if findings.problems:
        # Said already, all of them: only the exit code is left.
        ctx.exit(RefusedError.exit_code)


#: What stops a package is told last: it is then what somebody sees.
_HEADINGS = (
    ("prompts", "Think about these:"),
    ("owed", "These answers are owed. You can go on now and give them later:"),
    ("warnings", "Look at these again:"),
)


def tell_findings(findings: Any, of: str = "package") -> None:
    """What the rules said of a document, for a person: first whether it can go on, and last what stops it."""
    tell(summed_up(findings, of))
    for name, heading in _HEADINGS:
        _tell_under(heading, getattr(findings, name))
    if getattr(findings, "audience", None) is not None:
        tell_audience(findings, err=False)
    if getattr(findings, "compared", ()):
        tell("")
        tell_compared(findings, err=False)
    _tell_under("Mend these:", findings.problems)


def _tell_under(heading: str, found: Any) -> None:
    if found:
        tell(f"\n{heading}")
        for line in problem_lines(found):
            tell(line)
