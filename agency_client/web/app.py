"""The app: who is let in, what is open, which page answers, and how everything that fails is told."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from agency_client.web import guards
from agency_client.web.asked import Asked, new_nonce, read_form
from agency_client.web.desk import Desk
from agency_client.web.faults import where
from agency_client.web.forms import FORM_BYTES, TOKEN, Form
from agency_client.web.locking import AGAIN, Held
from agency_client.web.peers import Peers
from agency_client.web.rendering import Renderer
from agency_client.web.session import COOKIE, Sessions
from agency_client.web.site import all_pages
from agency_client.web.table import Page
from agency_client.web.telling import status_of, telling
from phoenix_protocol.errors import LockedError, PhoenixError, TamperError

_log: Final = logging.getLogger("phoenix.web")
_NONCE: Final = web.RequestKey("nonce", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What the app serves, and at which host and port alone (``127.0.0.1:8471``)."""

    desk: Desk
    sessions: Sessions
    authority: str
    peers: Peers

    @property
    def cookie(self) -> str:
        """The name of the session's cookie."""
        return COOKIE.format(port=self.authority.rpartition(":")[2])


def make_app(serving: Serving) -> web.Application:
    """The app with all its pages."""
    renderer = Renderer()
    held = Held()
    app = web.Application(
        client_max_size=FORM_BYTES,
        middlewares=[
            _guarded(serving),
            _told(serving, renderer),
            _in_session(serving, renderer),
        ],
    )
    app.router.add_get("/launch/{token}", _launch(serving), allow_head=False)
    app.router.add_get("/static/{digest}/{name}", _static(renderer))
    for page in all_pages():
        handler = _answering(page, serving, renderer, held)
        if page.method == "GET":
            app.router.add_get(page.path, handler)
        else:
            app.router.add_post(page.path, handler)
    return app


# -- who is let in ----------------------------------------------------------------------------------------------------


def _guarded(serving: Serving) -> Middleware:
    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        nonce = request[_NONCE] = new_nonce()
        refused = guards.reason_to_refuse(_head(request), serving.authority)
        if refused is None and not serving.peers.may_ask(request.transport):
            refused = "another user"
        if refused is None:
            response = await handler(request)
        else:
            _log.warning("refused a request: %s", refused)
            response = web.Response(status=HTTPStatus.FORBIDDEN, text="Not from here.\n")
        if not response.prepared:
            response.headers.update(guards.headers(nonce))
        return response

    return guard


def _head(request: web.Request) -> guards.Head:
    headers = request.headers
    return guards.Head(
        method=request.method,
        target=request.raw_path,
        host=tuple(headers.getall("Host", ())),
        origin=tuple(headers.getall("Origin", ())),
        fetch_site=tuple(headers.getall("Sec-Fetch-Site", ())),
        upgrade="Upgrade" in headers,
    )


def _in_session(serving: Serving, renderer: Renderer) -> Middleware:
    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(("/launch/", "/static/")):
            return await handler(request)
        if not _is_in_session(serving, request):
            return _page(serving, renderer, request, "no_session.html", HTTPStatus.FORBIDDEN)
        return await handler(request)

    return check


def _is_in_session(serving: Serving, request: web.Request) -> bool:
    return serving.sessions.knows(request.cookies.get(serving.cookie))


def _launch(serving: Serving) -> Handler:
    async def launch(request: web.Request) -> web.StreamResponse:
        cookie = serving.sessions.begin(request.match_info["token"])
        if cookie is None:
            # A page that was open, or the same link again: whoever has the session goes on with it.
            return Asked.go("/")
        response = Asked.go("/")
        response.set_cookie(serving.cookie, cookie, httponly=True, samesite="Strict", path="/")
        return response

    return launch


def _static(renderer: Renderer) -> Handler:
    async def static(request: web.Request) -> web.StreamResponse:
        known = renderer.static.get(request.match_info["name"])
        if known is None:
            raise web.HTTPNotFound
        content, media_type, _ = known
        return web.Response(body=content, content_type=media_type, charset="utf-8")

    return static


# -- what answers -----------------------------------------------------------------------------------------------------


