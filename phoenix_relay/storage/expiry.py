"""What is due: warnings, expiry, collected bodies, ended days, metadata beyond its retention (§6, §7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    delete,
    exists,
    or_,
    select,
    union,
    update,
)

from phoenix_protocol.identifiers import ObjectHash, Seconds
from phoenix_relay.storage.rows import LOST, BodyId, Day, Due
from phoenix_relay.storage.tables import (
    BODIES,
    DELIVERIES,
    DETAILS,
    EPOCHS,
    FEED,
    JOINS,
    NONCES,
    PACKAGES,
    PARTS,
    RECIPIENTS,
    SAYINGS,
    USAGE,
)

#: Well under the number of values that SQLite binds in one statement.
_AT_ONCE: Final = 256

_DUE: Final = select(PACKAGES.c.core, PACKAGES.c.created, PACKAGES.c.expires)
_UNUSED: Final = ~exists().where(PACKAGES.c.body == BODIES.c.id)


class Expiry:
    """The sweeper's questions and deletions."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection: Final = connection

    def warnings(self, now: Seconds, limit: int) -> tuple[Due, ...]:
        """Packages whose sender may have to be warned, the longest due first."""
        alive = (PACKAGES.c.expired.is_(False), PACKAGES.c.expires > now)
        wanted = _DUE.where(PACKAGES.c.warn_at <= now, *alive)
        return self._due(wanted.order_by(PACKAGES.c.warn_at).limit(limit))

    def warn_next(self, core: ObjectHash, at: Seconds | None) -> None:
        """When the sender of a package may have to be warned next; None for never."""
        self._connection.execute(update(PACKAGES).where(PACKAGES.c.core == core).values(warn_at=at))

    def due(self, now: Seconds, limit: int) -> tuple[Due, ...]:
        """Packages whose time is over and that were not yet made an end of."""
        wanted = _DUE.where(PACKAGES.c.expired.is_(False), PACKAGES.c.expires <= now)
        return self._due(wanted.order_by(PACKAGES.c.expires).limit(limit))

    def days_in_use(self) -> tuple[Day, ...]:
        """Every day under whose key something is kept."""
        days = union(*(select(table.c.day) for table in (PARTS, DETAILS, BODIES)))
        return tuple(Day(row.day) for row in self._connection.execute(days))

    def mark_lost(self, days: Sequence[Day]) -> None:
        """The keys of ``days`` are lost: nothing that was kept under them opens, so none of it is kept any longer.

        It must be done before a new key is made for one of these days.
        """
        uploaded = select(BODIES.c.id).where(BODIES.c.day.in_(days))
        cores = select(PARTS.c.core).where(PARTS.c.day.in_(days))
        holding = PACKAGES.c.core.in_(cores) | PACKAGES.c.body.in_(uploaded)
        self._connection.execute(update(PACKAGES).where(holding).values(day=LOST, body=None))
        for table in (PARTS, DETAILS, BODIES):
            self._connection.execute(delete(table).where(table.c.day.in_(days)))

    def lost(self, limit: int) -> tuple[Due, ...]:
        """Packages whose key was lost and that were not yet made an end of."""
        wanted = _DUE.where(PACKAGES.c.expired.is_(False), PACKAGES.c.day == LOST)
        return self._due(wanted.limit(limit))

    def end(self, core: ObjectHash) -> bool:
        """Make an end of a package: nothing but its metadata remains. False when that was done before."""
        mine = (PACKAGES.c.core == core) & PACKAGES.c.expired.is_(False)
        values = {"expired": True, "core_bytes": None, "warn_at": None, "body": None}
        if self._connection.execute(update(PACKAGES).where(mine).values(**values)).rowcount == 0:
            return False
        self._connection.execute(
            update(DELIVERIES).where(DELIVERIES.c.core == core).values(signed=None)
        )
        self._connection.execute(delete(PARTS).where(PARTS.c.core == core))
        return True

    def unclaimed(self, before: Seconds, limit: int) -> tuple[tuple[Day, BodyId], ...]:
        """Uploads that no package claimed and nobody asked for since ``before``."""
        wanted = (
            select(BODIES.c.day, BODIES.c.id)
            .where(BODIES.c.claimed.is_(False), BODIES.c.touched < before)
            .limit(limit)
        )
        return _bodies(self._connection.execute(wanted))

    def drop_unclaimed(self, bodies: Sequence[BodyId]) -> None:
        """Forget uploads, unless a package claimed one in the meantime. Their files are removed after."""
        self._connection.execute(
            delete(BODIES).where(BODIES.c.id.in_(bodies), BODIES.c.claimed.is_(False))
        )

    def drop_unused(self, limit: int) -> tuple[tuple[Day, BodyId], ...]:
        """Forget bodies that packages had and none needs any more. Their files are removed after."""
        unused = select(BODIES.c.id).where(BODIES.c.claimed.is_(True), _UNUSED).limit(limit)
        gone = delete(BODIES).where(BODIES.c.id.in_(unused))
        return _bodies(self._connection.execute(gone.returning(BODIES.c.day, BODIES.c.id)))

    def known_bodies(self, bodies: Iterable[BodyId]) -> frozenset[BodyId]:
        """Which of these bodies there are rows for."""
        asked = list(bodies)
        found: set[BodyId] = set()
        for at in range(0, len(asked), _AT_ONCE):
            wanted = select(BODIES.c.id).where(BODIES.c.id.in_(asked[at : at + _AT_ONCE]))
            found.update(BodyId(row.id) for row in self._connection.execute(wanted))
        return frozenset(found)

    def end_days(self, now: Seconds) -> int:
        """Delete every row that was kept under the key of a day that is over; how many."""
        over = ((PARTS, PARTS.c.day), (DETAILS, DETAILS.c.day), (BODIES, BODIES.c.day))
        return sum(
            self._connection.execute(delete(table).where(day <= now)).rowcount
            for table, day in over
        )

    def forget(self, now: Seconds, horizon: Seconds, limit: int) -> int:
        """Delete up to ``limit`` rows of each kind; how many went.

        That is metadata older than ``horizon``, and what serves no more at ``now``: nonces, joins, quota windows.
        """
        gone = self._forget_packages(horizon, limit)
        orphan = ~exists().where(PACKAGES.c.core == SAYINGS.c.core)
        for table, condition in (
            (FEED, FEED.c.time <= horizon),
            (SAYINGS, (SAYINGS.c.time <= horizon) & orphan),
            (EPOCHS, EPOCHS.c.opens_until <= horizon),
            (JOINS, JOINS.c.expires <= now),
            (NONCES, NONCES.c.expires <= now),
            (USAGE, USAGE.c.ends <= now),
        ):
            gone += self._delete_some(table, condition, limit)
        return gone

    def _forget_packages(self, horizon: Seconds, limit: int) -> int:
        old = (PACKAGES.c.expires <= horizon) & PACKAGES.c.expired.is_(True)
        rows = self._connection.execute(select(PACKAGES.c.core).where(old).limit(limit)).all()
        cores = [row.core for row in rows]
        for table in (RECIPIENTS, DELIVERIES, PACKAGES):
            self._connection.execute(delete(table).where(table.c.core.in_(cores)))
        return len(cores)

    def _delete_some(self, table: Table, condition: ColumnElement[bool], limit: int) -> int:
        keys = list(table.primary_key.columns)
        rows = self._connection.execute(select(*keys).where(condition).limit(limit)).all()
        if not rows:
            return 0
        matches = [
            _all_of(key == value for key, value in zip(keys, row, strict=True)) for row in rows
        ]
        return sum(
            self._connection.execute(delete(table).where(or_(*matches[at : at + 100]))).rowcount
            for at in range(0, len(matches), 100)
        )

    def _due(self, wanted: Select[Any]) -> tuple[Due, ...]:
        rows = self._connection.execute(wanted)
        return tuple(
            Due(
                core=ObjectHash(row.core),
                created=Seconds(row.created),
                expires=Seconds(row.expires),
            )
            for row in rows
        )


def _all_of(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    first, *rest = conditions
    for condition in rest:
        first &= condition
    return first


def _bodies(rows: Iterable[Row[Any]]) -> tuple[tuple[Day, BodyId], ...]:
    return tuple((Day(row.day), BodyId(row.id)) for row in rows)
