"""The protocol that the partnership signed: its text, its yearly review, who adopts it, what agencies assure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from agency_client.cli.options import command
from agency_client.cli.running import as_json, run
from agency_client.cli.signatories import assurance_in_words, assurance_json, protocol_json
from agency_client.cli.telling import (
    moment,
    shown,
    spoken_day,
    tell,
    tell_json,
    tell_problem,
    warn,
)
from agency_client.cli.texts import LINE
from phoenix_protocol.errors import RefusedError, UsageError

_FILE = click.Path(path_type=Path)


def read_text(path: Path | None) -> bytes | None:
    """A protocol's text, byte for byte. Raises UsageError ``E_FILE`` for one that is empty, or over 4 MiB."""
    from agency_client.cli.files import read_file
    from agency_client.use_cases.protocols import LARGEST

    if path is None:
        return None
    text = read_file(path, LARGEST)
    if not text:
        raise UsageError("E_FILE", "The file is empty.", next="Check its name.")
    return text


# -- partnership protocol ----------------------------------------------------------------------------------------------


@command("protocol")
@click.option("--text", type=_FILE, metavar="FILE", help="Keep this copy of its text here.")
@click.option("--show", is_flag=True, help="Show the text that is kept here.")
@click.option(
    "--out", type=_FILE, metavar="FILE", help="Write the text that is kept here to a file."
)
@click.option("--offline", is_flag=True, help="Do not ask the relay.")
@click.pass_context
def protocol(
    ctx: click.Context, text: Path | None, show: bool, out: Path | None, offline: bool
) -> None:
    """Show the protocol that the partnership signed: name, version, hash and text.

    A copy of the text is kept only if it is what the partnership signed, byte for byte.
    """
    given = read_text(text)
    found = run(ctx, lambda client: client.protocol(given, offline=offline))
    if (show or out is not None) and found.text is None:
        raise RefusedError(
            "E_PROTOCOL_TEXT", "There is no copy of the protocol's text in this home."
        )
    if out is not None:
        from agency_client.cli.new_files import write_new

        write_new(out, found.text)
    if as_json(ctx):
        tell_json(_protocol_json(found, show=show, out=out))
        return
    if show:
        _show(found.text)
        return
    _tell_protocol(found)
    if out is not None:
        tell(f"Its text is in {out}.")


def _protocol_json(found: Any, *, show: bool, out: Path | None) -> dict[str, Any]:
    return {
        **protocol_json(found.newest),
        "kept": found.text is not None,
        **({"text": found.text.decode("utf-8", "backslashreplace")} if show else {}),
        **({"out": str(out)} if out is not None else {}),
        "versions": [{**protocol_json(v), "since": moment(v.since)} for v in found.versions],
    }


def _show(text: bytes) -> None:
    from agency_client.record.plain import plain

    try:
        words = text.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(
            "E_FILE",
            "The protocol was signed as a file that is not plain text.",
            next="Write it to a file with --out, and open that.",
        ) from None
    tell(plain(words, lines=True))


def _tell_protocol(found: Any) -> None:
    newest = found.newest
    tell(f"{shown(newest.name)}, version {newest.number}, since {spoken_day(newest.since)}")
    if newest.text is None:
        tell("The partnership does not name the text of this version.")
        return
    tell(f"SHA-256 of its text: {newest.text.hex()}")
    if found.text is not None:
        tell("A copy of it is kept here: phoenix partnership protocol --show")
    else:
        tell("No copy of it is kept here yet: give one with --text.")


# -- partnership review ------------------------------------------------------------------------------------------------


