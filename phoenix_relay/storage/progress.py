"""Where a package is at each endpoint: every step is one conditional update, which decides races (§6)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Update,
    bindparam,
    case,
    exists,
    false,
    or_,
    select,
    update,
)

from phoenix_protocol import encoding
from phoenix_protocol.errors import PhoenixError, RefusedError
from phoenix_protocol.identifiers import Address, EndpointId, ObjectHash, Seconds
from phoenix_protocol.package import lifecycle
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.package.events import AddressAnswer, Answer
from phoenix_protocol.package.lifecycle import TABLE, UNFINISHED, State, Step
from phoenix_relay.storage.parts import Parts
from phoenix_relay.storage.prepared import Prepared
from phoenix_relay.storage.rows import Recipient
from phoenix_relay.storage.tables import PACKAGES, RECIPIENTS

_UNFINISHED: Final = [state.value for state in UNFINISHED]
#: After these an endpoint owes and is owed nothing any more.
_FINISHING: Final = frozenset(
    step
    for (state, step), after in TABLE.items()
    if state in UNFINISHED and after not in UNFINISHED
)
#: Nothing is offered or accepted after expiry, whenever the sweeper comes.
_BEFORE_EXPIRY: Final = frozenset({Step.OFFER, Step.ACCEPT})


def _state_among(states: Iterable[str]) -> ColumnElement[bool]:
    return or_(false(), *(RECIPIENTS.c.state == state for state in states))


def _update_for(step: Step, *, counted: bool) -> Update:
    moves = {before.value: after.value for (before, of), after in TABLE.items() if of is step}
    stays = [before for before, after in moves.items() if before == after]
    alive = exists().where(PACKAGES.c.core == bindparam("of"), PACKAGES.c.expires > bindparam("at"))
    condition = (
        (RECIPIENTS.c.core == bindparam("of"))
        & (RECIPIENTS.c.endpoint == bindparam("whose"))
        & _state_among(moves)
    )
    if counted:
        condition &= RECIPIENTS.c.counter + 1 == bindparam("event_number")
    return (
        update(RECIPIENTS)
        .where(condition & alive if step in _BEFORE_EXPIRY else condition)
        .values(
            state=case(moves, value=RECIPIENTS.c.state),
            since=case((_state_among(stays), RECIPIENTS.c.since), else_=bindparam("at")),
            counter=bindparam("event_number") if counted else RECIPIENTS.c.counter,
        )
        .returning(RECIPIENTS.c.state)
    )


_PLAIN: Final = {step: Prepared(_update_for(step, counted=False)) for step in Step}
_COUNTED: Final = {step: Prepared(_update_for(step, counted=True)) for step in Step}
_ALL: Final = Prepared(
    select(RECIPIENTS)
    .where(RECIPIENTS.c.core == bindparam("of"))
    .order_by(RECIPIENTS.c.address, RECIPIENTS.c.endpoint)
)
_ONE: Final = Prepared(
    select(RECIPIENTS).where(
        RECIPIENTS.c.core == bindparam("of"), RECIPIENTS.c.endpoint == bindparam("whose")
    )
)
_ANY_UNFINISHED: Final = Prepared(
    select(RECIPIENTS.c.endpoint)
    .where(RECIPIENTS.c.core == bindparam("of"), _state_among(_UNFINISHED))
    .limit(1)
)
_EXPIRES: Final = Prepared(select(PACKAGES.c.expires).where(PACKAGES.c.core == bindparam("of")))
_FREE_BODY: Final = Prepared(
    update(PACKAGES).where(PACKAGES.c.core == bindparam("of")).values(body=None)
)


class Progress:
    """Recipients of packages and their states."""

    __slots__ = ("_connection", "_parts")

    def __init__(self, connection: Connection, parts: Parts) -> None:
        self._connection: Final = connection
        self._parts: Final = parts

    def recipient(self, core: ObjectHash, endpoint: EndpointId) -> Recipient | None:
        """Where a package is at one endpoint; None when it is not for this endpoint."""
        row = _ONE.first(self._connection, {"of": core, "whose": endpoint})
        return None if row is None else _recipient(row)

    def recipients(self, core: ObjectHash) -> tuple[Recipient, ...]:
        """Where a package is at every endpoint, by address."""
        return tuple(_recipient(row) for row in _ALL.all(self._connection, {"of": core}))

    def at_address(self, core: ObjectHash, address: Address) -> tuple[Recipient, ...]:
        """Where a package is at the endpoints of one address."""
        return tuple(there for there in self.recipients(core) if there.address == address)

    def advance(
        self,
        core: ObjectHash,
        endpoint: EndpointId,
        step: Step,
        now: Seconds,
        *,
        counter: int | None = None,
    ) -> State:
        """Take ``step`` at one endpoint by one conditional update, and return the state that it led to.

        ``counter`` is the event's, and must be one more than the last. When the endpoint owes and is owed nothing any
        more, its capsule and grant are deleted in the same transaction; cover and body with the last endpoint's.
        Raises RefusedError ``E_NOT_FOUND`` when the package is not for the endpoint, ``E_EXPIRED`` for an offer or
        acceptance at or after the package's expiry, ``E_RECEIPT_STATE`` where the table has no such step or the counter
        is not the next.
        """
        values: dict[str, object] = {"of": core, "whose": endpoint, "at": now}
        if counter is None:
            row = _PLAIN[step].first(self._connection, values)
        else:
            row = _COUNTED[step].first(self._connection, values | {"event_number": counter})
        if row is None:
            raise self._why_not(core, endpoint, step, now)
        if step in _FINISHING:
            self._let_go(core, endpoint)
        return State(row.state)

    def recall(self, core: ObjectHash, now: Seconds) -> tuple[AddressAnswer, ...]:
        """Take a package back from every address where no endpoint had accepted; what became of it at each address.

        RECALLED also where it was recalled before; TOO_LATE where an endpoint had accepted, and where all had returned
        it or it had expired. In the order that a verdict's answers need.
        """
        by_address = groupby(self.recipients(core), key=lambda there: there.address)
        answers = [
            AddressAnswer(address=address, answer=self._recall_at(tuple(there), now))
            for address, there in by_address
        ]
        return tuple(sorted(answers, key=lambda a: encoding.encode([a.address, a.answer.value])))

    def _recall_at(self, there: tuple[Recipient, ...], now: Seconds) -> Answer:
        states = [one.state for one in there]
        if lifecycle.recall_reaches(states):
            for one in there:
                if lifecycle.allowed(one.state, Step.RECALL):
                    self.advance(one.core, one.endpoint, Step.RECALL, now)
            return Answer.RECALLED
        recalled = State.RECALLED in states and not any(s in lifecycle.RELEASED for s in states)
        return Answer.RECALLED if recalled else Answer.TOO_LATE

    def _let_go(self, core: ObjectHash, endpoint: EndpointId) -> None:
        self._parts.remove(core, endpoint)
        if _ANY_UNFINISHED.first(self._connection, {"of": core}) is None:
            self._parts.remove_all(core)
            _FREE_BODY.run(self._connection, {"of": core})

    def _why_not(
        self, core: ObjectHash, endpoint: EndpointId, step: Step, now: Seconds
    ) -> PhoenixError:
        there = self.recipient(core, endpoint)
        if there is None:
            return RefusedError("E_NOT_FOUND", "There is no such package for this endpoint.")
        try:
            lifecycle.advance(there.state, step)
        except RefusedError as error:
            return error
        package = _EXPIRES.first(self._connection, {"of": core})
        if step in _BEFORE_EXPIRY and package is not None and package.expires <= now:
            return RefusedError("E_EXPIRED", "The package has expired.")
        return RefusedError("E_RECEIPT_STATE", "The number of this event is not the next one.")


def _recipient(row: Any) -> Recipient:
    return Recipient(
        core=ObjectHash(row.core),
        endpoint=EndpointId(row.endpoint),
        address=Address(row.address),
        why=Why(row.why),
        records=bool(row.records),
        number=row.number,
        delivery=ObjectHash(row.delivery),
        state=State(row.state),
        since=Seconds(row.since),
        counter=row.counter,
    )
