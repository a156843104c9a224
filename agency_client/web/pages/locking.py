"""Unlocking with the passphrase, locking, and closing the app."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from agency_client.web.asked import Asked
from agency_client.web.table import get, post
from phoenix_protocol.errors import LockedError


async def ask(asked: Asked) -> web.StreamResponse:
    """The page of a locked app: nothing of what is inside shows."""
    if not asked.desk.is_locked:
        return asked.go(asked.held.take())
    return asked.page("unlock.html", title="Unlock", problem=None)


async def unlock(asked: Asked) -> web.StreamResponse:
    """The right passphrase goes on where it was locked."""
    typed = asked.form.text("passphrase")
    try:
        await asked.desk.unlock(typed)
    except LockedError as error:
        return asked.page(
            "unlock.html",
            status=HTTPStatus.FORBIDDEN,
            title="Unlock",
            problem=_why(error, typed),
        )
    if asked.held.is_form:
        return asked.page("go_on.html", title="Go on", action=asked.held.path)
    return asked.go(asked.held.take())


def _why(error: LockedError, typed: str) -> str:
    if not typed:
        return "Enter your passphrase"
    if error.code == "E_PASSPHRASE":
        return "This is not the passphrase of this home"
    return error.what


async def lock(asked: Asked) -> web.StreamResponse:
    """Lock now."""
    asked.desk.lock()
    return asked.go("/unlock")


async def state(asked: Asked) -> web.StreamResponse:
    """For the script of a page that is open: whether it may still show what it shows, and for how long."""
    desk = asked.desk
    return web.json_response({"locked": desk.is_locked, "left": round(desk.left)})


PAGES = (
    get("/unlock", ask, while_locked=True),
    post("/unlock", unlock, while_locked=True),
    post("/lock", lock, while_locked=True),
    get("/lock/state", state, while_locked=True, by_itself=True),
)
