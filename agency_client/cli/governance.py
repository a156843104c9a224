"""Founding and governing a partnership: ``phoenix partnership …``."""

from __future__ import annotations

import calendar
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from agency_client.cli.files import read_file
from agency_client.cli.options import command, group
from agency_client.cli.protocols import protocol as protocol_command
from agency_client.cli.protocols import read_text, review, warn_of_protocol
from agency_client.cli.running import as_json, run
from agency_client.cli.signatories import protocol_json, signatory_json, tell_signatories
from agency_client.cli.telling import (
    is_terminal,
    moment,
    shown,
    spoken_day,
    tell,
    tell_json,
    warn,
)
from agency_client.cli.texts import LINE
from agency_client.use_cases.agencies import AgencyProfile
from agency_client.use_cases.founding import NewPartnership
from agency_client.use_cases.governing import PartnershipStatus
from phoenix_protocol.directory.statements import Standing
from phoenix_protocol.errors import UsageError
from phoenix_protocol.identifiers import Seconds, agency_id


def read_day(text: str) -> Seconds:
    """A day such as 2027-11-01 as its first second in UTC. Raises UsageError ``E_USAGE``."""
    try:
        return Seconds(calendar.timegm(time.strptime(text, "%Y-%m-%d")))
    except ValueError:
        raise UsageError(
            "E_USAGE", "This is not a day.", next="Write it as year-month-day: 2027-11-01."
        ) from None


def _warn_if_past(review_due: Seconds) -> None:
    """A review in the past stops nothing, and is rarely meant."""
    if review_due < time.time():
        warn("The day of the review is past, so the review is overdue from the start.")


#: More than any claim has.
_CLAIM_CHARACTERS = 256

#: What an agency that does not say its kind is. Rules of law for one kind of agency say nothing of it.
UNSPECIFIED = "unspecified"


def _known_word(enumeration: str) -> Callable[..., str]:
    """Takes a word of the catalogue's ``enumeration`` and refuses any other: rules of law go by it."""

    def check(ctx: click.Context, param: click.Parameter, value: str) -> str:
        from agency_client.record.shipped import shipped_catalogue

        words = shipped_catalogue().enumerations[enumeration]
        if value != param.get_default(ctx) and value not in words:
            raise click.BadParameter(f"Use one of: {', '.join(words)}.", ctx, param)
        return value

    return check


_PROFILE = [
    click.option(
        "--kind",
        default=UNSPECIFIED,
        callback=_known_word("agency_kind"),
        help="council, police, health, education, probation, justice, housing, voluntary or other. "
        "Some rules of law go by it.",
    ),
    click.option(
        "--jurisdiction",
        default="england",
        show_default=True,
        callback=_known_word("jurisdiction"),
        help="england, wales, scotland or northern_ireland.",
    ),
    click.option(
        "--legal-scope",
        type=click.Choice(["a", "b", "c", "none"]),
        default="none",
        show_default=True,
        help="Under which letter of the Children Act 2004, section 16LA, the agency falls.",
    ),
    click.option(
        "--person",
        type=LINE,
        default="Information manager",
        show_default=True,
        help="Who holds these keys: a name or a role.",
    ),
]


F = TypeVar("F", bound=Callable[..., Any])


def profile_options(function: F) -> F:
    """The options that describe an agency."""
    for option in reversed(_PROFILE):
        function = option(function)
    return function


