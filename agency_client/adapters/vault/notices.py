"""Notices, their handings and answers, in their tables."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from agency_client.adapters.vault.codes import pack_list, unpack_list
from agency_client.adapters.vault.session import Row, Session
from agency_client.ports.vault.notices import (
    HandingState,
    StoredAnswer,
    StoredHanding,
    StoredNotice,
)
from agency_client.ports.vault.received import Seen
from phoenix_protocol.identifiers import Address, EndpointId, ItemId, ObjectHash, Seconds
from phoenix_protocol.package.notices import AnswerKind

_NOTICE: Final = (
    "SELECT hash, core, item, action, endpoint, maker, number, time, signed FROM notices"
)
_BELONGS: Final = "EXISTS (SELECT 1 FROM notice_items WHERE notice_items.notice = notices.hash)"
_PASSED_ON: Final = (
    "hash IN (SELECT notice FROM notice_items JOIN onward "
    "ON onward.core = notice_items.core AND onward.item = notice_items.item)"
)
_OF: Final = (
    "SELECT notice_items.item, hash, notices.core, notices.item, action, endpoint, maker, number, "
    "time, signed FROM notice_items JOIN notices ON notices.hash = notice_items.notice "
    "WHERE notice_items.core = ? ORDER BY time, endpoint, number"
)
_HANDING: Final = (
    "SELECT hash, notice, core, endpoint, hander, own, audience, items, time, expires, state, "
    "signed, ciphertext, key FROM notice_handings"
)
_ANSWER: Final = (
    "SELECT hash, notice, core, endpoint, address, kind, counter, time, signed, detail "
    "FROM notice_answers WHERE notice = ?"
)
#: What goes with a package's contents, or with some of its items.
_ERASE_ITEM: Final = "DELETE FROM notice_items WHERE core = ? AND item = ?"
_ERASE_ITEMS: Final = "DELETE FROM notice_items WHERE core = ?"
_ERASE_NOTICES: Final = (
    "DELETE FROM notices WHERE hash NOT IN (SELECT notice FROM notice_items) "
    "AND hash NOT IN (SELECT notice FROM notice_handings)"
)
_ERASE_HANDINGS: Final = (
    "DELETE FROM notice_handings WHERE core = ?1 AND notice NOT IN "
    "(SELECT notice FROM notice_items WHERE core = ?1)"
)
_ERASE_WORDS: Final = (
    "UPDATE notice_answers SET detail = NULL "
    "WHERE core = ? AND notice NOT IN (SELECT hash FROM notices)"
)


class NoticeTables:
    """Implements :class:`agency_client.ports.vault.Notices`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # -- notices ----------------------------------------------------------------------------------

    def keep(self, notice: StoredNotice) -> Seen:
        known = self.numbers(notice.core, notice.item, notice.endpoint).get(notice.number)
        if known is not None:
            return Seen.SAME if known == notice.hash else Seen.OTHER
        self._session.run(
            "INSERT INTO notices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            notice.hash,
            notice.core,
            notice.item,
            notice.action,
            notice.endpoint,
            notice.maker,
            notice.number,
            notice.time,
            notice.signed,
        )
        return Seen.NEW

    def get(self, notice: ObjectHash) -> StoredNotice | None:
        row = self._session.one(f"{_NOTICE} WHERE hash = ?", notice)
        return None if row is None else _notice(row)

    def all(self) -> tuple[StoredNotice, ...]:
        rows = self._session.all(f"{_NOTICE} WHERE {_BELONGS} ORDER BY time, endpoint, number")
        return tuple(map(_notice, rows))

    def numbers(
        self, core: ObjectHash, item: ItemId, endpoint: EndpointId
    ) -> dict[int, ObjectHash]:
        rows = self._session.all(
            "SELECT number, hash FROM notices WHERE core = ? AND item = ? AND endpoint = ?",
            core,
            item,
            endpoint,
        )
        return {number: ObjectHash(hash_) for number, hash_ in rows}

    def apply(self, notice: ObjectHash, core: ObjectHash, items: Sequence[ItemId]) -> bool:
        added = [
            self._session.run(
                "INSERT OR IGNORE INTO notice_items VALUES (?, ?, ?)", core, item, notice
            )
            for item in items
        ]
        return any(added)

    def of(self, core: ObjectHash) -> tuple[tuple[ItemId, StoredNotice], ...]:
        rows = self._session.all(_OF, core)
        return tuple((ItemId(item), _notice(tuple(row))) for item, *row in rows)

    def places(self, notice: ObjectHash) -> tuple[tuple[ObjectHash, ItemId], ...]:
        rows = self._session.all(
            "SELECT core, item FROM notice_items WHERE notice = ? ORDER BY core, item", notice
        )
        return tuple((ObjectHash(core), ItemId(item)) for core, item in rows)

    # -- handings ---------------------------------------------------------------------------------

    def hand(self, handing: StoredHanding) -> bool:
        added = self._session.run(
            "INSERT OR IGNORE INTO notice_handings (hash, notice, core, endpoint, hander, own, "
            "audience, items, time, expires, state, signed, ciphertext, key) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            handing.hash,
            handing.notice,
            handing.core,
            handing.endpoint,
            handing.hander,
            int(handing.own),
            pack_list(handing.audience),
            b"".join(handing.items),
            handing.time,
            handing.expires,
            handing.state.value,
            handing.signed,
            handing.ciphertext,
            handing.key,
        )
        return added == 1

    def set_state(self, handing: ObjectHash, state: HandingState) -> None:
        self._session.run(
            "UPDATE notice_handings SET state = ? WHERE hash = ?", state.value, handing
        )

    def handings(
        self, notice: ObjectHash | None = None, *, own: bool | None = None
    ) -> tuple[StoredHanding, ...]:
        rows = self._session.all(
            f"{_HANDING} WHERE (?1 IS NULL OR notice = ?1) AND (?2 IS NULL OR own = ?2) "
            "ORDER BY sequence",
            notice,
            None if own is None else int(own),
        )
        return tuple(map(_handing, rows))

    def passed_on(self) -> tuple[StoredNotice, ...]:
        rows = self._session.all(f"{_NOTICE} WHERE {_PASSED_ON} ORDER BY time, endpoint, number")
        return tuple(map(_notice, rows))

    def expired(self, now: Seconds) -> tuple[StoredHanding, ...]:
        rows = self._session.all(
            f"{_HANDING} WHERE own = 1 AND expires <= ? AND state <> ? ORDER BY sequence",
            now,
            HandingState.OVER.value,
        )
        return tuple(map(_handing, rows))

    def waiting(self, core: ObjectHash) -> tuple[StoredHanding, ...]:
        rows = self._session.all(
            f"{_HANDING} WHERE core = ? AND state = ? ORDER BY sequence",
            core,
            HandingState.WAITING.value,
        )
        return tuple(map(_handing, rows))

    # -- answers ----------------------------------------------------------------------------------

    def answer(self, answer: StoredAnswer) -> Seen:
        row = self._session.one(
            "SELECT hash FROM notice_answers WHERE notice = ? AND endpoint = ? AND counter = ?",
            answer.notice,
            answer.endpoint,
            answer.counter,
        )
        if row is not None:
            return Seen.SAME if row[0] == answer.hash else Seen.OTHER
        self._session.run(
            "INSERT INTO notice_answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            answer.hash,
            answer.notice,
            answer.core,
            answer.endpoint,
            answer.address,
            answer.kind.value,
            answer.counter,
            answer.time,
            answer.signed,
            answer.detail,
        )
        return Seen.NEW

    def answers(self, notice: ObjectHash) -> tuple[StoredAnswer, ...]:
        rows = self._session.all(f"{_ANSWER} ORDER BY endpoint, counter", notice)
        return tuple(map(_answer, rows))

    def next_counter(self, notice: ObjectHash, endpoint: EndpointId) -> int:
        return int(
            self._session.value(
                "SELECT coalesce(max(counter), 0) + 1 FROM notice_answers "
                "WHERE notice = ? AND endpoint = ?",
                notice,
                endpoint,
            )
        )

    def erase(self, core: ObjectHash, items: Collection[ItemId] | None = None) -> None:
        if items is None:
            self._session.run(_ERASE_ITEMS, core)
        else:
            self._session.many(_ERASE_ITEM, [(core, item) for item in items])
        self._session.run(_ERASE_HANDINGS, core)
        self._session.run(_ERASE_NOTICES)
        self._session.run(_ERASE_WORDS, core)


