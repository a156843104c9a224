"""What is to be looked at now or soon, and saying that somebody has looked, with what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from aiohttp import web

from agency_client.record.looks import OWED_ANSWER
from agency_client.use_cases.review_pages import ReviewLine, ReviewPage
from agency_client.use_cases.reviewing import Outcome, Reviewed
from agency_client.web.asked import Asked
from agency_client.web.due_words import LOOKED_AT, SINCE, DueOf, due_href, due_words
from agency_client.web.fields import Field, Shape, Word
from agency_client.web.naming import kept_core, number_of, record_of
from agency_client.web.paging import pages_of
from agency_client.web.questions import label_of, questions, setting_for
from agency_client.web.simple_forms import Asking, Filled, day_end, empty, filled
from agency_client.web.table import get, post
from phoenix_protocol.errors import PhoenixError, Problem
from phoenix_protocol.identifiers import ObjectHash, Seconds

#: So many things on a page; the answers that are owed of one package or record are one line.
_MOST: Final = 200
_DAY: Final = 86400
#: How far ahead somebody looks, in days: the choices.
_AHEAD: Final = {7: "a week", 30: "30 days", 90: "90 days", 366: "a year"}
_USUAL: Final = 30
#: A record is kept for a life.
LIFE: Final = 120 * 366 * _DAY
_RETENTION: Final = "retention_review"
_SAID: Final = {
    "reviewed": "That you looked is recorded.",
    "answered": "The answer is recorded.",
    "erased": "Erased. Copies on other machines, on paper and in backups are not reached.",
}


async def reviews(asked: Asked) -> web.StreamResponse:
    """What is due, soonest first, page by page."""
    wanted = asked.query("days")
    days = int(wanted) if wanted in {str(each) for each in _AHEAD} else _USUAL
    number = number_of(asked.query("page"))
    until = Seconds(asked.now + days * _DAY)
    start = (number - 1) * _MOST
    page: ReviewPage = await asked.client.review_page(until, start=start, most=_MOST)
    path = f"/reviews?days={days}&page=" if days != _USUAL else "/reviews?page="
    return asked.page(
        "reviews/list.html",
        title="What is to be looked at",
        said=_SAID.get(asked.query("said")),
        days=days,
        ahead=_AHEAD,
        number=number,
        lines=_lines(asked, page),
        pagination=pages_of(start + len(page.lines) + page.more, _MOST, number, path),
        now=asked.now,
    )


@dataclass(slots=True, kw_only=True)
class _Line:
    """Something to look at, as the list shows it."""

    words: str
    href: str
    at: int
    is_since: bool
    is_overdue: bool
    about: str = field(repr=False)
    way: str


def _lines(asked: Asked, page: ReviewPage) -> list[_Line]:
    """A line each; the answers that are owed of one package or record are one line."""
    setting = setting_for(asked, {})
    known = questions(setting) if page.lines else {}
    owed = Counter(map(_of, page.lines))
    found: dict[Hashable, _Line] = {}
    for number, line in enumerate(page.lines):
        item = line.item
        place = item.place.partition(":")[2]
        words = due_words(item.kind, item.place)
        if item.kind == OWED_ANSWER:
            count = owed[_of(line)]
            question = label_of(place, known, setting.catalogue)
            words = f"Give {count} answers that are owed" if count > 1 else f"{words}: {question}"
        due = DueOf(kind=item.kind, core=item.core, record=item.record, place=item.place)
        shown = _Line(
            words=words,
            href=due_href(due),
            at=item.at,
            is_since=item.kind in SINCE,
            is_overdue=item.overdue,
            about=line.words,
            way=_way(item.core, is_own=line.is_own),
        )
        found.setdefault(_of(line) if item.kind == OWED_ANSWER else number, shown)
    return list(found.values())


def _of(line: ReviewLine) -> tuple[str, ObjectHash | None, int | None]:
    """What a line is about, and of which kind it is."""
    return line.item.kind, line.item.core, line.item.record


def _way(core: ObjectHash | None, *, is_own: bool) -> str:
    if core is None:
        return ""
    return "you sent" if is_own else "you received"


# -- somebody has looked -----------------------------------------------------------------------------------------------


def _asks(*, is_kept: bool) -> tuple[Asking, ...]:
    """What came of it: what is kept is always looked at again."""
    keep = Word(code="keep", label="Look at it again, on another day")
    done = Word(code="done", label="It is done")
    held = Word(code="hold", label="Keep it, because a hold says so")
    erase = Word(
        code="erase", label="Erase it", help="You are asked once more before anything goes."
    )
    return (
        Asking(
            field=Field(
                at=("outcome",),
                shape=Shape.ONE,
                label="What came of it?",
                words=(keep, held, erase) if is_kept else (keep, done),
            ),
            missing="Choose what came of it",
        ),
        Asking(
            field=Field(
                at=("until",),
                shape=Shape.DAY,
                label="On which day, if you look at it again?",
                hint="For example, 4 12 2027.",
            ),
            latest=LIFE,
        ),
        Asking(
            field=Field(at=("words",), shape=Shape.LONG, label="What did you think? (optional)")
        ),
    )


def _name(asked: Asked) -> tuple[str, str]:
    """What is looked at, as the use case names it, and where it is shown."""
    if "record" in asked.request.match_info:
        number = record_of(asked)
        return f"r{number}", f"/register/record/{number}"
    core = kept_core(asked).hex()
    return core, f"/register/package/{core}"


async def _page(asked: Asked, form: Filled) -> web.StreamResponse:
    _, back = _name(asked)
    kind = _kind(asked)
    return asked.page(
        "reviews/look.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        title=due_words(kind),
        problem=bool(form.errors) or None,
        form=form,
        back=back,
        action=asked.request.path_qs,
        kept=await asked.client.kept_package(kept_core(asked)) if kind == _RETENTION else None,
        place=asked.query("place"),
    )


def _kind(asked: Asked) -> str:
    """What kind of review. Raises HTTPNotFound for what is not looked at here."""
    kind = asked.query("kind")
    if kind not in LOOKED_AT:
        raise web.HTTPNotFound
    return kind


async def look(asked: Asked) -> web.StreamResponse:
    """What came of it."""
    return await _page(asked, empty(_asks(is_kept=_kind(asked) == _RETENTION)))


async def looked(asked: Asked) -> web.StreamResponse:
    """Record that somebody has looked. Erasing goes on to the page that asks once more."""
    kind = _kind(asked)
    form = filled(_asks(is_kept=kind == _RETENTION), asked.form, asked.now)
    until = day_end(form.text("until"))
    if not form.problems and form.text("outcome") == "keep" and until is None:
        missing = Problem(code="E_USAGE", place="until", message="Enter the day", next="")
        form = form.with_problem(missing)
    if form.problems:
        return await _page(asked, form)
    name, _ = _name(asked)
    place = asked.query("place")
    if form.text("outcome") == "erase":
        much = {"much": "some", "section": [place]} if place else {"much": "all"}
        kept = asked.desk.sought.put({**much, "words": form.text("words")})
        return asked.go(f"/reviews/erase/{name}?look={kept}")
    said = Reviewed(
        outcome=Outcome(form.text("outcome")),
        until=until,
        kind=kind,
        places=(place,) if place else (),
        words=form.text("words"),
    )
    try:
        await asked.client.reviewed(name, said)
    except PhoenixError as error:
        return await _page(asked, form.with_failure(error))
    return asked.go("/reviews?said=reviewed")


PAGES = (
    get("/reviews", reviews),
    get("/reviews/look/package/{package}", look),
    post("/reviews/look/package/{package}", looked),
    get("/reviews/look/record/{record}", look),
    post("/reviews/look/record/{record}", looked),
)
