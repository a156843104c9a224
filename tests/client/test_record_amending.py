"""An answer that is given later: where it goes, what it may be, what is owed then; and how it is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency_client.record.amending import (
    LateAnswer,
    check_answer,
    field_at,
    owed_at,
    place_of,
    value_for,
    with_value,
)
from agency_client.record.decisions import DecisionDocument
from agency_client.record.document import Document
from agency_client.record.places import Place, written
from agency_client.record.requests import RequestDocument
from agency_client.record.shipped import shipped_catalogue
from agency_client.use_cases.amending import answer_record
from agency_client.use_cases.deciding import decide
from agency_client.use_cases.home import Home
from agency_client.use_cases.registering import Sought, register
from phoenix_protocol.errors import RefusedError
from tests.client.record_homes import opened_home

CATALOGUE = shipped_catalogue()


def problem(place: str, *said: str, kind: type[Any] = Document) -> str | None:
    at = place_of(place)
    found = check_answer(field_at([kind], at), at, said, CATALOGUE)
    return None if found is None else f"{found.code} {found.place}"


@pytest.mark.parametrize(
    "place",
    ["purpose", "decision.welfare", "section[2].statement[1].as_of", "informing[1].reason"],
)
def test_places_are_read_as_they_are_written(place: str) -> None:
    assert written(place_of(place)) == place


@pytest.mark.parametrize(
    "place", ["", ".", "a..b", "a[x]", "[1]", "a[1", "a b", "a[99999]", "ä", "a.", "a\n"]
)
def test_what_is_no_place_is_refused(place: str) -> None:
    with pytest.raises(RefusedError) as refused:
        place_of(place)
    assert refused.value.code == "E_ANSWER"


@given(st.text(max_size=40))
def test_any_text_is_a_place_or_refused(text: str) -> None:
    try:
        place = place_of(text)
    except RefusedError:
        return
    assert all(isinstance(part, str) or part >= -1 for part in place)


def test_fields_are_found_in_tables_and_arrays_of_tables() -> None:
    found = {
        "decision.welfare": "welfare",
        "section[3].statement[1].as_of": "as_of",
        "consent.explained.why": "why",
        "people": "people",
        "consent.given_by": "given_by",
    }
    for place, name in found.items():
        entry = field_at([Document], place_of(place))
        assert entry is not None
        assert entry.name == name
    for place in ("decision", "section", "decision.nothing", "section.title", "section[0].title"):
        assert field_at([Document], place_of(place)) is None, place
    asked = field_at([Document, RequestDocument], place_of("request.due"))
    assert asked is not None
    assert asked.name == "due"


def test_an_answer_fits_its_field() -> None:
    assert problem("decision.welfare", "Jordan comes first") is None
    assert problem("decision.review_at", "2026-12-01") is None
    assert problem("decision.review_at", "soon") == "E_DOC_TIME decision.review_at"
    assert problem("section[1].statement[2].basis", "1", "2") is None
    assert problem("section[1].statement[2].basis", "first") == (
        "E_DOC_TYPE section[1].statement[2].basis[1]"
    )
    assert problem("legal.gateway", "ca2004_s10", "ca2004_s11") is None
    assert problem("legal.gateway", "ca2004") == "E_DOC_CODE legal.gateway"
    assert problem("legal.retention", "Until the youngest is 25") is None
    assert problem("legal.retention", "x") == "E_DOC_CODE legal.retention"
    assert problem("decision.welfare", "not known") == "E_DOC_MISSING decision.welfare"
    assert problem("decision.welfare", "not known: nobody asked") is None
    assert problem("decision.nothing", "x") == "E_DOC_FIELD decision.nothing"
    assert problem("decision.welfare", "x" * 20000) == "E_DOC_LIMIT decision.welfare"
    assert problem("decision.detriment", "x", kind=DecisionDocument) is None


def put(values: dict[str, Any], place: str, *said: str, kind: type[Any] = Document) -> Any:
    entry = field_at([kind], place_of(place))
    assert entry is not None
    return with_value(values, place_of(place), value_for(entry, said))


def test_a_value_is_put_where_it_would_have_stood_and_nothing_else_changes() -> None:
    values: dict[str, Any] = {"section": [{"statement": [{"text": "a"}, {"text": "b"}]}]}
    changed = put(values, "section[1].statement[2].as_of", "2026-11-20")
    assert changed["section"][0]["statement"][1] == {"text": "b", "as_of": "2026-11-20"}
    assert values == {"section": [{"statement": [{"text": "a"}, {"text": "b"}]}]}
    assert put({}, "decision.welfare", "x") == {"decision": {"welfare": "x"}}
    assert put({}, "legal.gateway", "a", "b") == {"legal": {"gateway": ["a", "b"]}}
    assert put({}, "informing[1].how", "x") == {"informing": [{"how": "x"}]}
    assert put({}, "child_voice.sought", "yes") == {"child_voice": {"sought": True}}
    assert put({}, "people", "A B", kind=DecisionDocument) == {
        "people": [{"id": "person-1", "name": "A B"}]
    }


@pytest.mark.parametrize("place", ["section[2].title", "decision.welfare", "informing[3].how"])
def test_what_has_no_room_there_is_refused(place: str) -> None:
    with pytest.raises(RefusedError):
        put({"decision": "x", "section": []}, place, "x")


def test_what_is_owed_of_a_table_is_answered_inside_it() -> None:
    owed = ("OB2:quality", "KM1:decision.welfare")
    at: Place = place_of("quality.accuracy")
    assert owed_at(owed, at) == "OB2:quality"
    assert owed_at(owed, place_of("decision.welfare")) == "KM1:decision.welfare"
    assert owed_at(owed, place_of("decision")) is None
    assert owed_at(owed, place_of("decision.if_shared")) is None


@given(st.text(max_size=50), st.lists(st.text(max_size=30), min_size=1, max_size=4))
def test_a_late_answer_is_kept_word_for_word(place: str, said: list[str]) -> None:
    answer = LateAnswer(place=place, clause="KM1", said=tuple(said), by=None)
    assert LateAnswer.decoded(answer.encoded()) == answer


# -- recorded --------------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home with a decision of which much is owed."""
    text = '[decision]\noutcome = "do_not_share"\ndecided_by = "Head"\nif_shared = "Harm"\n'
    with opened_home(tmp_path / "home") as home:
        decide(home, text.encode())
        yield home


