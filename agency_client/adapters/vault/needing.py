"""What waits for somebody, counted by indexes over the tables of all families."""

from __future__ import annotations

import json
from typing import Final

from agency_client.adapters.vault.codes import unpack_list
from agency_client.adapters.vault.session import Session
from agency_client.ports.vault.needing import NOT_DELIVERED, RETURNED_WITHIN, Counted, DueCount
from phoenix_protocol.identifiers import Address, Seconds

_CAME: Final = (
    "SELECT state, count(*), sum(urgency = 'red') FROM received "
    "WHERE state IN ('offered', 'accepted') AND sent_from IS NOT ? GROUP BY state"
)
#: A colleague's machine may have acknowledged it: its words are among the events.
_UNOWNED: Final = (
    "SELECT count(*), coalesce(sum(NOT EXISTS (SELECT 1 FROM audit "
    "WHERE object = received.core AND action = 'package.opened')), 0) FROM received "
    "WHERE state = 'committed' AND sent_from IS NOT ? AND NOT EXISTS (SELECT 1 FROM events "
    "WHERE events.core = received.core AND kind IN ('acknowledged', 'outcome', 'erased'))"
)
_NOTICES: Final = (
    "SELECT count(*) FROM notices WHERE action IN ('correct', 'withdraw') AND maker IS NOT ?1 "
    "AND EXISTS (SELECT 1 FROM notice_items WHERE notice = notices.hash) "
    "AND NOT EXISTS (SELECT 1 FROM notice_answers "
    "WHERE notice = notices.hash AND address IS ?1 AND kind IN ('done', 'disagreed'))"
)
_HANDED: Final = (
    "SELECT notice, audience FROM notice_handings JOIN notices ON notices.hash = notice "
    "WHERE own = 1 AND maker IS ? AND action IN ('correct', 'withdraw')"
)
_ANSWERED: Final = "SELECT notice, address FROM notice_answers WHERE kind IN ('done', 'disagreed')"
_DUES: Final = (
    # As agency_client.record.dues has it: late by the clock, or once the day has passed.
    "SELECT kind, sum(CASE WHEN at % 86400 IN (0, 86399) THEN at / 86400 < ?1 / 86400 "
    "ELSE at <= ?1 END), sum(at <= ?2), count(*), min(at) FROM dues "
    "WHERE closed IS NULL GROUP BY kind"
)
_ALERTS: Final = "SELECT code, count(*) FROM alerts WHERE seen IS NULL GROUP BY code"
#: What somebody has looked at is counted no more; a return, which is no alarm, for a while.
_UNDELIVERED: Final = (
    "SELECT count(DISTINCT core) FROM alerts WHERE seen IS NULL "
    "AND code IN (SELECT value FROM json_each(?))"
)
_RETURNED: Final = (
    "SELECT count(DISTINCT core) FROM sent_addresses "
    "WHERE state = 'returned' AND why = 'to' AND since >= ?"
)


class NeedingTables:
    """Implements :class:`agency_client.ports.vault.Needing`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def counted(self, own: Address | None, now: Seconds, near: Seconds) -> Counted:
        came = {row[0]: row[1:] for row in self._session.all(_CAME, own)}
        unowned, unopened = self._session.all(_UNOWNED, own)[0]
        offered, pressing = came.get("offered", (0, 0))
        return Counted(
            offered=offered,
            pressing=pressing,
            unfetched=came.get("accepted", (0, 0))[0],
            unowned=unowned,
            unopened=unopened,
            notices=self._count(_NOTICES, own),
            unanswered=self._unanswered(own),
            unsent=self._count("SELECT count(*) FROM sent WHERE progress = 'sealed'"),
            undelivered=self._count(_UNDELIVERED, json.dumps(sorted(NOT_DELIVERED))),
            returned=self._count(_RETURNED, now - RETURNED_WITHIN),
            drafts=self._count("SELECT count(*) FROM drafts"),
            dues=self._dues(now, near),
            alerts=dict(self._session.all(_ALERTS)),
        )

    def _count(self, sql: str, *values: object) -> int:
        return int(self._session.value(sql, *values))

    def _dues(self, now: Seconds, near: Seconds) -> dict[str, DueCount]:
        return {
            kind: DueCount(past=past, near=close, ever=ever, soonest=soonest)
            for kind, past, close, ever, soonest in self._session.all(_DUES, now, near)
        }

    def _unanswered(self, own: Address | None) -> int:
        """Notices of this address that somebody who was handed them has not answered. They are few."""
        handed = {
            (notice, address)
            for notice, audience in self._session.all(_HANDED, own)
            for address in unpack_list(audience)
            if address != own
        }
        if not handed:
            return 0
        answered = set(self._session.all(_ANSWERED))
        return len({notice for notice, _ in handed - answered})
