"""Requests and what became of them, in their tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from agency_client.adapters.vault.session import Row, Session
from agency_client.ports.vault.requests import (
    AskedOf,
    Escalation,
    QuestionAnswer,
    Reply,
    Side,
    StoredRequest,
)
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Address, ItemId, ObjectHash, Seconds

_REQUEST: Final = (
    "SELECT core, side, asker, asked_at, due, escalates, instead_of FROM requests WHERE"
)
_ESCALATION: Final = "SELECT request, address, deputy, core, time FROM request_escalations WHERE"


class RequestTables:
    """Implements :class:`agency_client.ports.vault.Requests`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self,
        request: StoredRequest,
        asked: Iterable[AskedOf],
        deputies: Mapping[Address, Address],
    ) -> bool:
        if self.get(request.core) is not None:
            return False
        self._session.run(
            "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?)",
            request.core,
            request.side.value,
            request.asker,
            request.asked_at,
            request.due,
            request.escalates,
            request.instead_of,
        )
        self._session.many(
            "INSERT INTO request_questions VALUES (?, ?, ?, ?)",
            [(request.core, each.address, each.question, each.position) for each in asked],
        )
        self._session.many(
            "INSERT INTO request_deputies VALUES (?, ?, ?)",
            [(request.core, address, deputy) for address, deputy in deputies.items()],
        )
        return True

    def get(self, core: ObjectHash) -> StoredRequest | None:
        row = self._session.one(f"{_REQUEST} core = ?", core)
        return None if row is None else _request(row)

    def listing(self, side: Side) -> tuple[StoredRequest, ...]:
        rows = self._session.all(f"{_REQUEST} side = ? ORDER BY asked_at DESC, core", side.value)
        return tuple(map(_request, rows))

    def asked(self, core: ObjectHash) -> tuple[AskedOf, ...]:
        rows = self._session.all(
            "SELECT address, question, position FROM request_questions WHERE request = ? "
            "ORDER BY address, position",
            core,
        )
        return tuple(
            AskedOf(address=Address(row[0]), question=ItemId(row[1]), position=row[2])
            for row in rows
        )

    def deputies(self, core: ObjectHash) -> dict[Address, Address]:
        rows = self._session.all(
            "SELECT address, deputy FROM request_deputies WHERE request = ? ORDER BY address", core
        )
        return {Address(address): Address(deputy) for address, deputy in rows}

    def add_answers(self, answers: Iterable[QuestionAnswer]) -> None:
        self._session.many(
            "INSERT OR IGNORE INTO request_answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (a.request, a.question, a.address, a.by, a.answer, a.response, a.position, a.time)
                for a in answers
            ],
        )

    def answers(self, core: ObjectHash) -> tuple[QuestionAnswer, ...]:
        rows = self._session.all(
            "SELECT request, question, address, by, answer, response, position, time "
            "FROM request_answers WHERE request = ? ORDER BY time, response, position",
            core,
        )
        return tuple(map(_answer, rows))

    def note_reply(self, reply: Reply) -> None:
        self._session.run(
            "INSERT OR IGNORE INTO request_replies VALUES (?, ?, ?, ?)",
            reply.request,
            reply.response,
            reply.by,
            reply.time,
        )

    def replies(self, core: ObjectHash) -> tuple[Reply, ...]:
        rows = self._session.all(
            "SELECT request, response, by, time FROM request_replies WHERE request = ? "
            "ORDER BY time, response",
            core,
        )
        return tuple(
            Reply(
                request=ObjectHash(row[0]),
                response=ObjectHash(row[1]),
                by=Address(row[2]),
                time=Seconds(row[3]),
            )
            for row in rows
        )

    def add_escalation(self, escalation: Escalation) -> None:
        added = self._session.run(
            "INSERT OR IGNORE INTO request_escalations VALUES (?, ?, ?, ?, ?)",
            escalation.request,
            escalation.address,
            escalation.deputy,
            escalation.core,
            escalation.time,
        )
        if added != 1:
            raise RefusedError("E_CONFLICT", "A deputy was asked for this address already.")

    def escalations(self, core: ObjectHash) -> tuple[Escalation, ...]:
        rows = self._session.all(f"{_ESCALATION} request = ? ORDER BY time, address", core)
        return tuple(map(_escalation, rows))

    def escalated_by(self, core: ObjectHash) -> Escalation | None:
        row = self._session.one(f"{_ESCALATION} core = ?", core)
        return None if row is None else _escalation(row)


def _request(row: Row) -> StoredRequest:
    return StoredRequest(
        core=ObjectHash(row[0]),
        side=Side(row[1]),
        asker=Address(row[2]),
        asked_at=Seconds(row[3]),
        due=Seconds(row[4]),
        escalates=None if row[5] is None else ObjectHash(row[5]),
        instead_of=None if row[6] is None else Address(row[6]),
    )


def _answer(row: Row) -> QuestionAnswer:
    return QuestionAnswer(
        request=ObjectHash(row[0]),
        question=ItemId(row[1]),
        address=Address(row[2]),
        by=Address(row[3]),
        answer=row[4],
        response=ObjectHash(row[5]),
        position=row[6],
        time=Seconds(row[7]),
    )


def _escalation(row: Row) -> Escalation:
    return Escalation(
        request=ObjectHash(row[0]),
        address=Address(row[1]),
        deputy=Address(row[2]),
        core=ObjectHash(row[3]),
        time=Seconds(row[4]),
    )
