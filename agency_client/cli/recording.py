"""What is recorded beside packages: decide, answer, record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from agency_client.cli.drafting import findings_json, tell_findings
from agency_client.cli.files import read_document_file
from agency_client.cli.options import command
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import moment, spoken, tell, tell_json, tell_problems
from agency_client.cli.texts import LINE, LONG
from agency_client.client import Client
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

    async def work(client: Client) -> Any:
        done = await (client.look_at_decision(data) if check else client.decide(data))
        return done, await client.catalogue()

    done, words = run(ctx, work)
    if as_json(ctx):
        tell_json(_decided_json(done))
    elif done.record is None:
        tell_findings(done.findings, "decision")
    else:
        _tell_recorded(done.record, done.findings, words)
    if done.findings.problems:
        ctx.exit(RefusedError.exit_code)


def _decided_json(done: Any) -> dict[str, Any]:
    from agency_client.use_cases.record_names import record_name

    decision = done.document.decision
    return {
        "record": record_name(done.record) if done.record is not None else None,
        "outcome": decision.outcome,
        "decided_by": decision.decided_by,
        "review_at": decision.review_at,
        **findings_json(done.findings),
    }


def _tell_recorded(number: int, findings: Any, catalogue: Any) -> None:
    from agency_client.cli.owed import tell_owed
    from agency_client.record.looks import owed_name
    from agency_client.use_cases.record_names import record_name

    tell_problems(findings.warnings)
    tell(f"Recorded as {record_name(number)}. It stays with your agency.")
    tell_owed(map(owed_name, findings.owed), record_name(number), catalogue)


@command("answer")
@click.argument("id_", metavar="ID")
@click.argument("place", type=LINE)
@click.option("--text", multiple=True, type=LONG, help="What you say; again for a list of texts.")
@click.option(
    "--code", multiple=True, type=LINE, help="A word of the catalogue; again for several."
)
@click.option("--by", type=LINE, help="Whose answer it is.")
@click.pass_context
def answer(
    ctx: click.Context,
    id_: str,
    place: str,
    text: tuple[str, ...],
    code: tuple[str, ...],
    by: str | None,
) -> None:
    """Give an answer that is owed, of a package you sent or of a record such as r1.

    It is recorded and dated beside it. What was sealed stays as it was, and nobody is sent the answer.
    """
    from agency_client.cli.owed import tell_owed
    from agency_client.use_cases.record_names import is_record_name, record_name, record_number

    if bool(text) == bool(code):
        raise click.UsageError("Give either --text or --code.", ctx)

    async def work(client: Client) -> Any:
        of = record_number(id_) if is_record_name(id_) else client.find_sent(id_)
        return await client.answer(of, place, text or code, by), await client.catalogue()

    done, words = run(ctx, work)
    if as_json(ctx):
        tell_json(
            {"record": record_name(done.record), "place": done.place, "owed": list(done.owed)}
        )
        return
    tell(f"Recorded as {record_name(done.record)}.")
    if not done.owed:
        tell("Nothing is owed any more.")
    tell_owed(done.owed, id_, words)


@command("record")
@click.argument("id_", metavar="ID")
@click.pass_context
def record(ctx: click.Context, id_: str) -> None:
    """Show a record such as r1, whole, with what followed it; or every record of a package."""
    from agency_client.use_cases.record_names import is_record_name, record_number

    async def work(client: Client) -> Any:
        if is_record_name(id_):
            return (await client.show_record(record_number(id_)),)
        return await client.records_of(client.find_package(id_))

    found = run(ctx, work)
    if as_json(ctx):
        tell_json({"records": [_record_json(each) for each in found]})
        return
    if not found:
        tell("Nothing was recorded about this package.")
    for each in found:
        _tell_record(each, "")


def _record_json(each: Any) -> dict[str, Any]:
    from agency_client.use_cases.record_names import record_name

    return {
        **_line_json(each),
        "document": _text(each.document),
        "packages": [package.hex() for package in each.packages],
        "following": [
            {**_line_json(later), "document": _text(later.document)} for later in each.following
        ],
        "due": [
            {
                "kind": due.kind,
                "place": due.place,
                "at": moment(due.at),
                "closed": moment(due.closed),
                "by": record_name(due.closed_by) if due.closed_by is not None else None,
            }
            for due in each.dues
        ],
    }


def _line_json(each: Any) -> dict[str, Any]:
    from agency_client.use_cases.record_names import record_name

    return {
        "record": record_name(each.record.number),
        "kind": each.record.kind,
        "time": moment(each.record.time),
        "about": record_name(each.record.about) if each.record.about is not None else None,
        "summary": each.record.summary,
        "signed_by": each.signer.hex() if each.signer is not None else None,
    }


def _text(document: bytes | None) -> str | None:
    """The document as text; bytes that are none show as such."""
    return None if document is None else document.decode("utf-8", "backslashreplace")


def _tell_record(each: Any, indent: str) -> None:
    from agency_client.record.plain import plain
    from agency_client.record.register_table import kind_in_words
    from agency_client.use_cases.record_names import record_name

    head = f"{record_name(each.record.number)}  {kind_in_words(each.record.kind)}"
    tell(f"{indent}{head}, {spoken(each.record.time)}")
    text = _text(each.document)
    if text is None:
        tell(f"{indent}    Its texts are erased.")
    else:
        for line in plain(text, lines=True).splitlines():
            tell(f"{indent}    {line}".rstrip())
    for due in each.dues:
        state = "done" if due.closed is not None else "due"
        tell(f"{indent}    {state}: {due.kind} {due.place}, {spoken(due.at)}".rstrip())
    for later in each.following:
        _tell_record(later, indent + "    ")
