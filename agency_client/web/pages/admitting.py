"""Admitting an agency: its request file, who it says it is with the words of its key, and only then admitting it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.use_cases.agencies import Admission
from agency_client.web.asked import Asked
from agency_client.web.chosen_files import chosen_file
from agency_client.web.pages.partnership import require_governor, status_of
from agency_client.web.people_words import label, scope_of
from agency_client.web.saying import say
from agency_client.web.table import get, post
from agency_client.web.uploads import read_uploaded
from phoenix_protocol.directory.joins import ADMISSION_BYTES
from phoenix_protocol.errors import LockedError, PhoenixError

_HERE: Final = "/members/partnership/admit"
_REQUEST: Final = "admission"
_FILE: Final = "admission_file"


async def ask_file(asked: Asked) -> web.StreamResponse:
    """The file that the agency made and handed over."""
    require_governor(asked)
    await status_of(asked)
    return _ask(asked, "")


def _ask(asked: Asked, problem: str) -> web.Response:
    return asked.page(
        "people/admit_file.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        title="Admit an agency",
        problem=problem or None,
    )


async def take_file(asked: Asked) -> web.StreamResponse:
    """Look whether it is a request that verifies; it is kept in memory until somebody decides."""
    require_governor(asked)
    uploaded = await read_uploaded(asked, ADMISSION_BYTES)
    request = uploaded.files.get("request")
    if request is None:
        return _ask(asked, "Choose the file with the agency's request")
    try:
        await asked.client.look_at_admission(request)
    except LockedError:
        raise
    except PhoenixError as error:
        return _ask(asked, f"{error.what} Ask the agency for its file again.")
    kept = {_REQUEST: request.hex(), _FILE: uploaded.names.get("request", "")}
    return asked.go(f"{_HERE}/{asked.desk.sought.put(kept)}")


def _kept(asked: Asked) -> tuple[bytes, str]:
    """The request that was handed over, and its file's name. Raises HTTPFound for one that is forgotten."""
    require_governor(asked)
    kept = asked.desk.sought.get(asked.part("kept")) or {}
    if _REQUEST not in kept:
        raise web.HTTPFound(_HERE)
    return bytes.fromhex(kept[_REQUEST]), kept[_FILE]


async def look(asked: Asked) -> web.StreamResponse:
    """Who asks, and the words of their key."""
    request, _ = _kept(asked)
    return await _look(asked, await asked.client.look_at_admission(request))


async def _look(asked: Asked, found: Admission, problem: str = "") -> web.Response:
    catalogue, profile = await asked.client.catalogue(), found.profile
    known = {line.id: line for line in (await status_of(asked)).agencies}
    request, name = _kept(asked)
    return asked.page(
        "people/admit.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        title="Admit an agency",
        problem=problem or None,
        found=found,
        file=chosen_file(name, request),
        is_taken=profile.agency in known,
        kind="Not said"
        if profile.kind == "unspecified"
        else label(catalogue, "agency_kind", profile.kind),
        jurisdiction=label(catalogue, "jurisdiction", profile.jurisdiction),
        scope=scope_of(profile.legal_scope),
        action=f"{_HERE}/{asked.part('kept')}",
    )


async def admit(asked: Asked) -> web.StreamResponse:
    """Admit it, once somebody says that the words were compared."""
    request, _ = _kept(asked)
    found: Admission = await asked.client.look_at_admission(request)
    if not asked.form.has("same"):
        return await _look(asked, found, "Tick this once you have compared the words by phone")

    async def work() -> Any:
        return await asked.client.admit(request)

    return await say(
        asked,
        "Admitting an agency",
        work,
        then=lambda profile: f"/members/partnership/agency/{profile.agency}?said=admitted",
        back=f"{_HERE}/{asked.part('kept')}",
    )


PAGES = (
    get(_HERE, ask_file),
    post(_HERE, take_file, streams=True),
    get(f"{_HERE}/{{kept}}", look),
    post(f"{_HERE}/{{kept}}", admit),
)