def owed(home: Home) -> set[str]:
    with home.vault.reading() as view:
        return {due.place for due in view.dues.open({"owed_answer"})}


def test_an_owed_answer_is_recorded_and_no_longer_owed(home: Home) -> None:
    before = owed(home)
    assert "KM1:decision.welfare" in before
    home.clock.time += 3600  # type: ignore[attr-defined]
    done = answer_record(home, 1, "decision.welfare", ["Safety"], "Deputy head")
    assert owed(home) == set(done.owed) == before - {"KM1:decision.welfare"}
    with home.vault.reading() as view:
        record = view.records.get(done.record)
        assert record is not None
        assert (record.kind, record.about, record.time) == ("answer", 1, home.clock.now())
        document = view.records.document(done.record)
        assert document is not None
        assert LateAnswer.decoded(document) == LateAnswer(
            place="decision.welfare", clause="KM1", said=("Safety",), by="Deputy head"
        )
        (closed,) = [d for d in view.dues.of(record=1) if d.place == "KM1:decision.welfare"]
        assert (closed.closed, closed.closed_by) == (home.clock.now(), done.record)
        unchanged = view.records.document(1)
        assert unchanged is not None
        assert b"Safety" not in unchanged
    (line,) = register(home, Sought())
    assert line.answered == ("decision.welfare: Safety (Deputy head)",)
    assert set(line.owed) == owed(home)


def test_the_place_may_be_copied_with_its_clause(home: Home) -> None:
    assert answer_record(home, 1, "KM1:decision.welfare", ["x"]).place == "decision.welfare"


def test_an_answer_is_given_once(home: Home) -> None:
    answer_record(home, 1, "decision.welfare", ["x"])
    with pytest.raises(RefusedError) as refused:
        answer_record(home, 1, "decision.welfare", ["y"])
    assert refused.value.code == "E_ANSWER"


def test_what_is_not_owed_or_does_not_answer_changes_nothing(home: Home) -> None:
    before = owed(home)
    for place, said in (
        ("decision.if_shared", "x"),
        ("decision.outcome", "defer"),
        ("decision.welfare", "not known"),
        ("decision.review_at", "soon"),
        ("nowhere", "x"),
    ):
        with pytest.raises(RefusedError) as refused:
            answer_record(home, 1, place, [said])
        assert refused.value.code == "E_ANSWER"
    for number in (2, 9):
        with pytest.raises(RefusedError):
            answer_record(home, number, "decision.welfare", ["x"])
    assert owed(home) == before
    with home.vault.reading() as view:
        assert len(view.records.listing()) == 1


def test_a_day_that_is_named_later_falls_due(home: Home) -> None:
    answer_record(home, 1, "decision.review_at", ["2027-01-15"])
    with home.vault.reading() as view:
        (due,) = view.dues.open({"decision_review"})
    assert due.place == "decision.review_at"
    assert due.record == 1


def test_people_who_are_named_later_are_found(home: Home) -> None:
    assert register(home, Sought(person="Jordan")) == ()
    done = answer_record(home, 1, "people", ["Jordan T", "Alex T"])
    assert "Q6:people" not in done.owed
    assert [e.reference for e in register(home, Sought(person="jordan t"))] == ["r1"]
    assert [e.reference for e in register(home, Sought(subject="Alex T"))] == ["r1"]


def test_everything_that_is_owed_can_be_answered(home: Home) -> None:
    for place in sorted(owed(home)):
        said = "2027-01-15" if "review_at" in place else "Said"
        answer_record(home, 1, place, [said])
    assert owed(home) == set()
