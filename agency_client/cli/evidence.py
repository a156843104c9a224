"""Evidence: a bundle of what was sent or received, and its verdict on any machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from agency_client.cli.options import chosen, command
from agency_client.cli.telling import shown, tell, tell_json, warn
from phoenix_protocol.errors import UnavailableError

if TYPE_CHECKING:
    from agency_client.client import Client
    from agency_client.use_cases.evidence import Exported
    from phoenix_protocol.evidence.verify import VerifiedBundle

_DECISION = "decision"


@command("export")
@click.argument("id_", metavar="ID")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write the bundle. Nothing is overwritten.",
)
@click.option(
    "--redact",
    multiple=True,
    metavar="SECTION",
    help="Leave out this section, or one statement: SECTION.NUMBER or SECTION.ID.",
)
@click.option(
    "--without",
    multiple=True,
    type=click.Choice(["cover", "words"]),
    help="Leave out the cover, or the words of receipts.",
)
@click.option(
    "--brief",
    is_flag=True,
    help="Leave out who else is in the partnership. It then proves less: see the verdict.",
)
@click.pass_context
def export(
    ctx: click.Context,
    id_: str,
    out: Path,
    redact: tuple[str, ...],
    without: tuple[str, ...],
    brief: bool,
) -> None:
    """Write what was sent or received, with its receipts, into one file that proves itself."""
    from agency_client.cli.running import run
    from agency_client.use_cases.evidence import Choice

    choice = Choice(redact=redact, without=without, whole=not brief)

    async def work(client: Client) -> Exported:
        exported: Exported = await client.export(client.find_package(id_), out, choice)
        return exported

    _tell_exported(ctx, out, run(ctx, work))


def _tell_exported(ctx: click.Context, out: Path, done: Exported) -> None:
    from agency_client.record.opened import read_section
    from agency_client.record.verdict_words import left_out

    sections = [
        (read_section([item for _, item in section.items]), section)
        for section in done.proved.parts.sections
    ]
    if any(read.kind == _DECISION for read, _ in sections):
        warn(
            "The file has the decision, which stayed in your agency. "
            "Leave it out with --redact decision if others are to have the file."
        )
    for left in done.still_named:
        warn(f"{shown(left.told(left.place))} To leave that out too: {shown(left.leave_out)}")
    if chosen(ctx).as_json:
        tell_json(
            {
                "package": done.package.hex(),
                "out": str(out),
                "bytes": done.written.size,
                "digest": done.written.digest.hex(),
                "anchor": done.proved.anchor.hex(),
                "whole": done.proved.log.whole,
                "sections": [
                    {"id": read.id, "title": read.title, "left_out": section.left_out}
                    for read, section in sections
                ],
                "left_out": left_out(done.proved),
                "still_named": [
                    {
                        "name": left.name,
                        "part": left.part,
                        "place": left.place,
                        "leave_out": left.leave_out,
                    }
                    for left in done.still_named
                ],
                "named_left_out": list(done.left_out),
            }
        )
        return
    tell(f"Written: {out}, {done.written.size:,} bytes, SHA-256 {done.written.digest.hex()}")
    for line in done.left_out:
        tell(f"Left out: {shown(line)}")
    tell("It is not encrypted: whoever has the file can read it.")
    tell("Record who gets it, why, and who approved that: phoenix disclosed.")
    tell("Anybody can verify it with this program and the partnership's anchor:")
    tell(f"  phoenix verify {out} --anchor {done.proved.anchor.hex()}")


@command("verify")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--anchor",
    required=True,
    help="The partnership's anchor, from somebody else than who gave you the file.",
)
@click.option(
    "--attachments",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the attached files into this folder.",
)
@click.pass_context
def verify(ctx: click.Context, file: Path, anchor: str, attachments: Path | None) -> None:
    """Verify a bundle of evidence and say what it proves. Needs no home, no passphrase and no relay."""
    from agency_client.cli.anchors import read_anchor
    from agency_client.verifying import verify_file

    proved = verify_file(file, read_anchor(anchor))
    written = _saved(file, proved, attachments) if attachments is not None else {}
    if chosen(ctx).as_json:
        from agency_client.cli.verdict_json import verdict_json

        tell_json(verdict_json(proved, written))
        return
    from agency_client.cli.verdict_text import tell_verdict

    tell_verdict(proved, written)


def _saved(bundle: Path, proved: VerifiedBundle, folder: Path) -> dict[bytes, Path]:
    """Each file under a name made of its digest: what the sender called it is only shown."""
    from agency_client.record.plain import stored_name
    from agency_client.verifying import save_attachment

    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(
            "E_STORE_WRITE", f"The folder cannot be made: {error.strerror}."
        ) from None
    written: dict[bytes, Path] = {}
    for attachment in proved.parts.attachments:
        if attachment.offset is not None:
            target = folder / stored_name(attachment.said.digest, attachment.said.name)
            save_attachment(bundle, attachment, target)
            written[attachment.said.digest] = target
    return written
