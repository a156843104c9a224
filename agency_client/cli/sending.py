"""What goes out: send, sent, status, recall."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from agency_client.cli.options import command
from agency_client.cli.progress import progress
from agency_client.cli.restricting import restriction_json
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import (
    legend,
    moment,
    problem_json,
    shown,
    spoken,
    table,
    tell,
    tell_json,
    tell_problems,
    warn,
)
from agency_client.cli.texts import LONG
from agency_client.client import Client
from phoenix_protocol.errors import Problem, UnavailableError
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.package.events import EventKind


@command("send")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--attach", multiple=True, metavar="SECTION=PATH", help="Attach a file to a section.")
@click.option(
    "--expires", metavar="WHEN", help="When it expires, not as in the document: 14d, 36h."
)
@click.option("--urgent", is_flag=True, help="Protect somebody now: decision and law can follow.")
@click.pass_context
def send(
    ctx: click.Context, file: Path, attach: tuple[str, ...], expires: str | None, urgent: bool
) -> None:
    """Check, seal and send a package.

    The same command again finishes a send that was interrupted; once finished, it makes a new package.
    """
    from agency_client.cli.audience_pages import tell_audience
    from agency_client.cli.files import read_document_file, read_options

    data = read_document_file(file)
    options = read_options(attach, expires, urgent)

    async def work(client: Client) -> None:
        seen = _unseen if as_json(ctx) else tell_audience
        with progress("Sending", quiet=as_json(ctx)) as progressed:
            sent = await client.send(data, options, progressed, seen)
        _tell_sent(ctx, sent.result, sent.findings, await client.catalogue())
        await client.told(sent.result.package)

    run(ctx, work)


def _unseen(_findings: Any) -> None:
    """A script reads who reads what in the result."""


def _tell_sent(ctx: click.Context, result: Any, findings: Any, catalogue: Any) -> None:
    from agency_client.cli.audience_pages import audience_json
    from agency_client.cli.drafting import recipients_compared, tell_compared
    from agency_client.cli.owed import tell_owed
    from agency_client.record.looks import owed_name

    warnings = [*findings.warnings, *own_warnings(result)]
    if as_json(ctx):
        tell_json(
            {
                "package": result.package.hex(),
                "recipients": [
                    {"address": r.address, "state": r.state.value} for r in result.recipients
                ],
                "warnings": [problem_json(p) for p in warnings],
                "owed": [problem_json(p) for p in findings.owed],
                **audience_json(findings),
                "compared": recipients_compared(findings),
            }
        )
        return
    tell_problems(warnings)
    tell_compared(findings)
    tell(f"Sent. Package {result.package.hex()}")
    for recipient in result.recipients:
        tell(f"  {recipient.address}: {recipient.state.value}")
    tell_owed(map(owed_name, findings.owed), result.package.hex()[:12], catalogue)


def own_warnings(result: Any) -> list[Problem]:
    """What there is to say of the send itself."""
    found = []
    if result.resumed:
        found.append(
            Problem(
                code="W_FINISHED",
                message="This send was begun before and was interrupted. It is finished now.",
                next="Nothing more to do: there is one package of it.",
            )
        )
    if result.repeated is not None:
        found.append(
            Problem(
                code="W_SENT_BEFORE",
                message="Exactly this was sent before. This is a new package beside it.",
                next=f"If you did not mean to: phoenix recall {result.package.hex()[:12]}",
            )
        )
    if result.left_out:
        found.append(
            Problem(
                code="W_NO_KEY",
                message=f"{len(result.left_out)} machines of a recipient have no key and get nothing.",
                next="Their desk has it. Ask them to run 'phoenix inbox' on those machines.",
            )
        )
    return found


@command("sent")
@click.pass_context
def sent(ctx: click.Context) -> None:
    """List what you have sent. Works without the relay."""

    async def work(client: Client) -> tuple[Any, Any]:
        found = await client.sent()
        return found, client.restrictions([line.package.core for line in found])

    lines, restricted = run(ctx, work)
    if as_json(ctx):
        tell_json(
            {"packages": [_sent_json(line, restricted.get(line.package.core)) for line in lines]}
        )
        return
    if not lines:
        tell("Nothing has been sent.")
        return
    from agency_client.cli.meanings import SENT_STATES

    table(
        ("Package", "To", "Purpose", "Sent", "State"),
        [
            (
                line.package.package.hex()[:12],
                ", ".join(_written_to(line.addresses)),
                line.package.purpose,
                spoken(line.package.created),
                _overall(line),
            )
            for line in lines
        ],
    )
    legend(map(_overall, lines), SENT_STATES)


def _written_to(addresses: Any) -> list[str]:
    return [a.address for a in addresses if a.why is Why.TO]


def _overall(line: Any) -> str:
    """The state of the address that is furthest behind: what still needs somebody's eye."""
    from agency_client.ports.vault import Progress
    from phoenix_protocol.package.lifecycle import State, least_advanced

    states = [a.state for a in line.addresses if a.why is Why.TO]
    # Given up, and not known to the relay either.
    if line.package.progress is Progress.GIVEN_UP and set(states) <= {State.SENT}:
        return "given up"
    return str(least_advanced(states).value)


