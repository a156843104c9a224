"""Corrections, withdrawals, disputes and releases: what came and what was said from here, and saying what was done."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from agency_client.use_cases.notice_views import NEED_OUTCOME, Shown
from agency_client.web.asked import Asked
from agency_client.web.fields import Field, Shape, Word
from agency_client.web.in_time import in_time
from agency_client.web.naming import number_of
from agency_client.web.notice_words import DONE, SAID, WHAT_TO_DO, did
from agency_client.web.paging import pages_of
from agency_client.web.simple_forms import Asking, Filled, empty, filled
from agency_client.web.table import get, post
from phoenix_protocol.errors import PhoenixError, Problem
from phoenix_protocol.package.notices import AnswerKind

_MOST: Final = 50
#: What stands above the list once somebody has said what they did.
_SETTLED: Final = "What you did is recorded, and whoever said it is told."
_DISAGREED: Final = AnswerKind.DISAGREED.value

_SETTLE: Final = (
    Asking(
        field=Field(
            at=("outcome",),
            shape=Shape.ONE,
            label="What did you do about it?",
            words=tuple(Word(code=code, label=label, help=help_) for code, label, help_ in DONE),
        ),
        missing="Choose what you did about it",
    ),
    Asking(
        field=Field(
            at=("why",),
            shape=Shape.LONG,
            label="In your own words",
            hint="Whoever said it reads this. If you disagree, say why; otherwise you may leave it empty.",
        ),
    ),
)


async def notices(asked: Asked) -> web.StreamResponse:
    """What came and what was sent; what waits for an outcome first, then the newest."""
    found = sorted(await asked.client.notices(), key=lambda each: not each.owed)
    number = number_of(asked.query("page"))
    start = (number - 1) * _MOST
    return asked.page(
        "inbox/notices.html",
        title="Corrections and withdrawals",
        notices=[
            (each, _place(asked, each), asked.client.text_of(each.core, each.item))
            for each in found[start : start + _MOST]
        ],
        done_words=_SETTLED if asked.query("said") == "settled" else "",
        owed=sum(each.owed for each in found),
        whole=len(found),
        said=SAID,
        did=did,
        pagination=pages_of(len(found), _MOST, number, "/notices?page="),
    )


def _place(asked: Asked, notice: Shown) -> str:
    """Where the statement stands that it is about."""
    core = notice.core.hex()
    path = f"/inbox/{core}" if asked.client.is_received(notice.core) else f"/sent/{core}/read"
    return f"{path}#s-{notice.item.hex()}"


async def one(asked: Asked) -> web.StreamResponse:
    """One notice, and what was done about it."""
    return await _one(asked, empty(_SETTLE))


async def _one(asked: Asked, form: Filled) -> web.StreamResponse:
    wanted = asked.part("notice").lower()
    every = [each for each in await asked.client.notices() if each.noticed.notice.hex() == wanted]
    if not every:
        raise web.HTTPNotFound
    notice = every[0]
    return asked.page(
        "inbox/notice.html",
        title=SAID[notice.noticed.action],
        problem=bool(form.errors),
        form=form,
        notice=notice,
        text=asked.client.text_of(notice.core, notice.item),
        places=[(each.words, _place(asked, each)) for each in every],
        may_settle=not notice.own and notice.noticed.action in NEED_OUTCOME,
        said=SAID,
        what_to_do=WHAT_TO_DO[notice.noticed.action],
        did=did,
    )


async def settle(asked: Asked) -> web.StreamResponse:
    """Say what was done: nothing else puts a correction or withdrawal away."""
    form = _with_reason(filled(_SETTLE, asked.form, asked.now))
    if form.problems:
        return await _one(asked, form)
    try:
        notice, why = asked.part("notice"), form.text("why") or None
        await in_time(asked.client.settle(notice, form.text("outcome"), why))
    except PhoenixError as error:
        return await _one(asked, form.with_failure(error))
    return asked.go("/notices?said=settled")


def _with_reason(form: Filled) -> Filled:
    """Whoever disagrees says why."""
    if form.text("outcome") != _DISAGREED or form.text("why"):
        return form
    problem = Problem(code="E_USAGE", place="why", message="Enter why you disagree", next="")
    return form.with_problem(problem)


PAGES = (
    get("/notices", notices),
    get("/notices/{notice}", one),
    post("/notices/{notice}", settle),
)
