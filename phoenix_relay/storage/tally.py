"""Counts and sizes of what the relay holds, for whoever runs it: numbers only."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Select, func, select

from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.package.lifecycle import UNFINISHED
from phoenix_relay.storage.rows import Counts
from phoenix_relay.storage.tables import BODIES, EPOCHS, JOINS, LEAVES, PACKAGES, PARTS, RECIPIENTS

_IN_PROGRESS: Final = RECIPIENTS.c.state.in_([state.value for state in UNFINISHED])


class Tally:
    """How much there is."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection: Final = connection

    def counts(self) -> Counts:
        """All counts, at one moment."""
        live = PACKAGES.c.core.in_(select(RECIPIENTS.c.core).where(_IN_PROGRESS))
        inline = self._number(select(func.sum(func.length(PARTS.c.sealed))))
        uploaded = self._number(select(func.sum(BODIES.c.length)))
        return Counts(
            statements=self._number(select(func.count()).select_from(LEAVES)),
            endpoints_served=self._number(select(func.count(EPOCHS.c.endpoint.distinct()))),
            joins=self._number(select(func.count()).select_from(JOINS)),
            packages=self._number(select(func.count()).select_from(PACKAGES)),
            unfinished=self._number(select(func.count()).select_from(PACKAGES).where(live)),
            octets=inline + uploaded,
            oldest_held=self._time(select(func.min(PACKAGES.c.held)).where(live)),
            next_expiry=self._time(select(func.min(PACKAGES.c.expires)).where(live)),
        )

    def _number(self, query: Select[Any]) -> int:
        return int(self._connection.execute(query).scalar_one() or 0)

    def _time(self, query: Select[Any]) -> Seconds | None:
        value = self._connection.execute(query).scalar_one()
        return None if value is None else Seconds(value)
