"""Changing a draft's lists: whatever is moved or taken out, what rests on a statement goes on resting on that one."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agency_client.web.writing import editing

Tree = dict[str, Any]


def document(sizes: list[int]) -> Tree:
    """Sections of so many statements; each statement rests on the one before it, by its number."""
    made: Tree = {}
    number = 0
    for size in sizes:
        section = editing.add_section(made, "A section")
        for _ in range(size):
            position = editing.add_statement(made, section)
            statement = editing.statements_of(editing.sections_of(made)[section])[position]
            number += 1
            statement["text"] = f"T{number}"
            if number > 1:
                statement["basis"] = [number - 1]
    return made


def basis_by_text(tree: Tree) -> dict[str, list[str]]:
    """What each statement rests on, by their words."""
    numbered = {n: s["text"] for n, (_, _, s) in enumerate(editing.every_statement(tree), 1)}
    return {
        s["text"]: [numbered[n] for n in s.get("basis", ())]
        for _, _, s in editing.every_statement(tree)
    }


SIZES = st.lists(st.integers(0, 4), min_size=1, max_size=4).filter(any)
STEPS = st.lists(
    st.tuples(st.sampled_from(["up", "down", "out", "put"]), st.integers(0, 99)), max_size=8
)


@given(SIZES, STEPS)
def test_what_a_statement_rests_on_goes_along(
    sizes: list[int], steps: list[tuple[str, int]]
) -> None:
    tree = document(sizes)
    expected = basis_by_text(tree)
    for step, number in steps:
        all_ = list(editing.every_statement(tree))
        if not all_:
            return
        section, position, statement = all_[number % len(all_)]
        if step == "out":
            editing.remove_statement(tree, section, position)
            del expected[statement["text"]]
            expected = {t: [b for b in bs if b != statement["text"]] for t, bs in expected.items()}
        elif step == "put":
            editing.put_statement(tree, section, position, number % len(editing.sections_of(tree)))
        else:
            editing.move_statement(tree, section, position, 1 if step == "down" else -1)
        assert basis_by_text(tree) == expected


def test_a_section_goes_with_its_statements() -> None:
    tree = document([1, 2])
    stays = editing.sections_of(tree)[1]["id"]
    editing.remove_section(tree, 0)
    assert basis_by_text(tree) == {"T2": [], "T3": ["T2"]}
    assert [section["id"] for section in editing.sections_of(tree)] == [stays]
    assert editing.add_section(tree, "New") == 1
    assert [section["id"] for section in editing.sections_of(tree)] == [stays, "new"]


def test_the_id_of_a_section_tells_no_reader_how_many_others_there_are() -> None:
    tree: editing.Tree = {}
    for title in ("Attendance: autumn", "", "", "Attendance: autumn", "ÉCOLE", "legal", "12"):
        editing.add_section(tree, title)
    ids = [section["id"] for section in editing.sections_of(tree)]
    assert len(set(ids)) == len(ids)
    assert (ids[0], ids[4]) == ("attendance-autumn", "ecole")
    for id_ in ids[1:4] + ids[5:]:
        assert re.fullmatch("s-[0-9a-f]{6}", id_), id_


def test_a_person_goes_from_every_place() -> None:
    tree = document([1])
    first, second = editing.add_person(tree), editing.add_person(tree)
    people = editing.people_of(tree)
    assert [person["id"] for person in people] == ["p1", "p2"]
    (_, _, statement), *_ = editing.every_statement(tree)
    statement["about"] = ["p1", "p2"]
    tree["capacity"] = [{"person": "p1"}, {"person": "p2"}]
    editing.remove_person(tree, first)
    assert statement["about"] == ["p2"]
    assert tree["capacity"] == [{"person": "p2"}]
    assert second == 1


def test_whoever_is_no_recipient_reads_no_section() -> None:
    tree = document([1])
    (section,) = editing.sections_of(tree)
    editing.set_recipients(tree, ["a@x", "b@x"])
    editing.set_readers(section, {"a@x": "why", "b@x": ""})
    editing.set_recipients(tree, ["b@x"])
    assert (tree["to"], section["need_to_know"]) == (["b@x"], {"b@x": ""})


def test_the_id_of_a_section_follows_its_title_and_what_names_it_goes_along() -> None:
    tree: Tree = {}
    first = editing.add_section(tree, "")
    made = editing.sections_of(tree)[first]["id"]
    tree["answer"] = [{"sections": [made]}]
    editing.sections_of(tree)[first]["title"] = "Police log"
    assert editing.name_section(tree, first, "") == (made, "police-log")
    assert editing.sections_of(tree)[first]["id"] == "police-log"
    assert tree["answer"] == [{"sections": ["police-log"]}]
    second = editing.add_section(tree, "")
    editing.sections_of(tree)[second]["title"] = "Police log"
    assert editing.name_section(tree, second, "") is None  # taken
    editing.sections_of(tree)[first].update(id="chosen", title="Attendance")
    assert editing.name_section(tree, first, "Police log") is None  # somebody chose it
