"""How far a sent package is with one address, as steps from sent to outcome; pure (docs/protocol.md §6).

Every step that was taken says when, as far as anybody signed or noted it; those of the usual way that were not taken
yet come after it. An end that is not an outcome ends the steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.package.lifecycle import STORED, State
from phoenix_protocol.sealing.contents import Detail


class Mark(Enum):
    """A step on the way of a package."""

    SENT = "sent"
    HELD = "held"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    COMMITTED = "committed"
    ACKNOWLEDGED = "acknowledged"
    OUTCOME = "outcome"
    ERASED = "erased"
    UNREADABLE = "unreadable"
    RETURNED = "returned"
    RECALLED = "recalled"
    EXPIRED = "expired"
    LOST = "lost"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a machine of the address said: which step, when, in what order of its own, and in what words."""

    kind: EventKind
    time: Seconds
    counter: int
    detail: Detail | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What is known of a package at one address. ``held`` is the relay's word, ``given_up`` that it never had one."""

    state: State
    since: Seconds
    created: Seconds
    expires: Seconds
    held: Seconds | None
    given_up: bool
    heard: Sequence[Heard]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. ``at`` is None where it was taken and nobody said when, or (not ``taken``) is still to come.

    ``standing`` is False for an owner whom a later one has replaced.
    """

    mark: Mark
    taken: bool = True
    at: Seconds | None = None
    detail: Detail | None = field(repr=False, default=None)
    standing: bool = True


_USUAL: Final = (
    Mark.SENT,
    Mark.HELD,
    Mark.OFFERED,
    Mark.ACCEPTED,
    Mark.COMMITTED,
    Mark.ACKNOWLEDGED,
    Mark.OUTCOME,
)
#: Once only, however many machines of an address say it.
_ONCE: Final = frozenset({EventKind.ACCEPTED, EventKind.COMMITTED})
#: States that somebody at the address must have seen the offer for.
_OFFERED: Final = frozenset(
    {State.OFFERED, State.ACCEPTED, State.RETURNED, State.UNREADABLE, *STORED}
)
#: Ends at which nothing more is to come.
_ENDS: Final = frozenset({State.RETURNED, State.RECALLED, State.EXPIRED, State.UNREADABLE})


def timeline(way: Way) -> tuple[Step, ...]:
    """The steps of one address, those taken first."""
    taken = (*_before(way), *_said(way), *_end(way))
    if way.state in _ENDS or way.given_up:
        return taken
    reached = max(_USUAL.index(step.mark) for step in taken if step.mark in _USUAL)
    to_come = () if way.state is State.ERASED else _USUAL[reached + 1 :]
    return (*taken, *(Step(mark=mark, taken=False) for mark in to_come))


def _before(way: Way) -> Iterator[Step]:
    """What happened before anybody there said anything."""
    yield Step(mark=Mark.SENT, at=way.created)
    if way.held is not None or way.state in _OFFERED:
        yield Step(mark=Mark.HELD, at=way.held)
    if way.state in _OFFERED:
        yield Step(mark=Mark.OFFERED, at=way.since if way.state is State.OFFERED else None)


def _said(way: Way) -> Iterator[Step]:
    """What was said from there, in the order of the way and then of the times."""
    heard = sorted(way.heard, key=lambda h: (h.time, h.counter))
    seen: set[EventKind] = set()
    newest = [h for h in heard if h.kind is EventKind.ACKNOWLEDGED][-1:]
    for each in sorted(heard, key=lambda h: _ORDER.index(h.kind)):
        if each.kind in _ONCE and each.kind in seen:
            continue
        seen.add(each.kind)
        yield Step(
            mark=Mark(each.kind.value),
            at=each.time,
            detail=each.detail,
            standing=each.kind is not EventKind.ACKNOWLEDGED or each in newest,
        )


_ORDER: Final = (
    EventKind.ACCEPTED,
    EventKind.COMMITTED,
    EventKind.ACKNOWLEDGED,
    EventKind.OUTCOME,
    EventKind.ERASED,
    EventKind.UNREADABLE,
    EventKind.RETURNED,
)


def _end(way: Way) -> Iterator[Step]:
    """What ended it without a word from there."""
    if way.state is State.RECALLED:
        yield Step(mark=Mark.RECALLED, at=way.since)
    elif way.state is State.EXPIRED:
        lost = way.since < way.expires
        yield Step(mark=Mark.LOST if lost else Mark.EXPIRED, at=way.since)
    elif way.given_up and way.state is State.SENT:
        yield Step(mark=Mark.GIVEN_UP, at=way.since)
