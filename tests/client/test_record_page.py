"""What a person reads of an opened section: all of it."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import Any

import pytest

from agency_client.cli.section_readers import reader_lines
from agency_client.record.date_words import written_day
from agency_client.record.opened import ReadPerson, ReadStatement
from agency_client.record.page import person_lines, statement_lines
from agency_client.record.shipped import shipped_catalogue
from agency_client.record.wording import handling_in_words, in_words
from phoenix_protocol import record
from phoenix_protocol.identifiers import Address, AgencyId, ItemId
from phoenix_protocol.record import Kind, StatementClass

CATALOGUE = shipped_catalogue()
OTHER = ItemId(b"o" * 16)
OWN = ItemId(b"s" * 16)

#: Every field that its page must show, with a value, and the words in which it is shown.
PERSON: dict[str, tuple[Any, str]] = {
    "name": ("Mark S", "Mark S"),
    "role": ("adult", "adult"),
    "born": ("1980-01-02", "born 2 Jan 1980"),
    "identifiers": ({"nhs_number": "999 041 7008"}, "nhs number: 999 041 7008"),
    "part3_category": (("suspect",), "Suspect"),
    "notes": ("Armed", "Armed"),
    "optional": ({"location_sensitive": True}, "Nobody may learn where"),
}
STATEMENT: dict[str, tuple[Any, str]] = {
    "kind": (Kind.INTELLIGENCE, "seen.2: Intelligence"),
    "text": ("Was seen with a knife", "Was seen with a knife"),
    "about": ((OTHER,), "About Mark S"),
    "author": ("DS Hale", "by DS Hale"),
    "author_role": ("Detective", "(Detective)"),
    "origin": (AgencyId("ardenfold-police"), "ardenfold-police"),
    "chain_depth": (2, "2 times"),
    "source": (record.Source(type="protected", identity_protected=True), "protect who it is"),
    "basis": ((OTHER,), "rests on seen.1"),
    "as_of": ("2026-11-20", "As of 20 Nov 2026"),
    "event_from": ("2026-11-02", "2 Nov 2026"),
    "event_to": ("2026-11-19", "19 Nov 2026"),
    "recorded_at": ("2026-11-21", "written down 21 Nov 2026"),
    "verification": ("withdrawn", "[WITHDRAWN]"),
    "verified_by": ("The sergeant", "checked by The sergeant"),
    "test": ("A second sighting", "A second sighting"),
    "grade": (record.Grade(scheme="3x5x2", code="3-E"), "3-E"),
    "special_category": (("health",), "ealth"),
    "flags": (("uncertain",), "ncertain"),
}
SOURCE: dict[str, tuple[Any, str]] = {
    "type": ("own_record", CATALOGUE.enumerations["source_type"]["own_record"].label),
    "detail": ("Register extract", "Register extract"),
    "relation": ("Neighbour", "Neighbour"),
    "reference": ("R-12", "R-12"),
    "identity_protected": (True, "protect who it is"),
    "first_hand": (False, "not first hand"),
}
#: Shown otherwise, or only for programs.
ELSEWHERE = {"critical", "optional", "label"}


def values(shown: dict[str, tuple[Any, str]]) -> dict[str, Any]:
    return {name: value for name, (value, _) in shown.items()}


def page(said: record.Statement) -> str:
    statement = ReadStatement(id=OWN, class_=StatementClass.REPORTED, about=("uncle",), said=said)
    lines = statement_lines(
        statement, {"uncle": "Mark S"}, {OTHER: "seen.1", OWN: "seen.2"}, CATALOGUE
    )
    return "\n".join(lines)


FULL = record.Statement(**values(STATEMENT))


def test_no_field_of_the_messages_is_forgotten() -> None:
    for message, shown in (
        (record.Person, PERSON),
        (record.Statement, STATEMENT),
        (record.Source, SOURCE),
    ):
        named = {field.name for field in dataclasses.fields(message)}
        assert named - ELSEWHERE - set(shown) == set()


@pytest.mark.parametrize("name", STATEMENT)
def test_every_field_of_a_statement_is_on_the_page(name: str) -> None:
    assert STATEMENT[name][1] in page(FULL)


@pytest.mark.parametrize("name", SOURCE)
def test_every_field_of_a_source_is_on_the_page(name: str) -> None:
    assert SOURCE[name][1] in page(replace(FULL, source=record.Source(**values(SOURCE))))


@pytest.mark.parametrize("name", PERSON)
def test_every_field_of_a_person_is_on_the_page(name: str) -> None:
    said = record.Person(label="uncle", **values(PERSON))
    text = "\n".join(person_lines(ReadPerson(id=OTHER, said=said), CATALOGUE))
    assert PERSON[name][1] in text


def test_what_is_withdrawn_is_never_read_without_that_word() -> None:
    first = page(FULL).splitlines()[0]
    assert first.index("[WITHDRAWN]") < first.index("Was seen")
    assert first.startswith("REPORTED")


def test_what_is_not_said_takes_no_line() -> None:
    bare = record.Statement(
        kind=Kind.OBSERVED,
        text="x",
        about=(),
        origin=AgencyId("a"),
        chain_depth=0,
        basis=(),
        special_category=(),
        flags=(),
    )
    assert "[NOT CHECKED] x" in page(replace(bare, verification="unverified"))
    assert page(bare).splitlines()[1:] == [
        " " * 12 + "About Mark S",
        " " * 12 + "seen.2: Observed",
    ]


def test_what_others_wrote_steers_no_terminal() -> None:
    assert "\x1b" not in page(replace(FULL, text="\x1b[2J", author="\u202e"))
    assert "<U+202E>" in page(replace(FULL, author="\u202e"))


def test_what_two_say_of_a_statement_is_said_once() -> None:
    statement = ReadStatement(
        id=OWN, class_=StatementClass.FACT, about=(), said=replace(FULL, verification="corrected")
    )
    (first, *_) = statement_lines(statement, {}, {}, CATALOGUE, ("corrected", "disputed"))
    assert "CORRECTED. It said: [DISPUTED] Was seen" in first


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-20", "20 Nov 2026"),
        ("2026-11", "Nov 2026"),
        ("2026-11-20T23:30:00-01:00", "20 Nov 2026 23:30 UTC-01:00"),
        ("2026-11-20T10:00:00Z", "20 Nov 2026 10:00 GMT"),
        ("2026", "2026"),
        ("2026-13", "2026-13"),
        ("0001-01-01T00:00:00+12:00", "0001-01-01T00:00:00+12:00"),
        ("not known: lost", "not known: lost"),
        ("", ""),
    ],
)
def test_days_are_written_in_one_style(written: str, read: str) -> None:
    assert written_day(written) == read


def test_a_letter_of_handling_has_its_name_beside_it() -> None:
    assert handling_in_words(CATALOGUE, "C") == f"{in_words(CATALOGUE, 'handling', 'C')} (C)"
    assert handling_in_words(CATALOGUE, "No overt action") == "No overt action"


def test_nobody_takes_what_was_corrected_for_what_stands() -> None:
    old = ReadStatement(id=OWN, class_=StatementClass.REPORTED, about=(), said=FULL)
    now = replace(FULL, text="Was seen without one", verification="verified", as_of="2026-11-22")
    lines = list(statement_lines(old, {}, {}, CATALOGUE, ("corrected",), now))
    assert lines[0] == "REPORTED  CORRECTED. It said: [WITHDRAWN] Was seen with a knife"
    assert lines[-2] == "REPORTED  Now: [CHECKED] Was seen without one"
    assert "As of 22 Nov 2026" in lines[-1], "of what it says now, what differs"
    (gone, *_) = statement_lines(old, {}, {}, CATALOGUE, ("withdrawn", "corrected"))
    assert "WITHDRAWN, CORRECTED. It said: Was seen" in gone


def test_a_protected_source_is_called_one_beside_the_name() -> None:
    said = record.Person(
        label="uncle", **values(PERSON) | {"optional": {"source_known_to": ["a@b"]}}
    )
    lines = list(person_lines(ReadPerson(id=OTHER, said=said), CATALOGUE))
    assert "    Protected source. Only these may know who this is: a@b" in lines


def test_each_reader_reads_the_own_reason_and_a_sender_all_of_them() -> None:
    mash, nurse = Address("mash@police"), Address("nurse@health")
    own = list(reader_lines(((mash, "To act"), (nurse, None)), is_own=False))
    assert own == ["Who may read it: mash@police, nurse@health", "Why you get it: To act"]
    sent = list(reader_lines(((mash, "To act"), (nurse, "To treat")), is_own=True))
    assert sent[1:] == ["Why mash@police gets it: To act", "Why nurse@health gets it: To treat"]
