"""How long a package is kept, section by section; changing that; and erasing, which asks once more."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.ports.vault import Copy, EraseReason
from agency_client.use_cases.retaining import KeptPackage, NewRule
from agency_client.use_cases.reviewing import Outcome, Reviewed
from agency_client.web.asked import Asked
from agency_client.web.fields import Field, Shape, Word
from agency_client.web.naming import kept_core
from agency_client.web.pages.reviews import LIFE
from agency_client.web.record_words import REVIEWED
from agency_client.web.simple_forms import Asking, Filled, day_end, empty, filled
from agency_client.web.table import get, post
from phoenix_protocol.errors import PhoenixError, Problem

COPIES: Final = {
    Copy.EXCHANGE: "Until it is in your agency's own record",
    Copy.RECORD: "It is your agency's record",
}
_RETENTION: Final = "retention_review"


def _sections(kept: KeptPackage, label: str, hint: str) -> Field:
    return Field(
        at=("section",),
        shape=Shape.MANY,
        label=label,
        hint=hint,
        words=tuple(
            Word(code=each.segment.hex(), label=each.title or "A section that does not open")
            for each in kept.sections
        ),
    )


# -- how long ----------------------------------------------------------------------------------------------------------


def _rules(asked: Asked, kept: KeptPackage) -> tuple[Asking, ...]:
    known = asked.client.writer().catalogue.enumerations["retention"].values()
    return (
        Asking(
            field=_sections(
                kept,
                "Which sections?",
                "Leave all empty for the whole package. A section with a rule of its own keeps it.",
            )
        ),
        Asking(
            field=Field(
                at=("rule",),
                shape=Shape.SELECT,
                label="By which rule? (optional)",
                words=tuple(Word(code=word.code, label=word.label) for word in known),
            )
        ),
        Asking(
            field=Field(
                at=("other",),
                shape=Shape.LINE,
                label="Or by another rule, in your words (optional)",
            )
        ),
        Asking(
            field=Field(
                at=("trigger",),
                shape=Shape.LINE,
                label="From when does it count? (optional)",
                hint="For example, the day when the case closes.",
            )
        ),
        Asking(
            field=Field(
                at=("review",),
                shape=Shape.DAY,
                label="When does somebody look again? (optional)",
                hint="For example, 4 12 2032. Nothing is erased by itself.",
            ),
            latest=LIFE,
        ),
        Asking(
            field=Field(
                at=("copy",),
                shape=Shape.ONE,
                label="What is this copy for? (optional)",
                words=tuple(Word(code=c.value, label=label) for c, label in COPIES.items()),
            )
        ),
    )


async def _kept_page(asked: Asked, kept: KeptPackage, form: Filled) -> web.Response:
    catalogue = await asked.client.catalogue()
    return asked.page(
        "reviews/kept.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        title="How long it is kept",
        problem=bool(form.errors) or None,
        is_changed="said" in asked.request.query,
        kept=kept,
        copies=COPIES,
        catalogue=catalogue,
        form=form,
    )


async def kept(asked: Asked) -> web.StreamResponse:
    """The rule of every section, and changing it."""
    found: KeptPackage = await asked.client.kept_package(kept_core(asked))
    return await _kept_page(asked, found, empty(_rules(asked, found)))


async def keep(asked: Asked) -> web.StreamResponse:
    """Change how long it is kept."""
    found: KeptPackage = await asked.client.kept_package(kept_core(asked))
    form = filled(_rules(asked, found), asked.form, asked.now)
    new = NewRule(
        copy=Copy(form.text("copy")) if form.text("copy") and not form.problems else None,
        rule=form.text("other") or form.text("rule") or None,
        trigger=form.text("trigger") or None,
        review=day_end(form.text("review")),
    )
    if not form.problems and new == NewRule():
        nothing = Problem(code="E_USAGE", place="rule", message="Say what to change", next="")
        form = form.with_problem(nothing)
    if form.problems:
        return await _kept_page(asked, found, form)
    try:
        await asked.client.set_retention(found.core, form.texts("section"), new)
    except PhoenixError as error:
        return await _kept_page(asked, found, form.with_failure(error))
    return asked.go(f"/reviews/kept/{found.core.hex()}?said")


# -- erasing -----------------------------------------------------------------------------------------------------------

_WHY: Final = Asking(
    field=Field(
        at=("reason",),
        shape=Shape.ONE,
        label="Why is it erased?",
        words=tuple(Word(code=r.value, label=REVIEWED[r.value]) for r in EraseReason),
    ),
    missing="Choose why it is erased",
)
_WORDS: Final = Asking(
    field=Field(at=("words",), shape=Shape.LONG, label="What did you think? (optional)")
)
_HOW_MUCH: Final = Asking(
    field=Field(
        at=("much",),
        shape=Shape.ONE,
        label="How much of it?",
        words=(
            Word(code="all", label="All of the package"),
            Word(code="some", label="Only the sections that I tick"),
        ),
    ),
    missing="Choose how much is erased",
)


def _erasing(kept: KeptPackage) -> tuple[Asking, ...]:
    if not kept.sections:
        return (_WHY, _WORDS)
    sections = _sections(kept, "Which sections, if not all?", "")
    return (_HOW_MUCH, Asking(field=sections), _WHY, _WORDS)


async def _erase_page(asked: Asked, kept: KeptPackage, form: Filled, **more: Any) -> web.Response:
    return asked.page(
        more.pop("template", "reviews/erase.html"),
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        title="Erase a package or sections of it",
        problem=bool(form.errors) or None,
        kept=kept,
        back=f"/register/package/{kept.core.hex()}",
        action=f"/reviews/erase/{kept.core.hex()}",
        form=form,
        **more,
    )


async def ask_erase(asked: Asked) -> web.StreamResponse:
    """How much, and why. A review has said how much."""
    found: KeptPackage = await asked.client.kept_package(kept_core(asked))
    tree = asked.desk.sought.get(asked.query("look")) or {}
    return await _erase_page(asked, found, Filled(asked=_erasing(found), tree=tree))


async def erase(asked: Asked) -> web.StreamResponse:
    """Ask once more, and say what cannot be undone; then erase."""
    found: KeptPackage = await asked.client.kept_package(kept_core(asked))
    form = filled(_erasing(found), asked.form, asked.now)
    some = form.text("much") == "some"
    if not form.problems and some and not form.texts("section"):
        which = Problem(code="E_USAGE", place="section", message="Tick the sections", next="")
        form = form.with_problem(which)
    if form.problems:
        return await _erase_page(asked, found, form)
    sections = form.texts("section") if some else ()
    if not asked.form.has("really"):
        return await _really(asked, found, form, sections)
    try:
        await _erase(asked, found, sections, form)
    except PhoenixError as error:
        return await _erase_page(asked, found, form.with_failure(error))
    return asked.go(f"/register/package/{found.core.hex()}?said=erased")


async def _really(
    asked: Asked, found: KeptPackage, form: Filled, sections: tuple[str, ...]
) -> web.Response:
    titles = [each.title for each in found.sections if each.segment.hex() in sections]
    return await _erase_page(
        asked,
        found,
        form,
        template="reviews/really_erase.html",
        titles=titles,
        sections=sections,
        much=form.text("much"),
        reason=form.text("reason"),
        words=form.text("words"),
        why=REVIEWED[form.text("reason")],
        is_whole=not sections or len(titles) == len(found.sections),
    )


async def _erase(asked: Asked, found: KeptPackage, sections: tuple[str, ...], form: Filled) -> None:
    """Erased as a review is, so that it is recorded who looked; what was interrupted is finished."""
    reason = EraseReason(form.text("reason"))
    if found.kept is None:
        await asked.client.erase(found.core, sections, reason)
        return
    said = Reviewed(
        outcome=Outcome.ERASE,
        reason=reason,
        kind=_RETENTION,
        places=sections,
        words=form.text("words"),
    )
    await asked.client.reviewed(found.core.hex(), said)


PAGES = (
    get("/reviews/kept/{package}", kept),
    post("/reviews/kept/{package}", keep),
    get("/reviews/erase/{package}", ask_erase),
    post("/reviews/erase/{package}", erase),
)