@command("review")
@click.argument("file", type=_FILE)
@click.option("--protocol", type=LINE, help="The name of the protocol from now on.")
@click.option(
    "--protocol-text", type=_FILE, metavar="FILE", help="The text of the protocol from now on."
)
@click.option("--check", is_flag=True, help="Look at it without recording it.")
@click.pass_context
def review(
    ctx: click.Context, file: Path, protocol: str | None, protocol_text: Path | None, check: bool
) -> None:
    """Record the yearly review of the protocol in FILE, and amend the partnership by it (governance).

    The record stays here. Everybody sees when the next review is due, and the new version if there is one.
    """
    from agency_client.cli.drafting import tell_findings
    from agency_client.cli.files import read_document_file
    from agency_client.use_cases.protocol_review import NewText

    data = read_document_file(file)
    new = NewText(name=protocol, text=read_text(protocol_text))
    done = run(
        ctx, lambda c: c.look_at_review(data, new) if check else c.review_protocol(data, new)
    )
    if as_json(ctx):
        tell_json(_reviewed_json(done))
    elif done.record is None:
        tell_findings(done.findings, "review")
    else:
        _tell_reviewed(done)
    if done.findings.problems:
        ctx.exit(RefusedError.exit_code)


def _reviewed_json(done: Any) -> dict[str, Any]:
    from agency_client.cli.drafting import findings_json
    from agency_client.use_cases.record_names import record_name

    said = done.partnership
    return {
        "record": record_name(done.record) if done.record is not None else None,
        "version": said.version if said is not None else None,
        "protocol": said.protocol_version if said is not None else None,
        "review_due": moment(said.review_due) if said is not None else None,
        **findings_json(done.findings),
    }


def _tell_reviewed(done: Any) -> None:
    from agency_client.use_cases.record_names import record_name

    for problem in (*done.findings.warnings, *done.findings.prompts):
        tell_problem(problem)
    said = done.partnership
    tell(f"Recorded as {record_name(done.record)}. The record stays here.")
    tell(f"The protocol is at version {said.protocol_version}.")
    tell(f"The next review is due on {spoken_day(said.review_due)}.")


# -- agency adopt, agency declare --------------------------------------------------------------------------------------


@command("adopt")
@click.option("--text", type=_FILE, metavar="FILE", help="Keep this copy of its text here first.")
@click.pass_context
def adopt(ctx: click.Context, text: Path | None) -> None:
    """Adopt the newest version of the protocol for your agency (managers). Everybody sees that you have."""
    given = read_text(text)
    done = run(ctx, lambda client: client.adopt_protocol(given))
    if as_json(ctx):
        tell_json({"agency": done.agency, **protocol_json(done.version)})
        return
    before = " It had done so before." if done.again else ""
    tell(
        f"{done.agency} has adopted version {done.version.number} of {shown(done.version.name)}.{before}"
    )


@command("declare")
@click.argument("file", type=_FILE)
@click.option("--check", is_flag=True, help="Look at it without declaring it.")
@click.pass_context
def declare(ctx: click.Context, file: Path, check: bool) -> None:
    """Declare what your agency assures of its security, from FILE (managers). It replaces what was declared before."""
    from agency_client.cli.drafting import findings_json, tell_findings
    from agency_client.cli.files import read_document_file

    data = read_document_file(file)
    done = run(ctx, lambda c: c.look_at_assurances(data) if check else c.declare_assurances(data))
    said = () if done.findings.problems else done.document.said()
    if as_json(ctx):
        tell_json(
            {
                "agency": done.agency,
                "assurances": [assurance_json(each) for each in said],
                **findings_json(done.findings),
            }
        )
    elif done.agency is None:
        tell_findings(done.findings, "declaration")
    else:
        for problem in done.findings.warnings:
            tell_problem(problem)
        tell(f"{done.agency} has declared: {'; '.join(map(assurance_in_words, said))}")
    if done.findings.problems:
        ctx.exit(RefusedError.exit_code)


def warn_of_protocol(status: Any) -> None:
    """What a status says besides: a review that is overdue, agencies that have not signed. Nothing waits for them."""
    if status.overdue:
        warn(
            "The protocol's review is overdue. Sharing goes on: the law allows it, not the protocol."
        )
    if status.not_adopted:
        who = ", ".join(status.not_adopted)
        warn(f"Not adopted yet, version {status.protocol.number} of the protocol: {who}.")
    for line in status.agencies:
        if line.is_active and line.doubt is not None:
            warn(f"The agency {line.id} {line.doubt}.")