_ID_BYTES: Final = 16


def _notice(row: Row) -> StoredNotice:
    return StoredNotice(
        hash=ObjectHash(row[0]),
        core=ObjectHash(row[1]),
        item=ItemId(row[2]),
        action=row[3],
        endpoint=EndpointId(row[4]),
        maker=Address(row[5]),
        number=row[6],
        time=Seconds(row[7]),
        signed=row[8],
    )


def _handing(row: Row) -> StoredHanding:
    ids = row[7]
    return StoredHanding(
        hash=ObjectHash(row[0]),
        notice=ObjectHash(row[1]),
        core=ObjectHash(row[2]),
        endpoint=EndpointId(row[3]),
        hander=Address(row[4]),
        own=bool(row[5]),
        audience=tuple(Address(name) for name in unpack_list(row[6])),
        items=tuple(ItemId(ids[n : n + _ID_BYTES]) for n in range(0, len(ids), _ID_BYTES)),
        time=Seconds(row[8]),
        expires=Seconds(row[9]),
        state=HandingState(row[10]),
        signed=row[11],
        ciphertext=row[12],
        key=row[13],
    )


def _answer(row: Row) -> StoredAnswer:
    return StoredAnswer(
        hash=ObjectHash(row[0]),
        notice=ObjectHash(row[1]),
        core=ObjectHash(row[2]),
        endpoint=EndpointId(row[3]),
        address=Address(row[4]),
        kind=AnswerKind(row[5]),
        counter=row[6],
        time=Seconds(row[7]),
        signed=row[8],
        detail=row[9],
    )
