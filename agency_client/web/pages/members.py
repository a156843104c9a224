"""For an information manager: the members of the agency, and ending one."""

from __future__ import annotations

import calendar
import time
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.use_cases.joining import MemberLine
from agency_client.use_cases.needing import MEMBERS_NEAR
from agency_client.web.asked import Asked
from agency_client.web.fields import Field, Shape, Shown, Word, shown, summary, take
from agency_client.web.naming import number_of
from agency_client.web.pages.directory import Entry, entries, find_entry
from agency_client.web.pages.joining import require_manager
from agency_client.web.paging import pages_of
from agency_client.web.people_words import who_of
from agency_client.web.saying import say
from agency_client.web.table import get, post
from phoenix_protocol.directory.statements import EndReason
from phoenix_protocol.errors import Problem
from phoenix_protocol.identifiers import Seconds

_MOST: Final = 50
_SAID: Final = {
    "approved": "They are a member now. Others can write to them at once.",
    "ended": "Ended. Nobody can write to this address any more, and nothing new from it is believed.",
}
_REASON: Final = Field(
    at=("reason",),
    shape=Shape.ONE,
    label="Why does it end?",
    words=(
        Word(
            code=EndReason.LEFT.value,
            label="They left, or the desk is closed",
            help="What they signed until now stays good.",
        ),
        Word(
            code=EndReason.SUPERSEDED.value,
            label="The machine is replaced by another",
            help="What was signed until now stays good. The new machine joins as every other.",
        ),
        Word(
            code=EndReason.COMPROMISED.value,
            label="Its keys may be in other hands: lost, stolen or copied",
            help="Nothing signed since then is believed. Say below since when.",
        ),
    ),
)
_SINCE: Final = Field(
    at=("since",),
    shape=Shape.DAY,
    label="Since when may its keys be in other hands? (optional)",
    hint="The first day that is possible, such as 20 11 2026. Without a day: from now. "
    "Only for keys in other hands.",
)
_FIELDS: Final = (_REASON, _SINCE)


async def members(asked: Asked) -> web.StreamResponse:
    """Those of this agency, who acts first; fifty on a page."""
    require_manager(asked)
    lines: tuple[MemberLine, ...] = await asked.client.members(offline=True)
    found = sorted(entries(lines, {}), key=lambda entry: not entry.acting)
    number = number_of(asked.query("page"))
    return asked.page(
        "people/own.html",
        title="Members of your agency",
        said=_SAID.get(asked.query("said")),
        entries=found[(number - 1) * _MOST : number * _MOST],
        acting=sum(bool(entry.acting) for entry in found),
        whole=len(found),
        near=asked.now + MEMBERS_NEAR,
        waiting=_waiting(asked),
        pagination=pages_of(len(found), _MOST, number, "/members/own?page="),
    )


def _waiting(asked: Asked) -> int:
    """How many wait to join by the last look at the relay; none are told of when that look failed."""
    heard = asked.desk.heard
    return 0 if heard.error is not None else heard.joining or 0


async def _find(asked: Asked) -> Entry:
    """A member of this agency that acts. Raises HTTPNotFound."""
    require_manager(asked)
    entry = await find_entry(asked)
    is_own = entry.lines[0].agency == who_of(asked).agency
    if not (is_own and entry.acting and entry.address):
        raise web.HTTPNotFound
    return entry


async def ask_end(asked: Asked) -> web.StreamResponse:
    """Why it ends."""
    return _page(asked, await _find(asked), shown(_FIELDS, {}))


def _page(
    asked: Asked,
    entry: Entry,
    fields: tuple[Shown, ...],
    errors: list[dict[str, str]] | None = None,
) -> web.Response:
    return asked.page(
        "people/end.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        title="End a member",
        problem=bool(errors) or None,
        entry=entry,
        fields=fields,
        errors=errors or [],
    )


async def end(asked: Asked) -> web.StreamResponse:
    """End every machine of the address."""
    entry = await _find(asked)
    tree: dict[str, Any] = {}
    take(_FIELDS, asked.form, tree)
    problems = wrong(tree, asked.now)
    if problems or entry.address is None:
        fields = shown(_FIELDS, tree, problems)
        return _page(asked, entry, fields, summary(_FIELDS, problems))
    address, reason = entry.address, EndReason(tree["reason"])
    since = first_second(tree["since"]) if "since" in tree else None

    async def work() -> Any:
        return await asked.client.end_member(address, reason, since)

    return await say(
        asked,
        "Ending a member",
        work,
        then=lambda _: "/members/own?said=ended",
        back=f"/members/address/{entry.key}",
    )


def wrong(tree: dict[str, Any], now: int) -> tuple[Problem, ...]:
    """What cannot be: no reason, a day that is none or is to come, a day that goes with no other reason."""
    found = []
    if tree.get("reason") not in {reason.value for reason in EndReason}:
        found.append(_problem("reason", "Choose why it ends"))
    if "since" in tree:
        first = first_second(tree["since"])
        if first is None:
            found.append(_problem("since", "Enter a real day, such as 20 11 2026"))
        elif first > now:
            found.append(_problem("since", "Enter a day that is today or before"))
        elif tree.get("reason") != EndReason.COMPROMISED.value:
            words = "Leave the day out, or choose that its keys may be in other hands"
            found.append(_problem("since", words))
    return tuple(found)


def first_second(text: str) -> Seconds | None:
    """The first second of a whole day such as 2026-11-20 (UTC); None for anything else."""
    try:
        return Seconds(calendar.timegm(time.strptime(text, "%Y-%m-%d")))
    except ValueError:
        return None


def _problem(place: str, words: str) -> Problem:
    return Problem(code="E_USAGE", place=place, message=words, next="")


PAGES = (
    get("/members/own", members),
    get("/members/address/{endpoint}/end", ask_end),
    post("/members/address/{endpoint}/end", end),
)
