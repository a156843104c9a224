"""What comes: inbox, accept, return, open, acknowledge, outcome."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from agency_client.cli.options import command
from agency_client.cli.progress import progress
from agency_client.cli.replaced_pages import replaced_json, replaced_lines
from agency_client.cli.restricting import restriction_json
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import legend, moment, shown, spoken, table, tell, tell_json, warn
from agency_client.cli.texts import LINE, LONG
from agency_client.cli.times import to_come
from agency_client.client import Client
from agency_client.ports.vault import Alert
from phoenix_protocol.errors import RefusedError, TamperError, UnavailableError, UsageError
from phoenix_protocol.identifiers import Seconds

#: Nobody promises anything for later than this (seconds).
_LATEST = 10 * 366 * 86400


def due_of(text: str | None) -> Seconds | None:
    """A time to come as people write it, or none. Raises UsageError ``E_USAGE``."""
    return to_come(text, _LATEST, "3 days")


@command("inbox")
@click.option(
    "--wait",
    type=click.IntRange(0, 86400),
    default=0,
    metavar="SECONDS",
    help="How long to wait until something comes.",
)
@click.option("--offline", is_flag=True, help="Show what is here without asking the relay.")
@click.option("--all", "everything", is_flag=True, help="Show old packages too, however many.")
@click.pass_context
def inbox(ctx: click.Context, wait: int, offline: bool, everything: bool) -> None:
    """List what has come for you, by its cover: all that waits for you, and what came last."""

    async def work(client: Client) -> tuple[Any, int, Any]:
        if not offline:
            await _wait_for_news(client, wait)
        lines = await client.inbox(everything=everything)
        return lines, await client.how_many_came() - len(lines), await _alerts(client)

    lines, older, alerts = run(ctx, work, quick=not wait)
    if as_json(ctx):
        tell_json(
            {
                "packages": [_line_json(line) for line in lines],
                "older": older,
                "alerts": _alerts_json(alerts),
            }
        )
    else:
        _tell_alerts(alerts)
        _tell_lines(lines, older)
    _exit_for(ctx, alerts)


def _exit_for(ctx: click.Context, alerts: list[Told]) -> None:
    """What did not verify is an alarm for scripts too, until somebody says that they have seen it."""
    from agency_client.cli.meanings import is_alarm

    if any(is_alarm(told.alert.code, told.alert.about) for told in alerts):
        ctx.exit(TamperError.exit_code)


def _tell_lines(lines: Any, older: int) -> None:
    if not lines:
        tell("Nothing has come.")
        return
    from agency_client.cli.meanings import HERE

    table(
        ("Package", "From", "Marking", "Urgency", "Purpose", "State", "Expires"),
        [
            (
                line.package.package.hex()[:12],
                line.package.sent_from,
                line.package.classification,
                line.package.urgency,
                line.package.purpose,
                _state(line),
                spoken(line.package.expires),
            )
            for line in lines
        ],
    )
    legend((line.package.state.value for line in lines), HERE)
    if older > 0:
        tell(f"{older} older packages are here too: phoenix inbox --all, or phoenix register.")


async def _wait_for_news(client: Client, wait: int) -> None:
    """Ask once, then wait in turns that any proxy lets through, until something came."""
    before = await client.how_many_came()
    await client.catch_up()
    left = wait
    while left > 0 and await client.how_many_came() == before:
        turn = min(left, 50)
        started = asyncio.get_running_loop().time()
        await client.catch_up(turn)
        left -= max(1, round(asyncio.get_running_loop().time() - started))


def _line_json(line: Any) -> dict[str, Any]:
    package = line.package
    return {
        "package": package.package.hex(),
        "from": package.sent_from,
        "classification": package.classification,
        "urgency": package.urgency,
        "purpose": package.purpose,
        "state": package.state.value,
        "expires": moment(package.expires),
        "created": moment(package.created),
        "handling": list(line.cover.handling),
        "contact": dict(line.cover.contact),
        "reference": line.cover.reference,
        **replaced_json(line.replaced),
        "restricted": restriction_json(line.restricted) if line.restricted is not None else None,
        "colleagues": [
            {
                "endpoint": event.endpoint.hex(),
                "state": event.kind.value,
                "time": moment(event.time),
            }
            for event in line.colleagues
        ],
    }


def _state(line: Any) -> str:
    """How far it is here, how far a colleague of the same desk has brought it, and what replaced it."""
    state: str = line.package.state.value
    if line.colleagues:
        state = f"{state}; {line.colleagues[-1].kind.value} by a colleague"
    return "; ".join((state, *replaced_lines(line.replaced)))


@dataclass(frozen=True, slots=True)
class Told:
    """An alert with what people call the things that it is about."""

    alert: Alert
    package: str | None
    sender: str | None

    @property
    def about(self) -> str:
        """The package or the sender, in a few words."""
        if self.package is not None:
            return f", package {self.package[:12]}"
        return f", from {shown(self.sender)}" if self.sender is not None else ""


async def _alerts(client: Client) -> list[Told]:
    """What nobody has seen."""
    found = []
    for alert in await client.alerts():
        package = client.package_of(alert.core) if alert.core is not None else None
        found.append(
            Told(alert, package.hex() if package is not None else None, client.sender_of(alert))
        )
    return found


def _alerts_json(alerts: list[Told]) -> list[dict[str, Any]]:
    return [
        {
            "number": told.alert.number,
            "code": told.alert.code,
            "package": told.package,
            "core": told.alert.core.hex() if told.alert.core else None,
            "about": told.alert.about,
            "from": told.sender,
            "time": moment(told.alert.time),
        }
        for told in alerts
    ]


def _meaning(code: str) -> str:
    from agency_client.cli.meanings import MEANING

    return MEANING.get(code, "See the audit record.")


def _tell_alerts(alerts: list[Told]) -> None:
    """Each once, however often it was raised."""
    for code, about in dict.fromkeys((told.alert.code, told.about) for told in alerts):
        warn(f"{code}{about}: {_meaning(code)}")
    if alerts:
        click.echo("See 'phoenix alarms' to mark what you have dealt with.", err=True)


@command("alarms")
@click.option("--seen", type=int, multiple=True, metavar="NUMBER", help="Mark this one as seen.")
@click.pass_context
def alarms(ctx: click.Context, seen: tuple[int, ...]) -> None:
    """List what nobody has seen yet, and mark what you have seen. Works without the relay."""

    async def work(client: Client) -> list[Told]:
        for number in seen:
            await client.see_alert(number)
        return await _alerts(client)

    found = run(ctx, work)
    if as_json(ctx):
        tell_json({"alerts": _alerts_json(found)})
        return
    if not found:
        tell("Nothing needs your eye.")
    for told in found:
        tell(f"{told.alert.number}  {told.alert.code}, {spoken(told.alert.time)}{told.about}")
        tell(f"    {_meaning(told.alert.code)}")


@command("accept")
@click.argument("id_", metavar="ID")
@click.pass_context
def accept(ctx: click.Context, id_: str) -> None:
    """This is ours and we know that it is confidential: fetch, verify and keep it."""

    async def work(client: Client) -> Any:
        await client.catch_up()
        with progress("Fetching", quiet=as_json(ctx)) as progressed:
            return await client.accept(client.find_received(id_), progressed)

    done = run(ctx, work)
    _tell_state(ctx, done.package, "It is yours now. Read it with: phoenix open " + id_)


@command("return")
@click.argument("id_", metavar="ID")
@click.option(
    "--reason", required=True, type=LONG, help="Why it is not yours; the sender reads it."
)
@click.pass_context
def give_back(ctx: click.Context, id_: str, reason: str) -> None:
    """This is not ours. Nothing of it was released to you."""

    async def work(client: Client) -> Any:
        await client.catch_up()
        return await client.give_back(client.find_received(id_), reason)

    _tell_state(ctx, run(ctx, work), "It is returned unread.")


def _tell_state(ctx: click.Context, package: Any, text: str) -> None:
    if as_json(ctx):
        tell_json({"package": package.package.hex(), "state": package.state.value})
        return
    tell(text)


@command("open")
@click.argument("id_", metavar="ID")
@click.option(
    "--attachments",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the attached files into this folder.",
)
@click.option("--restricted", is_flag=True, help="Read what is restricted too.")
@click.option("--reason", type=LONG, metavar="TEXT", help="Why you read it; it is recorded.")
@click.pass_context
def open_(
    ctx: click.Context,
    id_: str,
    attachments: Path | None,
    restricted: bool,
    reason: str | None,
) -> None:
    """Read a package that you accepted, or one that you sent. Works without the relay.

    What is restricted here is shown without its words, unless you say with --restricted why you have to read it.
    """
    from agency_client.cli.pages import package_json, tell_package

    if restricted != (reason is not None):
        raise click.UsageError("Give --restricted and --reason together.", ctx)

    async def work(client: Client) -> tuple[Any, dict[bytes, Path], Any]:
        opened = await _read(client, id_, reason)
        written = _write_attachments(client, opened, attachments) if attachments else {}
        return opened, written, None if as_json(ctx) else await client.catalogue()

    opened, written, catalogue = run(ctx, work)
    if as_json(ctx):
        tell_json(package_json(opened, opened.sections, written))
        return
    tell_package(opened, opened.sections, written, catalogue)


async def _read(client: Client, id_: str, why: str | None) -> Any:
    """What was received under this id, or else what was sent."""
    try:
        core = client.find_received(id_)
    except RefusedError as not_received:
        try:
            own = client.find_sent(id_)
        except RefusedError:
            raise not_received from None
        return await client.reread(own, why)
    return await client.open_package(core, why)


def _write_attachments(client: Client, opened: Any, folder: Path) -> dict[bytes, Path]:
    """Each file under a name made of its digest: what the sender called it is only shown."""
    from agency_client.record.plain import stored_name

    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            "E_FILE",
            f"The folder for the attachments cannot be made: {error.strerror}.",
            next="Choose another folder.",
        ) from None
    written: dict[bytes, Path] = {}
    for attachment in opened.files:
        target = folder / stored_name(attachment.digest, attachment.name)
        part = target.with_name(target.name + ".part")
        try:
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                for piece in client.attachment_pieces(opened.package, attachment):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise UnavailableError(
                "E_STORE_WRITE",
                f"An attachment could not be written: {error.strerror}.",
                next="Make room, then repeat.",
            ) from None
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        written[attachment.digest] = target
    return written


@command("acknowledge")
@click.argument("id_", metavar="ID")
@click.option("--owner", required=True, type=LINE, help="Who takes responsibility.")
@click.option("--use", required=True, type=LONG, help="What you will do with it.")
@click.option("--due", metavar="WHEN", help="By when: 3d, or a day.")
@click.pass_context
def acknowledge(ctx: click.Context, id_: str, owner: str, use: str, due: str | None) -> None:
    """Take responsibility for a package. Repeat it when the owner changes."""
    from agency_client.record.when import is_length

    when, from_now = due_of(due), due is not None and is_length(due)

    async def work(client: Client) -> Any:
        core = client.find_received(id_)
        return await client.acknowledge(core, owner, use, when, from_now=from_now)

    done = run(ctx, work)
    _tell_state(ctx, done, "The sender knows who is responsible.")


@command("outcome")
@click.argument("id_", metavar="ID")
@click.argument("text", type=LONG)
@click.pass_context
def outcome(ctx: click.Context, id_: str, text: str) -> None:
    """Tell the sender what came of it: feedback that referrers too rarely get."""
    done = run(ctx, lambda client: client.outcome(client.find_received(id_), text))
    _tell_state(ctx, done, "The sender knows what came of it.")
