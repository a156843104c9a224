"""A breach as its author writes it: what happened, to whom, with what effect, what was done (docs/records.md).

Little is known at first. A later document that follows the first says what has been learnt since, table by table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from agency_client.record.as_written import AsWritten, read_written
from agency_client.record.fields import CODE, LINE, LONG, Number, When, texts
from agency_client.record.places import Place
from agency_client.record.statements import Person
from agency_client.record.tables import Many, One, said
from phoenix_protocol import limits

#: How long there is to tell the regulator, from becoming aware (UK GDPR Article 33; DPA 2018 s.67), in seconds.
REPORT_WITHIN: Final = 72 * 3600
#: Answers after which the regulator's clock stands still.
REPORTED: Final = frozenset({"notified", "not_required"})
MISDIRECTED: Final = "misdirected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """``[breach]``: the facts, the effects and the remedy. ``aware_at`` starts the clock."""

    kind: tuple[str, ...] = said(texts(CODE, 8), default=(), codes="breach_kind")
    what_happened: str | None = said(LONG)
    happened_at: str | None = said(When(or_why_not=True))
    aware_at: str | None = said(When(or_why_not=True))
    aware_who: str | None = said(LINE)
    effects: str | None = said(LONG)
    remedy: str | None = said(LONG)
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """``[affected]``: how many people, and what of theirs."""

    how_many: int | None = said(Number())
    who: tuple[str, ...] = said(texts(LINE, 16), default=())
    what: tuple[str, ...] = said(texts(LONG, 16), default=())
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified:
    """``[notified]``: who was told, when, and why somebody was not."""

    regulator: str | None = said(CODE, codes="breach_regulator")
    regulator_at: str | None = said(When(or_why_not=True))
    regulator_reference: str | None = said(LINE)
    regulator_reason: str | None = said(LONG)
    people: str | None = said(CODE, codes="breach_people")
    people_at: str | None = said(When(or_why_not=True))
    people_reason: str | None = said(LONG)
    originator: str | None = said(LONG)
    information_managers: tuple[str, ...] = said(texts(LINE, 16), default=())
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Misdirection:
    """``[misdirection]``: who got what was not theirs, and who attests that it is destroyed."""

    wrong_recipient: tuple[str, ...] = said(texts(LINE, 64), default=())
    keys_ended: str | None = said(LONG)
    attested_by: str | None = said(LINE)
    attested_at: str | None = said(When(or_why_not=True))
    attestation: str | None = said(LONG)
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachDocument(AsWritten):
    """The whole document. Absent tables are empty ones."""

    title: str | None = said(LINE)
    thread: str | None = said(LINE)
    packages: tuple[str, ...] = said(texts(CODE, 64), default=())
    breach: Breach = said(One(Breach), default=Breach(at=("breach",)))
    people: tuple[Person, ...] = said(Many(Person, limits.PEOPLE), default=())
    affected: Affected = said(One(Affected), default=Affected(at=("affected",)))
    notified: Notified = said(One(Notified), default=Notified(at=("notified",)))
    misdirection: Misdirection = said(One(Misdirection), default=Misdirection(at=("misdirection",)))


def read_breach(data: bytes) -> BreachDocument:
    """The breach in a file. Raises UsageError ``E_DOC_SYNTAX``; other faults are in its ``faults``."""
    return read_written(BreachDocument, data)
