"""Home: what needs me now."""

from __future__ import annotations

from aiohttp import web

from agency_client.web.asked import Asked
from agency_client.web.table import get, post


async def home(asked: Asked) -> web.StreamResponse:
    """What needs me now, as counts that lead there."""
    return asked.page(
        "home.html", title="What needs you now", heard=asked.desk.heard, now=asked.now
    )


async def look(asked: Asked) -> web.StreamResponse:
    """Ask the relay now."""
    asked.desk.look_now()
    return asked.go("/")


PAGES = (get("/", home), post("/look", look))
