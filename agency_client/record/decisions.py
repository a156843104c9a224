"""A decision that goes with no package, above all one not to share, as its author writes it (docs/records.md).

It answers the same questions as the decision in a package, and more: who asked, for whom, what the law's own test says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agency_client.record.answers import Advice, Capacity, ChildVoice, Consent, Decision, Legal
from agency_client.record.as_written import AskedHere, read_written
from agency_client.record.fields import CODE, LINE, LONG, When, texts
from agency_client.record.places import Place
from agency_client.record.statements import Person
from agency_client.record.tables import Many, One, said
from phoenix_protocol import limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """``[asked]``: who wanted the information, for whom, when and how."""

    by: str | None = said(LINE)
    for_whom: str | None = said(LINE)
    asked_at: str | None = said(When(or_why_not=True))
    how: str | None = said(LINE)
    what: str | None = said(LONG)
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionAlone(Decision):
    """``[decision]``: as in a package, with what only a decision not to share needs.

    ``detriment`` is the test of Children Act 2004 s.16LA(3), in words beside ``more_harm``. ``exemption`` is by what
    right somebody is not told what is held about them, ``originator_view`` what the agency that shared it says to that.
    """

    detriment: str | None = said(LONG)
    refer_to: str | None = said(LONG)
    searched: str | None = said(LONG)
    exemption: tuple[str, ...] = said(texts(LINE, 8), default=(), codes="subject_access_exemption")
    originator_view: str | None = said(LONG)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionDocument(AskedHere):
    """The whole document. Absent tables are empty ones."""

    purpose: str | None = said(LINE)
    thread: str | None = said(LINE)
    packages: tuple[str, ...] = said(texts(CODE, 64), default=())
    asked: Asked = said(One(Asked), default=Asked(at=("asked",)))
    people: tuple[Person, ...] = said(Many(Person, limits.PEOPLE), default=())
    decision: DecisionAlone = said(One(DecisionAlone), default=DecisionAlone(at=("decision",)))
    legal: Legal = said(One(Legal), default=Legal(at=("legal",)))
    consent: Consent = said(One(Consent), default=Consent(at=("consent",)))
    capacity: tuple[Capacity, ...] = said(Many(Capacity, limits.PEOPLE), default=())
    child_voice: ChildVoice = said(One(ChildVoice), default=ChildVoice(at=("child_voice",)))
    advice: tuple[Advice, ...] = said(Many(Advice, 64), default=())

    def mentions(self) -> Iterator[tuple[str | None, Place]]:
        """Every person whom an answer names, and where."""
        for entry in self.capacity:
            yield entry.person, (*entry.at, "person")


def read_decision(data: bytes) -> DecisionDocument:
    """The decision in a file. Raises UsageError ``E_DOC_SYNTAX``; other faults are in its ``faults``."""
    return read_written(DecisionDocument, data)
