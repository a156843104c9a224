"""A chronology: everything once and in its own voice, in the order in which it happened, and gaps that can be seen."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agency_client.record.chronology import Entry, Response, Wish, chronology, entries_of, with_gaps
from agency_client.record.chronology_copies import chronology_csv, chronology_page
from agency_client.record.chronology_table import COLUMNS, gap_in_words, rows
from agency_client.record.dated import Gap, gaps, when_of
from agency_client.record.plain import plain
from agency_client.record.shipped import shipped_catalogue
from agency_client.record.when import DAY
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.record import Kind, Source
from phoenix_protocol.sealing.notices import NoticeAction
from tests.client.chronology_values import (
    COUNCIL,
    FRONT,
    MASH,
    POLICE,
    carrier,
    entries,
    item,
    notice,
    said,
    section,
)
from tests.client.test_register_copies import HOSTILE, Seen, read_back


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal() - date(1970, 1, 1).toordinal()


def texts(found: Any) -> list[str]:
    return [entry.statement.said.text for entry in found]


def cells(entry: Entry) -> dict[str, str]:
    (row,) = rows(chronology([entry], Wish()), shipped_catalogue())
    return dict(zip([heading for heading, _ in COLUMNS], row, strict=True))


# -- order ------------------------------------------------------------------------------------------------------------

_DAYS = st.dates(date(2020, 1, 1), date(2026, 12, 31))
WHENS = st.one_of(
    st.none(),
    st.just("last autumn"),
    _DAYS.map(lambda d: d.isoformat()),
    _DAYS.map(lambda d: d.strftime("%Y-%m")),
    _DAYS.map(lambda d: d.strftime("%Y")),
    st.integers(1_577_836_800, 1_798_675_200).map(
        lambda seconds: datetime.fromtimestamp(seconds, UTC).isoformat()
    ),
)
STATEMENTS = st.builds(
    lambda a, b, c, origin, n: said(
        f"said {n}", as_of=a, event_from=b, event_to=c, origin=origin, chain_depth=n % 3
    ),
    WHENS,
    WHENS,
    WHENS,
    st.sampled_from([COUNCIL, POLICE]),
    st.integers(0, 3),
)
PACKAGES = st.lists(st.lists(STATEMENTS, min_size=1, max_size=5), max_size=5)


def of(packages: list[list[Any]]) -> list[Entry]:
    return [e for n, statements in enumerate(packages) for e in entries(*statements, n=n + 1)]


@given(PACKAGES, st.integers(0, 2**32))
@settings(max_examples=60)
def test_nothing_is_lost_merged_or_moved_by_the_order_in_which_it_came(
    packages: list[list[Any]], seed: int
) -> None:
    everything = of(packages)
    found = chronology(everything, Wish())
    assert sorted(map(id, found.entries)) == sorted(map(id, everything))
    shuffled = random.Random(seed).sample(everything, len(everything))
    assert chronology(shuffled, Wish()) == found
    starts = [e.when.span.first for e in found.dated if e.when and e.when.span]
    assert len(starts) == len(found.dated)
    assert starts == sorted(starts)
    assert all(e.when is None or e.when.span is None for e in found.undated)
    assert [line for line in with_gaps(found) if isinstance(line, Entry)] == list(found.entries)
    assert [line for line in with_gaps(found) if isinstance(line, Gap)] == list(found.gaps)


@given(PACKAGES, _DAYS, _DAYS)
@settings(max_examples=60)
def test_what_cannot_have_happened_then_is_left_out_and_nothing_else(
    packages: list[list[Any]], a: date, b: date
) -> None:
    first, last = (day(d.isoformat()) * DAY for d in sorted((a, b)))
    everything, wish = of(packages), Wish(since=first, until=last + DAY)
    found = chronology(everything, wish)
    left_out = {id(e) for e in everything} - {id(e) for e in found.entries}
    for entry in everything:
        when = entry.when
        outside = when and when.span and (when.span.last < first or when.span.first >= last + DAY)
        assert (id(entry) in left_out) is bool(outside)


def test_what_is_known_roughly_comes_before_what_is_known_better_and_stays_as_written() -> None:
    found = chronology(
        entries(
            said("the day", event_from="2026-11-01"),
            said("the year", as_of="2026"),
            said("the month", event_from="2026-11"),
            said("an hour", event_from="2026-11-01T08:00:00+01:00"),
            said("nothing"),
            said("no day", as_of="last autumn"),
            said("a stretch", event_from="2026-10-30", event_to="2026-11-02"),
        ),
        Wish(),
    )
    assert texts(found.dated) == [
        "the year",
        "a stretch",
        "the month",
        "the day",
        "an hour",
    ]
    assert texts(found.undated) == ["nothing", "no day"]
    words = [cells(entry)["When (UTC)"] for entry in found.entries]
    assert words[0] == "as of 2026"
    assert words[1] == "2026-10-30 to 2026-11-02"
    assert words[-2:] == ["Not dated", "Not dated: as of last autumn"]


def test_when_it_was_written_down_is_not_when_it_happened() -> None:
    assert when_of(said(recorded_at="2026-11-20")) is None
    both = when_of(said(as_of="2026-11-20", event_from="2026-11-02"))
    assert both is not None
    assert both.said == "2026-11-02"


# -- each in its own voice --------------------------------------------------------------------------------------------


def test_what_came_twice_stands_there_twice_each_time_with_its_origin() -> None:
    same = {"kind": Kind.OBSERVED, "event_from": "2026-11-19", "origin": POLICE}
    first = entries(said("Seen at the station", **same), sent_from=MASH, n=1)
    again = entries(said("Seen at the station", **same, chain_depth=1), n=2)
    found = chronology([*again, *first], Wish())
    assert [e.statement.said.origin for e in found.dated] == [POLICE, POLICE]
    direct, passed_on = (cells(entry) for entry in found.dated)
    assert direct["How it reached us"].startswith("by mash@ardenfold-police, ")
    assert passed_on["How it reached us"].startswith(
        "passed on once, last by front.door@quillmere-council, "
    )
    assert direct["Agency"] == passed_on["Agency"] == "ardenfold-police"


def test_what_is_our_own_reached_us_from_nobody() -> None:
    [own] = entries(said("Seen at the station"), is_own=True, state="held")
    assert cells(own)["How it reached us"].startswith("Ours, sent ")
    [onward] = entries(said("Seen at the station", chain_depth=1), is_own=True, state="held")
    assert cells(onward)["How it reached us"].startswith("passed on once, last by ")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.RECORD, "FACT: record"),
        (Kind.CHILD_SAID, "REPORTED: child said"),
        (Kind.PROFESSIONAL_CONCERN, "OPINION: professional concern"),
    ],
)
def test_class_and_kind_stand_beside_every_statement(kind: Kind, words: str) -> None:
    (entry,) = entries(said(kind=kind, author="Form tutor", author_role="Tutor"))
    assert cells(entry)["What it is"] == words
    assert cells(entry)["Author"] == "Form tutor (Tutor)"
    assert cells(entry)["About whom"] == "Jordan T (child)"


def test_a_protected_source_keeps_its_warning_and_an_opinion_its_basis() -> None:
    source = Source(type="protected", identity_protected=True)
    first, second = entries(
        said("A friend said so", kind=Kind.REPORTED, source=source),
        said("Out of character", kind=Kind.PROFESSIONAL_ASSESSMENT, author="DSL", basis=(item(1),)),
    )
    assert "protect who it is" in cells(first)["Source"]
    assert cells(first)["Relied on by"] == "seen.2 (DSL)"
    assert cells(second)["How far to rely on it"] == "Rests on seen.1"


# -- what changed since -----------------------------------------------------------------------------------------------


def test_what_was_withdrawn_or_disputed_is_never_shown_without_its_mark() -> None:
    given_ = {item(1): (notice(NoticeAction.WITHDRAW), notice(NoticeAction.DISPUTE, by=MASH))}
    first, second = entries(said("A dark blue car"), said("So", basis=(item(1),)), notices=given_)
    shown = cells(first)
    assert shown["What was said"] == "WITHDRAWN. It said: [DISPUTED] A dark blue car"
    assert "Withdrawn by front.door@quillmere-council" in shown["What changed since"]
    assert "Disputed by mash@ardenfold-police" in shown["What changed since"]
    assert "We looked again" in shown["What changed since"]
    assert cells(second)["What changed since"] == "Rests on what was withdrawn: seen.1"


def test_a_correction_stands_beside_what_was_sent_and_moves_it_to_its_right_day() -> None:
    right = said("A black car", event_from="2026-11-21")
    given_ = {item(1): (notice(NoticeAction.CORRECT, right),)}
    found = chronology(
        entries(
            said("A dark blue car", event_from="2026-11-19"),
            said("The day between", event_from="2026-11-20"),
            notices=given_,
        ),
        Wish(),
    )
    assert texts(found.dated) == ["The day between", "A dark blue car"]
    shown = cells(found.dated[1])
    assert shown["What was said"] == "CORRECTED. It said: A dark blue car | Now: A black car"
    assert "A black car" not in shown["What changed since"]
    assert shown["When (UTC)"] == "2026-11-21 (before its correction: 2026-11-19)"


def test_what_was_withdrawn_after_its_correction_has_nothing_in_its_place() -> None:
    notices = (notice(NoticeAction.CORRECT, said("A black car")), notice(NoticeAction.WITHDRAW))
    (entry,) = entries(said("A dark blue car"), notices={item(1): notices})
    shown = cells(entry)
    assert shown["What was said"] == "WITHDRAWN, CORRECTED. It said: A dark blue car"
    assert "A black car" in shown["What changed since"]


def test_that_something_was_not_checked_is_said_where_the_record_says_so() -> None:
    silent, unchecked = entries(said("Seen"), said("Heard", verification="unverified"))
    assert cells(silent)["What was said"] == "Seen"
    assert cells(unchecked)["What was said"] == "[NOT CHECKED] Heard"


# -- gaps -------------------------------------------------------------------------------------------------------------


def brute(
    days: set[int], longest: int, since: int | None, until: int | None
) -> set[tuple[int, int]]:
    """Every run of empty days, found day by day."""
    low = since if since is not None else min(days, default=0)
    high = until if until is not None else max(days, default=low)
    found, run = set(), []
    for each in range(low, high + 2):
        if each <= high and each not in days:
            run.append(each)
            continue
        if len(run) > longest:
            found.add((run[0], run[-1]))
        run = []
    return found


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 30)), max_size=8),
    st.integers(1, 40),
    st.one_of(st.none(), st.integers(0, 200)),
    st.one_of(st.none(), st.integers(0, 240)),
)
@settings(max_examples=80)
def test_gaps_are_the_empty_stretches_that_are_too_long(
    spans: list[tuple[int, int]], longest: int, since: int | None, until: int | None
) -> None:
    spans = [
        s
        for s in spans
        if (since is None or s[0] + s[1] >= since) and (until is None or s[0] <= until)
    ]
    if not spans and (since is None or until is None):
        return
    times = [when_of(said(event_from=_text(a), event_to=_text(a + n))) for a, n in spans]
    covered = {each for a, n in spans for each in range(a, a + n + 1)}
    found = gaps(times, longest, since, until)
    assert {(gap.first, gap.last) for gap in found} == brute(covered, longest, since, until)
    assert all(a.last < b.first for a, b in pairwise(found))


def _text(number: int) -> str:
    return date.fromordinal(number + date(1970, 1, 1).toordinal()).isoformat()


def test_what_is_known_to_the_month_alone_fills_no_gap_and_is_said() -> None:
    found = chronology(
        entries(
            said(event_from="2026-06-01"),
            said(event_from="2026-08"),
            said(event_from="2026-09-30"),
        ),
        Wish(),
    )
    (gap,) = found.gaps
    assert (gap.first, gap.last, gap.days) == (day("2026-06-02"), day("2026-09-29"), 120)
    assert gap_in_words(gap) == (
        "No entry for 120 days, 2026-06-02 to 2026-09-29. "
        "1 entry is dated only roughly and may lie in it"
    )
    shown = [row[3] for row in rows(found, shipped_catalogue())]
    assert [text.startswith("No entry") for text in shown] == [False, True, False, False]


def test_thirty_days_are_no_gap_and_the_ends_that_were_asked_for_count() -> None:
    two = entries(said(event_from="2026-11-01"), said(event_from="2026-12-02"))
    assert chronology(two, Wish()).gaps == ()
    assert [g.days for g in chronology(two, Wish(gap_days=29)).gaps] == [30]
    ends = Wish(since=day("2026-09-01") * DAY, until=(day("2027-03-01")) * DAY)
    assert [g.days for g in chronology(two, ends).gaps] == [61, 88]
    early = Wish(until=ends.until, now=day("2026-12-20") * DAY)
    assert chronology(two, early).gaps == (), "nothing is missing from days to come"
    nothing = chronology([], ends)
    assert [g.days for g in nothing.gaps] == [181]


# -- copies -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_others_runs_in_a_copy(text: str) -> None:
    hostile = said(
        text,
        author=text,
        as_of="2026-11-20",
        source=Source(type="peer", detail=text, identity_protected=False),
    )
    calm = said(
        "calm",
        author="calm",
        as_of="2026-11-20",
        source=Source(type="peer", detail="calm", identity_protected=False),
    )
    found, quiet = (
        chronology(entries(each, do_not_alert=(each.text,), thread=each.text), Wish())
        for each in (hostile, calm)
    )
    read = read_back(chronology_csv(found, shipped_catalogue()))
    assert [len(row) for row in read] == [len(COLUMNS)] * 2
    for cell in read[1]:
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", " ", "\uff1d"))
        assert cell == plain(cell)
    seen, own = Seen(), Seen()
    seen.feed(chronology_page(found, shipped_catalogue(), {"Kept by": text}, [text]).decode())
    own.feed(chronology_page(quiet, shipped_catalogue(), {"Kept by": "calm"}, ["calm"]).decode())
    assert seen.tags == own.tags
    assert [name for name, _ in seen.attributes] == [name for name, _ in own.attributes]


def test_nobody_answers_for_a_section_that_they_cannot_read() -> None:
    answered = Response(by=MASH, kind=EventKind.ACKNOWLEDGED, time=Seconds(1_764_000_000), words=())
    read = section(said())
    for readers, by in (((MASH, FRONT), [MASH]), ((FRONT,), [])):
        package = carrier(responses=(answered,), readers={read.item: readers})
        (entry,) = entries_of(package, [read], {})
        assert [each.by for each in entry.responses] == by


def test_a_protected_source_is_called_one_beside_the_statement() -> None:
    read = section(said())
    hidden = replace(read.people[0].said, optional={"source_known_to": [MASH]})
    read = replace(read, people=(replace(read.people[0], said=hidden),))
    (row,) = rows(chronology(entries_of(carrier(), [read], {}), Wish()), shipped_catalogue())
    assert "Jordan T (child, PROTECTED SOURCE)" in row
