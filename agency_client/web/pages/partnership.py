"""The partnership: its yearly review, its agencies with what each has adopted and assures, and how each stands."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.ports.vault.settings import RELAY_URL
from agency_client.use_cases.governing import PartnershipStatus, SignatoryLine
from agency_client.web.asked import Asked
from agency_client.web.naming import number_of
from agency_client.web.pages.people import checked
from agency_client.web.paging import pages_of
from agency_client.web.people_words import Who, agency_facts, who_of
from agency_client.web.saying import say
from agency_client.web.standing_words import STANDINGS
from agency_client.web.table import get, post
from phoenix_protocol.directory.agencies import TakesPart
from phoenix_protocol.directory.statements import Standing
from phoenix_protocol.identifiers import Seconds

_MOST: Final = 50
#: So long before it is due, the review is said to be near (seconds).
_NEAR: Final = 60 * 86400
_SAID: Final = {
    "admitted": "The agency is admitted. Its desks can join now.",
    "suspended": "The agency is suspended.",
    "resumed": "The agency takes part again.",
    "closed": "The agency is closed for ever.",
    "amended": "The partnership is changed, for everybody.",
    "reviewed": "The review is recorded. Everybody sees when the next one is due.",
    "declared": "What your agency assures is declared. Everybody in the partnership sees it.",
    "adopted": "Your agency has adopted the protocol. Everybody sees that it has.",
}
_DOING: Final = {
    Standing.SUSPENDED: "Suspending an agency",
    Standing.RESUMED: "Resuming an agency",
    Standing.CLOSED: "Closing an agency",
}


async def status_of(asked: Asked) -> PartnershipStatus:
    """The partnership as this machine last saw it. Leads to joining from a home that knows none."""
    if not who_of(asked).is_known:
        raise web.HTTPFound("/members/joining")
    found: PartnershipStatus = await asked.client.partnership_status(offline=True)
    return found


def require_governor(asked: Asked) -> None:
    """Raise HTTPNotFound in a home that does not govern."""
    if not who_of(asked).is_governor:
        raise web.HTTPNotFound


async def partnership(asked: Asked) -> web.StreamResponse:
    """The whole of it, fifty agencies on a page."""
    found, catalogue = await status_of(asked), await asked.client.catalogue()
    number, now = number_of(asked.query("page")), Seconds(asked.now)
    lines = found.agencies[(number - 1) * _MOST : number * _MOST]
    return asked.page(
        "people/partnership.html",
        title="The partnership and its agencies",
        now=asked.now,
        said=_SAID.get(asked.query("said")),
        found=found,
        is_near=found.review_due <= now + _NEAR,
        agencies=[agency_facts(line, catalogue, now) for line in lines],
        who=who_of(asked),
        relay=_relay(asked),
        checked=checked(asked),
        pagination=pages_of(len(found.agencies), _MOST, number, "/members/partnership?page="),
    )


def _relay(asked: Asked) -> str:
    with asked.client.home.vault.reading() as view:
        return view.settings.get(RELAY_URL) or ""


# -- one agency --------------------------------------------------------------------------------------------------------


async def _find(asked: Asked) -> SignatoryLine:
    for line in (await status_of(asked)).agencies:
        if line.id == asked.part("agency"):
            return line
    raise web.HTTPNotFound


async def agency(asked: Asked) -> web.StreamResponse:
    """Who it is, how it stands, and changing that."""
    return await _agency(asked, await _find(asked))


async def _agency(asked: Asked, line: SignatoryLine, problem: str = "") -> web.Response:
    found, who = await status_of(asked), who_of(asked)
    catalogue = await asked.client.catalogue()
    governs = _governs(who, line)
    return asked.page(
        "people/agency.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        title="An agency",
        said=_SAID.get(asked.query("said")),
        problem=problem or None,
        agency=agency_facts(line, catalogue, Seconds(asked.now)),
        protocol=found.protocol,
        may_speak=line.id == who.speaks_for and line.is_active,
        may_suspend=governs and line.standing is TakesPart.ACTIVE,
        may_resume=governs and line.standing is TakesPart.SUSPENDED,
        may_close=governs and line.standing is not TakesPart.CLOSED,
    )


def _governs(who: Who, line: SignatoryLine) -> bool:
    """Whether this home decides how an agency stands. Not of its own: it could not take that back."""
    return who.is_governor and line.id not in (who.agency, who.speaks_for)


async def ask_standing(asked: Asked) -> web.StreamResponse:
    """What suspending it does and does not do, or resuming it, before that is signed."""
    line = await _find(asked)
    standing = _next_of(line)
    if standing is None or not _governs(who_of(asked), line):
        raise web.HTTPNotFound
    words = STANDINGS[standing]
    return asked.page(
        "people/standing.html",
        title=words.title,
        agency=line,
        standing=standing.value,
        button=words.button,
        classes=words.classes,
        does=words.does,
        does_not=words.does_not,
    )


def _next_of(line: SignatoryLine) -> Standing | None:
    """What can be said of an agency and taken back; None of one that is closed."""
    return {
        TakesPart.ACTIVE: Standing.SUSPENDED,
        TakesPart.SUSPENDED: Standing.RESUMED,
    }.get(line.standing)


async def stand(asked: Asked) -> web.StreamResponse:
    """Suspend, resume or close an agency. Closing asks for a tick: it is for ever."""
    line = await _find(asked)
    if not _governs(who_of(asked), line):
        raise web.HTTPNotFound
    try:
        standing = Standing(asked.form.text("standing"))
    except ValueError:
        raise web.HTTPNotFound from None
    if standing is Standing.CLOSED and not asked.form.has("sure"):
        return await _agency(asked, line, "Tick that you know that it never comes back")

    async def work() -> Any:
        return await asked.client.set_standing(line.id, standing)

    here = f"/members/partnership/agency/{line.id}"
    then = f"{here}?said={standing.value}"
    return await say(asked, _DOING[standing], work, then=lambda _: then, back=here)


PAGES = (
    get("/members/partnership", partnership),
    get("/members/partnership/agency/{agency}", agency),
    get("/members/partnership/agency/{agency}/standing", ask_standing),
    post("/members/partnership/agency/{agency}", stand),
)
