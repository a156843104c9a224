"""When a copy is to be looked at again: as the sender's document says, or after a number of days. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from agency_client.ports.vault.retention import Copy
from agency_client.record.opened import ReadSection
from agency_client.record.when import span
from phoenix_protocol.identifiers import Seconds

#: What falls due when a copy is to be looked at.
RETENTION_REVIEW: Final = "retention_review"
_DAY: Final = 86400
#: After how long a copy is looked at: the exchange's own is short, a record's without a day of its own is a year.
_LOOK_AFTER: Final = {Copy.EXCHANGE: 90 * _DAY, Copy.RECORD: 365 * _DAY}


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidOfKeeping:
    """What the legal part of a package says of how long it is kept."""

    rule: str | None = field(repr=False, default=None)
    trigger: str | None = field(repr=False, default=None)
    review: str | None = field(repr=False, default=None)


def said_of_keeping(sections: Iterable[ReadSection]) -> SaidOfKeeping:
    """The rule, trigger and review that any of the sections names."""
    answers = {name: values for section in sections for name, values in section.answers.items()}
    rule, trigger, review = (
        next(iter(answers.get(name, ())), None)
        for name in ("legal.retention", "legal.retention_trigger", "legal.retention_review")
    )
    return SaidOfKeeping(rule=rule, trigger=trigger, review=review)


def first_review(copy: Copy, said: SaidOfKeeping, now: Seconds) -> Seconds:
    """When a copy that is stored now is first looked at.

    The sender's day counts for a record, and for an exchange copy where it comes sooner.
    """
    latest = Seconds(now + _LOOK_AFTER[copy])
    found = span(said.review) if said.review else None
    if found is None:
        return latest
    wanted = Seconds(max(found.first, now))
    return wanted if copy is Copy.RECORD else min(wanted, latest)
