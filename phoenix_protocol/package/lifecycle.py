"""The life of a package at one endpoint as one table, the same in relay and client (docs/protocol.md §6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final

from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.package.events import EventKind


class State(Enum):
    """Where a package is, at one endpoint or one address."""

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


class Step(Enum):
    """What moves it: the relay's own steps, and one for each kind of event."""

    HOLD = "hold"
    OFFER = "offer"
    ACCEPT = "accept"
    COMMIT = "commit"
    ACKNOWLEDGE = "acknowledge"
    OUTCOME = "outcome"
    ERASE = "erase"
    UNREADABLE = "unreadable"
    RETURN = "return"
    RECALL = "recall"
    EXPIRE = "expire"


STEP_OF: Final[Mapping[EventKind, Step]] = {
    EventKind.ACCEPTED: Step.ACCEPT,
    EventKind.RETURNED: Step.RETURN,
    EventKind.COMMITTED: Step.COMMIT,
    EventKind.UNREADABLE: Step.UNREADABLE,
    EventKind.ACKNOWLEDGED: Step.ACKNOWLEDGE,
    EventKind.OUTCOME: Step.OUTCOME,
    EventKind.ERASED: Step.ERASE,
}

TABLE: Final[Mapping[tuple[State, Step], State]] = {
    (State.SENT, Step.HOLD): State.HELD,
    (State.HELD, Step.OFFER): State.OFFERED,
    (State.OFFERED, Step.OFFER): State.OFFERED,
    (State.OFFERED, Step.ACCEPT): State.ACCEPTED,
    (State.OFFERED, Step.RETURN): State.RETURNED,
    (State.OFFERED, Step.UNREADABLE): State.UNREADABLE,
    (State.ACCEPTED, Step.UNREADABLE): State.UNREADABLE,
    (State.ACCEPTED, Step.COMMIT): State.COMMITTED,
    (State.COMMITTED, Step.ACKNOWLEDGE): State.ACKNOWLEDGED,
    # An owner changes, an outcome grows: both may be repeated.
    (State.ACKNOWLEDGED, Step.ACKNOWLEDGE): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Step.OUTCOME): State.OUTCOME,
    (State.OUTCOME, Step.ACKNOWLEDGE): State.OUTCOME,
    (State.OUTCOME, Step.OUTCOME): State.OUTCOME,
    # What was stored may be erased, and nothing is said of it afterwards.
    (State.COMMITTED, Step.ERASE): State.ERASED,
    (State.ACKNOWLEDGED, Step.ERASE): State.ERASED,
    (State.OUTCOME, Step.ERASE): State.ERASED,
    # Recall reaches only what was not accepted.
    (State.SENT, Step.RECALL): State.RECALLED,
    (State.HELD, Step.RECALL): State.RECALLED,
    (State.OFFERED, Step.RECALL): State.RECALLED,
    (State.HELD, Step.EXPIRE): State.EXPIRED,
    (State.OFFERED, Step.EXPIRE): State.EXPIRED,
    (State.ACCEPTED, Step.EXPIRE): State.EXPIRED,
}

#: In these the relay still owes the endpoint something, and the endpoint the sender.
UNFINISHED: Final = frozenset({State.SENT, State.HELD, State.OFFERED, State.ACCEPTED})
#: From these on the endpoint has durably stored the package, whether it still keeps it or not.
STORED: Final = frozenset({State.COMMITTED, State.ACKNOWLEDGED, State.OUTCOME, State.ERASED})
#: In these the relay has released the grant and the body.
RELEASED: Final = frozenset({State.ACCEPTED, *STORED})

_FURTHEST: Final = {
    state: rank
    for rank, state in enumerate(
        (
            State.RETURNED,
            State.EXPIRED,
            State.RECALLED,
            State.UNREADABLE,
            State.SENT,
            State.HELD,
            State.OFFERED,
            State.ACCEPTED,
            State.ERASED,  # an address has erased it only when none of its endpoints keeps it
            State.COMMITTED,
            State.ACKNOWLEDGED,
            State.OUTCOME,
        )
    )
}


def advance(state: State, step: Step) -> State:
    """The state after ``step``. Raises RefusedError ``E_RECEIPT_STATE`` where the table has no such step."""
    try:
        return TABLE[(state, step)]
    except KeyError:
        raise RefusedError(
            "E_RECEIPT_STATE", f"A package that is {state.value} cannot go on with '{step.value}'."
        ) from None


def allowed(state: State, step: Step) -> bool:
    """Whether the table has this step."""
    return (state, step) in TABLE


def address_state(endpoints: Iterable[State]) -> State:
    """How far an address is: as its furthest endpoint that is not a records endpoint.

    Returned only when all have returned. The caller leaves records endpoints out.
    """
    return max(endpoints, key=_FURTHEST.__getitem__, default=State.SENT)


#: What still needs somebody's eye first: ends that failed, then how little was done.
_ATTENTION: Final = (
    State.UNREADABLE,
    State.EXPIRED,
    State.RETURNED,
    State.RECALLED,
    State.SENT,
    State.HELD,
    State.OFFERED,
    State.ACCEPTED,
    State.COMMITTED,
    State.ACKNOWLEDGED,
    State.OUTCOME,
    State.ERASED,
)


def least_advanced(addresses: Iterable[State]) -> State:
    """One word for a package with several addresses: that of the address which needs attention most."""
    return min(addresses, key=_ATTENTION.index, default=State.SENT)


def recall_reaches(endpoints: Iterable[State]) -> bool:
    """Whether a recall reaches an address: none of its endpoints had accepted, and something is left to recall."""
    states = list(endpoints)
    return not any(s in RELEASED or s is State.UNREADABLE for s in states) and any(
        allowed(s, Step.RECALL) for s in states
    )


def warnings_due(created: Seconds, expires: Seconds) -> tuple[Seconds, ...]:
    """When the sender is warned while an address has not committed: half the time, a day and an hour before the end."""
    half = created + (expires - created) // 2
    return tuple(
        sorted(
            {Seconds(t) for t in (half, expires - 86400, expires - 3600) if created < t < expires}
        )
    )
