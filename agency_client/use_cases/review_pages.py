"""What is to be looked at, a page at a time, each with what it is about. Talks to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from agency_client.ports.vault import Families
from agency_client.use_cases.falling_due import ToReview, review
from agency_client.use_cases.held import hold_name
from agency_client.use_cases.holding import HOLD_REVIEW
from agency_client.use_cases.home import Home
from agency_client.use_cases.restricting import shown_purpose
from phoenix_protocol.identifiers import Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewLine:
    """Something to look at. ``words`` say what it is about; ``is_own`` whether it was sent from here."""

    item: ToReview
    words: str = field(repr=False)
    is_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """Some of what is due, soonest first, and whether there is more."""

    lines: tuple[ReviewLine, ...]
    more: bool


def review_page(home: Home, until: Seconds, *, start: int, most: int) -> ReviewPage:
    """What is due by ``until``: ``most`` of it without the first ``start``."""
    found, left = review(home, until, start + most)
    with home.vault.reading() as view:
        lines = _lines(view, found[start : start + most])
    return ReviewPage(lines=lines, more=left > 0 or len(found) > start + most)


def _lines(view: Families, items: Sequence[ToReview]) -> tuple[ReviewLine, ...]:
    """Each with its words: those of a package, of a record, or of a hold."""
    cores = {item.core for item in items if item.core is not None}
    own = {each.package.core: each.package for each in view.sent.summaries(cores)}
    came = {each.core: each for each in view.received.of(cores - own.keys())}
    holds = {hold_name(hold.hash): hold.said.reference for hold in view.holds.all()}

    def words(item: ToReview) -> str:
        if item.core is not None:
            return shown_purpose(view, own.get(item.core) or came.get(item.core))
        if item.kind == HOLD_REVIEW:
            return holds.get(item.place, "")
        record = view.records.get(item.record) if item.record is not None else None
        return record.summary if record is not None else ""

    return tuple(
        ReviewLine(item=item, words=words(item), is_own=item.core in own) for item in items
    )
