"""Holds: what has to be kept, whatever else would erase it. Set and lifted by information managers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from agency_client.cli.files import read_document_file
from agency_client.cli.new_files import write_new
from agency_client.cli.options import command, group
from agency_client.cli.retaining import time_to_come
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import moment, shown, spoken, tell, tell_json, warn
from agency_client.cli.texts import LINE, LONG
from agency_client.client import Client
from agency_client.record.hold_words import KNOWN, REACHES_NOTHING, reach_in_words
from phoenix_protocol.errors import UsageError
from phoenix_protocol.identifiers import PackageId
from phoenix_protocol.sealing.holds import HoldAuthority

_ID_BYTES = 16
_OUT = click.Path(path_type=Path, dir_okay=False)


@group("hold")
def hold() -> None:
    """Keep what an inquiry, a court or a complaint needs: a hold beats erasure."""


@command("add")
@click.option(
    "--authority",
    required=True,
    type=click.Choice([a.value for a in HoldAuthority]),
    help="What asks for it.",
)
@click.option("--ref", "reference", required=True, type=LINE, help="Its reference there.")
@click.option("--subject", type=LINE, help="Everything about this person: a name or a number.")
@click.option("--thread", type=LINE, help="Everything of this thread.")
@click.option("--package", "id_", metavar="ID", help="One package, by its whole id.")
@click.option("--by", required=True, type=LINE, help="Who sets it.")
@click.option("--review", required=True, metavar="WHEN", help="When to look whether it is needed.")
@click.option("--out", required=True, type=_OUT, help="Where to write the order for the desks.")
@click.pass_context
def add(
    ctx: click.Context,
    authority: str,
    reference: str,
    subject: str | None,
    thread: str | None,
    id_: str | None,
    by: str,
    review: str,
    out: Path,
) -> None:
    """Set a hold, in an information manager's home. Hand the order to every desk of your agency."""
    from agency_client.use_cases.holding import NewHold

    review_at = time_to_come(review)
    scope = [text for text in (subject, thread, id_) if text is not None]
    if len(scope) != 1 or review_at is None:
        raise UsageError(
            "E_USAGE",
            "A hold reaches one thing.",
            next="Give one of --subject, --thread and --package.",
        )
    new = NewHold(
        authority=HoldAuthority(authority),
        reference=reference,
        subject=subject,
        thread=thread,
        package=_package_id(id_),
        set_by=by,
        review_at=review_at,
    )
    _require_free(out)

    async def work(client: Client) -> Any:
        kept, order = await client.set_hold(new)
        reaches = await client.reach_of_hold(kept)
        return _Ordered(
            kept=kept, order=order, desks=await client.desks_of_agency(), also={"reaches": reaches}
        )

    _tell_ordered(ctx, out, run(ctx, work))


def _package_id(text: str | None) -> PackageId | None:
    if text is None:
        return None
    try:
        id_ = bytes.fromhex(text)
    except ValueError:
        id_ = b""
    if len(id_) != _ID_BYTES:
        raise UsageError(
            "E_USAGE",
            "This is not the whole id of a package.",
            next="Ask the desk for it: 'phoenix retention --json' shows it.",
        )
    return PackageId(id_)


def _require_free(out: Path) -> None:
    if out.exists():
        raise UsageError("E_FILE", "The file is there already.", next="Choose another name.")


@command("lift")
@click.argument("hold_", metavar="HOLD")
@click.option("--by", required=True, type=LINE, help="Who lifts it.")
@click.option("--reason", required=True, type=LONG, help="Why it is needed no longer.")
@click.option("--out", required=True, type=_OUT, help="Where to write the order for the desks.")
@click.pass_context
def lift(ctx: click.Context, hold_: str, by: str, reason: str, out: Path) -> None:
    """Lift a hold, in an information manager's home. Hand the order to every desk of your agency."""
    _require_free(out)

    async def work(client: Client) -> Any:
        kept, order = await client.lift_hold(hold_, by, reason)
        return _Ordered(kept=kept, order=order, desks=await client.desks_of_agency())

    _tell_ordered(ctx, out, run(ctx, work))


@command("apply")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def apply(ctx: click.Context, file: Path) -> None:
    """Apply an order of your agency's information manager on this desk. Works without the relay."""
    order = read_document_file(file)
    done = run(ctx, lambda client: client.apply_hold(order))
    if as_json(ctx):
        hold_json = _hold_json(done.hold) if done.hold else None
        tell_json({"hold": hold_json, "known": done.is_known, "reaches": done.reaches})
        return
    tell(KNOWN if done.is_known else "Applied.")
    if done.hold is not None:
        _tell_hold(done.hold)
    _tell_reach(done.reaches)
    tell("Tell your information manager that it is applied on this machine: nothing else does.")


@command("list")
@click.pass_context
def list_(ctx: click.Context) -> None:
    """List the holds that are known here. Works without the relay."""
    found = run(ctx, lambda client: client.holds())
    if as_json(ctx):
        tell_json({"holds": [_hold_json(kept) for kept in found]})
        return
    if not found:
        tell("There are no holds here.")
    for kept in found:
        _tell_hold(kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ordered:
    """A hold that was set or lifted, the order for the desks, which they are, and what scripts see of it besides."""

    kept: Any
    order: bytes = field(repr=False)
    desks: Any
    also: Mapping[str, int | None] = field(default_factory=dict)


def _tell_reach(reaches: int | None) -> None:
    if reaches == 0:
        warn(REACHES_NOTHING)
    elif reaches is not None:
        tell(reach_in_words(reaches))


def _tell_ordered(ctx: click.Context, out: Path, done: _Ordered) -> None:
    write_new(out, done.order)
    if as_json(ctx):
        rows = [{"address": address, "machines": machines} for address, machines in done.desks]
        tell_json({"hold": _hold_json(done.kept), "out": str(out), "desks": rows, **done.also})
        return
    _tell_hold(done.kept)
    _tell_reach(done.also.get("reaches"))
    tell(f"The order is in {out}. It names whom it is about: keep it as you keep a file.")
    tell("On every desk and records machine of your agency: phoenix hold apply FILE")
    tell("You are not told when they have. Ask each of them:")
    for address, machines in done.desks:
        tell(f"  {address or '(hidden)'}, {machines} machine{'s' * (machines > 1)}")


def _hold_json(kept: Any) -> dict[str, Any]:
    from agency_client.use_cases.held import hold_name

    said = kept.said
    return {
        "hold": hold_name(kept.hash),
        "authority": said.authority.value,
        "reference": said.reference,
        "subject": said.subject,
        "thread": said.thread,
        "package": said.package.hex() if said.package else None,
        "set_by": said.set_by,
        "set_at": moment(said.time),
        "review_at": moment(said.review_at),
        "lifted_at": moment(kept.lifted),
    }


def _tell_hold(kept: Any) -> None:
    from agency_client.use_cases.held import hold_name

    said = kept.said
    what = said.subject or said.thread or f"package {said.package.hex()[:12]}"
    lifted = f", lifted {spoken(kept.lifted)}" if kept.lifted is not None else ""
    tell(
        f"{hold_name(kept.hash)}  {said.authority.value.replace('_', ' ')}, {shown(said.reference)}{lifted}"
    )
    tell(f"    {shown(what)}")
    tell(f"    set by {shown(said.set_by)}, {spoken(said.time)}; review {spoken(said.review_at)}")


for each in (add, lift, apply, list_):
    hold.add_command(each)
