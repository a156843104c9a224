"""Decisions that go with no package: above all those not to share. Written here, recorded here, sent to nobody."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from agency_client.ports.vault import Due
from agency_client.record.dues import is_overdue
from agency_client.use_cases.drafts import tree_of
from agency_client.use_cases.registering import Sought
from agency_client.web.asked import Asked
from agency_client.web.naming import number_of, received_core
from agency_client.web.pages.share import people_pages
from agency_client.web.pages.sharing import last_pages
from agency_client.web.paging import pages_of as pagination
from agency_client.web.register_words import register_words
from agency_client.web.table import get, post
from agency_client.web.writing.asking import beginning, pages_of
from agency_client.web.writing.documents import document_of
from agency_client.web.writing.lone_decision import LONE_DECISION, NAME, ROOT

_MOST: Final = 50
_DECIDED: Final = frozenset({"decision"})
_REVIEW: Final = "decision_review"


async def decisions(asked: Asked) -> web.StreamResponse:
    """Those that were recorded, newest first, and the drafts."""
    number = number_of(asked.query("page"))
    sought = Sought(kinds=_DECIDED)
    found = await asked.client.register_page(sought, start=(number - 1) * _MOST, most=_MOST)
    catalogue = await asked.client.catalogue()
    return asked.page(
        "decisions/list.html",
        title="Decisions not to share",
        rows=[
            (register_words(entry, catalogue), due, _is_late(due, asked.now))
            for entry in found.entries
            for due in (await _review(asked, entry.line.record),)
        ],
        drafts=[
            (draft, document_of(tree_of(draft)).get("purpose") or "No purpose yet")
            for draft in asked.client.drafts(NAME)
        ],
        now=asked.now,
        pagination=pagination(found.whole, _MOST, number, f"{ROOT}?page="),
    )


async def _review(asked: Asked, record: int | None) -> Due | None:
    """When a decision is looked at again; None when nobody has to."""
    if record is None:
        return None
    shown = await asked.client.show_record(record)
    return next((due for due in shown.dues if due.kind == _REVIEW and due.closed is None), None)


def _is_late(due: Due | None, now: int) -> bool:
    return due is not None and is_overdue(due.at, now)


async def about_package(asked: Asked) -> web.StreamResponse:
    """A decision about a request or package that came: who asked, and what for, is there already."""
    core = received_core(asked)
    package = (await asked.client.received(core)).package
    document = {
        "purpose": package.purpose,
        "packages": [package.package.hex()],
        "asked": {"by": package.sent_from},
    }
    draft = asked.client.new_draft(NAME, {"document": document})
    return asked.go(f"{ROOT}/{draft.id}")


async def recorded(asked: Asked) -> web.StreamResponse:
    """It is recorded: where it is, and when it is looked at again."""
    number = int(asked.part("record"))
    await asked.client.show_record(number)
    return asked.page(
        "decisions/recorded.html",
        title="Recorded",
        number=number,
        review=await _review(asked, number),
    )


PAGES = (
    get(ROOT, decisions),
    beginning(LONE_DECISION, {}),
    post(f"{ROOT}/about/{{package:[0-9a-f]{{64}}}}", about_package),
    get(f"{ROOT}/recorded/{{record:[0-9]{{1,12}}}}", recorded),
    *pages_of(LONE_DECISION),
    *people_pages(ROOT),
    *last_pages(ROOT),
)