def _sent_json(line: Any, restricted: Any) -> dict[str, Any]:
    package = line.package
    return {
        "package": package.package.hex(),
        "to": _written_to(line.addresses),
        "purpose": package.purpose,
        "created": moment(package.created),
        "expires": moment(package.expires),
        "state": _overall(line),
        "owed": list(package.owed),
        "restricted": restriction_json(restricted) if restricted is not None else None,
    }


@command("status")
@click.argument("id_", metavar="ID")
@click.option("--offline", is_flag=True, help="Show what is known without asking the relay.")
@click.option("--seen", is_flag=True, help="Mark as seen that it was not delivered.")
@click.pass_context
def status(ctx: click.Context, id_: str, offline: bool, seen: bool) -> None:
    """Show how far a package is, at each recipient."""

    async def work(client: Client) -> Any:
        asked = True
        if not offline:
            try:
                await client.catch_up()
                await client.ask_where(client.find_sent(id_))
            except UnavailableError:
                asked = False
        core = client.find_sent(id_)
        if seen:
            await client.see_non_delivery(core)
        words = await client.catalogue()
        return await client.status(core), client.notices_of(core), asked, words

    found, notices, asked, words = run(ctx, work, quick=True)
    if not asked:
        warn("The relay is not available. This is what was last known.")
    if as_json(ctx):
        tell_json(_status_json(found, notices))
        return
    from agency_client.cli.owed import tell_owed

    _tell_status(found)
    _tell_notices(notices)
    tell_owed(found.package.owed, found.package.package.hex()[:12], words)


def _status_json(found: Any, notices: Any) -> dict[str, Any]:
    from agency_client.cli.notice_pages import notice_json

    def one(address: Any) -> dict[str, Any]:
        return {
            "address": address.address,
            "state": address.state.value,
            "since": moment(address.since),
            "endpoints": [
                {
                    "endpoint": e.endpoint.hex(),
                    "state": e.state.value,
                    "since": moment(e.since),
                }
                for e in found.endpoints
                if e.address == address.address
            ],
        }

    return {
        "package": found.package.package.hex(),
        "recipients": [one(a) for a in found.addresses if a.why is Why.TO],
        "copies": [one(a) for a in found.addresses if a.why is not Why.TO],
        "expires": moment(found.package.expires),
        "events": [_event_json(event) for event in found.events],
        "warnings": [
            {"code": a.code, "about": a.about, "time": moment(a.time), "seen": a.seen is not None}
            for a in found.alerts
        ],
        "owed": list(found.package.owed),
        "notices": [notice_json(notice) for notice in notices],
    }


