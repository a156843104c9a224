"""Joining: this machine's own words, and, for an information manager, who waits and approving them."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.use_cases.joining import Waiting
from agency_client.web.asked import Asked
from agency_client.web.fields import Field, Shape, Word
from agency_client.web.in_time import in_time
from agency_client.web.people_words import who_of
from agency_client.web.saying import say
from agency_client.web.simple_forms import Asking, Filled, empty, filled
from agency_client.web.table import get, post
from phoenix_protocol.errors import PhoenixError, Problem, RefusedError
from phoenix_protocol.identifiers import Anchor, address
from phoenix_protocol.joining import read_join_code

#: How the words can have been compared; nothing is chosen beforehand.
HOW: Final = {
    "heard": "They read all of it out to me, and every word is the same as here",
    "typed": "I type below what they read out, and Phoenix compares",
}

#: So long a relay keeps a request to join, unless its operator set another time (seconds; docs/protocol.md §9.2).
JOIN_LIFE: Final = 30 * 86_400
_ANCHOR_BYTES: Final = 32
_JOIN: Final = (
    Asking(
        field=Field(
            at=("address",),
            shape=Shape.LINE,
            label="Your address",
            hint="Such as mash@northshire-police.",
        ),
        missing="Enter the address",
    ),
    Asking(
        field=Field(at=("name",), shape=Shape.LINE, label="The name of the desk, or yours"),
        missing="Enter the name",
    ),
    Asking(
        field=Field(
            at=("whose",),
            shape=Shape.ONE,
            label="Whose address is it?",
            words=(
                Word(code="desk", label="A desk's or team's"),
                Word(
                    code="person",
                    label="One person's own",
                    help="Only members of the partnership see it.",
                ),
            ),
        ),
        missing="Choose whose address it is",
    ),
    Asking(
        field=Field(
            at=("anchor",),
            shape=Shape.LINE,
            label="The partnership's anchor",
            hint="64 letters and digits.",
        ),
        missing="Enter the anchor",
    ),
    Asking(
        field=Field(
            at=("relay",),
            shape=Shape.LINE,
            label="The relay's address",
            hint="Such as https://relay.example.",
        ),
        missing="Enter the relay's address",
    ),
)


async def own(asked: Asked) -> web.StreamResponse:
    """What this machine reads out while it waits; or how it asks to join."""
    return _own(asked, empty(_JOIN))


def _own(asked: Asked, form: Filled) -> web.Response:
    waits, who = asked.client.asked_to_join(), who_of(asked)
    is_nobody = waits is None and not who.is_desk and not who.is_manager
    return asked.page(
        "people/own_words.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        title="Join a partnership" if waits is None else "Your words to read out",
        problem=bool(form.errors) or None,
        waits=waits,
        is_member=who.is_desk,
        form=form if is_nobody else None,
    )


async def join(asked: Asked) -> web.StreamResponse:
    """Make this machine's keys and ask to join. Asking again asks the same."""
    form = filled(_JOIN, asked.form, asked.now)
    anchor = _anchor(form.text("anchor"))
    if not form.problems and anchor is None:
        words = "Enter the anchor as it was given to you: 64 letters and digits"
        form = form.with_problem(Problem(code="E_USAGE", place="anchor", message=words, next=""))
    if form.problems or anchor is None:
        return _own(asked, form)
    try:
        await in_time(
            asked.client.join(
                address(form.text("address")),
                anchor,
                form.text("relay"),
                form.text("name"),
                personal=form.text("whose") == "person",
            )
        )
    except PhoenixError as error:
        return _own(asked, form.with_failure(error))
    asked.desk.look_now()
    return asked.go("/members/joining")


def _anchor(text: str) -> Anchor | None:
    try:
        found = bytes.fromhex(text.strip())
    except ValueError:
        return None
    return Anchor(found) if len(found) == _ANCHOR_BYTES else None


# -- the information manager ------------------------------------------------------------------------------------------


def require_manager(asked: Asked) -> None:
    """Raise HTTPNotFound in a home that manages no agency."""
    if not who_of(asked).is_manager:
        raise web.HTTPNotFound


async def _waiting(asked: Asked) -> tuple[Waiting, ...]:
    require_manager(asked)
    found: tuple[Waiting, ...] = await in_time(asked.client.waiting())
    return found


async def waiting(asked: Asked) -> web.StreamResponse:
    """Who waits, longest first."""
    found = sorted(await _waiting(asked), key=lambda each: each.created)
    return asked.page(
        "people/waiting.html", title="Who waits to join", waiting=found, now=asked.now
    )


async def one(asked: Asked) -> web.StreamResponse:
    """Who it is, and the words to compare."""
    return _one(asked, await _find(asked))


def _one(asked: Asked, found: Waiting, problems: dict[str, str] | None = None) -> web.Response:
    problems = problems or {}
    return asked.page(
        "people/approve.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        title="Somebody waits to join",
        problem=bool(problems) or None,
        problems=problems,
        found=found,
        runs_out=found.created + JOIN_LIFE,
        how=HOW,
        chosen=asked.form.text("how"),
        typed=asked.form.text("typed"),
    )


async def _find(asked: Asked) -> Waiting:
    for each in await _waiting(asked):
        if each.code == asked.part("code"):
            return each
    raise RefusedError("E_NOT_FOUND", "Nobody waits under this code any more.")


async def approve(asked: Asked) -> web.StreamResponse:
    """Certify the machine, once somebody says that the words were compared."""
    found = await _find(asked)
    problems = _wrong(found, asked.form.text("how"), asked.form.text("typed"))
    if problems:
        return _one(asked, found, problems)

    async def work() -> Any:
        done = await asked.client.approve(found.code)
        await asked.desk.look_again()  # how many wait is another number now
        return done

    return await say(
        asked,
        "Approving somebody who waits to join",
        work,
        then=lambda line: f"/members/own?said=approved#m-{line.endpoint.hex()[:16]}",
        back="/members/waiting",
    )


def _wrong(found: Waiting, how: str, typed: str) -> dict[str, str]:
    if how not in HOW:
        return {"how": "Say how you compared the words"}
    if how != "typed":
        return {}
    if not typed.strip():
        return {"typed": "Enter the words or the code that they read out"}
    if is_same(found, typed):
        return {}
    words = "These are not the words of this request. Do not approve it. Ask them to read out all of it again"
    return {"typed": words}


def is_same(found: Waiting, typed: str) -> bool:
    """Whether what was typed is the code or the words of a request, however it is spaced or spelt."""
    if tuple(re.findall(r"[a-z]+", typed.lower())) == found.words:
        return True
    try:
        return read_join_code(typed) == found.code
    except RefusedError:
        return False


PAGES = (
    get("/members/joining", own),
    post("/members/joining", join),
    get("/members/waiting", waiting),
    get("/members/waiting/{code}", one),
    post("/members/waiting/{code}", approve),
)
