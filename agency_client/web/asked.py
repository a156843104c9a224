"""One request as the pages see it: who asks, the open home, the form; and the ways to answer."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.client import Client
from agency_client.web.desk import Desk
from agency_client.web.forms import Form, form_of
from agency_client.web.locking import Held
from agency_client.web.rendering import Renderer
from agency_client.web.session import Sessions

#: Seconds in which the whole of a form without files must be here: it comes from this machine.
FORM_SECONDS: Final = 10.0


@dataclass(slots=True, kw_only=True)
class Asked:
    """A request that was let in."""

    request: web.Request
    desk: Desk
    sessions: Sessions
    renderer: Renderer
    held: Held
    form: Form = field(default_factory=Form)
    nonce: str = ""

    @property
    def client(self) -> Client:
        """The open home. Raises LockedError ``E_LOCKED``."""
        return self.desk.client

    @property
    def now(self) -> int:
        """The time by this machine's clock, in seconds of the epoch."""
        return int(self.client.home.clock.now())

    def part(self, name: str) -> str:
        """A part of the path."""
        return self.request.match_info[name]

    def query(self, name: str) -> str:
        """A value out of the query; empty when it is not there."""
        return self.request.query.get(name, "")

    def page(
        self, template: str, *, status: HTTPStatus = HTTPStatus.OK, **values: Any
    ) -> web.Response:
        """A page. ``title`` must be among ``values``; titles never name a child."""
        text = self.renderer.render(
            template,
            nonce=self.nonce,
            form_token=self.sessions.form_token,
            path=self.request.path,
            is_locked=self.desk.is_locked,
            **values,
        )
        return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")

    @staticmethod
    def go(path: str) -> web.Response:
        """On to a page, after something was done."""
        return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": path})


def new_nonce() -> str:
    """What marks the scripts and styles of one page as ours."""
    return secrets.token_urlsafe(18)


async def read_form(request: web.Request) -> Form:
    """The form of a request without files. Raises HTTPRequestEntityTooLarge, HTTPRequestTimeout."""
    try:
        async with asyncio.timeout(FORM_SECONDS):
            fields = await request.post()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    return form_of([(name, value) for name, value in fields.items() if isinstance(value, str)])
