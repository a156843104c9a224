"""Send again what did not get to somebody: a draft with the same words and files, to be looked at first."""

from __future__ import annotations

from aiohttp import web

from agency_client.web.asked import Asked
from agency_client.web.jobs import Job
from agency_client.web.naming import sent_core
from agency_client.web.table import post
from agency_client.web.writing.package import NAME, ROOT


async def again(asked: Asked) -> web.StreamResponse:
    """Make the draft, and go on there. Its files are copied while somebody does something else."""
    core, client = sent_core(asked), asked.client
    draft = client.new_draft(NAME, {"document": client.kept_document(core)})
    there = f"{ROOT}/{draft.id}"
    if not client.has_files(core):
        return asked.go(there)

    async def copy(_job: Job) -> int:
        return await client.attach_again(core, draft.id)

    job = asked.desk.jobs.start("Copying the files into a draft", copy, then=lambda _: there)
    return asked.go(f"/work/{job.id}")


PAGES = (post("/sent/{package}/again", again),)
