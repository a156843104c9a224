"""One page of the app: its method, its path, and what answers."""

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
