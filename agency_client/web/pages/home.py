"""Home: what needs me now, and how the relay and the directory stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from agency_client.use_cases.needing import Need, Needed, Standing
from agency_client.web.asked import Asked
from agency_client.web.desk import Heard
from agency_client.web.need_words import need_words
from agency_client.web.relay_words import relay_words
from agency_client.web.table import get, post

#: What goes on by itself, and is only to be known of.
_TO_KNOW: Final = frozenset({Need.AWAITED, Need.UNANSWERED, Need.UNSENT, Need.DRAFTS})
#: What people look for and no part of the app is named after.
_MORE: Final = (
    ("Decisions, above all not to share", "/decisions"),
    ("Corrections, disputes and withdrawals", "/notices"),
    ("Disagreements with other agencies", "/disagreements"),
    ("Alarms", "/alarms"),
    ("Chronology: what was said, by when it happened", "/register/chronology"),
    ("Verify a file of evidence", "/evidence/verify"),
    ("Who was told what, and when, in one case", "/pictures/case"),
    ("How deliveries go, agency by agency", "/pictures/deliveries"),
    ("What expires in the next four weeks", "/pictures/expiries"),
)
_MORE_OF_MANAGERS: Final = (
    ("The partnership and its agencies", "/members/partnership"),
    ("Alarms", "/alarms"),
    ("Holds: what has to be kept", "/reviews/holds"),
    ("Verify a file of evidence", "/evidence/verify"),
)


async def home(asked: Asked) -> web.StreamResponse:
    """What needs me now, as counts that lead there."""
    found = await asked.client.needs_me()
    heard = asked.desk.heard
    needed = _with_joining(found.needed, heard)
    return asked.page(
        "home.html",
        title="What needs you now",
        now_needed=[need_words(each, asked.now) for each in needed if each.need not in _TO_KNOW],
        to_know=[need_words(each, asked.now) for each in needed if each.need in _TO_KNOW],
        actions=_actions(found.standing),
        relay=relay_words(heard, found.standing, asked.now),
        more=_MORE if found.standing.is_desk else _MORE_OF_MANAGERS,
        running=asked.desk.jobs.running,
        who=asked.client.whose() if found.standing.is_desk or found.standing.is_manager else None,
    )


def _with_joining(needed: Sequence[Needed], heard: Heard) -> list[Needed]:
    """With those who wait to join, of whom only the relay knows."""
    order = list(Need)
    found = [*needed]
    if heard.joining:
        found.append(Needed(need=Need.JOINING, count=heard.joining))
    return sorted(found, key=lambda each: order.index(each.need))


def _actions(standing: Standing) -> list[tuple[str, str]]:
    """What people come for most, first."""
    if standing.is_approved:
        return [("Share something", "/share"), ("Ask other agencies", "/requests")]
    return [("Members and requests to join", "/members")] if standing.is_manager else []


async def look(asked: Asked) -> web.StreamResponse:
    """Ask the relay now, and give it a moment: what comes is then on the page."""
    await asked.desk.look_again()
    return asked.go("/")


PAGES = (get("/", home), post("/look", look))
