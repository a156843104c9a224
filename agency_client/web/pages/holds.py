"""Holds: what has to be kept, whatever else would erase it. Desks apply them; information managers lift them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from aiohttp import BodyPartReader, web

from agency_client.ports.vault import StoredHold
from agency_client.record.hold_words import KNOWN, reach_in_words
from agency_client.use_cases.held import hold_name
from agency_client.use_cases.reviewing import Outcome, Reviewed
from agency_client.web.asked import Asked
from agency_client.web.copies import to_save
from agency_client.web.fields import Field, Shape
from agency_client.web.forms import TOKEN
from agency_client.web.pages.new_hold import AUTHORITIES
from agency_client.web.simple_forms import Asking, Filled, day_end, empty, filled
from agency_client.web.table import get, post
from agency_client.web.uploads import parts_of, piece_of
from phoenix_protocol.errors import PhoenixError

#: An order is small.
_ORDER_BYTES: Final = 64 << 10
_LONGEST_TOKEN: Final = 1 << 10
_SAID: Final = {
    "applied": "The order is applied here.",
    "set": "The hold is set. Save its order, and hand it to every desk of your agency.",
    "lifted": "The hold is lifted here. Save the order, and hand it to every desk of your agency.",
    "kept": "That you looked is recorded.",
    "known": KNOWN,
}


async def holds(asked: Asked) -> web.StreamResponse:
    """Every hold that is known here, and applying an order."""
    return await _list(asked)


async def _list(asked: Asked, problem: str = "") -> web.Response:
    found: tuple[StoredHold, ...] = await asked.client.holds()
    return asked.page(
        "reviews/holds.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        title="Holds",
        said=_SAID.get(asked.query("said")),
        said_title=_title(asked),
        problem=problem or None,
        holds=[(hold_name(hold.hash), hold) for hold in reversed(found)],
        authorities=AUTHORITIES,
        is_manager=_is_manager(asked),
    )


def _title(asked: Asked) -> str:
    return "Nothing changed" if asked.query("said") == "known" else "Done"


def _is_manager(asked: Asked) -> bool:
    return asked.client.home.content.manager is not None


async def apply(asked: Asked) -> web.StreamResponse:
    """Apply an order of this agency's information manager. It is small: more than that is no order."""
    order = b""
    async for part in parts_of(asked):
        if part.name == TOKEN:
            token = (await piece_of(part, _LONGEST_TOKEN)).decode("ascii", "replace")
            if not asked.sessions.is_form_token(token):
                raise web.HTTPForbidden
            asked.form = type(asked.form)(((TOKEN, token),))
        elif not asked.form.has(TOKEN):
            raise web.HTTPForbidden
        elif part.name == "order":
            order = await _small(part)
    asked.desk.asked()
    if not order:
        return await _list(asked, "Choose the file with the order")
    try:
        done = await asked.client.apply_hold(order)
    except PhoenixError as error:
        return await _list(asked, error.what)
    said = "known" if done.is_known else "applied"
    place = f"/{hold_name(done.hold.hash)}" if done.hold is not None else ""
    return asked.go(f"/reviews/holds{place}?said={said}")


async def _small(part: BodyPartReader) -> bytes:
    found = bytearray()
    while piece := await piece_of(part):
        found += piece
        if len(found) > _ORDER_BYTES:
            raise web.HTTPRequestEntityTooLarge(_ORDER_BYTES, len(found))
    return bytes(found)


# -- one hold ----------------------------------------------------------------------------------------------------------

_KEEP: Final = (
    Asking(
        field=Field(
            at=("until",),
            shape=Shape.DAY,
            label="It is still needed. When does somebody look again?",
            hint="For example, 4 12 2027.",
        ),
        missing="Enter the day",
    ),
    Asking(field=Field(at=("words",), shape=Shape.LONG, label="What did you think? (optional)")),
)
_LIFT: Final = (
    Asking(
        field=Field(at=("by",), shape=Shape.LINE, label="Who lifts it?"),
        missing="Enter who lifts it",
    ),
    Asking(
        field=Field(at=("reason",), shape=Shape.LONG, label="Why is it needed no longer?"),
        missing="Enter why it is needed no longer",
    ),
)


async def _find(asked: Asked) -> StoredHold:
    """The hold that the path names. Raises HTTPNotFound."""
    known: tuple[StoredHold, ...] = await asked.client.holds()
    for hold in known:
        if hold_name(hold.hash) == asked.part("hold"):
            return hold
    raise web.HTTPNotFound


async def _hold(asked: Asked, **forms: Filled) -> web.Response:
    hold = await _find(asked)
    errors = [error for form in forms.values() for error in form.errors]
    return asked.page(
        "reviews/hold.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        title="A hold",
        said=_SAID.get(asked.query("said")),
        said_title=_title(asked),
        reaches=await asked.client.reach_of_hold(hold),
        reach_in_words=reach_in_words,
        problem=bool(errors) or None,
        errors=errors,
        name=asked.part("hold"),
        hold=hold,
        authorities=AUTHORITIES,
        is_manager=_is_manager(asked),
        keep=forms.get("keep") or empty(_KEEP),
        lift=forms.get("lift") or empty(_LIFT),
    )


async def one(asked: Asked) -> web.StreamResponse:
    """A hold: what it reaches, who set it, and whether it is still needed."""
    return await _hold(asked)


async def keep(asked: Asked) -> web.StreamResponse:
    """Somebody has looked: it is still needed."""
    form = filled(_KEEP, asked.form, asked.now)
    if form.problems:
        return await _hold(asked, keep=form)
    said = Reviewed(
        outcome=Outcome.KEEP, until=day_end(form.text("until")), words=form.text("words")
    )
    try:
        await asked.client.reviewed(asked.part("hold"), said)
    except PhoenixError as error:
        return await _hold(asked, keep=form.with_failure(error))
    return asked.go(f"/reviews/holds/{asked.part('hold')}?said=kept")


async def lift(asked: Asked) -> web.StreamResponse:
    """Lift it; the order for the desks is handed over on its page, as often as it is needed."""
    form = filled(_LIFT, asked.form, asked.now)
    if form.problems:
        return await _hold(asked, lift=form)
    try:
        await asked.client.lift_hold(asked.part("hold"), form.text("by"), form.text("reason"))
    except PhoenixError as error:
        return await _hold(asked, lift=form.with_failure(error))
    return asked.go(f"/reviews/holds/{asked.part('hold')}?said=lifted")


async def order(asked: Asked) -> web.StreamResponse:
    """The order that sets a hold, to be handed to every desk."""
    hold = await _find(asked)
    return to_save(hold.signed, f"hold-{asked.part('hold')}.order")


async def order_of_lifting(asked: Asked) -> web.StreamResponse:
    """The order that lifted a hold, to be handed to every desk."""
    order = await asked.client.lifting_order(await _find(asked))
    if order is None:
        raise web.HTTPNotFound
    return to_save(order, f"lift-{asked.part('hold')}.order")


PAGES = (
    get("/reviews/holds", holds),
    post("/reviews/holds/apply", apply, streams=True),
    get("/reviews/holds/{hold}", one),
    post("/reviews/holds/{hold}/keep", keep),
    post("/reviews/holds/{hold}/lift", lift),
    get("/reviews/holds/{hold}/order", order),
    get("/reviews/holds/{hold}/lifting-order", order_of_lifting),
)
