"""Sent: the list, and one package with its way to every recipient."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from agency_client.ports.vault import Shows
from agency_client.ports.vault.needing import NOT_DELIVERED
from agency_client.use_cases.following import Following
from agency_client.web.alarm_words import words_of
from agency_client.web.asked import Asked
from agency_client.web.naming import number_of, sent_core
from agency_client.web.notice_words import SAID, did
from agency_client.web.paging import pages_of
from agency_client.web.sent_items import items_of, what_can_be_said
from agency_client.web.sent_words import (
    ANSWERS,
    MOVING,
    SHOWS,
    STEPS,
    THERE,
    TROUBLE,
    UNTIMED,
    as_of,
    known_at,
    overall,
)
from agency_client.web.table import get, post
from phoenix_protocol.errors import UnavailableError
from phoenix_protocol.identifiers import Address
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.package.lifecycle import State

_MOST: Final = 50
#: What has just been done, as the page of the package says it.
_SAID: Final = {
    "recalled": "The relay has answered for every recipient. See below.",
    "corrected": "The correction is on its way to everybody who was told.",
    "withdrawn": "The withdrawal is on its way to everybody who was told.",
    "released": "The release is on its way to everybody who has it.",
    "looked": "The relay has been asked. This is how it stands now.",
    "away": "The relay does not answer. This is what was last known.",
    "seen": "Noted: somebody here has seen that it was not delivered.",
}
#: Sending again makes sense from here on.
_ENDED: Final = frozenset({State.EXPIRED, State.UNREADABLE, State.RETURNED, State.RECALLED})


async def sent(asked: Asked) -> web.StreamResponse:
    """What was sent, newest first, fifty on a page."""
    wanted = asked.query("show")
    shows = Shows(wanted) if wanted in {each.value for each in Shows} else Shows.ALL
    number = number_of(asked.query("page"))
    page = await asked.client.sent_page(shows, start=(number - 1) * _MOST, most=_MOST)
    lines = [
        (line.package, written := [a for a in line.addresses if a.why is Why.TO], overall(written))
        for line in page.lines
    ]
    path = f"/sent?show={shows.value}&page=" if shows is not Shows.ALL else "/sent?page="
    return asked.page(
        "sent/list.html",
        title="Sent",
        lines=lines,
        whole=page.whole,
        shows=shows,
        filters=SHOWS,
        there=THERE,
        pagination=pages_of(page.whole, _MOST, number, path),
    )


async def one(asked: Asked) -> web.StreamResponse:
    """One package: how far it is with everybody, what was said of it, and what can be done."""
    found = await asked.client.follow(sent_core(asked))
    return asked.page(
        "sent/one.html",
        title="A package you sent",
        here=f"/sent/{found.package.core.hex()}",
        found=found,
        notices=[each for every in found.notices.values() for each in every],
        alarms=[words_of(a.code) for a in found.status.alerts if a.seen is None],
        not_delivered=any(a.seen is None and a.code in NOT_DELIVERED for a in found.status.alerts),
        can_say=what_can_be_said(items_of(found)),
        can_recall=any(each.recallable for each in found.recipients),
        can_repeat=found.has_document and await _is_ended(asked, found),
        said=_SAID.get(asked.query("said")),
        catalogue=await asked.client.catalogue(),
        now=asked.now,
        there=THERE,
        steps=STEPS,
        trouble=TROUBLE,
        untimed=UNTIMED,
        as_of=_as_of(asked, found),
        answers=ANSWERS,
        notice_said=SAID,
        did=did,
    )


def _as_of(asked: Asked, found: Following) -> dict[Address, str]:
    """As of when it is at each address where it may have gone on since."""
    heard, here = asked.desk.heard.at, asked.desk.asked_where.get(found.package.core)
    return {
        each.address: as_of(known_at(each.state, each.since, heard, here), asked.now)
        for each in found.recipients
        if each.state in MOVING
    }


async def _is_ended(asked: Asked, found: Following) -> bool:
    """Whether it did not get to somebody, and is no request: that is asked again from the requests."""
    states = {each.state for each in found.recipients}
    is_request = asked.client.request_due(found.package.package) is not None
    return bool(states & _ENDED) and not is_request


async def look(asked: Asked) -> web.StreamResponse:
    """Ask the relay now how far it is."""
    core = sent_core(asked)
    try:
        await asked.client.catch_up()
        await asked.client.ask_where(core)
    except UnavailableError:
        return asked.go(f"/sent/{core.hex()}?said=away")
    asked.desk.asked_where[core] = asked.now
    return asked.go(f"/sent/{core.hex()}?said=looked")


async def seen(asked: Asked) -> web.StreamResponse:
    """Somebody has seen that it was not delivered: every alarm that says so is put away."""
    core = sent_core(asked)
    await asked.client.see_non_delivery(core)
    status = await asked.client.status(core)
    for alert in status.alerts:
        if alert.seen is None and alert.code in NOT_DELIVERED:
            await asked.client.see_alert(alert.number)
    return asked.go(f"/sent/{core.hex()}?said=seen")


PAGES = (
    get("/sent", sent),
    get("/sent/{package}", one),
    post("/sent/{package}/look", look),
    post("/sent/{package}/seen", seen),
)
