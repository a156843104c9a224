"""What is owed of packages and records by now, and what their documents would say with all that was said later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from agency_client.ports.vault import Families, Record
from agency_client.record.amending import (
    LateAnswer,
    field_at,
    merged,
    place_of,
    value_for,
    with_value,
)
from agency_client.record.looks import OWED_ANSWER
from agency_client.record.syntax import Parsed, parse
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import ObjectHash

#: Records that answer what was owed.
ANSWER: Final = "answer"
#: Records whose documents add to that of the record that they follow.
STEP: Final = "breach_step"


def owed_of(view: Families, core: ObjectHash | None, record: int | None) -> tuple[str, ...]:
    """What is owed of a package or a record: clause and place of each."""
    if core is not None:
        package = view.sent.get(core)
        return package.owed if package is not None else ()
    dues = view.dues.of(record=record)
    return tuple(due.place for due in dues if due.kind == OWED_ANSWER and due.closed is None)


def values_by_now(view: Families, number: int, kinds: Sequence[type[Any]]) -> Parsed:
    """The document of a record with everything that was said later. Raises RefusedError ``E_ERASED``."""
    data = view.records.document(number)
    if data is None:
        raise RefusedError("E_ERASED", "The texts of this record are erased.")
    return by_now(view, data, view.records.following(number, {ANSWER, STEP}), kinds)


def by_now(
    view: Families, data: bytes, later: Iterable[Record], kinds: Sequence[type[Any]]
) -> Parsed:
    parsed = parse(data)
    for record in later:
        said = view.records.document(record.number)
        if said is not None and record.kind == ANSWER:
            parsed = with_answer(parsed, LateAnswer.decoded(said), kinds)
        elif said is not None:
            parsed = replace(parsed, values=merged(parsed.values, parse(said).values))
    return parsed


def with_answer(parsed: Parsed, answer: LateAnswer, kinds: Sequence[type[Any]]) -> Parsed:
    place = place_of(answer.place)
    wanted = field_at(kinds, place)
    if wanted is None:
        return parsed
    values = with_value(parsed.values, place, value_for(wanted, answer.said))
    return replace(parsed, values=values)
