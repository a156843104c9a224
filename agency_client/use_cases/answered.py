"""What an answer that was given later brings about: how long something is kept, who is found, whether a clock runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from agency_client.ports.vault import Families
from agency_client.record.amending import LateAnswer, place_of
from agency_client.record.as_written import written_from
from agency_client.record.breaches import BreachDocument
from agency_client.record.subjects import terms
from agency_client.record.syntax import Parsed
from agency_client.use_cases.breaching import settle_clock
from phoenix_protocol.identifiers import ObjectHash, Seconds

#: Answers that say how long a package is kept.
_OF_KEEPING: Final = {"legal.retention": "rule", "legal.retention_trigger": "trigger"}


def follow_package(tx: Families, core: ObjectHash, answer: LateAnswer) -> None:
    """A rule for how long it is kept holds from then on; people who are named are found."""
    name = _OF_KEEPING.get(answer.place)
    if name is not None:
        changes: dict[str, Any] = {name: "; ".join(answer.said)}
        for kept in tx.retention.of(core):
            if kept.section is None:
                tx.retention.put(replace(kept, **changes))
    _find_people(tx, answer, core=core)


def follow_record(
    tx: Families, number: int, answer: LateAnswer, after: Parsed, now: Seconds, by: int
) -> None:
    """An answer may stop or move the clock of a breach; people who are named are found."""
    record = tx.records.get(number)
    if record is not None and record.kind == "breach":
        settle_clock(tx, number, written_from(BreachDocument, after), now, by)
    _find_people(tx, answer, record=number)


def _find_people(
    tx: Families,
    answer: LateAnswer,
    *,
    core: ObjectHash | None = None,
    record: int | None = None,
) -> None:
    if place_of(answer.place)[0] == "people":
        for line in tx.register.of(core=core, record=record):
            tx.register.also(line.number, terms(names=answer.said))
