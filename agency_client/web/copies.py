"""Copies that leave the app: a file to be saved, and a page to print."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from agency_client.web import guards
from agency_client.web.asked import Asked

#: A page that is printed brings a policy of its own, which allows its one style by its digest and nothing else.
_PRINTED: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def to_save(data: bytes, name: str) -> web.Response:
    """A file that is never shown. ``name`` is of letters, digits, ``.`` and ``-``."""
    return web.Response(
        body=data,
        headers={
            "Content-Type": "application/octet-stream",
            "Content-Disposition": f'attachment; filename="{name}"',
        },
    )


async def to_print(asked: Asked, page: bytes) -> web.StreamResponse:
    """A whole page of HTML with no script, as ``agency_client/record/printed.py`` writes it."""
    response = web.StreamResponse(
        headers={
            **guards.HEADERS,
            "Content-Security-Policy": _PRINTED,
            "Content-Type": "text/html; charset=utf-8",
        }
    )
    response.content_length = len(page)
    await response.prepare(asked.request)
    await response.write_eof(page)
    return response