def _read_claim(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    """The claim is a secret until it is used: other users of a machine can see the words of a command."""
    return sys.stdin.readline(_CLAIM_CHARACTERS).strip() if value == "-" else value


@group("partnership")
def partnership() -> None:
    """Found and govern a partnership."""


@command("create")
@click.option("--name", required=True, type=LINE, help="The partnership's name.")
@click.option("--relay", required=True, help="The relay's address, such as https://relay.example.")
@click.option(
    "--claim",
    required=True,
    callback=_read_claim,
    help="The claim that 'phoenix-relay init' printed; - reads it from standard input.",
)
@click.option("--review-due", required=True, help="When the protocol is reviewed: 2027-11-01.")
@click.option("--agency", required=True, help="Your agency's id, such as quillmere-council.")
@click.option("--agency-name", required=True, type=LINE, help="Your agency's name.")
@click.option(
    "--threshold",
    type=int,
    default=1,
    show_default=True,
    help="Signatures needed to decide: 1 to begin with.",
)
@click.option(
    "--protocol",
    type=LINE,
    default="Information sharing protocol",
    help="Name of the protocol.",
)
@click.option(
    "--protocol-text",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The text of the protocol, as it is signed.",
)
@profile_options
@click.pass_context
def create(
    ctx: click.Context,
    name: str,
    relay: str,
    claim: str,
    review_due: str,
    agency: str,
    agency_name: str,
    threshold: int,
    protocol: str,
    protocol_text: Path | None,
    kind: str,
    jurisdiction: str,
    legal_scope: str,
    person: str,
) -> None:
    """Found a partnership on a relay that nobody has claimed."""
    new = NewPartnership(
        name=name,
        protocol=protocol,
        protocol_text=read_text(protocol_text),
        review_due=read_day(review_due),
        threshold=threshold,
        founder=AgencyProfile(
            agency=agency_id(agency),
            name=agency_name,
            kind=kind,
            jurisdiction=jurisdiction,
            legal_scope=legal_scope,
        ),
        person=person,
    )
    _warn_if_past(new.review_due)
    anchor = run(
        ctx, lambda client: client.create_partnership(relay, claim, new), may_make=True
    ).hex()
    if as_json(ctx):
        tell_json({"anchor": anchor})
        return
    tell(
        "The partnership is founded. Give this anchor to everybody who joins, by a way they trust:"
    )
    tell(f"  {anchor}")


@command("admit")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def admit(ctx: click.Context, file: Path) -> None:
    """Admit the agency whose request is in FILE."""
    request = read_file(file)
    found: AgencyProfile = run(ctx, lambda client: client.admit(request))
    if as_json(ctx):
        tell_json({"agency": found.agency, "name": found.name})
        return
    tell(f"{shown(found.name)} ({found.agency}) is a signatory now.")


def _standing(ctx: click.Context, agency: str, standing: Standing) -> None:
    run(ctx, lambda client: client.set_standing(agency_id(agency), standing))
    if as_json(ctx):
        tell_json({"agency": agency, "standing": standing.value})
        return
    tell(f"{agency} is {standing.value}.")


def _confirm(question: str) -> None:
    """Ask where somebody can answer. Raises UsageError ``E_USAGE`` where nobody can."""
    if not is_terminal():
        raise UsageError("E_USAGE", "This cannot be undone.", next="If you are sure, add --yes.")
    click.confirm(question, abort=True, err=True)


@command("suspend")
@click.argument("agency")
@click.pass_context
def suspend(ctx: click.Context, agency: str) -> None:
    """Suspend an agency: it takes no part until it is resumed."""
    _standing(ctx, agency, Standing.SUSPENDED)


@command("resume")
@click.argument("agency")
@click.pass_context
def resume(ctx: click.Context, agency: str) -> None:
    """Resume a suspended agency."""
    _standing(ctx, agency, Standing.RESUMED)


@command("close")
@click.argument("agency")
@click.option("--yes", is_flag=True, help="Do not ask whether you are sure.")
@click.pass_context
def close(ctx: click.Context, agency: str, yes: bool) -> None:
    """Close an agency for ever."""
    if not yes:
        _confirm("A closed agency never comes back. Close it?")
    _standing(ctx, agency, Standing.CLOSED)


@command("amend")
@click.option("--name", type=LINE, help="A new name.")
@click.option("--review-due", help="The next review: 2028-11-01.")
@click.option("--protocol", type=LINE, help="The name of the protocol from now on.")
@click.option(
    "--protocol-text",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The text of the protocol from now on.",
)
@click.pass_context
def amend(
    ctx: click.Context,
    name: str | None,
    review_due: str | None,
    protocol: str | None,
    protocol_text: Path | None,
) -> None:
    """Change the partnership's name, the day of its review, or the name or text of its protocol.

    Another name or text is another version of the protocol, which every agency adopts anew.
    """
    changes: dict[str, object] = {}
    if name is not None:
        changes["name"] = name
    if review_due is not None:
        changes["review_due"] = read_day(review_due)
        _warn_if_past(read_day(review_due))
    if protocol is not None:
        changes["protocol"] = protocol
    text = read_text(protocol_text)
    if not changes and text is None:
        raise UsageError("E_USAGE", "There is nothing to change.", next="Give at least one option.")
    if protocol is not None and text is None:
        warn("The protocol's text stays what it was. Give another one with --protocol-text.")
    said = run(ctx, lambda client: client.amend(text=text, **changes))
    if as_json(ctx):
        tell_json({"version": said.version, "protocol": said.protocol_version})
        return
    tell(f"The partnership is at version {said.version}.")
    tell(f"Its protocol is at version {said.protocol_version}.")


@command("status")
@click.pass_context
def status(ctx: click.Context) -> None:
    """Show the partnership and its agencies: who has adopted the protocol, what assures their security."""
    found: PartnershipStatus = run(ctx, lambda client: client.partnership_status(), quick=True)
    warn_of_protocol(found)
    if as_json(ctx):
        tell_json(
            {
                "name": found.name,
                "anchor": found.anchor.hex(),
                "version": found.version,
                "review_due": moment(found.review_due),
                "review_overdue": found.overdue,
                "governors": found.governors,
                "threshold": found.threshold,
                "relay": found.relay,
                "log_size": found.log_size,
                "protocol": protocol_json(found.protocol),
                "review": found.review.hex() if found.review is not None else None,
                "not_adopted": list(found.not_adopted),
                "agencies": [signatory_json(line) for line in found.agencies],
            }
        )
        return
    tell(f"{shown(found.name)}, version {found.version}")
    tell(f"Anchor: {found.anchor.hex()}")
    tell(f"Protocol: {shown(found.protocol.name)}, version {found.protocol.number}")
    tell(f"Review due: {spoken_day(found.review_due)}")
    tell(f"{found.threshold} of {found.governors} governance keys decide.")
    tell()
    tell_signatories(found.agencies)


for each in (create, admit, suspend, resume, close, amend, status, protocol_command, review):
    partnership.add_command(each)
