"""What came: kept once, found again, moved only as the table of docs/protocol.md §6 says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agency_client.adapters.vault import SqlcipherVault
from agency_client.ports.vault import Contents, Gap, Seen
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import ObjectHash, PackageId, Seconds
from phoenix_protocol.package.lifecycle import TABLE, State, Step
from tests.client.vault_values import (
    NOW,
    attachment,
    contents,
    core_hash,
    endpoint,
    item_id,
    new_home,
    offer,
    opened,
    package_id,
    received,
    segment_id,
    undone,
    write_blob,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlcipherVault]:
    with opened(new_home(tmp_path_factory.mktemp("shared") / "home")) as vault:
        yield vault


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[SqlcipherVault]:
    with opened(new_home(tmp_path / "home")) as vault:
        yield vault


def test_an_offer_comes_back_as_it_was_kept(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        tx.received.add(received(1), offer(1))
    with vault.reading() as view:
        assert view.received.get(core_hash(1)) == received(1)
        assert view.received.offer(core_hash(1)) == offer(1)
        assert view.received.by_package(package_id(1)) == (received(1),)
        assert view.received.get(core_hash(2)) is None
        assert view.received.offer(core_hash(2)) is None
        assert view.received.by_package(package_id(2)) == ()
        assert view.received.released(core_hash(1)) is None


def test_a_package_is_received_once(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        tx.received.add(received(1), offer(1))
    other_core = replace(received(1), core=ObjectHash(bytes(32)))
    for again in (received(1), other_core):
        with pytest.raises(RefusedError) as refused, vault.transaction() as tx:
            tx.received.add(again, offer(2))
        assert refused.value.code == "E_REPLAY"
    with vault.reading() as view:
        assert view.received.offer(core_hash(1)) == offer(1)


def test_two_senders_may_choose_one_package_id(vault: SqlcipherVault) -> None:
    other = replace(received(2, sender=7), package=package_id(1))
    with vault.transaction() as tx:
        tx.received.add(received(1), offer(1))
        tx.received.add(other, offer(2))
        assert tx.received.by_package(package_id(1)) == (received(1), other)


def test_the_inbox_shows_the_newest_first(vault: SqlcipherVault) -> None:
    states = (State.OFFERED, State.COMMITTED, State.OFFERED, State.RETURNED)
    with vault.transaction() as tx:
        for n, state in enumerate(states):
            tx.received.add(received(n, state=state), offer(n))
        waiting = tx.received.inbox([State.OFFERED])
        assert [p.core for p in waiting] == [core_hash(2), core_hash(0)]
        assert [p.core for p in tx.received.inbox()] == [core_hash(n) for n in (3, 2, 1, 0)]
        assert [p.core for p in tx.received.inbox(limit=1)] == [core_hash(3)]
        before = tx.received.inbox(before=Seconds(NOW + 2))
        assert [p.core for p in before] == [core_hash(1), core_hash(0)]
        assert tx.received.inbox([]) == ()
        assert tx.received.count() == {State.OFFERED: 2, State.COMMITTED: 1, State.RETURNED: 1}


@given(steps=st.lists(st.sampled_from(Step), max_size=12), first=st.sampled_from(State))
def test_any_steps_lead_where_the_table_says(
    shared: SqlcipherVault, steps: list[Step], first: State
) -> None:
    with undone(shared) as tx:
        tx.received.add(received(1, state=first), offer(1))
        state, since = first, received(1).since
        for at, step in enumerate(steps, NOW + 10):
            if (state, step) in TABLE:
                new = TABLE[(state, step)]
                assert tx.received.step(core_hash(1), step, Seconds(at)) is new
                state, since = new, Seconds(at) if new is not state else since
            else:
                with pytest.raises(RefusedError) as refused:
                    tx.received.step(core_hash(1), step, Seconds(at))
                assert refused.value.code == "E_RECEIPT_STATE"
        kept = tx.received.get(core_hash(1))
        assert kept is not None
        assert (kept.state, kept.since) == (state, since)


def test_what_was_released_is_kept_for_a_fetch_that_goes_on(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        tx.received.add(received(1), offer(1))
        tx.received.keep_released(core_hash(1), b"released")
        assert tx.received.released(core_hash(1)) == b"released"
        assert tx.received.offer(core_hash(1)) == offer(1)


def test_an_unknown_package_cannot_be_moved(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        with pytest.raises(RefusedError) as refused:
            tx.received.step(core_hash(1), Step.ACCEPT, NOW)
        assert refused.value.code == "E_NOT_FOUND"
        with pytest.raises(RefusedError):
            tx.received.keep_released(core_hash(1), b"")


# -- the replay guard --------------------------------------------------------------------------


def test_the_guard_tells_new_same_and_other(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        assert tx.guard.check(endpoint(1), package_id(1), core_hash(1)) is Seen.NEW
        assert tx.guard.remember(endpoint(1), package_id(1), core_hash(1)) is Seen.NEW
        assert tx.guard.remember(endpoint(1), package_id(1), core_hash(1)) is Seen.SAME
        assert tx.guard.remember(endpoint(1), package_id(1), core_hash(2)) is Seen.OTHER
        assert tx.guard.check(endpoint(1), package_id(1), core_hash(1)) is Seen.SAME
        assert tx.guard.check(endpoint(2), package_id(1), core_hash(2)) is Seen.NEW


def test_a_number_stands_for_one_core(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        assert tx.guard.remember_sequence(endpoint(1), 1, core_hash(1)) is Seen.NEW
        assert tx.guard.remember_sequence(endpoint(1), 1, core_hash(1)) is Seen.SAME
        assert tx.guard.remember_sequence(endpoint(1), 1, core_hash(2)) is Seen.OTHER
        assert tx.guard.remember_sequence(endpoint(2), 1, core_hash(2)) is Seen.NEW


@given(
    numbers=st.dictionaries(
        st.integers(0, 2), st.sets(st.integers(0, 30) | st.just((1 << 63) - 1), max_size=12)
    )
)
@example(numbers={0: {0, 2}})
def test_gaps_are_exactly_the_missing_numbers(
    shared: SqlcipherVault, numbers: dict[int, set[int]]
) -> None:
    with undone(shared) as tx:
        for sender, seen in numbers.items():
            for number in seen:
                tx.guard.remember_sequence(endpoint(sender), number, core_hash(number))
        for sender, seen in numbers.items():
            gaps = tx.guard.gaps(endpoint(sender))
            assert gaps == tuple(missing(sender, sorted(seen)))
        assert len(tx.guard.gaps()) == sum(len(tx.guard.gaps(endpoint(s))) for s in range(3))


def missing(sender: int, seen: list[int]) -> Iterator[Gap]:
    last = 0
    for number in seen:
        if number > last + 1:
            yield Gap(sender=endpoint(sender), first=last + 1, last=number - 1)
        last = number


# -- contents ----------------------------------------------------------------------------------


def test_contents_come_back_in_their_order(vault: SqlcipherVault) -> None:
    whole = contents(1, attachment(1, 5, b"a"), attachment(1, 6, b"b"), sections=4)
    with vault.transaction() as tx:
        tx.contents.put(core_hash(1), whole)
        tx.contents.put(core_hash(1), whole)
    with vault.reading() as view:
        assert view.contents.get(core_hash(1)) == whole
        assert view.contents.attachment(core_hash(1), segment_id(1, 6)) == whole.attachments[1]
        assert view.contents.attachment(core_hash(1), segment_id(1, 7)) is None
        assert view.contents.get(core_hash(2)) is None


@pytest.mark.parametrize(
    "other",
    [
        replace(contents(1), grant=b"another"),
        replace(contents(1), manifest_salt=bytes(32)),
        replace(contents(1), sections=contents(1).sections[:1]),
        contents(1, attachment(1, 5, b"a")),
    ],
)
def test_contents_are_never_replaced(vault: SqlcipherVault, other: Contents) -> None:
    with vault.transaction() as tx:
        tx.contents.put(core_hash(1), contents(1))
        with pytest.raises(TamperError) as refused:
            tx.contents.put(core_hash(1), other)
        assert refused.value.code == "E_CONFLICT"
        assert tx.contents.get(core_hash(1)) == contents(1)


def test_an_item_is_found_wherever_it_was_passed_on(vault: SqlcipherVault) -> None:
    passed_on = replace(
        contents(2),
        sections=(replace(contents(2).sections[0], items=contents(1).sections[1].items),),
    )
    with vault.transaction() as tx:
        tx.contents.put(core_hash(1), contents(1))
        tx.contents.put(core_hash(2), passed_on)
        assert tx.contents.find_item(item_id(1, 101)) == (
            (core_hash(1), segment_id(1, 1)),
            (core_hash(2), segment_id(2, 0)),
        )
        assert tx.contents.find_item(item_id(3, 0)) == ()


def test_erasing_gives_the_blobs_that_nothing_needs_any_more(vault: SqlcipherVault) -> None:
    shared, own = write_blob(vault, b"shared"), write_blob(vault, b"own")
    with vault.transaction() as tx:
        one = contents(1, attachment(1, 5, b"shared"), attachment(1, 6, b"own"))
        tx.contents.put(core_hash(1), one)
        tx.contents.put(core_hash(2), contents(2, attachment(2, 5, b"shared")))
        tx.contents.put(core_hash(3), contents(3, attachment(3, 5, b"elsewhere", stored=False)))
    with vault.transaction() as tx:
        assert tx.contents.erase(core_hash(1)) == (own,)
        assert tx.contents.get(core_hash(1)) is None
        assert tx.contents.find_item(item_id(1, 101)) == ()
        assert tx.contents.erase(core_hash(2)) == (shared,)
        assert tx.contents.erase(core_hash(3)) == ()
        assert tx.contents.erase(core_hash(1)) == ()
    assert PackageId(bytes(16)) not in vault.blobs.names()
