"""Which epoch keys should exist at a time, and what to make, publish and destroy (protocol.md §4).

A key's life, by its times: coming, current (senders seal to it), opening (only opens), due (gone
at the next roll). There is one for each week from Monday 00:00 UTC, for this week and twelve more.

``opens_until`` is five weeks after ``valid_until``. Shorter, and a package sent on a key's last
day could not live through the default of 14 days, a slow week, and a clock two weeks fast (see
:func:`check_clock`). Longer, and a thief of the machine could open older packages that the relay
or the network kept: this is the real forward-secrecy window, and every key publishes its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from keys.content import Content, Endpoint, EpochSecret, Publication, missing
from phoenix_protocol import limits
from phoenix_protocol.epochs import SPEAKS, EpochKey
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Anchor, ObjectHash, Seconds
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.signed import Signed, hash_of, sign
from phoenix_protocol.suite.opening_keys import EpochPrivateKey
from phoenix_protocol.suite.sealing_keys import EPOCH_SEED_BYTES

DAY: Final = 86400
WEEK: Final = 7 * DAY
#: 5 January 1970, the first Monday of the clock.
_FIRST_MONDAY: Final = 4 * DAY
#: How far a clock may be past the newest certain time without the relay's word for it.
TRUSTED_STEP: Final = 2 * WEEK


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long keys are current, how many periods are ready ahead, how long they still open (seconds)."""

    period: int = WEEK
    ahead: int = 12
    opens_after: int = 5 * WEEK

    def starts(self, now: Seconds) -> tuple[Seconds, ...]:
        """The starts of the period that ``now`` is in and of those ahead."""
        first = (now - _FIRST_MONDAY) // self.period * self.period + _FIRST_MONDAY
        return tuple(Seconds(first + n * self.period) for n in range(self.ahead + 1))


WEEKLY: Final = Schedule()


