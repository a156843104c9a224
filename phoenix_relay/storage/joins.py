"""Join requests that wait for a manager (docs/protocol.md §4)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Row, Select, delete, func, insert, select

from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Address, AgencyId, ObjectHash, Seconds
from phoenix_relay.storage.rows import Join
from phoenix_relay.storage.tables import JOINS


class Joins:
    """Who is waiting."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection: Final = connection

    def add(self, join: Join) -> bool:
        """Let a request wait. False when the same one waits already.

        Raises RefusedError ``E_CONFLICT`` when another request waits under its code.
        """
        same = (JOINS.c.request == join.request) | (JOINS.c.code == join.code)
        found = self._connection.execute(select(JOINS.c.request).where(same)).first()
        if found is None:
            self._connection.execute(insert(JOINS), _row_of(join))
            return True
        if found.request != join.request:
            raise RefusedError("E_CONFLICT", "Another request waits under this code.")
        return False

    def waiting(self, agency: AgencyId, now: Seconds, limit: int = 64) -> tuple[Join, ...]:
        """The requests that wait for an agency, oldest first."""
        wanted = _waiting(now).where(JOINS.c.agency == agency).order_by(JOINS.c.created)
        return tuple(_join(row) for row in self._connection.execute(wanted.limit(limit)))

    def count(self, agency: AgencyId, now: Seconds) -> int:
        """How many wait for an agency."""
        wanted = select(func.count()).where(JOINS.c.agency == agency, JOINS.c.expires > now)
        return int(self._connection.execute(wanted).scalar_one())

    def by_code(self, code: str, now: Seconds) -> Join | None:
        """The request with this code (in its one spelling, see joining.read_join_code)."""
        return self._one(_waiting(now).where(JOINS.c.code == code))

    def by_request(self, request: ObjectHash, now: Seconds) -> Join | None:
        """The request with this object hash."""
        return self._one(_waiting(now).where(JOINS.c.request == request))

    def remove(self, request: ObjectHash) -> None:
        """It waits no more."""
        self._connection.execute(delete(JOINS).where(JOINS.c.request == request))

    def _one(self, wanted: Select[Any]) -> Join | None:
        row = self._connection.execute(wanted).first()
        return None if row is None else _join(row)


def _waiting(now: Seconds) -> Select[Any]:
    return select(JOINS).where(JOINS.c.expires > now)


def _row_of(join: Join) -> dict[str, object]:
    return {
        "request": join.request,
        "code": join.code,
        "agency": join.agency,
        "address": join.address,
        "joining": join.joining,
        "created": join.created,
        "expires": join.expires,
    }


def _join(row: Row[Any]) -> Join:
    return Join(
        code=row.code,
        request=ObjectHash(row.request),
        agency=AgencyId(row.agency),
        address=Address(row.address),
        joining=row.joining,
        created=Seconds(row.created),
        expires=Seconds(row.expires),
    )
