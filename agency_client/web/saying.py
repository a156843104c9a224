"""Saying something that everybody sees, in the partnership's log: it goes on though the page is left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from agency_client.web.asked import Asked
from agency_client.web.jobs import Job
from phoenix_protocol.errors import TamperError


async def say(
    asked: Asked,
    title: str,
    work: Callable[[], Awaitable[Any]],
    *,
    then: Callable[[Any], str],
    back: str,
) -> web.Response:
    """Do ``work`` and go on where ``then`` says; a page with how far it is where that takes longer than a moment.

    ``title`` says what is done, without names. What fails is told on a page that leads ``back``.
    """
    client = asked.client

    async def watched(_job: Job) -> Any:
        try:
            return await work()
        except TamperError as error:
            client.home.record_alarm(error)
            raise

    job = asked.desk.jobs.start(title, watched, then=then, back=back)
    await asked.desk.jobs.soon(job)
    return asked.go(f"/work/{job.id}")
