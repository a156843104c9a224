"""For whoever governs: what the partnership says of itself, and its protocol: asked, looked at again, signed."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.use_cases.governing import PartnershipStatus
from agency_client.use_cases.protocols import LARGEST
from agency_client.web.asked import Asked
from agency_client.web.chosen_files import chosen_file
from agency_client.web.fields import Field, Shape
from agency_client.web.pages.members import first_second
from agency_client.web.pages.partnership import require_governor, status_of
from agency_client.web.saying import say
from agency_client.web.simple_forms import Asking, Filled, filled
from agency_client.web.table import get, post
from agency_client.web.uploads import read_uploaded
from agency_client.web.when import day
from phoenix_protocol.errors import Problem

_HERE: Final = "/members/partnership/amend"
_ASK: Final = (
    Asking(
        field=Field(at=("name",), shape=Shape.LINE, label="The partnership's name"),
        missing="Enter its name",
    ),
    Asking(
        field=Field(
            at=("review_due",),
            shape=Shape.DAY,
            label="When is the protocol reviewed next?",
            hint="For example, 1 11 2027. Recording a review sets it too.",
        ),
        missing="Enter the day",
    ),
    Asking(
        field=Field(
            at=("protocol",),
            shape=Shape.LINE,
            label="The protocol's name",
            hint="Another name or text is another version, which every agency adopts anew.",
        ),
        missing="Enter its name",
    ),
)
_DAY: Final = "review_due"
_KEPT: Final = "amendment"
_LABELS: Final = {
    "name": "The partnership's name",
    _DAY: "The next review of the protocol",
    "protocol": "The protocol's name",
}


def _now(found: PartnershipStatus) -> dict[str, Any]:
    """What it says now, as the form has it."""
    due = datetime.fromtimestamp(found.review_due, UTC).date().isoformat()
    return {"name": found.name, _DAY: due, "protocol": found.protocol.name}


async def ask(asked: Asked) -> web.StreamResponse:
    """What it says now, to be changed."""
    require_governor(asked)
    return _page(asked, Filled(asked=_ASK, tree=_now(await status_of(asked))))


def _page(asked: Asked, form: Filled) -> web.Response:
    return asked.page(
        "people/amend.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        title="Change the partnership",
        problem=bool(form.errors) or None,
        form=form,
    )


async def look(asked: Asked) -> web.StreamResponse:
    """What is different. It is kept in memory until somebody says that it may be signed."""
    require_governor(asked)
    uploaded = await read_uploaded(asked, LARGEST)
    before = _now(await status_of(asked))
    form = filled(_ASK, asked.form, asked.now)
    if form.tree.get(_DAY) == before[_DAY]:  # a day that is over may stay as it is
        form = _without_day_problem(form)
    text = uploaded.files.get("text")
    changes = {n: v for n, v in form.tree.items() if before.get(n) != v}
    if not form.problems and not changes and text is None:
        words = "Nothing is different from what it says now"
        form = form.with_problem(Problem(code="E_USAGE", place="name", message=words, next=""))
    if form.problems:
        return _page(asked, form)
    kept = {"changes": changes, "text": text.hex() if text is not None else None}
    kept["file"] = uploaded.names.get("text", "")
    return asked.go(f"{_HERE}/{asked.desk.sought.put({_KEPT: kept})}")


def _without_day_problem(form: Filled) -> Filled:
    left = tuple(problem for problem in form.problems if problem.place != _DAY)
    return Filled(asked=form.asked, tree=form.tree, problems=left)


# -- before it is signed -----------------------------------------------------------------------------------------------


def _kept(asked: Asked) -> tuple[dict[str, Any], bytes | None, str]:
    """What is different, the new text and its file's name. Raises HTTPFound for what is forgotten."""
    require_governor(asked)
    kept = (asked.desk.sought.get(asked.part("kept")) or {}).get(_KEPT)
    if kept is None:
        raise web.HTTPFound(_HERE)
    text = bytes.fromhex(kept["text"]) if kept["text"] is not None else None
    return kept["changes"], text, kept["file"]


async def check(asked: Asked) -> web.StreamResponse:
    """What it says now and from then on, and which file is the new text."""
    changes, text, name = _kept(asked)
    before = _now(await status_of(asked))
    is_version = text is not None or "protocol" in changes
    return asked.page(
        "people/amend_check.html",
        title="Check the change",
        changed=[(_LABELS[n], _said(n, before[n]), _said(n, v)) for n, v in changes.items()],
        file=chosen_file(name, text) if text is not None else None,
        is_version=is_version,
        action=f"{_HERE}/{asked.part('kept')}",
    )


def _said(name: str, value: str) -> str:
    return day(first_second(value)) if name == _DAY else value


async def amend(asked: Asked) -> web.StreamResponse:
    """Sign the partnership's next version with what is different."""
    changes, text, _ = _kept(asked)
    if _DAY in changes:
        changes = {**changes, _DAY: first_second(changes[_DAY])}

    async def work() -> Any:
        return await asked.client.amend(text=text, **changes)

    then = "/members/partnership?said=amended"
    back = f"{_HERE}/{asked.part('kept')}"
    return await say(asked, "Changing the partnership", work, then=lambda _: then, back=back)


PAGES = (
    get(_HERE, ask),
    post(_HERE, look, streams=True),
    get(f"{_HERE}/{{kept}}", check),
    post(f"{_HERE}/{{kept}}", amend),
)
