"""The life of a package (docs/protocol.md §6.1): the table against a model that knows only facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.package.lifecycle import (
    RELEASED,
    STEP_OF,
    STORED,
    TABLE,
    UNFINISHED,
    State,
    Step,
    address_state,
    advance,
    allowed,
    least_advanced,
    recall_reaches,
    warnings_due,
)

HOUR: Final = 3600
DAY: Final = 86400
#: No step leads out of these.
ENDS: Final = frozenset({State.RETURNED, State.RECALLED, State.EXPIRED, State.UNREADABLE})
#: Nor out of this one, which is no failure.
GONE: Final = frozenset({State.ERASED})
STATES: Final = st.sampled_from(State)
ADDRESSES: Final = st.lists(STATES, min_size=1, max_size=5)


@dataclass
class Facts:
    """What has happened at one endpoint. Knows nothing of states."""

    happened: list[Step] = field(default_factory=list)

    def has(self, *steps: Step | None) -> bool:
        return any(step in self.happened for step in steps)

    def may(self, step: Step) -> bool:
        """The rules of §6.1 in words: after what a step rests on, before what rules it out, nothing after an end."""
        rests_on, ruled_out_by = RULES[step]
        ended = self.has(Step.RETURN, Step.RECALL, Step.EXPIRE, Step.UNREADABLE)
        return not ended and not self.has(ruled_out_by) and (rests_on is None or self.has(rests_on))


#: Of each step: what must have happened before it, and what must not.
RULES: Final[dict[Step, tuple[Step | None, Step | None]]] = {
    Step.HOLD: (None, Step.HOLD),
    Step.OFFER: (Step.HOLD, Step.ACCEPT),
    Step.ACCEPT: (Step.OFFER, Step.ACCEPT),
    Step.RETURN: (Step.OFFER, Step.ACCEPT),
    Step.UNREADABLE: (Step.OFFER, Step.COMMIT),
    Step.COMMIT: (Step.ACCEPT, Step.COMMIT),
    Step.ACKNOWLEDGE: (Step.COMMIT, Step.ERASE),
    Step.OUTCOME: (Step.ACKNOWLEDGE, Step.ERASE),
    Step.ERASE: (Step.COMMIT, Step.ERASE),
    Step.RECALL: (None, Step.ACCEPT),
    Step.EXPIRE: (Step.HOLD, Step.COMMIT),
}


class OneAddress(RuleBasedStateMachine):
    """Endpoints of one address, moved at random; table and facts never disagree."""

    @initialize(count=st.integers(1, 3))
    def begin(self, count: int) -> None:
        self.states = [State.SENT] * count
        self.facts = [Facts() for _ in range(count)]

    @rule(which=st.integers(0, 2), step=st.sampled_from(Step))
    def move(self, which: int, step: Step) -> None:
        which %= len(self.states)
        before = self.states[which]
        assert allowed(before, step) == self.facts[which].may(step)
        if allowed(before, step):
            self.states[which] = advance(before, step)
            self.facts[which].happened.append(step)
        else:
            with pytest.raises(RefusedError, match="E_RECEIPT_STATE"):
                advance(before, step)

    @rule()
    def recall(self) -> None:
        """As a relay does it: at every endpoint that a recall can reach, if it reaches the address at all."""
        if recall_reaches(self.states):
            assert not any(facts.has(Step.ACCEPT) for facts in self.facts)
            for which, state in enumerate(self.states):
                if allowed(state, Step.RECALL):
                    self.move(which, Step.RECALL)
            assert address_state(self.states) is State.RECALLED

    @invariant()
    def states_say_what_happened(self) -> None:
        for state, facts in zip(self.states, self.facts, strict=True):
            assert (state in STORED) == facts.has(Step.COMMIT)
            ended = facts.has(Step.EXPIRE, Step.UNREADABLE)
            assert (state in RELEASED) == (facts.has(Step.ACCEPT) and not ended)
            assert (state in UNFINISHED) == (state not in STORED | ENDS)

    @invariant()
    def the_address_is_as_far_as_its_furthest_endpoint(self) -> None:
        state = address_state(self.states)
        assert state in self.states
        assert (state in STORED) == any(facts.has(Step.COMMIT) for facts in self.facts)
        assert (state is State.RETURNED) == all(facts.has(Step.RETURN) for facts in self.facts)


TestOneAddress = OneAddress.TestCase
TestOneAddress.settings = settings(max_examples=60, stateful_step_count=30)


# -- the table ------------------------------------------------------------------------------------------------------

NOT_THERE: Final = [pair for pair in product(State, Step) if pair not in TABLE]


@pytest.mark.parametrize(("state", "step"), NOT_THERE, ids=lambda x: x.value)
def test_what_the_table_does_not_have_is_refused(state: State, step: Step) -> None:
    assert not allowed(state, step)
    with pytest.raises(RefusedError, match="E_RECEIPT_STATE"):
        advance(state, step)


@pytest.mark.parametrize(("state", "step"), TABLE, ids=lambda x: x.value)
def test_what_the_table_has_is_taken(state: State, step: Step) -> None:
    assert allowed(state, step)
    assert advance(state, step) is TABLE[(state, step)]


def test_every_state_is_reached_and_only_ends_are_left_by_nothing() -> None:
    assert {State.SENT, *TABLE.values()} == set(State)
    assert set(State) - {state for state, _ in TABLE} == ENDS | GONE


def test_nothing_is_stored_or_read_that_was_not_accepted_first() -> None:
    """By walking all ways backwards."""
    assert {state for (state, _), to in TABLE.items() if to in STORED and state not in STORED} == {
        State.ACCEPTED
    }
    assert {
        step for (state, step), to in TABLE.items() if to in RELEASED and state not in RELEASED
    } == {Step.ACCEPT}


def test_there_is_no_way_back() -> None:
    """A step that leads somewhere else never leads to where the package has been."""
    later: dict[State, set[State]] = {state: set() for state in State}
    for _ in State:
        for (state, _step), to in TABLE.items():
            if to is not state:
                later[state] |= {to} | later[to]
    assert all(state not in reached for state, reached in later.items())


def test_every_kind_of_event_is_one_step() -> None:
    assert set(STEP_OF) == set(EventKind)
    assert len(set(STEP_OF.values())) == len(EventKind)


# -- addresses ------------------------------------------------------------------------------------------------------


@given(ADDRESSES)
def test_an_address_does_not_depend_on_the_order_of_its_endpoints(states: list[State]) -> None:
    state = address_state(states)
    assert state in states
    assert address_state([*reversed(states), *states]) is state
    assert least_advanced(reversed(states)) is least_advanced(states)


@given(ADDRESSES, st.data())
def test_a_colleagues_progress_never_sets_an_address_back(
    states: list[State], data: st.DataObject
) -> None:
    """Every step but returning, recalling and ending takes the address on or leaves it."""
    which = data.draw(st.integers(0, len(states) - 1))
    steps = [step for step in Step if allowed(states[which], step)]
    if not steps:
        return
    moved = [*states]
    moved[which] = advance(states[which], data.draw(st.sampled_from(steps)))
    before, after = address_state(states), address_state(moved)
    if moved[which] not in ENDS | GONE:
        assert address_state([before, after]) is after


@given(ADDRESSES)
def test_an_address_is_returned_only_when_all_have_returned(states: list[State]) -> None:
    returned = all(state is State.RETURNED for state in states)
    assert (address_state(states) is State.RETURNED) == returned
    assert (address_state([*states, State.RETURNED]) is State.RETURNED) == returned


@given(ADDRESSES)
def test_one_that_stored_it_is_enough(states: list[State]) -> None:
    assert (address_state(states) in STORED) == any(state in STORED for state in states)


@given(ADDRESSES)
def test_an_address_has_erased_it_only_when_none_of_it_keeps_it(states: list[State]) -> None:
    kept = any(state in STORED - GONE for state in states)
    assert (address_state(states) is State.ERASED) == (State.ERASED in states and not kept)


def test_nobody_yet_is_sent() -> None:
    assert address_state([]) is State.SENT
    assert least_advanced([]) is State.SENT


@given(ADDRESSES)
def test_one_word_for_all_addresses_is_the_one_that_needs_attention(states: list[State]) -> None:
    worst = least_advanced(states)
    assert worst in states
    failed = ENDS & set(states)
    assert worst in (failed or states)
    if not failed and State.ERASED not in states:
        assert address_state([worst, *states]) is address_state(states)
        assert all(address_state([worst, state]) is state for state in states)


@given(ADDRESSES)
def test_a_recall_reaches_where_nobody_accepted_and_somebody_still_could(
    states: list[State],
) -> None:
    accepted = any(state in RELEASED or state is State.UNREADABLE for state in states)
    waiting = any(state in {State.SENT, State.HELD, State.OFFERED} for state in states)
    assert recall_reaches(states) == (waiting and not accepted)
    assert recall_reaches(iter(states)) == recall_reaches(states)


# -- warnings -------------------------------------------------------------------------------------------------------

TIMES: Final = st.integers(0, 4_000_000_000).map(Seconds)


@given(TIMES, st.integers(1, 84 * DAY))
def test_warnings_come_while_there_is_still_something_to_do(created: Seconds, life: int) -> None:
    expires = Seconds(created + life)
    due = warnings_due(created, expires)
    assert list(due) == sorted(set(due))
    assert all(created < at < expires for at in due)
    assert len(due) == len({t for t in (life // 2, life - DAY, life - HOUR) if 0 < t < life})
    assert bool(due) == (life > 1)


def test_warnings_at_half_the_time_a_day_and_an_hour_before_the_end() -> None:
    start, end = Seconds(1000), Seconds(1000 + 14 * DAY)
    assert warnings_due(start, end) == (start + 7 * DAY, end - DAY, end - HOUR)
    assert warnings_due(start, Seconds(start + HOUR)) == (start + HOUR // 2,)
    assert warnings_due(start, Seconds(start + 2 * DAY)) == (start + DAY, start + 2 * DAY - HOUR)
