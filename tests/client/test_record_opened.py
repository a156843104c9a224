"""Reading an opened section: strict about its form, literal about its words."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency_client.record.opened import read_section, section_json
from phoenix_protocol import record, schema
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import AgencyId, ItemId
from phoenix_protocol.record import Kind
from phoenix_protocol.sealing.contents import Item, ItemType

HEAD = record.Head(kind="statements", title="T", marking="OFFICIAL", handling=())
STATEMENT = record.Statement(
    kind=Kind.HYPOTHESIS,
    text="x",
    about=(),
    origin=AgencyId("a"),
    chain_depth=2,
    basis=(),
    special_category=(),
    flags=(),
)
ENTRIES = record.Entries(entries={"a": ("b",)}, do_not_alert=("c",))


def item(type_: ItemType, message: object, number: int) -> Item:
    id_ = ItemId(number.to_bytes(16, "big"))
    return Item(type=type_, id=id_, salt=bytes(32), content=schema.encode(message))


def head(number: int = 1) -> Item:
    return item(ItemType.HEAD, HEAD, number)


def refused(*items: Item) -> str:
    with pytest.raises(TamperError) as caught:
        read_section(items)
    return caught.value.code


def test_a_section_is_read() -> None:
    section = read_section(
        [head(), item(ItemType.STATEMENT, STATEMENT, 2), item(ItemType.ENTRIES, ENTRIES, 3)]
    )
    assert section.id == head().id.hex()
    shown = section_json(section)
    assert shown["statements"][0]["class"] == "OPINION"
    assert shown["statements"][0]["source"] is None
    assert shown["statements"][0]["chain_depth"] == 2
    assert (shown["answers"], shown["do_not_alert"]) == ({"a": ["b"]}, ["c"])


def test_a_section_without_its_one_head_first_is_refused() -> None:
    assert refused() == "E_PARSE"
    assert refused(item(ItemType.STATEMENT, STATEMENT, 1)) == "E_PARSE"
    assert refused(item(ItemType.STATEMENT, STATEMENT, 1), head(2)) == "E_PARSE"
    assert refused(head(1), head(2)) == "E_PARSE"


def test_two_items_of_one_id_are_refused() -> None:
    assert refused(head(1), item(ItemType.STATEMENT, STATEMENT, 1)) == "E_PARSE"


def test_two_answers_of_one_name_are_refused() -> None:
    twice = [item(ItemType.ENTRIES, ENTRIES, n) for n in (2, 3)]
    assert refused(head(), *twice) == "E_PARSE"


def test_an_item_that_is_not_what_it_says_is_refused() -> None:
    assert refused(head(), item(ItemType.PERSON, STATEMENT, 2)) == "E_PARSE"


def test_a_critical_extension_is_refused() -> None:
    future = dataclasses.replace(STATEMENT, critical={"new": 1})
    assert refused(head(), item(ItemType.STATEMENT, future, 2)) == "E_CRITICAL"


def test_somebody_who_is_not_in_the_section_is_shown_by_id() -> None:
    person = record.Person(label="child", name="J", role="child", identifiers={}, part3_category=())
    about = dataclasses.replace(
        STATEMENT, about=(ItemId(b"\2" * 16), ItemId((3).to_bytes(16, "big")))
    )
    section = read_section(
        [head(), item(ItemType.PERSON, person, 3), item(ItemType.STATEMENT, about, 4)]
    )
    assert section.statements[0].about == ("02" * 16, "child")


@pytest.mark.parametrize("name", ["", 5, True, ["a"]])
def test_a_head_without_a_good_name_is_named_by_its_id(name: object) -> None:
    odd = dataclasses.replace(HEAD, optional={"id": name})  # type: ignore[dict-item]  # what others may write
    assert read_section([item(ItemType.HEAD, odd, 9)]).id == ItemId((9).to_bytes(16, "big")).hex()


@given(st.lists(st.tuples(st.sampled_from(list(ItemType)), st.binary(max_size=60)), max_size=4))
def test_any_bytes_are_read_or_refused(items: list[tuple[ItemType, bytes]]) -> None:
    made = [
        Item(type=type_, id=ItemId(n.to_bytes(16, "big")), salt=bytes(32), content=content)
        for n, (type_, content) in enumerate(items)
    ]
    try:
        section = read_section([head(99), *made])
    except TamperError:
        return
    assert len(section.statements) + len(section.people) <= len(made)