class Phase(Enum):
    """Where an epoch key is in its life."""

    COMING = "coming"
    CURRENT = "current"
    OPENING = "opening"
    DUE = "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """The content to save first, then what to publish, and the hashes of what was destroyed."""

    content: Content
    to_publish: tuple[Signed, ...]
    destroyed: tuple[ObjectHash, ...]


def phase(secret: EpochSecret, now: Seconds) -> Phase:
    """Where ``secret`` is in its life at ``now``."""
    if now >= secret.opens_until:
        return Phase.DUE
    if now >= secret.valid_until:
        return Phase.OPENING
    return Phase.CURRENT if now >= secret.valid_from else Phase.COMING


def check_clock(content: Content, now: Seconds, vouched: Seconds | None = None) -> None:
    """Whether to believe that it is ``now``.

    ``vouched`` is the newest time that the relay signed for. A clock set wrongly to next year
    would otherwise destroy every key, one set back would keep them. Raises RefusedError
    ``E_CLOCK``.
    """
    if vouched is not None and vouched - limits.CLOCK_SKEW <= now <= vouched + DAY:
        return
    floor = max(content.newest_time, vouched or Seconds(0))
    check_not_before(now, floor)
    if now > floor + TRUSTED_STEP:
        raise RefusedError(
            "E_CLOCK",
            "This machine's clock has moved on by weeks, and the relay has not confirmed it.",
            next="Check this machine's clock. If it is right, connect to the relay and repeat.",
        )


def check_not_before(now: Seconds, floor: Seconds) -> None:
    """Raise RefusedError ``E_CLOCK`` when ``now`` is before ``floor``, a time that is certain."""
    if now + limits.CLOCK_SKEW < floor:
        raise RefusedError("E_CLOCK", "This machine's clock is behind a time that is certain.")


def roll(
    content: Content,
    now: Seconds,
    randomness: Randomness,
    *,
    schedule: Schedule = WEEKLY,
    vouched: Seconds | None = None,
) -> Rolled:
    """Make what is missing, destroy what is due, and say what the relay should be given.

    Save the content before publishing. Until this endpoint is approved there is nothing to
    publish: its first keys travel with its join request. Rolling twice changes nothing more.
    Raises RefusedError ``E_CLOCK`` and LockedError ``E_KEY_MISSING`` (not an endpoint).
    """
    check_clock(content, now, vouched)
    endpoint, _ = endpoint_of(content)
    content, destroyed = without_due(content, now)
    content = with_missing(content, now, randomness, schedule)
    # Only a time that somebody signed raises the floor: a clock that is fast locks nobody out.
    content = replace(content, newest_time=max(content.newest_time, vouched or Seconds(0)))
    waiting = [e for e in content.epochs if e.publication is Publication.MADE]
    return Rolled(
        content=content,
        to_publish=signed(content, waiting) if endpoint.id is not None else (),
        destroyed=destroyed,
    )


def without_due(content: Content, now: Seconds) -> tuple[Content, tuple[ObjectHash, ...]]:
    """The content without the keys that no longer open, and the hashes of those."""
    kept = tuple(e for e in content.epochs if phase(e, now) is not Phase.DUE)
    destroyed = tuple(e.hash for e in content.epochs if phase(e, now) is Phase.DUE)
    return replace(content, epochs=kept), destroyed


def with_missing(
    content: Content, now: Seconds, randomness: Randomness, schedule: Schedule = WEEKLY
) -> Content:
    """The content with a key for every period that should have one at ``now`` and has none."""
    _, anchor = endpoint_of(content)
    starts = [s for s in schedule.starts(now) if not _is_covered(content, s, schedule)]
    # Numbers follow the clock, so that keys made after restoring a backup outrank the lost ones.
    first = max(content.next_epoch, now)
    made = [_make(first + n, s, anchor, randomness, schedule) for n, s in enumerate(starts)]
    if not made:
        return content
    return replace(content, epochs=(*content.epochs, *made), next_epoch=first + len(made))


def published(content: Content, hashes: Iterable[ObjectHash]) -> Content:
    """The relay has confirmed that it holds the keys with ``hashes``."""
    confirmed = frozenset(hashes)
    epochs = (
        replace(e, publication=Publication.PUBLISHED) if e.hash in confirmed else e
        for e in content.epochs
    )
    return replace(content, epochs=tuple(epochs))


def find(content: Content, key_hash: ObjectHash) -> EpochPrivateKey:
    """The private half of the epoch key with ``key_hash``.

    Raises LockedError ``E_KEY_MISSING``: destroyed, lost, or never of this home.
    """
    for secret in content.epochs:
        if secret.hash == key_hash:
            return secret.key()
    raise missing("the epoch key that this was sealed to")


def signed(content: Content, secrets: Iterable[EpochSecret]) -> tuple[Signed, ...]:
    """The public statements of ``secrets``, signed by this endpoint's document key."""
    endpoint, anchor = endpoint_of(content)
    key = endpoint.document_key()
    return tuple(sign(_statement(secret, anchor), [key]) for secret in secrets)


def endpoint_of(content: Content) -> tuple[Endpoint, Anchor]:
    """This home's endpoint and partnership. Raises LockedError ``E_KEY_MISSING``."""
    if content.endpoint is None or content.anchor is None:
        raise missing("an endpoint's keys")
    return content.endpoint, content.anchor


def _is_covered(content: Content, start: Seconds, schedule: Schedule) -> bool:
    end = start + schedule.period
    return any(e.valid_from <= start and end <= e.valid_until for e in content.epochs)


def _make(
    number: int, start: Seconds, anchor: Anchor, randomness: Randomness, schedule: Schedule
) -> EpochSecret:
    end = start + schedule.period
    secret = EpochSecret(
        number=number,
        valid_from=start,
        valid_until=Seconds(end),
        opens_until=Seconds(end + schedule.opens_after),
        speaks=(SPEAKS,),
        hash=ObjectHash(bytes(32)),
        publication=Publication.MADE,
        seed=randomness.random_bytes(EPOCH_SEED_BYTES),
    )
    return replace(secret, hash=hash_of(_statement(secret, anchor)))


def _statement(secret: EpochSecret, anchor: Anchor) -> EpochKey:
    return EpochKey(
        anchor=anchor,
        number=secret.number,
        valid_from=secret.valid_from,
        valid_until=secret.valid_until,
        opens_until=secret.opens_until,
        speaks=secret.speaks,
        key=secret.key().public_bytes(),
    )
