"""People: what there is to do about members and the partnership, for whoever this home is."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from agency_client.ports.vault.settings import CHECKED
from agency_client.web.asked import Asked
from agency_client.web.people_words import Who, who_of
from agency_client.web.table import get


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One line of the page: where it leads, and what is pressing there."""

    title: str
    href: str
    hint: str = ""
    tag: str = ""


async def people(asked: Asked) -> web.StreamResponse:
    """Everything about people, in groups."""
    who = who_of(asked)
    groups = [
        ("Your agency", _agency(asked, who) if who.is_manager else ()),
        ("Everybody", _everybody(who)),
        ("The partnership", _partnership(who) if who.is_known else ()),
        ("This machine", _machine()),
    ]
    return asked.page(
        "people/index.html", title="People", groups=[group for group in groups if group[1]]
    )


def _agency(asked: Asked, who: Who) -> tuple[Way, ...]:
    waiting = asked.desk.heard.joining or 0
    lines = [
        Way(
            title="Who waits to join",
            href="/members/waiting",
            hint="Compare the words by phone, then approve.",
            tag=f"{waiting:,} waiting" if waiting else "",
        ),
        Way(
            title="Members of your agency",
            href="/members/own",
            hint="See them, and end whoever has left.",
        ),
        Way(
            title="Holds",
            href="/reviews/holds",
            hint="What has to be kept for an inquiry, a court or a complaint.",
        ),
    ]
    if who.speaks_for is not None:
        lines += [
            Way(
                title="What your agency assures of its security",
                href="/members/partnership/assurances",
            ),
        ]
    return tuple(lines)


def _everybody(who: Who) -> tuple[Way, ...]:
    if who.is_waiting or not (who.is_desk or who.is_manager):
        hint = "Read them out to your information manager." if who.is_waiting else ""
        title = "Your words to read out" if who.is_waiting else "Join a partnership"
        return (Way(title=title, href="/members/joining", hint=hint),)
    return (
        Way(
            title="Directory",
            href="/members/directory",
            hint="Who there is, and the words to compare by phone before you trust an address.",
        ),
    )


def _partnership(who: Who) -> tuple[Way, ...]:
    lines = [
        Way(
            title="The partnership and its agencies",
            href="/members/partnership",
            hint="Its yearly review, who has adopted the protocol, what assures their security.",
        ),
        Way(
            title="The protocol",
            href="/members/partnership/protocol",
            hint="Read what the agencies signed.",
        ),
    ]
    if who.is_governor:
        lines.append(
            Way(
                title="Admit an agency",
                href="/members/partnership/admit",
                hint="With the request file that it gave you.",
            )
        )
    return tuple(lines)


def _machine() -> tuple[Way, ...]:
    return (
        Way(title="Keys on this machine", href="/members/keys", hint="What is due, and when."),
        Way(title="Alarms", href="/alarms", hint="What nobody has dealt with yet."),
        Way(
            title="Audit record",
            href="/members/audit",
            hint="Everything done here, in an order that nobody can change unseen.",
        ),
    )


def checked(asked: Asked) -> int | None:
    """When the relay last showed who is who."""
    with asked.client.home.vault.reading() as view:
        return view.settings.get(CHECKED)


PAGES = (get("/members", people),)
