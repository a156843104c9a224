"""What was said of packages: events, recalls, notices, receipts of the relay ...; each once, details sealed (§6)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, update

from phoenix_protocol import limits, schema
from phoenix_protocol.api import FeedKind, SealedDetail
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import EndpointId, ObjectHash, Seconds
from phoenix_relay.storage.day_keys import DayKeys
from phoenix_relay.storage.prepared import Prepared
from phoenix_relay.storage.rows import Day, NewSaying, Saying
from phoenix_relay.storage.sqlite import insert_new
from phoenix_relay.storage.tables import DETAILS, SAYINGS

_DETAIL_LIMIT: Final = 8 * limits.MIB

_RECORD: Final = Prepared(insert_new(SAYINGS))
_KEEP_DETAIL: Final = Prepared(insert(DETAILS))
_FIND: Final = Prepared(select(SAYINGS).where(SAYINGS.c.hash == bindparam("wanted")))
_ANSWER: Final = Prepared(
    update(SAYINGS).where(SAYINGS.c.hash == bindparam("wanted")).values(answer=bindparam("verdict"))
)


class Sayings:
    """Signed objects that feeds point to."""

    __slots__ = ("_connection", "_day_keys")

    def __init__(self, connection: Connection, day_keys: DayKeys) -> None:
        self._connection: Final = connection
        self._day_keys: Final = day_keys

    def record(self, saying: NewSaying) -> bool:
        """Keep a Signed object with its detail. False when it was kept before (by its object hash).

        Raises ValueError for a detail without an end; otherwise as ``DayKeys.seal``.
        """
        if _RECORD.run(self._connection, _row_of(saying)) == 0:
            return False
        if saying.detail is not None:
            self._keep_detail(saying, saying.detail)
        return True

    def find(self, saying: ObjectHash) -> Saying | None:
        """One saying by its object hash."""
        row = _FIND.first(self._connection, {"wanted": saying})
        return None if row is None else _saying(row)

    def about(self, core: ObjectHash) -> tuple[Saying, ...]:
        """All that was said of a package, in the order that the relay learnt it."""
        wanted = select(SAYINGS).where(SAYINGS.c.core == core).order_by(SAYINGS.c.id)
        return tuple(_saying(row) for row in self._connection.execute(wanted))

    def answer(self, recall: ObjectHash) -> Saying | None:
        """The verdict that was given to a recall."""
        row = _FIND.first(self._connection, {"wanted": recall})
        return None if row is None or row.answer is None else self.find(ObjectHash(row.answer))

    def set_answer(self, recall: ObjectHash, verdict: ObjectHash) -> None:
        """Remember which verdict answered a recall."""
        _ANSWER.run(self._connection, {"wanted": recall, "verdict": verdict})

    def open_detail(self, saying: bytes, day: int, sealed: bytes) -> SealedDetail | None:
        """A detail as its readers get it; None when its storage key is gone.

        Raises TamperError ``E_STORE_INTEGRITY`` for damage.
        """
        try:
            plain = self._day_keys.unseal(Day(day), place(saying), sealed)
        except RefusedError:
            return None
        return schema.decode(SealedDetail, plain, limit=_DETAIL_LIMIT)

    def _keep_detail(self, saying: NewSaying, detail: SealedDetail) -> None:
        if saying.detail_expires is None:
            raise ValueError("A detail is kept until some time.")
        day = self._day_keys.day_of(saying.detail_expires)
        sealed = self._day_keys.seal(day, place(saying.hash), schema.encode(detail))
        row = {"saying": saying.hash, "day": day, "sealed": sealed}
        _KEEP_DETAIL.run(self._connection, row)


def place(saying: bytes) -> tuple[str | bytes, ...]:
    """What a sealed detail is bound to beside its day: table, row and column."""
    return ("details", saying, "sealed")


def _row_of(saying: NewSaying) -> dict[str, object]:
    return {
        "hash": saying.hash,
        "kind": saying.kind.value,
        "core": saying.core,
        "maker": saying.maker,
        "signed": saying.signed,
        "time": saying.time,
        "answer": None,
    }


def _saying(row: Any) -> Saying:
    return Saying(
        hash=ObjectHash(row.hash),
        kind=FeedKind(row.kind),
        core=ObjectHash(row.core),
        maker=None if row.maker is None else EndpointId(row.maker),
        signed=row.signed,
        time=Seconds(row.time),
    )