def _answering(page: Page, serving: Serving, renderer: Renderer, held: Held) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        desk, sessions = serving.desk, serving.sessions
        asked = Asked(
            request=request,
            desk=desk,
            sessions=sessions,
            renderer=renderer,
            held=held,
            nonce=request[_NONCE],
        )
        if page.method == "POST" and not page.streams:
            asked.form = await read_form(request)
            _check_token(sessions, asked.form)
        if page.while_locked:
            return await page.handler(asked)
        if desk.is_locked:
            return _locked(asked, page, was_sent=AGAIN not in request.query)
        return await _opened(asked, page)

    return answer


async def _opened(asked: Asked, page: Page) -> web.StreamResponse:
    """What an open app answers."""
    desk = asked.desk
    if not page.by_itself:
        desk.asked()
    if page.method == "POST" and not page.streams:
        form = asked.held.returned(asked.request, asked.form)
        if form is None:  # it went on already: pressed twice
            return asked.go("/")
        asked.form = form
    try:
        with desk.used():
            response = await page.handler(asked)
    except LockedError as error:
        if error.code != "E_LOCKED":
            raise
        desk.lock()
        return _locked(asked, page)
    if desk.is_locked and not response.prepared:
        return _too_late(asked, page, response)
    return response


def _locked(asked: Asked, page: Page, *, was_sent: bool = True) -> web.StreamResponse:
    """What was typed is kept until the right person is back, in memory alone."""
    if page.by_itself:
        raise web.HTTPForbidden
    if page.method == "GET":
        asked.held.look_for(asked.request.path_qs)
    elif was_sent and not page.streams:
        asked.held.keep(asked.request.path_qs, asked.form)
    return asked.go("/unlock")


def _too_late(asked: Asked, page: Page, response: web.StreamResponse) -> web.StreamResponse:
    """It was locked while the page was made: it is not shown any more. What a form did is done."""
    if page.method == "GET" or response.status >= HTTPStatus.BAD_REQUEST:
        return _locked(asked, page)
    asked.held.look_for(response.headers.get("Location", "/"))
    return asked.go("/unlock")


def _check_token(sessions: Sessions, form: Form) -> None:
    if not sessions.is_form_token(form.text(TOKEN)):
        raise web.HTTPForbidden


# -- what fails -------------------------------------------------------------------------------------------------------


def _told(serving: Serving, renderer: Renderer) -> Middleware:
    @web.middleware
    async def tell(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            status = HTTPStatus(error.status)
            if status < HTTPStatus.BAD_REQUEST:
                raise
            if not _is_in_session(serving, request):
                return _page(serving, renderer, request, "no_session.html", status)
            name = _PAGES.get(status, "failed.html")
            return _page(serving, renderer, request, name, status)
        except PhoenixError as error:
            _alarm(serving, error)
            told = telling(error)
            return _page(
                serving, renderer, request, "error.html", status_of(error), error=error, told=told
            )
        except Exception as error:  # noqa: BLE001  # a page of our own, and no details, whatever failed
            # What people typed must not get into a log: the kind of fault and where, no values.
            _log.error("a page failed: %s", where(error))
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            return _page(serving, renderer, request, "failed.html", status)

    return tell


_PAGES: Final = {
    HTTPStatus.BAD_REQUEST: "unreadable_form.html",
    HTTPStatus.FORBIDDEN: "stale_form.html",
    HTTPStatus.NOT_FOUND: "not_found.html",
    HTTPStatus.METHOD_NOT_ALLOWED: "not_found.html",
    HTTPStatus.REQUEST_TIMEOUT: "cut_off.html",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large.html",
}


def _alarm(serving: Serving, error: PhoenixError) -> None:
    if isinstance(error, TamperError) and not serving.desk.is_locked:
        serving.desk.client.home.record_alarm(error)


def _page(
    serving: Serving,
    renderer: Renderer,
    request: web.Request,
    template: str,
    status: HTTPStatus,
    **values: object,
) -> web.Response:
    text = renderer.render(
        template,
        nonce=request[_NONCE],
        form_token=serving.sessions.form_token if _is_in_session(serving, request) else "",
        path=request.path,
        is_locked=serving.desk.is_locked,
        **values,
    )
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
