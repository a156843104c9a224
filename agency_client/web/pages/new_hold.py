"""Setting a hold: what has to be kept, and who asks for it. Its order is then handed to every desk."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.use_cases.held import hold_name
from agency_client.use_cases.holding import NewHold
from agency_client.web.asked import Asked
from agency_client.web.fields import Field, Shape, Word
from agency_client.web.simple_forms import Asking, Filled, day_end, empty, filled
from agency_client.web.table import get, post
from phoenix_protocol.errors import PhoenixError, Problem
from phoenix_protocol.identifiers import PackageId, Seconds
from phoenix_protocol.sealing.holds import HoldAuthority

_ID_BYTES: Final = 16
AUTHORITIES: Final = {
    HoldAuthority.INQUIRY: "An inquiry",
    HoldAuthority.LITIGATION: "A court case",
    HoldAuthority.CPIA: "A criminal investigation (CPIA)",
    HoldAuthority.SAR_IN_PROGRESS: "A request for somebody's own information",
    HoldAuthority.COMPLAINT: "A complaint",
    HoldAuthority.CCRC: "The Criminal Cases Review Commission",
}
_NEW: Final = (
    Asking(
        field=Field(
            at=("authority",),
            shape=Shape.ONE,
            label="What asks for it?",
            words=tuple(Word(code=a.value, label=label) for a, label in AUTHORITIES.items()),
        ),
        missing="Choose what asks for it",
    ),
    Asking(
        field=Field(at=("reference",), shape=Shape.LINE, label="What is its reference there?"),
        missing="Enter its reference",
    ),
    Asking(
        field=Field(
            at=("scope",),
            shape=Shape.ONE,
            label="What has to be kept?",
            words=(
                Word(code="subject", label="Everything about somebody"),
                Word(code="thread", label="Everything under a reference of yours"),
                Word(code="package", label="One package"),
            ),
        ),
        missing="Choose what has to be kept",
    ),
    Asking(
        field=Field(
            at=("what",),
            shape=Shape.LINE,
            label="Which?",
            hint="A name or number of the person, the reference, or the whole id of the package.",
        ),
        missing="Enter which",
    ),
    Asking(
        field=Field(at=("by",), shape=Shape.LINE, label="Who sets it?"),
        missing="Enter who sets it",
    ),
    Asking(
        field=Field(
            at=("review",),
            shape=Shape.DAY,
            label="When does somebody look whether it is still needed?",
            hint="For example, 4 12 2027.",
        ),
        missing="Enter the day",
    ),
)


def _new(asked: Asked, form: Filled) -> web.Response:
    return asked.page(
        "reviews/new_hold.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        title="Set a hold",
        problem=bool(form.errors) or None,
        form=form,
        back="/reviews/holds",
        action="/reviews/holds/new",
    )


async def ask_new(asked: Asked) -> web.StreamResponse:
    """What has to be kept, and who asks for it."""
    return _new(asked, empty(_NEW))


async def set_hold(asked: Asked) -> web.StreamResponse:
    """Sign the hold and apply it here; its order is handed over on its page."""
    form = filled(_NEW, asked.form, asked.now)
    package = _package(form.text("what")) if form.text("scope") == "package" else None
    if not form.problems and form.text("scope") == "package" and package is None:
        words = "Enter the whole id of the package: 32 letters and digits"
        form = form.with_problem(Problem(code="E_USAGE", place="what", message=words, next=""))
    review = day_end(form.text("review"))
    if form.problems or review is None:
        return _new(asked, form)
    try:
        kept, _ = await asked.client.set_hold(_written(form, package, review))
    except PhoenixError as error:
        return _new(asked, form.with_failure(error))
    return asked.go(f"/reviews/holds/{hold_name(kept.hash)}?said=set")


def _written(form: Filled, package: PackageId | None, review: Seconds) -> NewHold:
    scope: dict[str, Any] = {"package": package}
    if package is None:
        scope = {form.text("scope"): form.text("what")}
    return NewHold(
        authority=HoldAuthority(form.text("authority")),
        reference=form.text("reference"),
        set_by=form.text("by"),
        review_at=review,
        **scope,
    )


def _package(text: str) -> PackageId | None:
    try:
        id_ = bytes.fromhex(text)
    except ValueError:
        return None
    return PackageId(id_) if len(id_) == _ID_BYTES else None


PAGES = (
    get("/reviews/holds/new", ask_new),
    post("/reviews/holds/new", set_hold),
)
