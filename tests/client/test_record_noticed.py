"""What notices make of statements, and how people name a statement (docs/protocol.md §6.8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agency_client.record.noticed import (
    Noticed,
    as_corrected,
    is_withdrawn,
    marks,
    read_notice,
    resting_on,
)
from agency_client.record.opened import read_section
from agency_client.record.pointing import called, find_item
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Address, EndpointId, ItemId, ObjectHash, Seconds
from phoenix_protocol.record import Head
from phoenix_protocol.sealing.contents import ItemType
from phoenix_protocol.sealing.notices import NoticeAction
from phoenix_protocol.signed import sign
from tests.protocol import notice_world as world

ONE, TWO, THREE, FOUR = (ItemId(bytes([n]) * 16) for n in range(1, 5))


def noticed(action: NoticeAction, *, at: int = 1, text: str = "", **changes: Any) -> Noticed:
    made = Noticed(
        notice=ObjectHash(bytes([at]) * 32),
        action=action,
        by=Address("lead@fennick-academy"),
        endpoint=EndpointId(b"E" * 32),
        number=at,
        time=Seconds(1000 + at),
        words="Looked again",
        replacement=world.statement(text) if text else None,
        conditions=(),
    )
    return replace(made, **changes)


def corrected(text: str, at: int = 1, **changes: Any) -> Noticed:
    return noticed(NoticeAction.CORRECT, at=at, text=text, **changes)


def test_a_notice_is_read_as_it_was_signed() -> None:
    said = world.notice()
    signed = sign(said, [world.KEY_OF[said.endpoint]])
    read = read_notice(signed.hash, world.SCHOOL, signed.encoded())
    assert (read.action, read.words, read.number) == (said.action, said.words, 1)
    assert (read.by, read.notice) == (world.SCHOOL, signed.hash)
    assert read.replacement is not None
    assert read.replacement.text == "A black car"


def test_every_word_that_applies_is_said() -> None:
    assert marks([]) == ()
    everything = [noticed(action, at=n) for n, action in enumerate(NoticeAction, 1)]
    assert marks(everything) == ("withdrawn", "corrected", "disputed")
    assert marks([noticed(NoticeAction.RELEASE)]) == ()
    assert is_withdrawn(everything)
    assert not is_withdrawn([noticed(NoticeAction.DISPUTE), corrected("x")])


def test_the_newest_correction_counts() -> None:
    first = world.statement("A dark blue car")
    assert as_corrected(first, []) is first
    assert as_corrected(first, [noticed(NoticeAction.DISPUTE)]) is first
    notices = [corrected("A black car", 2), corrected("A grey car", 1)]
    assert as_corrected(first, notices).text == "A black car"


def test_a_correction_of_what_was_passed_on_keeps_the_places_of_the_copy() -> None:
    held = replace(world.statement("Blue", depth=2), about=(THREE,), basis=(FOUR,))
    said = as_corrected(held, [corrected("Black")])
    assert (said.text, said.about, said.basis, said.chain_depth) == ("Black", (THREE,), (FOUR,), 2)


def test_an_opinion_rests_on_what_was_withdrawn_through_others_too() -> None:
    basis = {ONE: (), TWO: (ONE,), THREE: (TWO,), FOUR: (FOUR, ONE)}
    assert resting_on(basis, {ONE}) == {TWO: (ONE,), THREE: (ONE,), FOUR: (ONE,)}
    assert resting_on(basis, {TWO}) == {THREE: (TWO,)}
    assert resting_on(basis, set()) == {}
    circle = {ONE: (TWO,), TWO: (ONE,)}
    assert resting_on(circle, {ONE}) == {ONE: (ONE,), TWO: (ONE,)}


# -- naming a statement ---------------------------------------------------------------------------------------------


def two_sections() -> list[Any]:
    head = Head(
        kind="statements",
        title="Seen",
        marking="OFFICIAL",
        handling=(),
        optional={"id": "seen.today"},
    )
    first = world.SEEN.items
    second = [
        world.item(ItemType.HEAD, 11, replace(head, optional={"id": "child"})),
        world.item(ItemType.STATEMENT, 13, world.statement("I'm fine", about=())),
    ]
    return [read_section((world.item(ItemType.HEAD, 1, head), *first[1:])), read_section(second)]


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 3), ("2", 4), ("3", 13), ("seen.today.2", 4), ("CHILD.1", 13), (" child.1 ", 13)],
)
def test_a_statement_is_named_by_number_or_section_and_number(text: str, number: int) -> None:
    assert find_item(two_sections(), text).item == ItemId(number.to_bytes(16, "big"))


def test_ids_find_statements_and_files() -> None:
    sections = two_sections()
    file = world.SEEN.items[4]
    assert find_item(sections, file.id.hex()).item == file.id
    name = next(p.called for p in called(sections) if p.item == file.id)
    assert name == "seen.today/000000"
    assert find_item(sections, name).item == file.id


def test_what_fits_several_or_nothing_is_refused() -> None:
    sections = two_sections()
    for text, code in (
        ("4", "E_NOT_FOUND"),
        ("child.2", "E_NOT_FOUND"),
        ("", "E_NOT_FOUND"),
        ("ffffff", "E_NOT_FOUND"),
        ("000000", "E_AMBIGUOUS"),
    ):
        with pytest.raises(RefusedError) as refused:
            find_item(sections, text)
        assert refused.value.code == code, text
