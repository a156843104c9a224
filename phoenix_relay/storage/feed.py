"""What each endpoint should know, in the order that the relay learnt it (docs/protocol.md §6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select

from phoenix_protocol import limits
from phoenix_protocol.api import FeedItem, FeedKind
from phoenix_protocol.identifiers import EndpointId, ObjectHash, Seconds
from phoenix_relay.storage.facts import Fact
from phoenix_relay.storage.prepared import Prepared
from phoenix_relay.storage.sayings import Sayings
from phoenix_relay.storage.tables import DETAILS, FACTS, FEED, SAYINGS

#: A page ends early rather than grow beyond this.
PAGE_BYTES: Final = 4 * limits.MIB

_APPEND: Final = Prepared(insert(FEED))
_AFTER: Final = Prepared(
    select(FEED, SAYINGS.c.signed, DETAILS.c.day, DETAILS.c.sealed)
    .outerjoin(SAYINGS, SAYINGS.c.hash == FEED.c.saying)
    .outerjoin(DETAILS, DETAILS.c.saying == FEED.c.saying)
    .where(FEED.c.endpoint == bindparam("whose"), FEED.c.cursor > bindparam("seen"))
    .order_by(FEED.c.cursor)
    .limit(bindparam("most"))
)
_FORGOTTEN: Final = Prepared(select(FACTS.c.value).where(FACTS.c.name == Fact.FORGOTTEN.value))


class Feed:
    """Items by endpoint, with cursors that only rise: there is one writer, and a cursor is never used again."""

    __slots__ = ("_connection", "_sayings", "_touched")

    def __init__(self, connection: Connection, sayings: Sayings, touched: set[EndpointId]) -> None:
        self._connection: Final = connection
        self._sayings: Final = sayings
        self._touched: Final = touched

    def append(
        self,
        endpoints: Iterable[EndpointId],
        kind: FeedKind,
        core: ObjectHash,
        now: Seconds,
        saying: ObjectHash | None = None,
    ) -> None:
        """Put an item into the feed of each endpoint; listeners are told after the commit.

        ``saying`` is the object hash of what the item shows, recorded before in :class:`Sayings`.
        """
        same = {"kind": kind.value, "core": core, "time": now, "saying": saying}
        whose = tuple(dict.fromkeys(endpoints))
        if whose:
            _APPEND.many(self._connection, [{"endpoint": one, **same} for one in whose])
            self._touched.update(whose)

    def after(self, endpoint: EndpointId, cursor: int, limit: int = 256) -> tuple[FeedItem, ...]:
        """What came after ``cursor`` for an endpoint, oldest first; fewer than ``limit`` when they are large.

        A detail whose storage key is gone is left out of its item. Raises TamperError ``E_STORE_INTEGRITY`` for damage.
        """
        items: list[FeedItem] = []
        octets = 0
        values = {"whose": endpoint, "seen": cursor, "most": limit}
        for row in _AFTER.each(self._connection, values):
            octets += len(row.signed or b"") + len(row.sealed or b"")
            if items and octets > PAGE_BYTES:
                break
            items.append(self._item(row))
        return tuple(items)

    def whole_from(self) -> Seconds:
        """No item of a later time has been forgotten; 0 when none has."""
        row = _FORGOTTEN.first(self._connection, {})
        return Seconds(0 if row is None else int(row.value))

    def _item(self, row: Any) -> FeedItem:
        detail = None
        if row.sealed is not None:
            detail = self._sayings.open_detail(row.saying, row.day, row.sealed)
        return FeedItem(
            cursor=row.cursor,
            kind=FeedKind(row.kind),
            core=ObjectHash(row.core),
            object=row.signed,
            detail=detail,
            time=Seconds(row.time),
        )
