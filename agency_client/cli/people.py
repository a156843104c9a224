"""Who there is: joining, members, agencies, the directory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from agency_client.cli.anchors import read_anchor
from agency_client.cli.compared_pages import compared_json, compared_text
from agency_client.cli.governance import profile_options, read_day
from agency_client.cli.new_files import write_new
from agency_client.cli.options import command, group
from agency_client.cli.protocols import adopt, declare
from agency_client.cli.running import as_json, run
from agency_client.cli.signatories import signatory_json, tell_signatories
from agency_client.cli.telling import moment, shown, spoken, table, tell, tell_json
from agency_client.cli.texts import LINE
from agency_client.client import Client
from agency_client.use_cases.agencies import AgencyProfile
from agency_client.use_cases.joining import Asked, DirectoryLines, MemberLine, Waiting
from phoenix_protocol.directory.statements import EndReason, Role
from phoenix_protocol.errors import UsageError
from phoenix_protocol.identifiers import address, agency_id


@group("agency")
def agency() -> None:
    """An agency's own word (managers): its keys, the protocol it adopts, what it assures of its security."""


@command("create")
@click.argument("id_", metavar="ID")
@click.option("--name", required=True, type=LINE, help="The agency's name.")
@click.option("--anchor", required=True, help="The partnership's anchor, from whoever governs it.")
@click.option("--relay", required=True, help="The relay's address.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Where to write it.")
@profile_options
@click.pass_context
def create(
    ctx: click.Context,
    id_: str,
    name: str,
    anchor: str,
    relay: str,
    out: Path,
    kind: str,
    jurisdiction: str,
    legal_scope: str,
    person: str,
) -> None:
    """Make the keys of agency ID and its admission request, to hand to governance."""
    profile = AgencyProfile(
        agency=agency_id(id_),
        name=name,
        kind=kind,
        jurisdiction=jurisdiction,
        legal_scope=legal_scope,
    )
    root = read_anchor(anchor)
    if out.exists():
        raise UsageError("E_FILE", "The file is there already.", next="Choose another name.")
    request = run(
        ctx, lambda client: client.create_agency(relay, root, profile, person), may_make=True
    )
    write_new(out, request)
    if as_json(ctx):
        tell_json({"agency": id_, "out": str(out)})
        return
    tell(f"The admission request is in {out}. Hand it to whoever governs the partnership.")


for each in (create, adopt, declare):
    agency.add_command(each)


@command("join")
@click.argument("address_", metavar="ADDRESS")
@click.option("--anchor", required=True, help="The partnership's anchor, from whoever governs it.")
@click.option("--relay", required=True, help="The relay's address.")
@click.option("--name", required=True, type=LINE, help="The name of the desk, or yours.")
@click.option("--person", is_flag=True, help="A person's own address, not a desk: it stays hidden.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.PRACTITIONER.value,
    show_default=True,
    help="People read here, a program does, or a copy is kept here.",
)
@click.pass_context
def join(
    ctx: click.Context,
    address_: str,
    anchor: str,
    relay: str,
    name: str,
    person: bool,
    role: str,
) -> None:
    """Make this machine's keys and ask to be ADDRESS, such as mash@northshire-police."""
    wanted, root = address(address_), read_anchor(anchor)
    asked: Asked = run(
        ctx,
        lambda client: client.join(wanted, root, relay, name, personal=person, role=Role(role)),
        may_make=True,
    )
    if as_json(ctx):
        tell_json({"address": asked.address, "code": asked.code, "words": list(asked.words)})
        return
    tell("Read these words to your information manager, by phone or in person:")
    tell(f"  {' '.join(asked.words)}")
    tell(f"or the code  {asked.code}")


@group("members")
def members() -> None:
    """Approve, list and end members (managers)."""


def member_json(line: MemberLine) -> dict[str, Any]:
    """A member as scripts see it."""
    return {
        "address": line.address,
        "name": line.name,
        "endpoint": line.endpoint.hex(),
        "role": line.role.value,
        "standing": line.standing,
        "valid_until": moment(line.valid_until),
    }


def _tell_members(lines: tuple[MemberLine, ...]) -> None:
    table(
        ("Address", "Name", "Standing", "Endpoint"),
        [
            (line.address or "(hidden)", line.name or "", line.standing, line.endpoint.hex()[:16])
            for line in lines
        ],
    )


