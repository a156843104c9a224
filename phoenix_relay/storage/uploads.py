"""Bodies that are being uploaded, or were (docs/protocol.md §5). Their blocks are files: see bodies.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from phoenix_protocol import limits
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import EndpointId, Seconds
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.suite.hashing import HASH_BYTES
from phoenix_relay.storage.day_keys import DayKeys
from phoenix_relay.storage.rows import Body, BodyId, Day
from phoenix_relay.storage.tables import BODIES

_BODY_ID_BYTES: Final = 16

_CLAIM: Final = (
    update(BODIES)
    .where(BODIES.c.id == bindparam("body"), BODIES.c.sender == bindparam("whose"))
    .where(BODIES.c.day == bindparam("on"))
    .values(claimed=True)
    .returning(BODIES.c.leaves)
)


class Uploads:
    """Who uploads what, by the digest of the body."""

    __slots__ = ("_connection", "_day_keys", "_randomness")

    def __init__(self, connection: Connection, day_keys: DayKeys, randomness: Randomness) -> None:
        self._connection: Final = connection
        self._day_keys: Final = day_keys
        self._randomness: Final = randomness

    def plan(
        self,
        sender: EndpointId,
        digest: bytes,
        leaves: Sequence[bytes],
        length: int,
        expires: Seconds,
        now: Seconds,
    ) -> Body:
        """Begin or go on with an upload. The same sender, digest and expiry day give the same body.

        A sender's unclaimed upload of the same digest for another day is dropped. Raises RefusedError ``E_CONFLICT``
        when leaves and length do not fit together, or are not those of the first plan.
        """
        if len(leaves) != -(-length // limits.BLOCK):
            raise RefusedError("E_CONFLICT", "A body's length and its blocks do not fit together.")
        day = self._day_keys.day_of(expires)
        self._drop_other_days(sender, digest, day)
        body = self.of_day(sender, digest, expires)
        if body is None:
            return self._begin(sender, digest, leaves, length, day, now)
        if (body.leaves, body.length) != (tuple(leaves), length):
            raise RefusedError("E_CONFLICT", "This body was announced with other blocks before.")
        self._connection.execute(update(BODIES).where(BODIES.c.id == body.id), {"touched": now})
        return body

    def find(self, sender: EndpointId, digest: bytes) -> Body | None:
        """The upload of this digest that blocks go to: the unclaimed one, or else the one for the latest day."""
        return self._first(BODIES.c.sender == sender, BODIES.c.digest == digest)

    def of_day(self, sender: EndpointId, digest: bytes, expires: Seconds) -> Body | None:
        """The upload of this digest for packages that expire in the day of ``expires``."""
        day = self._day_keys.day_of(expires)
        mine = (BODIES.c.sender == sender, BODIES.c.digest == digest)
        return self._first(*mine, BODIES.c.day == day)

    def by_id(self, body: BodyId) -> Body | None:
        """A body by the relay's own name for it."""
        return self._first(BODIES.c.id == body)

    def claim(self, body: BodyId, sender: EndpointId, day: Day) -> bytes:
        """A package needs this body from now on. Returns its leaf hashes end to end.

        Raises RefusedError ``E_NOT_FOUND`` when it is not this sender's and of this day, or was collected.
        """
        values = {"body": body, "whose": sender, "on": day}
        row = self._connection.execute(_CLAIM, values).first()
        if row is None:
            raise RefusedError(
                "E_NOT_FOUND",
                "The body of this package is not here.",
                next="Upload it, then submit the package again.",
            )
        leaves: bytes = row.leaves
        return leaves

    def count_open(self, sender: EndpointId) -> int:
        """How many uploads of a sender no package has claimed."""
        mine = select(func.count()).where(BODIES.c.sender == sender, BODIES.c.claimed.is_(False))
        return int(self._connection.execute(mine).scalar_one())

    def _begin(
        self,
        sender: EndpointId,
        digest: bytes,
        leaves: Sequence[bytes],
        length: int,
        day: Day,
        now: Seconds,
    ) -> Body:
        # A day in use without a key is one that lost it: the relay would not start.
        self._day_keys.ensure(day)
        body = BodyId(self._randomness.random_bytes(_BODY_ID_BYTES))
        row = {
            "id": body,
            "sender": sender,
            "digest": digest,
            "leaves": b"".join(leaves),
            "length": length,
            "day": day,
            "claimed": False,
            "touched": now,
        }
        self._connection.execute(insert(BODIES), row)
        return Body(
            id=body, sender=sender, digest=digest, leaves=tuple(leaves), length=length, day=day
        )

    def _drop_other_days(self, sender: EndpointId, digest: bytes, day: Day) -> None:
        self._connection.execute(
            delete(BODIES)
            .where(BODIES.c.sender == sender, BODIES.c.digest == digest)
            .where(BODIES.c.claimed.is_(False), BODIES.c.day != day)
        )

    def _first(self, *conditions: ColumnElement[bool]) -> Body | None:
        order = (BODIES.c.claimed, BODIES.c.day.desc())
        row = self._connection.execute(select(BODIES).where(*conditions).order_by(*order)).first()
        return None if row is None else body_of_row(row)


def split_leaves(joined: bytes) -> tuple[bytes, ...]:
    """Leaf hashes out of the column that holds them end to end."""
    return tuple(joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES))


def body_of_row(row: Row[Any]) -> Body:
    """A body out of its row."""
    return Body(
        id=BodyId(row.id),
        sender=EndpointId(row.sender),
        digest=row.digest,
        leaves=split_leaves(row.leaves),
        length=row.length,
        day=Day(row.day),
    )