def _event_json(event: Any) -> dict[str, Any]:
    from agency_client.use_cases.viewing import detail_of

    detail = detail_of(event)
    said = {
        name: getattr(detail, name)
        for name in ("owner", "use", "reason", "words", "record")
        if detail is not None and getattr(detail, name) is not None
    }
    if detail is not None and detail.due is not None:
        said["due"] = moment(detail.due)
    return {
        "endpoint": event.endpoint.hex(),
        "state": event.kind.value,
        "time": moment(event.time),
        **said,
    }


def _tell_status(found: Any) -> None:
    from agency_client.cli.meanings import LOST, MEANING, STATES

    where = {endpoint.endpoint.hex(): endpoint.address for endpoint in found.endpoints}
    for alert in found.alerts:
        if alert.seen is None:
            at = f", {where[alert.about]}" if alert.about in where else ""
            warn(f"{alert.code}{at}: {MEANING.get(alert.code, 'See the audit record.')}")
    written_to = [a for a in found.addresses if a.why is Why.TO]
    table(
        ("Address", "State", "Since"),
        [(a.address, a.state.value, spoken(a.since)) for a in written_to],
    )
    for state, lost in dict.fromkeys((a.state, _is_lost(a, found.package)) for a in written_to):
        tell(f"{state.value}: {LOST if lost else STATES[state.value]}.")
    said_by = {endpoint.endpoint: endpoint.address for endpoint in found.endpoints}
    #: An address acknowledges again when the owner changes: the newest stands.
    standing = {
        said_by.get(e.endpoint): e.hash
        for e in sorted(found.events, key=lambda e: (e.time, e.counter))
        if e.kind is EventKind.ACKNOWLEDGED
    }
    for event in found.events:
        if words := _event_words(event):
            who = said_by.get(event.endpoint, "somebody")
            replaced = event.kind is EventKind.ACKNOWLEDGED and event.hash not in standing.values()
            note = " (replaced by a later one)" if replaced else ""
            tell(f"{who}: {event.kind.value}, {spoken(event.time)}{note}")
            tell(f"  {shown('; '.join(words))}")


def _is_lost(address: Any, package: Any) -> bool:
    """Whether it ended at an address before its time was over."""
    from phoenix_protocol.package.lifecycle import State

    return address.state is State.EXPIRED and address.since < package.expires


def _tell_notices(notices: Any) -> None:
    from agency_client.cli.notice_pages import holder_line, lines_of

    for notice in notices:
        tell(f"{notice.called}:")
        for line in lines_of(notice):
            tell(f"  {line}")
        for holder in notice.holders:
            tell(f"  {holder_line(holder, notice.noticed.action)}")


def _event_words(event: Any) -> list[str]:
    from agency_client.use_cases.viewing import detail_of

    detail = detail_of(event)
    if detail is None:
        return []
    said = {
        "owner": detail.owner,
        "use": detail.use,
        "due": spoken(detail.due) if detail.due is not None else None,
        "reason": detail.reason,
        "words": detail.words,
    }
    return [f"{name}: {value}" for name, value in said.items() if value is not None]


@command("recall")
@click.argument("id_", metavar="ID")
@click.option(
    "--reason", required=True, type=LONG, help="Why you take it back; recipients may read it."
)
@click.pass_context
def recall(ctx: click.Context, id_: str, reason: str) -> None:
    """Take a package back from everybody who has not accepted it."""

    async def work(client: Client) -> Any:
        return await client.recall(client.find_sent(id_), reason)

    found = run(ctx, work)
    if as_json(ctx):
        tell_json(
            {
                "package": found.package.package.hex(),
                "recipients": [
                    {"address": address, "answer": answer.value}
                    for address, answer in found.answers
                ],
            }
        )
        return
    for address, answer in found.answers:
        tell(f"{address}: {_ANSWERS[answer.value]}")


_ANSWERS = {
    "RECALLED": "recalled, unread",
    "TOO_LATE": "too late: they had accepted or returned it",
    "UNKNOWN": "not known there",
}
