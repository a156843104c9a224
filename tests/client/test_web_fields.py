"""Fields of a page: what is typed goes into the draft and comes back as it was; problems stand beside their field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency_client.record.fields import NO_DAY
from agency_client.web.fields import (
    Field,
    Shape,
    Shown,
    Word,
    put_at,
    read,
    shown,
    summary,
    take,
    value_at,
    whole_summary,
)
from agency_client.web.forms import Form, form_of
from phoenix_protocol.errors import Problem

WORDS = (Word(code="yes", label="Yes"), Word(code="no", label="No"))


def field(shape: Shape, *at: str | int, **options: Any) -> Field:
    return Field(at=at or ("answer",), shape=shape, label="Question", **options)


def typed(each: Shown) -> Form:
    """The form that a browser sends back of a field as it is shown, untouched."""
    params = each.params
    if each.component in ("input", "textarea"):
        return form_of([(params["name"], params["value"].replace("\n", "\r\n")), *_below(each)])
    if each.component == "day":
        pairs = [(item["name"], item["value"]) for item in params["items"]]
        return form_of([*pairs, *_below(each)])
    pairs = [(params["name"], item["value"]) for item in params["items"] if item.get("checked")]
    inside = [(i["why"]["name"], i["why"]["value"]) for i in params["items"] if i.get("why")]
    return form_of([*pairs, *inside])


def _below(each: Shown) -> list[tuple[str, str]]:
    """The choices by which a field stays without an answer, untouched."""
    if each.why_not is None:
        return []
    name, items = each.why_not["name"], each.why_not["items"]
    inside = [(i["why"]["name"], i["why"]["value"]) for i in items if i.get("why")]
    return [*((name, item["value"]) for item in items if item.get("checked")), *inside]


_TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"),
    max_size=40,
).map(str.strip)


@given(_TEXT)
def test_text_comes_back_as_it_was_typed(text: str) -> None:
    each = field(Shape.LINE)
    tree = {"answer": text} if text else {}
    (there,) = shown([each], tree)
    assert read(each, typed(there)) == (text or None)


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (Shape.LONG, "one\ntwo\n\nthree"),
        (Shape.LINES, ["one", "two words"]),
        (Shape.ONE, "yes"),
        (Shape.ONE, "not known: nobody asked"),
        (Shape.ONE, None),
        (Shape.MANY, ["yes", "no"]),
        (Shape.MANY, None),
        (Shape.YES, True),
        (Shape.YES, None),
        (Shape.DAY, "2026-11-20"),
        (Shape.DAY, "2026-11"),
        (Shape.DAY, "2026"),
        (Shape.DAY, "2026-?-20"),
        (Shape.DAY, "2026-13-40"),
        (Shape.DAY, "not known: before the summer"),
        (Shape.DAY, "not known: nobody recorded it"),
        (Shape.DAY, "not applicable: it was never held"),
        (Shape.DAY, "not known"),
        (Shape.ONE, "not applicable: there is none"),
        (Shape.LINE, "not known: nobody asked"),
        (Shape.LINES, ["not known: nobody asked"]),
        (Shape.DAY, None),
    ],
)
def test_an_answer_comes_back_as_it_was(shape: Shape, value: Any) -> None:
    each = field(shape, words=WORDS, may_be_open=True)
    (there,) = shown([each], {"answer": value} if value is not None else {})
    assert read(each, typed(there)) == value


@pytest.mark.parametrize(
    ("typed_", "kept"),
    [
        ([("answer:day", "4"), ("answer:month", "Dec"), ("answer:year", "2026")], "2026-12-04"),
        ([("answer:day", "4 December 2026")], "2026-12-04"),
        ([("answer:day", "4/12/2026")], "2026-12-04"),
        ([("answer:open", "not known: nobody has asked yet")], "not known: nobody has asked yet"),
        ([("answer:open", "not known"), ("answer:why", "it burnt")], "not known: it burnt"),
        ([("answer:open", "not applicable"), ("answer:why-not", "x")], "not applicable: x"),
        (
            [("answer:why", "without scripts nothing is chosen")],
            "not known: without scripts nothing is chosen",
        ),
        ([("answer:year", "2026"), ("answer:open", "not known")], "2026"),
        ([("answer:open", "made up")], None),
        ([("answer:open", ""), ("answer:why", "left over")], None),
    ],
)
def test_a_day_is_typed_as_people_write_it_or_said_not_to_be_known(
    typed_: list[tuple[str, str]], kept: str | None
) -> None:
    assert read(field(Shape.DAY, may_be_open=True), form_of(typed_)) == kept


def test_a_time_of_day_is_typed_as_people_write_it() -> None:
    each = field(Shape.DAY, may_have_time=True)
    day = [("answer:day", "4"), ("answer:month", "12"), ("answer:year", "2026")]
    for typed_ in ("3:20pm", "3.20pm", "15:20", "1520 hrs"):
        said = read(each, form_of([*day, ("answer:time", typed_)]))
        assert said.endswith(":20:00Z"), (typed_, said)
    unclear = read(each, form_of([*day, ("answer:time", "3:20")]))
    assert unclear == "2026-12-04T3:20"
    (there,) = shown([each], {"answer": unclear})
    assert [item["value"] for item in there.params["items"]] == ["04", "12", "2026", "3:20"]


def test_what_cannot_be_read_is_said_with_an_example() -> None:
    no_day = Problem(code="E_DOC_TIME", message=NO_DAY, next="Write it as 2026.", place="answer")
    (words,) = summary([field(Shape.DAY)], [no_day])
    assert "such as 4 12 2026" in words["text"]
    no_end = Problem(code="E_DOC_TIME", message="No end.", next="Write 36 hours.", place="answer")
    assert summary([field(Shape.LINE)], [no_end])[0]["text"] == "No end. Write 36 hours."


def test_nothing_is_ticked_before_somebody_ticks_it() -> None:
    for shape in (Shape.ONE, Shape.MANY, Shape.YES):
        (there,) = shown([field(shape, words=WORDS, may_be_open=True)], {})
        assert not any(item.get("checked") for item in there.params["items"])


def test_an_answer_goes_to_its_place_and_out_of_it() -> None:
    tree: dict[str, Any] = {}
    each = field(Shape.LINE, "section", 0, "statement", 0, "source", "type")
    take([each], form_of([("section[1].statement[1].source.type", "peer")]), tree)
    assert tree == {"section": [{"statement": [{"source": {"type": "peer"}}]}]}
    assert value_at(tree, each.at) == "peer"
    take([each], form_of([]), tree)
    assert value_at(tree, each.at) is None
    put_at(tree, ("section", 1, "id"), "b")
    assert tree["section"][1] == {"id": "b"}


def test_a_problem_stands_beside_its_field_and_in_the_summary() -> None:
    fields = [field(Shape.DAY, "people", 0, "born"), field(Shape.LINE, "purpose")]
    problems = [
        Problem(code="E", message="Not a day.", next="", place="people[1].born"),
        Problem(code="E", message="Elsewhere.", next="", place="people[10].born"),
    ]
    day, line = shown(fields, {}, problems)
    assert day.params["errorMessage"] == {"text": "Not a day."}
    assert line.params["errorMessage"] is None
    assert summary(fields, problems) == [{"text": "Not a day.", "href": "#f-people-1--born-day"}]


def test_a_problem_of_no_field_of_the_page_is_said_all_the_same() -> None:
    other = Problem(code="E_X", place="elsewhere", message="This is wrong.", next="Mend it.")
    assert summary([field(Shape.LINE)], [other]) == []
    assert whole_summary([field(Shape.LINE)], [other]) == [{"text": "This is wrong. Mend it."}]


KNOWN = (Word(code="mash@q", label="MASH desk"), Word(code="gp@q", label="Practice"))
NAMED = "answer:who"


@pytest.mark.parametrize(
    ("said", "kept", "choice"),
    [
        ([], None, None),
        ([(NAMED, "everybody")], [], "everybody"),
        (
            [(NAMED, "everybody"), ("answer", "gp@q")],
            [],
            "everybody",
        ),  # ticked before, then folded away
        ([(NAMED, "these"), ("answer", "gp@q")], ["gp@q"], "these"),
        ([("answer", "gp@q")], ["gp@q"], "these"),  # without scripts
        ([(NAMED, "nobody"), ("answer", "gp@q")], ["me@q"], "nobody"),
        ([(NAMED, "these")], ["me@q"], "nobody"),  # a secret is kept where nobody is named
    ],
)
def test_who_may_know_a_source_is_one_of_three_choices_over_one_list(
    said: list[tuple[str, str]], kept: list[str] | None, choice: str | None
) -> None:
    each = field(Shape.KNOWN_TO, words=KNOWN, own="me@q")
    tree: dict[str, Any] = {}
    take([each], form_of(said), tree)
    assert tree.get("answer") == kept
    (there,) = shown([each], tree)
    checked = [item["value"] for item in there.params["items"] if item["checked"]]
    assert checked == ([choice] if choice else [])
    boxes = next(item["boxes"]["items"] for item in there.params["items"] if item["boxes"])
    assert [box["value"] for box in boxes if box["checked"]] == (
        ["gp@q"] if choice == "these" else []
    )


def test_a_day_that_is_still_to_come_is_said_beside_its_field() -> None:
    born = field(Shape.DAY, example="9 6 2012")
    found = Problem(code="W_DOC_TIME", message="It is in the future.", next="", place="answer")
    (there,) = shown([born], {"answer": "2030-01-01"}, warnings=[found])
    assert there.warning == "This day is still to come."
    assert "9 6 2012" in there.params["hint"]["text"]
