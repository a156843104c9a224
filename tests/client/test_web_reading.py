"""What a person reads of an opened package in the app: all of it, in words, over as many pages as it takes."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from agency_client.ports.vault import StoredSection
from agency_client.record.opened import ReadPerson, ReadSection, ReadStatement
from agency_client.record.shipped import shipped_catalogue
from agency_client.web.answer_words import warnings_of
from agency_client.web.item_links import links_of
from agency_client.web.parts import parts_of
from agency_client.web.reading_view import Given, shown_section
from agency_client.web.rendering import Renderer
from agency_client.web.statement_words import KINDS, dated
from phoenix_protocol import record
from phoenix_protocol.identifiers import Address, ItemId
from phoenix_protocol.record import Kind, StatementClass
from tests.client import vault_values
from tests.client.test_record_page import ELSEWHERE, FULL, PERSON, SOURCE, STATEMENT

CATALOGUE = shipped_catalogue()
OWN = Address("mash@ardenfold-police")
#: Where the app says something in other words than a terminal.
PERSON_WORDS = {
    **{name: words for name, (_, words) in PERSON.items()},
    "born": "2 January 1980",
    "identifiers": "999 041 7008",
}
STATEMENT_WORDS = {
    **{name: words for name, (_, words) in STATEMENT.items()},
    "kind": KINDS[Kind.INTELLIGENCE],
    "about": "Mark S",
    "author": "DS Hale",
    "author_role": "Detective",
    "basis": "seen.1",
    "as_of": "20 November 2026",
    "event_from": "2 November 2026",
    "event_to": "19 November 2026",
    "recorded_at": "21 November 2026",
    "verification": "Withdrawn, its author says",
    "verified_by": "by The sergeant",
    "source": "Protected source",
}
SOURCE_WORDS = {
    **{name: words for name, (_, words) in SOURCE.items()},
    "identity_protected": "Protected source",
}


def statement(number: int, said: record.Statement, *about: str) -> ReadStatement:
    id_ = ItemId(number.to_bytes(16))
    return ReadStatement(id=id_, class_=StatementClass.REPORTED, about=about, said=said)


def section(
    *statements: ReadStatement, people: tuple[ReadPerson, ...] = (), **answers: tuple[str, ...]
) -> ReadSection:
    return ReadSection(
        id="seen",
        item=ItemId(b"h" * 16),
        kind="statements",
        title="What was seen",
        marking="OFFICIAL",
        handling=("C",),
        people=people,
        statements=statements,
        attachments=(),
        answers=answers,
        do_not_alert=(),
    )


def text(*parts: tuple[ReadSection, ...], part: int = 1) -> str:
    """What the page of a part says, without its markup: as a browser shows it."""
    stored = StoredSection(
        entry=vault_values.section(1, 1).entry, salt=b"", reasons={OWN: "To act"}, items=()
    )
    given = Given(own=OWN, notices={}, passed={}, catalogue=CATALOGUE)
    links = links_of(parts)
    shown = [shown_section(stored, each, {}, given, links, {}) for each in parts[part - 1]]
    macros: Any = Renderer()._environment.get_template("inbox/items.html").module
    html = "".join(macros.section(each, "/inbox/x", "/inbox/x", part, False) for each in shown)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def page(said: record.Statement) -> str:
    first = statement(ord("o"), replace(FULL, basis=()))
    basis = replace(said, basis=(first.id,))
    person = record.Person(label="uncle", **{name: value for name, (value, _) in PERSON.items()})
    people = (ReadPerson(id=ItemId(b"p" * 16), said=person),)
    return text((section(first, statement(2, basis, "uncle"), people=people),))


def test_no_field_of_the_messages_is_forgotten() -> None:
    for message, shown in (
        (record.Person, PERSON_WORDS),
        (record.Statement, STATEMENT_WORDS),
        (record.Source, SOURCE),
    ):
        named = {field.name for field in dataclasses.fields(message)}
        assert named - ELSEWHERE - set(shown) == set()


@pytest.mark.parametrize("name", STATEMENT_WORDS)
def test_every_field_of_a_statement_is_on_the_page(name: str) -> None:
    assert STATEMENT_WORDS[name] in page(FULL)


@pytest.mark.parametrize("name", SOURCE)
def test_every_field_of_a_source_is_on_the_page(name: str) -> None:
    source = record.Source(**{field: value for field, (value, _) in SOURCE.items()})
    assert SOURCE_WORDS[name] in page(replace(FULL, source=source))


#: Somebody who told, and of whom only the front door may learn it.
PEER = record.Person(
    label="peer",
    name="Robin",
    role="peer",
    identifiers={},
    part3_category=(),
    optional={"source_known_to": ["front.door@quillmere-council"]},
)


@pytest.mark.parametrize("name", PERSON_WORDS)
def test_every_field_of_a_person_is_on_the_page(name: str) -> None:
    assert PERSON_WORDS[name] in page(FULL)


def test_reasons_for_what_was_not_said_and_who_may_know_a_source_are_there() -> None:
    said = replace(FULL, optional={"as_of_not_known": "not known: the log is lost"})
    assert "not known: the log is lost" in page(said)
    shown = text((section(people=(ReadPerson(id=ItemId(b"p" * 16), said=PEER),)),))
    assert "Protected source. Tell nobody" in shown
    assert "Only these may know who it is front.door@quillmere-council" in shown


def test_what_others_wrote_is_shown_and_never_obeyed() -> None:
    shown = page(replace(FULL, text="<script>x</script>\x1b[2J", author="\u202eevil"))
    assert "<script>x</script><U+001B>[2J" in shown
    assert "<U+202E>evil" in shown
    assert "\x1b" not in shown


def test_every_kind_has_words_of_its_own() -> None:
    assert len(set(KINDS.values())) == len(Kind)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("2026-11-20", "20 November 2026"),
        ("2026-11", "November 2026"),
        ("2026", "2026"),
        ("2026-13-01", "2026-13-01"),
        ("about noon", "about noon"),
        ("2026-11-20T15:20", "3:20pm GMT on 20 November 2026"),
        ("2026-06-20T15:20:00Z", "4:20pm BST on 20 June 2026"),
        (None, ""),
    ],
)
def test_days_are_written_as_people_write_them(written: str | None, words: str) -> None:
    assert dated(written) == words


def test_a_time_with_its_zone_is_told_by_the_uk_clock() -> None:
    assert dated("2026-11-20T16:20:00+01:00") == "3:20pm GMT on 20 November 2026"


# -- over several pages -----------------------------------------------------------------------------------------------


def long(count: int, size: int) -> tuple[ReadStatement, ...]:
    return tuple(
        statement(n, replace(FULL, text=f"{n} " + "x" * size, basis=()))
        for n in range(1, count + 1)
    )


def test_a_short_package_takes_one_page_and_an_empty_one_too() -> None:
    assert parts_of((), {}) == ((),)
    sections = (section(*long(3, 10)), replace(section(), item=ItemId(b"i" * 16)))
    assert parts_of(sections, {}) == (sections,)


def test_a_long_section_is_cut_between_statements_and_nothing_is_lost_or_repeated() -> None:
    person = record.Person(label="uncle", **{name: value for name, (value, _) in PERSON.items()})
    whole = section(
        *long(40, 9_000),
        people=(ReadPerson(id=ItemId(b"p" * 16), said=person),),
        permitted_action=("information_only",),
    )
    last = replace(section(*long(0, 0)), item=ItemId(b"i" * 16), id="last")
    parts = parts_of((whole, last), {}, most=90_000)
    read = [each for part in parts for piece in part for each in piece.statements]
    assert tuple(read) == whole.statements
    assert len(parts) > 4
    assert [bool(part[0].people) for part in parts] == [True] + [False] * (len(parts) - 1)
    links = links_of(parts)
    for number, part in enumerate(parts, 1):
        assert len(text(*parts, part=number)) < 110_000
        for piece in part:
            for each in piece.statements:
                assert links[each.id].part == number
    assert [links[each.id].called for each in whole.statements[:2]] == ["seen.1", "seen.2"]
    assert links[whole.statements[-1].id].called == "seen.40"


def test_one_statement_that_is_larger_than_a_page_has_its_own() -> None:
    whole = section(*long(3, 16_000))
    parts = parts_of((whole,), {}, most=10_000)
    assert [len(piece.statements) for part in parts for piece in part] == [1, 1, 1]


def test_what_is_said_is_named_by_title_and_number_beside_the_reference_of_a_command_line() -> None:
    odd = replace(section(*long(2, 5)), id="s-ca8ad1")
    shown = text((odd,))
    assert "What was seen, 2 s-ca8ad1.2" in shown
    links = links_of(((odd,),))
    assert [links[each.id].words for each in odd.statements] == [
        "What was seen, 1",
        "What was seen, 2",
    ]


# -- what nobody may miss ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "is_not_told", "names"),
    [
        ({}, False, ()),
        ({"legal.informed": ("informed_before",)}, False, ()),
        ({"legal.informed": ("not_informed",)}, True, ()),
        ({"legal.informed": ("will_inform_by",)}, True, ()),
        (
            {"informing[2].person": ("parent",), "informing[2].status": ("not_informed",)},
            True,
            ("Parent: not told",),
        ),
        ({"informing[1].status": ("informed_after",)}, False, ()),
    ],
)
def test_who_has_not_been_told_stands_above_everything(
    answers: dict[str, tuple[str, ...]], is_not_told: bool, names: tuple[str, ...]
) -> None:
    found = warnings_of([section(**answers)], CATALOGUE)
    assert (found.is_not_told, found.not_told) == (is_not_told, names)


def test_each_line_of_do_not_alert_is_said_once() -> None:
    lines = [replace(section(), do_not_alert=("The household", "Uncle"))] * 2
    assert warnings_of(lines, CATALOGUE).do_not_alert == ("The household", "Uncle")


def test_a_protected_source_is_as_loud_as_whom_not_to_alert() -> None:
    source = record.Source(type="public", identity_protected=True)
    said = section(statement(1, replace(FULL, basis=(), source=source)), *long(1, 5)[1:])
    quiet = section(statement(2, replace(FULL, basis=(), source=None)))
    assert warnings_of([said, quiet], CATALOGUE).protected == ("What was seen, 1",)
    assert warnings_of([quiet], CATALOGUE).protected == ()
    shown = text((said,))
    assert "Protected source" in shown
    assert "Do not say who said this." in shown
    assert "Do not say who said this." not in text((quiet,))


def test_a_person_who_is_a_protected_source_is_named_above_everything() -> None:
    said = section(people=(ReadPerson(id=ItemId(b"p" * 16), said=PEER),))
    assert warnings_of([said], CATALOGUE).protected == ("Robin (peer)",)


def test_what_may_be_done_with_it_stands_above_with_the_section_where_it_is_of_one_alone() -> None:
    whole = section(permitted_action=("consult_originator_first",))
    one = section(*long(1, 5), permitted_action=("information_only",))
    found = warnings_of([whole, whole, one], CATALOGUE).permitted
    assert found == ("Ask the sender before acting", "What was seen: For information only")
    shown = text((whole,))
    assert "What you may do with it Ask the sender before acting" in shown
    assert "You may " not in shown
