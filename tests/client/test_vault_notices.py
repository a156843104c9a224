"""Notices and the onward register in the vault: kept once, found by item, forgotten with their package."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agency_client.adapters.vault import SqlcipherVault
from agency_client.ports.vault import HandingState, Seen
from phoenix_protocol.identifiers import Seconds
from tests.client.vault_values import (
    MARKER,
    NURSE,
    answer,
    core_hash,
    endpoint,
    handing,
    item_id,
    new_home,
    notice,
    opened,
    passed_on,
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return new_home(tmp_path / "home")


@pytest.fixture
def vault(home: Path) -> Iterator[SqlcipherVault]:
    with opened(home) as vault:
        yield vault


# -- notices --------------------------------------------------------------------------------------------------------


def test_a_notice_is_kept_once_and_comes_back_as_it_was(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        assert tx.notices.keep(notice(1)) is Seen.NEW
        assert tx.notices.keep(notice(1)) is Seen.SAME
        assert tx.notices.keep(notice(1, words="another")) is Seen.OTHER
        assert tx.notices.keep(notice(1, 2)) is Seen.NEW
        assert tx.notices.keep(notice(1, by=7)) is Seen.NEW, "numbers count for each endpoint"
        assert tx.notices.get(notice(1).hash) == notice(1)
        assert tx.notices.get(notice(2).hash) is None
        numbers = tx.notices.numbers(core_hash(1), item_id(1, 1), endpoint(0))
        assert numbers == {1: notice(1).hash, 2: notice(1, 2).hash}
        assert tx.notices.numbers(core_hash(1), item_id(1, 2), endpoint(0)) == {}


def test_a_notice_belongs_to_items_of_packages(vault: SqlcipherVault) -> None:
    first, second = notice(1), notice(1, 2)
    with vault.transaction() as tx:
        for each in (second, first):
            tx.notices.keep(each)
        assert tx.notices.all() == (), "it belongs to nothing yet"
        assert tx.notices.apply(first.hash, core_hash(1), [item_id(1, 1)])
        assert not tx.notices.apply(first.hash, core_hash(1), [item_id(1, 1)])
        assert tx.notices.apply(second.hash, core_hash(1), [item_id(1, 1)])
        assert tx.notices.apply(first.hash, core_hash(5), [item_id(5, 1), item_id(5, 2)])
        assert tx.notices.all() == (first, second)
        assert tx.notices.of(core_hash(1)) == ((item_id(1, 1), first), (item_id(1, 1), second))
        assert {item for item, _ in tx.notices.of(core_hash(5))} == {item_id(5, 1), item_id(5, 2)}
        assert tx.notices.of(core_hash(2)) == ()
        assert len(tx.notices.places(first.hash)) == 3


def test_handings_wait_and_are_settled(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        for number in (1, 2):
            tx.notices.keep(notice(1, number))
        assert tx.notices.hand(handing(1))
        assert not tx.notices.hand(handing(1))
        assert tx.notices.hand(handing(1, 2, own=True))
        assert tx.notices.waiting(core_hash(1)) == (handing(1),)
        assert tx.notices.waiting(core_hash(2)) == ()
        assert tx.notices.handings(own=True) == (handing(1, 2, own=True),)
        assert tx.notices.handings(notice(1).hash) == (handing(1),)
        assert len(tx.notices.handings()) == 2
        tx.notices.set_state(handing(1).hash, HandingState.APPLIED)
        assert tx.notices.waiting(core_hash(1)) == ()
        applied = replace(handing(1), state=HandingState.APPLIED)
        assert tx.notices.handings(notice(1).hash) == (applied,)


def test_own_handings_are_found_when_their_time_is_over(vault: SqlcipherVault) -> None:
    mine, another = handing(1, 2, own=True), handing(2, 3, own=True)
    with vault.transaction() as tx:
        for each in (notice(1), notice(1, 2), notice(2, 3)):
            tx.notices.keep(each)
        for each in (another, mine, handing(1)):
            tx.notices.hand(each)
        assert tx.notices.expired(Seconds(mine.expires - 1)) == ()
        assert tx.notices.expired(mine.expires) == (mine,), "what came is not ours to see to"
        assert tx.notices.expired(another.expires) == (another, mine)
        tx.notices.set_state(mine.hash, HandingState.OVER)
        assert tx.notices.expired(another.expires) == (another,)


def test_answers_are_kept_by_endpoint_and_counter(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        assert tx.notices.next_counter(notice(1).hash, endpoint(1)) == 1
        assert tx.notices.answer(answer(1, 2)) is Seen.NEW
        assert tx.notices.answer(answer(1)) is Seen.NEW
        assert tx.notices.answer(answer(1)) is Seen.SAME
        assert tx.notices.answer(answer(1, words="another")) is Seen.OTHER
        assert tx.notices.answers(notice(1).hash) == (answer(1), answer(1, 2))
        assert tx.notices.next_counter(notice(1).hash, endpoint(1)) == 3
        assert tx.notices.answers(notice(2).hash) == ()


def test_an_answer_may_come_before_its_notice(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        tx.notices.answer(answer(3))
    with vault.transaction() as tx:
        tx.notices.keep(notice(3))
        assert tx.notices.answers(notice(3).hash) == (answer(3),)


def test_everything_is_there_after_a_restart(home: Path) -> None:
    with opened(home) as vault, vault.transaction() as tx:
        tx.notices.keep(notice(1))
        tx.notices.apply(notice(1).hash, core_hash(1), [item_id(1, 1)])
        tx.notices.hand(handing(1))
        tx.onward.add(passed_on(1, 2))
    with opened(home) as vault, vault.reading() as view:
        assert view.notices.all() == (notice(1),)
        assert view.notices.waiting(core_hash(1)) == (handing(1),)
        assert view.onward.passed_on(core_hash(1), item_id(1, 1)) == (passed_on(1, 2),)


def test_notices_on_what_was_passed_on_are_found(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        for n in (1, 2):
            tx.notices.keep(notice(n))
            tx.notices.apply(notice(n).hash, core_hash(n), [item_id(n, 1)])
        assert tx.notices.passed_on() == ()
        for to in (3, 4):
            tx.onward.add(passed_on(1, to))
        tx.onward.add(replace(passed_on(2, 3), item=item_id(2, 2)))
        assert tx.notices.passed_on() == (notice(1),), "of the other package another item went on"


def test_what_is_erased_leaves_other_packages_their_notices(home: Path) -> None:
    with opened(home) as vault:
        with vault.transaction() as tx:
            for n in (1, 2):
                tx.notices.keep(notice(n))
                tx.notices.apply(notice(n).hash, core_hash(n), [item_id(n, 1)])
                tx.notices.hand(handing(n))
                tx.notices.answer(answer(n))
            tx.notices.apply(notice(2).hash, core_hash(1), [item_id(1, 2)])
        with vault.transaction() as tx:
            tx.notices.erase(core_hash(1))
        with vault.reading() as view:
            assert view.notices.get(notice(1).hash) is None
            silent = replace(answer(1), detail=None)
            assert view.notices.answers(notice(1).hash) == (silent,), "that it was answered stays"
            assert view.notices.of(core_hash(1)) == ()
            assert view.notices.of(core_hash(2)) == ((item_id(2, 1), notice(2)),)
            assert view.notices.handings() == (handing(2),)
            assert view.notices.answers(notice(2).hash) == (answer(2),)
        vault.settle()
        assert vault.check() == ()


def test_what_was_said_of_some_items_is_erased_alone(vault: SqlcipherVault) -> None:
    other = replace(notice(1, by=7), item=item_id(1, 2))
    waiting = replace(handing(1), hash=handing(9).hash, notice=other.hash)
    with vault.transaction() as tx:
        for each, item in ((notice(1), item_id(1, 1)), (other, item_id(1, 2))):
            tx.notices.keep(each)
            tx.notices.apply(each.hash, core_hash(1), [item])
        tx.notices.hand(handing(1))
        tx.notices.hand(waiting)
        tx.notices.erase(core_hash(1), [item_id(1, 1)])
        assert tx.notices.of(core_hash(1)) == ((item_id(1, 2), other),)
        assert tx.notices.handings() == (waiting,)
        assert tx.notices.get(notice(1).hash) is None


def test_the_words_of_a_notice_are_in_no_error_and_no_repr() -> None:
    assert MARKER not in repr((notice(1), handing(1), answer(1, words="x")))


# -- the onward register --------------------------------------------------------------------------------------------


def test_what_was_passed_on_is_found_by_package_and_item(vault: SqlcipherVault) -> None:
    entries = (passed_on(1, 2), passed_on(1, 3), passed_on(1, 3, NURSE))
    with vault.transaction() as tx:
        assert [tx.onward.add(entry) for entry in entries] == [True] * 3
        assert not tx.onward.add(entries[0]), "known"
        assert tx.onward.passed_on(core_hash(1), item_id(1, 1)) == entries
        assert tx.onward.passed_on(core_hash(1), item_id(1, 2)) == ()
        assert tx.onward.passed_on(core_hash(2), item_id(1, 1)) == ()
