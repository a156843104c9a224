"""The schedule of epoch keys: always twelve weeks ahead, never a due one, none destroyed early."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from keys import content as contents
from keys import epochs, holders
from keys.content import Content, EpochSecret, Publication
from keys.epochs import DAY, WEEK, WEEKLY, Phase, Schedule
from phoenix_protocol import limits
from phoenix_protocol.epochs import EpochKey, choose, open_epoch_key
from phoenix_protocol.errors import LockedError, RefusedError, TamperError
from phoenix_protocol.identifiers import EndpointId, ObjectHash, Seconds
from phoenix_protocol.signed import Opened, parse_signed
from phoenix_protocol.suite.sealing_keys import SealingKey
from tests.keys.rings import ANCHOR, NOW, SYSTEM, with_desk
from tests.protocol.seeded_randomness import SeededRandomness

SELF = EndpointId(bytes([7]) * 32)
#: What a package lives by default.
FORTNIGHT = 14 * DAY


def approved_desk(randomness: SeededRandomness | None = None) -> Content:
    source = randomness or SeededRandomness(1)
    return holders.approved(with_desk(contents.empty(NOW, source), NOW, source), SELF)


DESK = approved_desk()


def rolled(content: Content, now: int, seed: int = 2) -> epochs.Rolled:
    """The content rolled at a time that the relay vouches for."""
    at = Seconds(now)
    return epochs.roll(content, at, SeededRandomness(seed), vouched=at)


@given(st.integers(4 * DAY, 4_000_000_000))
def test_periods_are_the_weeks_of_utc(now: int) -> None:
    starts = WEEKLY.starts(Seconds(now))
    assert len(starts) == 13
    assert starts[0] <= now < starts[1]
    assert {b - a for a, b in itertools.pairwise(starts)} == {WEEK}
    monday = datetime.fromtimestamp(starts[0], UTC)
    assert (monday.weekday(), monday.hour, monday.minute, monday.second) == (0, 0, 0, 0)


def test_the_first_keys_are_ready_for_twelve_weeks() -> None:
    assert [e.valid_from for e in DESK.epochs] == list(WEEKLY.starts(NOW))
    for secret in DESK.epochs:
        assert secret.valid_until == secret.valid_from + WEEK
        assert secret.opens_until == secret.valid_until + 5 * WEEK
    assert max(e.valid_until for e in DESK.epochs) >= NOW + 12 * WEEK
    numbers = [e.number for e in DESK.epochs]
    assert numbers == sorted(set(numbers))
    assert DESK.next_epoch == numbers[-1] + 1


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (-1, Phase.COMING),
        (0, Phase.CURRENT),
        (WEEK - 1, Phase.CURRENT),
        (WEEK, Phase.OPENING),
        (6 * WEEK - 1, Phase.OPENING),
        (6 * WEEK, Phase.DUE),
    ],
)
def test_a_key_is_in_one_phase_at_a_time(offset: int, expected: Phase) -> None:
    first = DESK.epochs[0]
    assert epochs.phase(first, Seconds(first.valid_from + offset)) is expected


def test_rolling_again_changes_nothing() -> None:
    once = rolled(DESK, NOW + WEEK)
    again = rolled(once.content, NOW + WEEK, seed=3)
    assert again.content == once.content
    assert [s.hash for s in again.to_publish] == [s.hash for s in once.to_publish]
    assert again.destroyed == ()


def test_each_week_makes_one_key_and_publishes_it() -> None:
    week = rolled(DESK, NOW + WEEK)
    assert len(week.to_publish) == 1
    assert [e.publication for e in week.content.epochs].count(Publication.MADE) == 1
    done = epochs.published(week.content, [s.hash for s in week.to_publish])
    assert rolled(done, NOW + WEEK).to_publish == ()


def test_a_key_is_destroyed_at_opens_until_and_not_before() -> None:
    first = DESK.epochs[0]
    before = rolled(DESK, first.opens_until - 1)
    assert before.destroyed == ()
    after = rolled(before.content, first.opens_until)
    assert after.destroyed == (first.hash,)
    assert first.seed not in contents.secrets_of(after.content)
    with pytest.raises(LockedError) as refused:
        epochs.find(after.content, first.hash)
    assert refused.value.code == "E_KEY_MISSING"


def test_what_was_sealed_to_a_published_key_opens() -> None:
    week = rolled(DESK, NOW + WEEK)
    opened = open_epoch_key(week.to_publish[0], document_key(DESK), ANCHOR)
    sealed = SealingKey(opened.message.key).seal(b"a cover's key", b"info")
    assert epochs.find(week.content, opened.hash).open(sealed, b"info") == b"a cover's key"


def test_statements_of_a_key_are_one_object() -> None:
    first, second = epochs.signed(DESK, DESK.epochs[:1]), epochs.signed(DESK, DESK.epochs[:1])
    assert first[0].payload == second[0].payload
    assert first[0].hash == DESK.epochs[0].hash


def test_until_approval_there_is_nothing_to_publish() -> None:
    waiting = with_desk(contents.empty(NOW, SYSTEM))
    week = rolled(waiting, NOW + WEEK)
    assert week.to_publish == ()
    approved = holders.approved(week.content, SELF)
    # The key made while waiting did not travel with the request.
    assert len(rolled(approved, NOW + WEEK).to_publish) == 1


def test_without_an_endpoint_there_is_nothing_to_roll() -> None:
    with pytest.raises(LockedError) as refused:
        epochs.roll(contents.empty(NOW, SYSTEM), NOW, SYSTEM)
    assert refused.value.code == "E_KEY_MISSING"


# -- the clock -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "vouched"),
    [
        (-limits.CLOCK_SKEW, None),
        (0, None),
        (WEEK, None),
        (2 * WEEK, None),
        (30 * WEEK, 30 * WEEK),
        (30 * WEEK, 30 * WEEK - DAY),
        (30 * WEEK, 30 * WEEK + limits.CLOCK_SKEW),
        (-WEEK, -WEEK),
    ],
)
def test_a_likely_clock_is_believed(step: int, vouched: int | None) -> None:
    word = Seconds(NOW + vouched) if vouched is not None else None
    epochs.check_clock(DESK, Seconds(NOW + step), word)


@pytest.mark.parametrize(
    ("step", "vouched"),
    [
        (-limits.CLOCK_SKEW - 1, None),
        (-50 * WEEK, None),
        (-50 * WEEK, -40 * WEEK),
        (30 * WEEK, 31 * WEEK),
        (3 * WEEK, 0),
        (2 * WEEK + 1, None),
        (500 * WEEK, None),
        (30 * WEEK, 27 * WEEK),
    ],
)
def test_an_unlikely_clock_destroys_nothing(step: int, vouched: int | None) -> None:
    word = Seconds(NOW + vouched) if vouched is not None else None
    with pytest.raises(RefusedError) as refused:
        epochs.roll(DESK, Seconds(NOW + step), SYSTEM, vouched=word)
    assert refused.value.code == "E_CLOCK"


def test_the_floor_of_the_clock_survives() -> None:
    later = rolled(DESK, NOW + 3 * WEEK).content
    kept = contents.decode(contents.encode(later))
    assert kept.newest_time == NOW + 3 * WEEK
    with pytest.raises(RefusedError):
        epochs.check_clock(kept, NOW)


def test_a_clock_that_nobody_vouched_for_moves_no_floor() -> None:
    """Neither is its owner locked out once it is put right, nor can it creep on week by week."""
    fast = epochs.roll(DESK, Seconds(NOW + 2 * WEEK), SYSTEM).content
    epochs.check_clock(fast, NOW)
    with pytest.raises(RefusedError):
        epochs.check_clock(fast, Seconds(NOW + 3 * WEEK))


def test_a_clock_two_weeks_fast_loses_no_package_of_default_life() -> None:
    """Why keys open for five weeks: two of life, two of a wrong clock, one of a slow week."""
    fast = epochs.roll(DESK, Seconds(NOW + epochs.TRUSTED_STEP), SYSTEM).content
    sealed_to = [e for e in DESK.epochs if epochs.phase(e, NOW) is not Phase.COMING]
    last_expiry = max(e.valid_until for e in sealed_to) + FORTNIGHT
    assert {e.hash for e in sealed_to} <= {e.hash for e in fast.epochs}
    assert WEEKLY.opens_after >= FORTNIGHT + epochs.TRUSTED_STEP + WEEK
    assert all(e.opens_until > last_expiry + epochs.TRUSTED_STEP for e in sealed_to)


def test_another_schedule_is_kept_to() -> None:
    quick = Schedule(period=10, ahead=3, opens_after=20)
    content = replace(DESK, epochs=())
    first = epochs.roll(content, NOW, SYSTEM, schedule=quick).content
    assert len(first.epochs) == 4
    later = epochs.roll(first, Seconds(NOW + 30), SYSTEM, schedule=quick)
    assert len(later.destroyed) == 1
    assert len(later.content.epochs) == 6


# -- everything in any order -----------------------------------------------------------------------


def document_key(content: Content) -> bytes:
    assert content.endpoint is not None
    return content.endpoint.document_key().public_bytes()


class Weeks(RuleBasedStateMachine):
    """A desk over months: on and off, published and not, restored from older backups."""

    def __init__(self) -> None:
        super().__init__()
        self.randomness = SeededRandomness(5)
        self.content = approved_desk(self.randomness)
        self.key = document_key(self.content)
        self.now: int = NOW
        self.has_rolled = True
        self.waiting: tuple[Opened[EpochKey], ...] = ()
        #: What the relay was given, and every private half that was ever made.
        self.relay: dict[ObjectHash, Opened[EpochKey]] = {}
        self.made: dict[ObjectHash, EpochSecret] = {}
        self.lost: set[ObjectHash] = set()
        self.backup = (self.content, self.now)

    @initialize()
    def first_keys_are_live(self) -> None:
        for data in holders.joining(self.content).epoch_keys:
            self._give(open_epoch_key(parse_signed(data), self.key, ANCHOR))
        self._remember()

    @rule(seconds=st.integers(0, 10 * DAY))
    def some_days_pass(self, seconds: int) -> None:
        self._pass(seconds)

    @rule(weeks=st.integers(2, 30))
    def the_school_is_shut(self, weeks: int) -> None:
        self._pass(weeks * WEEK)

    @rule()
    def it_rolls(self) -> None:
        result = epochs.roll(
            self.content, Seconds(self.now), self.randomness, vouched=Seconds(self.now)
        )
        for destroyed in result.destroyed:
            assert self.made[destroyed].opens_until <= self.now
        kept = {e.hash for e in result.content.epochs}
        assert {e.hash for e in self.content.epochs} - kept == set(result.destroyed)
        self.content = contents.decode(contents.encode(result.content))
        self.waiting = tuple(
            open_epoch_key(signed, self.key, ANCHOR) for signed in result.to_publish
        )
        self.has_rolled = True
        self._remember()

    @precondition(lambda self: self.waiting)
    @rule(confirmed=st.booleans())
    def it_publishes(self, confirmed: bool) -> None:
        """The relay stores; its answer may be lost."""
        for opened in self.waiting:
            self._give(opened)
        if confirmed:
            self.content = epochs.published(self.content, [o.hash for o in self.waiting])

    @rule()
    def it_is_backed_up(self) -> None:
        self.backup = (self.content, self.now)

    @rule()
    def it_is_restored(self) -> None:
        old, _ = self.backup
        self.lost |= {e.hash for e in self.content.epochs} - {e.hash for e in old.epochs}
        self.content, _ = epochs.without_due(old, Seconds(self.now))
        self.waiting, self.has_rolled = (), False
        # Keys of the same second would share their numbers: restoring takes longer than that.
        self._pass(60)

    def _pass(self, seconds: int) -> None:
        self.now += seconds
        self.has_rolled = self.has_rolled and seconds == 0

    def _give(self, opened: Opened[EpochKey]) -> None:
        self.relay[opened.hash] = opened

    def _remember(self) -> None:
        for secret in self.content.epochs:
            known = self.made.setdefault(secret.hash, secret)
            assert known.seed == secret.seed

    @invariant()
    def numbers_are_never_used_twice(self) -> None:
        numbers = [secret.number for secret in self.made.values()]
        assert len(numbers) == len(set(numbers))

    @invariant()
    def after_a_roll_twelve_weeks_are_covered_and_nothing_is_due(self) -> None:
        if not self.has_rolled:
            return
        assert all(e.opens_until > self.now for e in self.content.epochs)
        for start in WEEKLY.starts(Seconds(self.now)):
            assert sum(e.valid_from == start for e in self.content.epochs) == 1

    @invariant()
    def nothing_is_destroyed_early(self) -> None:
        held = {e.hash for e in self.content.epochs} | self.lost
        for key_hash, secret in self.made.items():
            assert key_hash in held or secret.opens_until <= self.now

    @invariant()
    def what_a_sender_chooses_opens(self) -> None:
        """Also after restoring, once the new keys are published: they outrank the lost ones."""
        unpublished = {o.hash for o in self.waiting} - set(self.relay)
        if not self.has_rolled or unpublished:
            return
        for ahead in (0, 5 * WEEK, 11 * WEEK):
            at = Seconds(self.now + ahead)
            try:
                chosen = choose(tuple(self.relay.values()), at, Seconds(at + FORTNIGHT))
            except TamperError:
                # Only where the relay was never told.
                assert all(not o.message.covers(at) for o in self.relay.values())
                continue
            assert chosen.hash in {e.hash for e in self.content.epochs}


TestWeeks = Weeks.TestCase
TestWeeks.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