@command("list")
@click.pass_context
def list_(ctx: click.Context) -> None:
    """List members and who waits to join."""

    async def both(client: Any) -> tuple[tuple[MemberLine, ...], tuple[Waiting, ...]]:
        return await client.members(), await client.waiting()

    lines, waiting = run(ctx, both, quick=True)
    if as_json(ctx):
        tell_json(
            {
                "members": [member_json(line) for line in lines],
                "waiting": [
                    {
                        "address": w.address,
                        "name": w.name,
                        "code": w.code,
                        "words": list(w.words),
                        "asked": moment(w.created),
                    }
                    for w in waiting
                ],
            }
        )
        return
    _tell_members(lines)
    for w in waiting:
        tell()
        tell(f"Waiting: {w.address}, {shown(w.name)}, asked {spoken(w.created)}")
        tell(f"  {' '.join(w.words)}   {w.code}")


@command("approve")
@click.argument("code")
@click.pass_context
def approve(ctx: click.Context, code: str) -> None:
    """Approve the request whose CODE was read out to you.

    If words were read out: 'phoenix members list' shows the words and the code of everybody who waits.
    """
    line: MemberLine = run(ctx, lambda client: client.approve(code))
    if as_json(ctx):
        tell_json(member_json(line))
        return
    tell(f"{line.address} is a member now.")


@command("end")
@click.argument("address_", metavar="ADDRESS")
@click.option(
    "--reason",
    required=True,
    type=click.Choice([reason.value for reason in EndReason]),
    help="Old signatures stay good, except those made after a compromise.",
)
@click.option("--since", help="The day of the compromise: 2026-11-20. Without it: now.")
@click.pass_context
def end(ctx: click.Context, address_: str, reason: str, since: str | None) -> None:
    """End every machine of ADDRESS."""
    wanted = address(address_)
    day = read_day(since) if since is not None else None
    lines: tuple[MemberLine, ...] = run(
        ctx, lambda client: client.end_member(wanted, EndReason(reason), day)
    )
    if as_json(ctx):
        tell_json({"members": [member_json(line) for line in lines]})
        return
    _tell_members(lines)


for each in (list_, approve, end):
    members.add_command(each)


@command("directory")
@click.argument("address_", metavar="[ADDRESS]", required=False)
@click.pass_context
def directory(ctx: click.Context, address_: str | None) -> None:
    """List everybody you can send to, or the machines of one ADDRESS."""
    wanted = address(address_) if address_ is not None else None

    async def work(client: Client) -> tuple[DirectoryLines, Any]:
        found = await client.directory(wanted)
        return found, client.last_compared(wanted) if wanted and found.members else None

    found, compared = run(ctx, work, quick=True)
    if as_json(ctx):
        tell_json(
            {
                "members": [member_json(line) for line in found.members],
                "agencies": [signatory_json(line) for line in found.agencies],
                "compared": compared_json(compared) if compared is not None else None,
            }
        )
        return
    if not found.members:
        tell("Nobody has this address.")
        return
    _tell_members(found.members)
    if compared is not None:
        tell(compared_text(compared))
    tell()
    tell_signatories(found.agencies)


@command("fingerprint")
@click.argument("address_", metavar="ADDRESS")
@click.option("--compared", is_flag=True, help="Keep that they were compared, and the same.")
@click.option("--by", type=LINE, metavar="NAME", help="Who compared them.")
@click.pass_context
def fingerprint(ctx: click.Context, address_: str, compared: bool, by: str | None) -> None:
    """Show the words of ADDRESS: both sides read them out and they must be the same.

    Phone on a number that you know already. With --compared it is kept that the words shown last were compared.
    """
    wanted = address(address_)
    if by is not None and not compared:
        raise click.UsageError("Give --by with --compared.", ctx)

    async def work(client: Client) -> Any:
        return await (client.compared(wanted, by) if compared else client.fingerprint(wanted))

    found = run(ctx, work, quick=True)
    if as_json(ctx):
        tell_json(
            {
                "address": wanted,
                "words": list(found.words),
                "keys": [key.hex() for key in found.keys],
                "compared": {
                    **compared_json(found.compared),
                    "keys": [key.hex() for key in found.compared_keys],
                },
            }
        )
        return
    tell(" ".join(found.words))
    tell(compared_text(found.compared))
