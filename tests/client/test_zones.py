"""A clock time without its zone is UK time, and says so; what TOML refuses is read, or is told how it is written."""

from __future__ import annotations

import pytest

from agency_client.record.reading import read_document
from agency_client.record.when import span
from agency_client.record.zones import clock_words, said_of, with_zone
from phoenix_protocol.errors import UsageError
from tests.client.record_values import COMPLETE, check, edited, facts

AS_OF = "as_of = 2026-11-19"


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("2026-11-19T15:20", "2026-11-19T15:20:00+00:00"),
        ("2026-07-19 15:20:09", "2026-07-19T15:20:09+01:00"),
        ("2026-10-25T01:30", "2026-10-25T01:30:00+00:00"),  # twice on that night: the later one
    ],
)
def test_a_time_without_a_zone_is_uk_time(written: str, known: str) -> None:
    assert with_zone(written) == known
    assert span(written) == span(known)


def test_whoever_writes_a_time_that_comes_twice_is_told_as_which_it_is_taken() -> None:
    twice = said_of("2026-10-25T01:30")
    assert twice.startswith("01:30 is taken as UK time (GMT). The clock showed it twice")
    for once in ("2026-10-25T00:59", "2026-10-25T02:00", "2026-07-19T01:30", "2026-03-29T01:30"):
        assert "twice" not in said_of(once)


@pytest.mark.parametrize("name", ["as_of", "event_from", "recorded_at"])
def test_a_time_that_cannot_be_read_is_not_owed_as_well(name: str) -> None:
    found = check(edited(("as_of = 2026-11-20", f'{name} = "yesterday"'), text=COMPLETE), facts())
    place = f"section[1].statement[1].{name}"
    assert [(p.code, p.place) for p in found.problems] == [("E_DOC_TIME", place)]
    assert found.owed == ()


def test_what_says_its_zone_or_is_no_time_stays() -> None:
    for text in ("2026-11-19", "2026-11", "2026-11-19T15:20Z", "2026-11-19T15:20+05:00", "15:20"):
        assert with_zone(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-11-19T15:20:00+00:00", "19 Nov 2026 15:20 GMT"),
        ("2026-11-19T15:20:00Z", "19 Nov 2026 15:20 GMT"),
        ("2026-07-19T15:20:09+01:00", "19 Jul 2026 15:20:09 BST"),
        ("2026-07-19T15:20:00Z", "19 Jul 2026 15:20 UTC"),
        ("2026-11-19T15:20:00+05:00", "19 Nov 2026 15:20 UTC+05:00"),
        ("2026-07-19T15:20:00", "19 Jul 2026 15:20 BST"),
        ("2026-11", "2026-11"),
        ("At 15:20 on the 19th", "At 15:20 on the 19th"),
    ],
)
def test_a_time_is_shown_with_its_zone(text: str, words: str) -> None:
    assert clock_words(text) == words


@pytest.mark.parametrize(
    "written",
    ["2026-11-19T15:20", "2026-11-19 15:20", '"2026-11-19 15:20"', "2026-11-19T15:20:00 # then"],
)
def test_check_says_as_what_a_time_is_taken(written: str) -> None:
    text = edited((AS_OF, f"as_of = {written}"), text=COMPLETE)
    found = check(text, facts())
    assert found.problems == ()
    (zone,) = [w for w in found.warnings if w.code == "W_DOC_ZONE"]
    assert zone.message == "15:20 is taken as UK time (GMT)."
    assert zone.place == "section[2].statement[1].as_of"
    assert zone.line == text.splitlines().index(f"as_of = {written}") + 1
    (statement,) = read_document(text.encode()).section[1].statement
    assert statement.as_of == "2026-11-19T15:20:00+00:00"


def test_a_time_with_its_zone_is_not_spoken_of() -> None:
    found = check(edited((AS_OF, "as_of = 2026-11-19T15:20Z"), text=COMPLETE))
    assert found.problems == ()
    assert "W_DOC_ZONE" not in {w.code for w in found.warnings}


def test_the_end_of_a_package_is_uk_time_as_well() -> None:
    text = edited(('expires = "14d"', "expires = 2026-11-30T10:00"), text=COMPLETE)
    assert "W_DOC_ZONE" in {w.code for w in check(text).warnings}
    found = check(COMPLETE, facts(expires="2026-11-30 10:00"))
    assert [w.place for w in found.warnings if w.code == "W_DOC_ZONE"] == ["--expires"]


def test_times_in_lists_and_braces_need_no_seconds_and_texts_are_left_alone() -> None:
    text = (
        'people = [{ id = "a", name = "b", role = "c", born = 2011-03-02 10:00 }]\n'
        'purpose = "Seen 2026-11-19T15:20"\n[decision]\ndecided_at = 2026-11-19T15:20\n'
    )
    document = read_document(text.encode())
    assert document.people[0].born == "2011-03-02T10:00:00+00:00"
    assert document.purpose == "Seen 2026-11-19T15:20"
    assert document.decision.decided_at == "2026-11-19T15:20:00+00:00"


@pytest.mark.parametrize(
    ("line", "reason", "remedy"),
    [
        ('text = "She said "go" to me"', "quotation mark inside", '\\"'),
        ('text = ["She said "go""]', "quotation mark inside", "'''"),
        ('source = { type = "peer", detail = "He "heard" it" }', "quotation mark inside", "'''"),
        ("text = 'Don't go'", "apostrophe", '"Don\'t"'),
        ('text = "She went', "no closing quotes", '"""'),
        ('text = "She said "go', "no closing quotes|quotation mark inside", '"'),
        ("text = \u201cShe went\u201d", "curly quote", "plain text editor"),
        ("as_of = 19/11/2026", "day or time", "2026-11-20T15:20"),
        ("as_of = 15:20", "day or time", "2026-11-20T15:20"),
        ("as_of = 2026-11", "day or time", '"2026-11"'),
        ("as_of = 2026-11-31", "day or time", "2026-11-20"),
        ("as_of = 2026-11-19T25:20", "day or time", "2026-11-20T15:20"),
        ("text = Absent", "not in quotes", 'name = "text"'),
    ],
)
def test_a_line_that_cannot_be_read_says_how_it_is_written(
    line: str, reason: str, remedy: str
) -> None:
    with pytest.raises(UsageError) as caught:
        read_document(f'purpose = "x"\n{line}\n'.encode())
    (problem,) = caught.value.problems
    assert problem.code == "E_DOC_SYNTAX"
    assert problem.line == 2
    assert any(each in problem.message for each in reason.split("|")), problem.message
    assert remedy in problem.next


@pytest.mark.parametrize("born", ["15", "15.5", '"about 15"', "15:20:00", '"2011-13"'])
def test_an_age_is_no_day_of_birth_and_the_message_says_what_to_write(born: str) -> None:
    text = edited(('role = "child"', f'role = "child"\nborn = {born}'), text=COMPLETE)
    (found,) = check(text).problems
    assert (found.code, found.place) == ("E_DOC_TIME", "people[1].born")
    assert "2011-03-02" in found.next
    assert "notes =" in found.next


@pytest.mark.parametrize("born", ["2011", '"2011"', '"2011-03"', "2011-03-02"])
def test_a_year_of_birth_is_enough(born: str) -> None:
    text = edited(('role = "child"', f'role = "child"\nborn = {born}'), text=COMPLETE)
    assert check(text).problems == ()
    assert read_document(text.encode()).people[0].born == born.strip('"')
