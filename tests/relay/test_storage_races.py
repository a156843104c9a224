"""Races: recall, accept and expire meet from separate connections, and exactly one decides."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.package.events import Answer
from phoenix_protocol.package.lifecycle import TABLE, UNFINISHED, State, Step, recall_reaches
from phoenix_relay.storage import Store
from phoenix_relay.storage.parts import EVERYONE, Part
from phoenix_relay.storage.rows import NewPackage
from tests.relay.stored_packages import (
    DESK,
    HOUR,
    NOW,
    NURSE,
    To,
    hold,
    new_package,
    opened,
    to,
    walk,
)

ROUNDS = 40
SECOND = to("second", at="mash@ardenfold-police")
THREE = (DESK, SECOND, NURSE)


@pytest_asyncio.fixture
async def stores(tmp_path: Path) -> AsyncIterator[tuple[Store, Store]]:
    """One home opened twice: two writers, as two processes have."""
    async with opened(tmp_path / "relay") as one, opened(tmp_path / "relay") as two:
        yield one, two


async def step(store: Store, new: NewPackage, who: To, taken: Step) -> State | RefusedError:
    try:
        return await store.write(
            lambda tx: tx.packages.advance(new.core, who.endpoint, taken, Seconds(NOW + 1))
        )
    except RefusedError as error:
        return error


async def recall(store: Store, new: NewPackage) -> Answer:
    (answer,) = await store.write(lambda tx: tx.packages.recall(new.core, Seconds(NOW + 1)))
    return answer.answer


async def state_of(store: Store, new: NewPackage) -> State:
    there = await store.read(lambda tx: tx.packages.recipient(new.core, DESK.endpoint))
    assert there is not None
    return there.state


async def test_one_of_recall_accept_and_expire_wins(stores: tuple[Store, Store]) -> None:
    one, two = stores
    winners: set[State] = set()
    for round_ in range(ROUNDS):
        new = await hold(one, new_package([DESK]))
        await walk(one, new, DESK, Step.OFFER)
        racers: list[Any] = [
            step(one, new, DESK, Step.ACCEPT),
            recall(two, new),
            step(two, new, DESK, Step.EXPIRE),
        ]
        racers = racers[round_ % 3 :] + racers[: round_ % 3]
        results = await asyncio.gather(*racers)
        won = [r for r in results if isinstance(r, State) or r is Answer.RECALLED]
        state = await state_of(two, new)
        winners.add(state)
        # Accepted may still expire: that is the one pair in which both are told yes.
        if state is State.EXPIRED and State.ACCEPTED in won:
            won.remove(State.ACCEPTED)
        assert len(won) == 1, results
        assert {State.RECALLED: Answer.RECALLED}.get(state, state) == won[0]
        kept = await one.read(lambda tx, new=new: tx.parts.has(new.core, DESK.endpoint, Part.GRANT))
        assert kept == (state is State.ACCEPTED)
    assert len(winners) > 1, "The race was always won by the same one."


async def test_the_same_package_at_the_same_moment_is_stored_once(
    stores: tuple[Store, Store],
) -> None:
    for _ in range(10):
        new = new_package([DESK, NURSE])
        others = [new_package([DESK], package=new.package) for _ in range(3)]
        results = await asyncio.gather(
            *(
                store.write(lambda tx, p=p: tx.packages.hold(p))
                for store in stores
                for p in (new, new, *others)
            ),
            return_exceptions=True,
        )
        accepted = [r for r in results if not isinstance(r, BaseException)]
        refused = [r for r in results if isinstance(r, RefusedError)]
        assert sum(r.fresh for r in accepted) == 1
        assert len({r.held for r in accepted}) == 1
        assert {r.code for r in refused} == {"E_CONFLICT"}
        assert len(accepted) + len(refused) == len(results)


class Life(RuleBasedStateMachine):
    """Any steps in any order, against the table of the protocol."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.context = opened(Path(self.folder.name) / "relay")
        self.store = self.loop.run_until_complete(self.context.__aenter__())
        self.new = self.loop.run_until_complete(hold(self.store, new_package(THREE)))
        self.model = dict.fromkeys(THREE, State.HELD)

    def teardown(self) -> None:
        self.loop.run_until_complete(self.context.__aexit__(None, None, None))
        self.loop.close()
        self.folder.cleanup()

    @rule(who=st.sampled_from(THREE), taken=st.sampled_from(sorted(Step, key=lambda s: s.value)))
    def take(self, who: To, taken: Step) -> None:
        expected = TABLE.get((self.model[who], taken))
        result = self.loop.run_until_complete(step(self.store, self.new, who, taken))
        if expected is None:
            assert isinstance(result, RefusedError)
            assert result.code == "E_RECEIPT_STATE"
        else:
            assert result is expected
            self.model[who] = expected

    @rule()
    def recall(self) -> None:
        answers = self.loop.run_until_complete(
            self.store.write(lambda tx: tx.packages.recall(self.new.core, NOW))
        )
        assert [a.address for a in answers] == ["mash@ardenfold-police", NURSE.address]
        for answer in answers:
            there = [one for one in THREE if one.address == answer.address]
            reached = recall_reaches(self.model[one] for one in there)
            if reached:
                assert answer.answer is Answer.RECALLED
            for one in there:
                if reached:
                    self.model[one] = TABLE.get((self.model[one], Step.RECALL), self.model[one])

    @invariant()
    def states_and_parts_are_as_they_should_be(self) -> None:
        def look(tx: Any) -> tuple[dict[bytes, State], dict[bytes, bool], bool]:
            there = tx.packages.recipients(self.new.core)
            kept = {r.endpoint: tx.parts.has(self.new.core, r.endpoint, Part.GRANT) for r in there}
            cover = tx.parts.has(self.new.core, EVERYONE, Part.COVER)
            return {r.endpoint: r.state for r in there}, kept, cover

        states, kept, cover = self.loop.run_until_complete(self.store.read(look))
        for who, state in self.model.items():
            assert states[who.endpoint] is state
            assert kept[who.endpoint] == (state in UNFINISHED)
        assert cover == any(state in UNFINISHED for state in self.model.values())


def test_a_package_lives_by_the_table() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Life, settings=settings(max_examples=12, stateful_step_count=20, deadline=None)
    )


async def test_a_recall_answers_each_address_for_itself(tmp_path: Path) -> None:
    async with opened(tmp_path / "relay") as store:
        new = await hold(store, new_package([DESK, SECOND, NURSE], expires=NOW + HOUR))
        await walk(store, new, SECOND, Step.OFFER, Step.ACCEPT)
        first = await store.write(lambda tx: tx.packages.recall(new.core, NOW))
        again = await store.write(lambda tx: tx.packages.recall(new.core, NOW))
        assert first == again
        assert {a.address: a.answer for a in first} == {
            DESK.address: Answer.TOO_LATE,
            NURSE.address: Answer.RECALLED,
        }
        assert await state_of(store, new) is State.HELD
