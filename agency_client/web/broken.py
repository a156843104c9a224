"""What is no request: answered in few words, with nothing of it in the answer or in a log."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Final

from aiohttp import web
from aiohttp.web_request import BaseRequest

from agency_client.web import guards
from agency_client.web.faults import where

_log: Final = logging.getLogger("phoenix.web")


class Connection(web.RequestHandler):
    """A connection whose broken requests never get as far as the app."""

    __slots__ = ()

    def handle_error(
        self,
        request: BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002  # has a part of the request in it
    ) -> web.StreamResponse:
        """The last answer on this connection."""
        if exc is not None and status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            _log.error("a request failed: %s", where(exc))
        if request.writer.output_size > 0:
            raise ConnectionError("An answer is on its way already.")
        response = web.Response(status=status, text="This is not a request.\n")
        response.headers.update(guards.headers(nonce=""))
        response.force_close()
        return response
