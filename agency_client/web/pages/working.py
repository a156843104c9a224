"""Long work: how far it is, and what came of it."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from aiohttp import web

from agency_client.web.asked import Asked
from agency_client.web.jobs import Job, JobState
from agency_client.web.table import get
from agency_client.web.telling import Told, status_of, telling


async def one(asked: Asked) -> web.StreamResponse:
    """One piece of work: on to its result when it is done."""
    job = asked.desk.jobs.get(asked.part("job"))
    if job is None:
        raise web.HTTPNotFound
    if job.state is JobState.DONE and job.goes_to is not None:
        return asked.go(job.goes_to)
    if job.state is JobState.FAILED and job.error is not None:
        return asked.page(
            "error.html",
            status=status_of(job.error),
            title=job.title,
            error=job.error,
            told=_with_way_back(telling(job.error), job),
        )
    if job.state is JobState.FAILED:
        return asked.page("failed.html", status=HTTPStatus.INTERNAL_SERVER_ERROR)
    return asked.page("job.html", title=job.title, job=job)


def _with_way_back(told: Told, job: Job) -> Told:
    if told.link is not None or job.back is None:
        return told
    return replace(told, link=job.back, link_text="Go back: everything is still there")


async def how_far(asked: Asked) -> web.StreamResponse:
    """The same for the script that keeps the page up to date."""
    job = asked.desk.jobs.get(asked.part("job"))
    if job is None:
        raise web.HTTPNotFound
    return web.json_response({"state": job.state.value, "percent": job.percent})


async def every(asked: Asked) -> web.StreamResponse:
    """All long work of this run of the app."""
    return asked.page("jobs.html", title="Work in progress", jobs=asked.desk.jobs.shown)


PAGES = (
    get("/work", every),
    get("/work/{job}", one),
    get("/work/{job}/state", how_far, by_itself=True),
)
