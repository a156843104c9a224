"""What nobody has seen yet: each alarm in words, with what to do, and put away by whoever has dealt with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from agency_client.client import Client
from agency_client.ports.vault import Alert
from agency_client.web.alarm_words import AlarmWords, words_of
from agency_client.web.asked import Asked
from agency_client.web.naming import inbox_path, number_of
from agency_client.web.paging import pages_of
from agency_client.web.table import get, post
from phoenix_protocol.identifiers import Address

_MOST: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An alert for a person. ``link`` leads to the package or notice that it is about, when that is here."""

    alert: Alert
    words: AlarmWords
    sender: Address | None
    link: str | None
    link_text: str | None
    needs_outcome: bool


async def alarms(asked: Asked) -> web.StreamResponse:
    """What nobody has seen, newest first."""
    found = tuple(reversed(await asked.client.alerts()))
    number = number_of(asked.query("page"))
    start = (number - 1) * _MOST
    return asked.page(
        "inbox/alarms.html",
        title="Alarms",
        alarms=[_alarm(asked.client, alert) for alert in found[start : start + _MOST]],
        whole=len(found),
        pagination=pages_of(len(found), _MOST, number, "/alarms?page="),
    )


def _alarm(client: Client, alert: Alert) -> Alarm:
    words = words_of(alert.code)
    needs_outcome = client.needs_outcome(alert)
    link, text = _place(client, alert, words, needs_outcome=needs_outcome)
    return Alarm(
        alert=alert,
        words=words,
        sender=client.sender_of(alert),
        link=link,
        link_text=text,
        needs_outcome=needs_outcome,
    )


def _place(
    client: Client, alert: Alert, words: AlarmWords, *, needs_outcome: bool
) -> tuple[str | None, str | None]:
    """Where the thing itself is: a notice, a package that is in the inbox; otherwise the part of the app."""
    if needs_outcome:
        return f"/notices/{alert.about}", "See it, and say what you did"
    if alert.core is not None and client.is_received(alert.core):
        return inbox_path(alert.core), "See the package"
    return words.link, words.link_text


async def seen(asked: Asked) -> web.StreamResponse:
    """Somebody has dealt with it. A correction or withdrawal stays until its outcome is said."""
    number = asked.part("number")
    if not number.isdecimal():
        raise web.HTTPNotFound
    await asked.client.see_alert(int(number))
    return asked.go("/alarms")


PAGES = (get("/alarms", alarms), post("/alarms/{number}/seen", seen))
