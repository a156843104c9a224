"""What an agency assures of the security of its systems, as its information manager writes it (docs/records.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from agency_client.record.as_written import AsWritten, read_written
from agency_client.record.fields import CODE, When
from agency_client.record.places import Place
from agency_client.record.tables import Many, said
from agency_client.record.when import span
from phoenix_protocol.directory.statements import Assurance
from phoenix_protocol.identifiers import Seconds

#: The most schemes of one agency (docs/protocol.md §4.3).
MOST: Final = 16
#: The scheme of an agency that says it has none.
NONE: Final = "none"
#: Statuses that hold nothing yet, or nothing any more. Every other one holds, also those that a partnership adds.
NOT_HELD: Final = frozenset({"applied", "not_met"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AssuranceEntry:
    """``[[assurances]]``: one scheme, how the agency stands in it, and the last day for which that holds."""

    scheme: str | None = said(CODE, codes="assurance_scheme")
    status: str | None = said(CODE, codes="assurance_status")
    valid_to: str | None = said(When())
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssuranceDocument(AsWritten):
    """The whole document."""

    assurances: tuple[AssuranceEntry, ...] = said(Many(AssuranceEntry, MOST), default=())

    def said(self) -> tuple[Assurance, ...]:
        """The same as the log says it."""
        return tuple(
            Assurance(
                scheme=entry.scheme or NONE,
                status=entry.status or "not_met",
                valid_to=last_second(entry.valid_to),
            )
            for entry in self.assurances
        )


def read_assurances(data: bytes) -> AssuranceDocument:
    """The assurances in a file. Raises UsageError ``E_DOC_SYNTAX``; other faults are in its ``faults``."""
    return read_written(AssuranceDocument, data)


def last_second(written: str | None) -> Seconds | None:
    """The last second that a day or time as written covers."""
    found = span(written) if written else None
    return Seconds(found.last) if found is not None else None


def has_ended(assurance: Assurance, now: Seconds) -> bool:
    """Whether its time is over."""
    return assurance.valid_to is not None and assurance.valid_to < now


def doubt(assurances: Sequence[Assurance], now: Seconds) -> str | None:
    """What gives pause about an agency that assures this, as the end of a sentence about it; None when nothing does."""
    if not assurances:
        return "has not declared any assurance of its security"
    ended = [each for each in assurances if each.scheme != NONE and has_ended(each, now)]
    if ended:
        told = (f"{each.scheme}, {_day(each.valid_to)}" for each in ended)
        return f"declared an assurance of its security that has ended ({'; '.join(told)})"
    if all(each.scheme == NONE or each.status in NOT_HELD for each in assurances):
        return "says that it holds no assurance of its security"
    return None


def _day(at: Seconds | None) -> str:
    return datetime.fromtimestamp(at or 0, UTC).date().isoformat()
