"""A chronology in words for a page: every entry in its agency's own voice, gaps between them, what is not in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from agency_client.record.catalogue import Catalogue
from agency_client.record.chronology import Entry
from agency_client.record.chronology_table import (
    COLUMNS,
    UNDATED,
    Words,
    changes,
    response_in_words,
    sent_in_words,
)
from agency_client.record.dated import Gap, Means, When, when_of
from agency_client.record.restricted import in_words
from agency_client.record.when import DAY
from agency_client.record.wording import in_words as label
from agency_client.use_cases.chronicling import Told
from agency_client.web.statement_words import KINDS, Said, dated
from agency_client.web.when import day, moment
from phoenix_protocol.record import CLASS_OF

#: What a page says in other places than beside the statement.
_ELSEWHERE: Final = frozenset(
    {"When (UTC)", "Agency", "What it is", "What was said", "Do not alert", "Package and statement"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGap:
    """A stretch of days of which nothing is known here: ``class_`` is empty, where an entry's is not."""

    words: str
    class_: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEntry:
    """One statement, as one package has it."""

    when: str
    agency: str
    class_: str
    kind: str
    text: str = field(repr=False)
    now: str = field(repr=False)
    now_class: str
    marks: tuple[str, ...]
    is_withdrawn: bool
    said: tuple[Said, ...] = field(repr=False)
    href: str


def chronology_words(
    line: Entry | Gap, catalogue: Catalogue, agencies: Mapping[str, str]
) -> ShownEntry | ShownGap:
    """An entry or a gap; ``agencies`` are names by ids. Texts are literal: templates make them safe."""
    if isinstance(line, Gap):
        return ShownGap(words=_gap(line))
    said, carrier = line.statement.said, line.carrier
    read = f"/sent/{carrier.core.hex()}/read" if carrier.is_own else f"/inbox/{carrier.core.hex()}"
    stands = line.in_its_place
    standing = (label(catalogue, "verification", said.verification),) if said.verification else ()
    return ShownEntry(
        when=_when(line),
        agency=agencies.get(said.origin, said.origin),
        class_=line.statement.class_.value,
        kind=KINDS[said.kind],
        text=said.text,
        now=stands.text if stands is not None else "",
        now_class=CLASS_OF[stands.kind].value if stands is not None else "",
        marks=tuple({word.casefold(): word for word in (*standing, *line.marks)}.values()),
        is_withdrawn="withdrawn" in line.marks,
        said=tuple(_said(line, catalogue)),
        href=f"{read}#s-{line.statement.id.hex()}",
    )


def _gap(gap: Gap) -> str:
    """A stretch without entries, and what may lie in it all the same."""
    text = f"No entry for {gap.days} days, {day(gap.first * DAY)} to {day(gap.last * DAY)}."
    if not gap.roughly:
        return text
    what = "1 entry is" if gap.roughly == 1 else f"{gap.roughly} entries are"
    return f"{text} {what} dated only roughly and may lie in it."


def _when(entry: Entry) -> str:
    now, before = _time(entry.when), _time(when_of(entry.statement.said))
    return now if now == before else f"{now} (before its correction: {before})"


def _time(when: When | None) -> str:
    if when is None:
        return UNDATED
    said = " to ".join(dated(each) for each in when.said.split(" to "))
    words = said if when.means is Means.HAPPENED else f"As of {said}"
    return words if when.span is not None else f"{UNDATED}: {said}"


def _said(entry: Entry, catalogue: Catalogue) -> Iterator[Said]:
    for heading, words in COLUMNS:
        own = _OWN.get(heading, words)
        found = "" if heading in _ELSEWHERE else own(entry, catalogue)
        if found:
            yield Said(heading, found)


def left_out(told: Told) -> Iterator[str]:
    """What of the packages that were found is not in the chronology."""
    for each in told.erased:
        what = "All" if each.stone.section is None else "A section"
        yield f"{what} of a package from {each.sent_from} was erased here, {moment(each.stone.time)}."
    for part in told.restricted:
        what = part.part.place or "All"
        why = in_words(part.part.restriction)
        yield f"{what} of a package from {part.sent_from} is left out: {why}."
    if told.unreadable:
        yield f"{_packages(len(told.unreadable))} a section that does not open."
    if told.unread:
        yield f"Of {_count(len(told.unread))} something was said that this machine has no key for."


#: What a page says in the app's own style of times.
_OWN: Final[Mapping[str, Words]] = {
    "How it reached us": lambda entry, _: sent_in_words(entry, moment),
    "Response": lambda entry, _: "\n".join(
        response_in_words(each, moment) for each in entry.responses
    ),
    "What changed since": lambda entry, _: "\n".join(changes(entry, moment)),
}


def _packages(count: int) -> str:
    return "1 package has" if count == 1 else f"{count} packages have"


def _count(count: int) -> str:
    return "1 package" if count == 1 else f"{count} packages"
