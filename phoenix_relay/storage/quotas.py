"""How much somebody has used in a window of time; the quotas themselves are settings."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, insert, update

from phoenix_protocol.identifiers import Seconds
from phoenix_relay.storage.prepared import Prepared
from phoenix_relay.storage.rows import Usage
from phoenix_relay.storage.tables import USAGE

_ADD: Final = Prepared(
    update(USAGE)
    .where(USAGE.c.subject == bindparam("who"), USAGE.c.start == bindparam("begun"))
    .values(uses=USAGE.c.uses + bindparam("more"), octets=USAGE.c.octets + bindparam("more_octets"))
    .returning(USAGE.c.uses, USAGE.c.octets)
)


class Quotas:
    """Counters that survive a restart."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection: Final = connection

    def charge(
        self, subject: str, window: int, now: Seconds, *, count: int = 1, octets: int = 0
    ) -> Usage:
        """Add to what ``subject`` used in the current window of ``window`` seconds, and return the sum.

        The subject names what is counted and for whom, such as ``packages:<endpoint hex>``. A caller who then refuses
        raises, which undoes the charge.
        """
        start = now - now % window
        values = {"who": subject, "begun": start, "more": count, "more_octets": octets}
        row = _ADD.first(self._connection, values)
        if row is not None:
            return Usage(count=row.uses, octets=row.octets)
        self._connection.execute(
            insert(USAGE),
            {
                "subject": subject,
                "start": start,
                "ends": start + window,
                "uses": count,
                "octets": octets,
            },
        )
        return Usage(count=count, octets=octets)
