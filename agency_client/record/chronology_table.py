"""A chronology as rows of words, for paper, spreadsheets and screens. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from agency_client.record.catalogue import Catalogue
from agency_client.record.chronology import Chronology, Entry, Response, with_gaps
from agency_client.record.dated import Gap, Means, When, when_of
from agency_client.record.noticed import Noticed
from agency_client.record.page import care_in_words, reliance_in_words, source_in_words, words_of
from agency_client.record.register_table import named
from agency_client.record.when import DAY
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.record import CLASS_OF, Statement
from phoenix_protocol.sealing.notices import NoticeAction

UNDATED: Final = "Not dated"

Words = Callable[[Entry, Catalogue], str]
Dated = Callable[[int], str]

_ACTIONS: Final = {
    NoticeAction.CORRECT: "Corrected",
    NoticeAction.DISPUTE: "Disputed",
    NoticeAction.WITHDRAW: "Withdrawn",
    NoticeAction.RELEASE: "Released",
}


def _utc(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _moment(seconds: int) -> str:
    return _utc(seconds).strftime("%Y-%m-%d %H:%M UTC")


def when_in_words(entry: Entry) -> str:
    """When it happened, as precisely as it was said; and what was said before a correction, if that differs."""
    now, before = _said(entry.when), _said(when_of(entry.statement.said))
    return now if now == before else f"{now} (before its correction: {before})"


def _said(when: When | None) -> str:
    if when is None:
        return UNDATED
    said = when.said if when.means is Means.HAPPENED else f"as of {when.said}"
    return said if when.span is not None else f"{UNDATED}: {said}"


def gap_in_words(gap: Gap) -> str:
    """A stretch without entries, and what may lie in it all the same."""
    text = f"No entry for {gap.days} days, {day_in_words(gap.first)} to {day_in_words(gap.last)}"
    if gap.roughly:
        what = "1 entry is" if gap.roughly == 1 else f"{gap.roughly} entries are"
        text += f". {what} dated only roughly and may lie in it"
    return text


def changes(entry: Entry, dated: Dated = _moment) -> Iterator[str]:
    """What became of a statement since it was sent: by whom, when, why. ``dated`` writes a time."""
    for notice in entry.notices:
        yield _change(notice, entry.in_its_place, dated)
    if entry.rests_on_withdrawn:
        yield f"Rests on what was withdrawn: {', '.join(entry.rests_on_withdrawn)}"
    if entry.carrier.replaced_by:
        names = ", ".join(package.hex()[:12] for package in entry.carrier.replaced_by)
        yield f"Its package was replaced by {names}"


def _change(notice: Noticed, stands: Statement | None, dated: Dated) -> str:
    text = f"{_ACTIONS[notice.action]} by {notice.by}, {dated(notice.time)}"
    replacement = notice.replacement
    if replacement is not None and (stands is None or replacement.text != stands.text):
        text += f": {replacement.text}"
    if notice.conditions:
        text += f": no longer {', '.join(notice.conditions)}"
    return f"{text} (why: {notice.words})" if notice.words else text


def sent_in_words(entry: Entry, dated: Dated = _moment) -> str:
    """From whom this home has it, since when, and how often it was passed on."""
    carrier, depth = entry.carrier, entry.statement.said.chain_depth
    is_ours = carrier.is_own and not depth
    how = f"{'Ours, sent' if is_ours else f'by {carrier.sent_from},'} {dated(carrier.sent)}"
    if carrier.is_own and carrier.state != HELD:
        how += f" ({carrier.state.replace('_', ' ')}: it is not with the relay)"
    if not depth:
        return how
    return f"passed on {'once' if depth == 1 else f'{depth} times'}, last {how}"


def response_in_words(response: Response, dated: Dated = _moment) -> str:
    """Who took responsibility for what, or what came of it."""
    did = "took responsibility" if response.kind is EventKind.ACKNOWLEDGED else "outcome"
    said = f": {', '.join(response.words)}" if response.words else ""
    return f"{response.by} {did}, {dated(response.time)}{said}"


#: How far a package of our own is once the relay has it.
HELD: Final = "held"


def _class(entry: Entry, catalogue: Catalogue) -> str:  # noqa: ARG001  # one shape for all
    kind = entry.statement.said.kind.value.replace("_", " ")
    return f"{entry.statement.class_.value}: {kind}"


def _text(entry: Entry, catalogue: Catalogue) -> str:
    return " | ".join(said_lines(entry, catalogue))


def said_lines(entry: Entry, catalogue: Catalogue) -> Iterator[str]:
    """What was said, and what stands in its place: nobody takes the old words for that."""
    stands = entry.in_its_place
    yield words_of(entry.statement.said, catalogue, entry.marks)
    if stands is not None:
        is_other = CLASS_OF[stands.kind] is not entry.statement.class_
        as_ = f", as {CLASS_OF[stands.kind].value}" if is_other else ""
        yield f"Now{as_}: {words_of(stands, catalogue)}"


def _people(entry: Entry, catalogue: Catalogue) -> str:  # noqa: ARG001
    return "; ".join(named(name, role, name in entry.protected) for name, role in entry.people)


def _author(entry: Entry, catalogue: Catalogue) -> str:  # noqa: ARG001
    said = entry.statement.said
    role = f" ({said.author_role})" if said.author_role else ""
    return f"{said.author}{role}" if said.author else ""


def _reliance(entry: Entry, catalogue: Catalogue) -> str:
    said = entry.statement.said
    parts = (
        f"Checked by {said.verified_by}" if said.verified_by else "",
        reliance_in_words(said, entry.names, catalogue),
        care_in_words(said, catalogue),
    )
    return "; ".join(part for part in parts if part)


def _reference(entry: Entry, catalogue: Catalogue) -> str:  # noqa: ARG001
    carrier = entry.carrier
    return f"{carrier.package.hex()[:12]} {entry.called} {entry.statement.id.hex()[:12]}"


#: Every column: its heading, and its words of an entry.
COLUMNS: Final[tuple[tuple[str, Words], ...]] = (
    ("When (UTC)", lambda entry, _: when_in_words(entry)),
    ("Agency", lambda entry, _: entry.statement.said.origin),
    ("What it is", _class),
    ("What was said", _text),
    ("About whom", _people),
    ("Source", lambda entry, catalogue: source_in_words(entry.statement.said.source, catalogue)),
    ("Author", _author),
    ("How it reached us", lambda entry, _: sent_in_words(entry)),
    ("How far to rely on it", _reliance),
    ("Relied on by", lambda entry, _: "; ".join(entry.relied_on_by)),
    ("Response", lambda entry, _: "; ".join(map(response_in_words, entry.responses))),
    ("What changed since", lambda entry, _: "; ".join(changes(entry))),
    ("Do not alert", lambda entry, _: "; ".join(entry.carrier.do_not_alert)),
    ("Own reference", lambda entry, _: entry.carrier.thread),
    ("Package and statement", _reference),
)
#: Where a gap says that it is one.
_GAP_AT: Final = 3


def rows(found: Chronology, catalogue: Catalogue) -> Iterator[list[str]]:
    """Entries and gaps as rows of words, in the order of :data:`COLUMNS`. Texts are literal: make them safe to show."""
    for line in with_gaps(found):
        if isinstance(line, Gap):
            row = [""] * len(COLUMNS)
            row[0], row[_GAP_AT] = day_in_words(line.first), gap_in_words(line)
            yield row
        else:
            yield [words(line, catalogue) for _, words in COLUMNS]


def headings() -> Sequence[str]:
    """The headings of the columns."""
    return [heading for heading, _ in COLUMNS]


def day_in_words(number: int) -> str:
    """A day by its number: 2026-11-20."""
    return _utc(number * DAY).strftime("%Y-%m-%d")
