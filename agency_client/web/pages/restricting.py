"""Restricting a package or parts of it, lifting that, and reading what is restricted by saying why."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.ports.vault import RestrictReason
from agency_client.record.pointing import called
from agency_client.record.restricted import REASONS, in_words
from agency_client.use_cases.reading import ReadPackage
from agency_client.web.asked import Asked
from agency_client.web.fields import Field, Shape, Word
from agency_client.web.naming import inbox_path, kept_core
from agency_client.web.pages.reading import hand_over, opened_values
from agency_client.web.simple_forms import Asking, Filled, empty, filled
from agency_client.web.table import get, post
from phoenix_protocol.errors import PhoenixError
from phoenix_protocol.identifiers import ObjectHash

_SAID: Final = {
    "restricted": "It is restricted, and that is recorded.",
    "lifted": "It can be read again, and that is recorded.",
}
#: A list of more parts than these is folded into the sections alone.
_MOST: Final = 60
_WHY: Final = (
    Asking(
        field=Field(
            at=("why",),
            shape=Shape.LONG,
            label="Why do you have to read it?",
            hint="That you read it, and why, is recorded.",
        ),
        missing="Enter why you have to read it",
    ),
)


async def _opened(
    asked: Asked, core: ObjectHash, why: str | None = None
) -> tuple[ReadPackage, str]:
    """The package, and where it is shown, whichever way it went."""
    client = asked.client
    if client.is_received(core):
        return await client.open_package(core, why), inbox_path(core)
    return await client.reread(core, why), f"/sent/{core.hex()}"


def _parts(opened: ReadPackage) -> Iterator[Word]:
    """Everything that can be restricted by itself, by what people call it."""
    names = called(opened.sections)
    for n, section in enumerate(opened.sections):
        yield Word(code=section.item.hex(), label=f"Section: {section.title}")
        if len(names) <= _MOST:
            yield from (
                Word(code=each.item.hex(), label=each.words) for each in names if each.section == n
            )


def _asks(opened: ReadPackage) -> tuple[Asking, ...]:
    return (
        Asking(
            field=Field(
                at=("parts",),
                shape=Shape.MANY,
                label="What do you restrict?",
                hint="Leave all empty for the whole package.",
                words=tuple(_parts(opened)),
            )
        ),
        Asking(
            field=Field(
                at=("reason",),
                shape=Shape.ONE,
                label="Why is it kept and not used?",
                words=tuple(
                    Word(code=reason.value, label=words[0].upper() + words[1:])
                    for reason, words in REASONS.items()
                ),
            ),
            missing="Choose why it is kept and not used",
        ),
        Asking(field=Field(at=("words",), shape=Shape.LONG, label="In your own words (optional)")),
    )


async def _page(asked: Asked, core: ObjectHash, form: Filled | None = None) -> web.Response:
    opened, _ = await _opened(asked, core)
    form = empty(_asks(opened)) if form is None else form
    return asked.page(
        "reviews/restrict.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        title="Keep it, and stop using it",
        problem=bool(form.errors) or None,
        said=_SAID.get(asked.query("said")),
        core=core.hex(),
        form=form,
        live=[
            (part.place or "", part.place or "The whole package", in_words(part.restriction))
            for part in opened.restricted
        ],
    )


async def ask(asked: Asked) -> web.StreamResponse:
    """What is restricted of a package now, and restricting more of it."""
    return await _page(asked, kept_core(asked))


async def restrict(asked: Asked) -> web.StreamResponse:
    """Restrict what was ticked, or all of it."""
    core = kept_core(asked)
    opened, _ = await _opened(asked, core)
    form = filled(_asks(opened), asked.form, asked.now)
    if form.problems:
        return await _page(asked, core, form)
    reason, words = RestrictReason(form.text("reason")), form.text("words") or None
    doing = asked.client.restrict(core, _names(opened, form.texts("parts")), reason, words)
    return await _done(asked, core, doing, "restricted", form)


async def lift(asked: Asked) -> web.StreamResponse:
    """End one restriction, or that of the whole package."""
    core = kept_core(asked)
    opened, _ = await _opened(asked, core)
    names = [part.place for part in opened.restricted if part.place is not None]
    wanted = asked.form.text("part")
    chosen = [name for name in names if name == wanted]
    doing = asked.client.lift_restriction(core, chosen, None)
    return await _done(asked, core, doing, "lifted", None)


async def _done(
    asked: Asked, core: ObjectHash, doing: Awaitable[Any], said: str, form: Filled | None
) -> web.StreamResponse:
    try:
        await doing
    except PhoenixError as error:
        if form is None:
            raise
        return await _page(asked, core, form.with_failure(error))
    return asked.go(f"/reviews/restrict/{core.hex()}?said={said}")


def _names(opened: ReadPackage, ticked: tuple[str, ...]) -> list[str]:
    """What was ticked, as the use case names it."""
    names = {section.item.hex(): section.id for section in opened.sections}
    names |= {each.item.hex(): each.called for each in called(opened.sections)}
    return [names[each] for each in ticked]


# -- reading it all the same ------------------------------------------------------------------------------------------


async def _ask_why(asked: Asked, core: ObjectHash, form: Filled) -> web.Response:
    _, here = await _opened(asked, core)
    return asked.page(
        "reviews/restricted.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        title="Read what is restricted",
        problem=bool(form.errors) or None,
        here=here,
        core=core.hex(),
        form=form,
    )


async def ask_why(asked: Asked) -> web.StreamResponse:
    """Why somebody has to read it."""
    return await _ask_why(asked, kept_core(asked), empty(_WHY))


async def read(asked: Asked) -> web.StreamResponse:
    """The package with the words of what is restricted, for whoever said why. Nothing of it stays in an address."""
    core = kept_core(asked)
    form = filled(_WHY, asked.form, asked.now)
    if form.problems:
        return await _ask_why(asked, core, form)
    why = form.text("why")
    opened, here = await _opened(asked, core, why)
    values = await opened_values(asked, core, opened, here)
    is_own = not asked.client.is_received(core)
    return asked.page(
        "reviews/unhidden.html",
        **{**values, "why": why},
        title="What is restricted",
        is_own=is_own,
    )


async def file(asked: Asked) -> web.StreamResponse:
    """A file that is restricted, for whoever said why."""
    core = kept_core(asked)
    form = filled(_WHY, asked.form, asked.now)
    if form.problems:
        return await _ask_why(asked, core, form)
    opened, _ = await _opened(asked, core)
    return await hand_over(asked, core, opened.package, form.text("why"))


PAGES = (
    get("/reviews/restrict/{package}", ask),
    post("/reviews/restrict/{package}", restrict),
    post("/reviews/restrict/{package}/lift", lift),
    get("/reviews/restricted/{package}", ask_why),
    post("/reviews/restricted/{package}", read),
    post("/reviews/restricted/{package}/file/{item}", file),
)
