"""The one table of the app's pages: method, path, what answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from agency_client.web.asked import Asked

Handler = Callable[[Asked], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page, or one thing that a form does. ``while_locked``: also before the passphrase is given."""

    method: str
    path: str
    handler: Handler
    while_locked: bool = False
    #: Whether a script asks for it without anybody doing anything: that does not keep the app from locking.
    by_itself: bool = False
    #: Whether its body comes in pieces and is read by the handler: a file.
    streams: bool = False


def get(
    path: str, handler: Handler, *, while_locked: bool = False, by_itself: bool = False
) -> Page:
    """A page that is read."""
    return Page(
        method="GET", path=path, handler=handler, while_locked=while_locked, by_itself=by_itself
    )


def post(path: str, handler: Handler, *, while_locked: bool = False, streams: bool = False) -> Page:
    """What a form does."""
    return Page(
        method="POST", path=path, handler=handler, while_locked=while_locked, streams=streams
    )


def all_pages() -> tuple[Page, ...]:
    """Every page of the app."""
    from agency_client.web.pages import (
        admitting,
        advice,
        alarms,
        amending,
        annual_review,
        answering,
        asking_others,
        assuring,
        audit_record,
        breaches,
        chronology,
        deciding,
        directory,
        disagreements,
        evidence,
        holds,
        home,
        inbox,
        joining,
        keeping,
        locking,
        members,
        new_hold,
        notices,
        owed,
        own_keys,
        partnership,
        people,
        pictures,
        protocol,
        reading,
        records,
        register,
        releasing,
        requests,
        responding,
        restricting,
        reviews,
        saying_of_sent,
        sending_again,
        sent,
        share,
        sharing,
        urgent,
        verifying,
        working,
    )

    areas = (
        locking,
        home,
        working,
        inbox,
        reading,
        answering,
        notices,
        alarms,
        releasing,
        requests,
        responding,
        asking_others,
        deciding,
        urgent,
        sharing,
        share,
        sent,
        saying_of_sent,
        sending_again,
        pictures,
        register,
        records,
        owed,
        advice,
        disagreements,
        breaches,
        reviews,
        keeping,
        restricting,
        new_hold,
        holds,
        verifying,
        evidence,
        chronology,
        people,
        joining,
        members,
        directory,
        partnership,
        admitting,
        amending,
        annual_review,
        assuring,
        protocol,
        own_keys,
        audit_record,
    )
    return tuple(page for area in areas for page in area.PAGES)
