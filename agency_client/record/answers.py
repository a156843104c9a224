"""The tables of a document that answer the protocol's questions: decision, legal basis, consent, informing, quality.

Each field is one answer. Who gets an answer is decided where drafts are made (`agency_client/record/placement.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

from agency_client.record.fields import CODE, LINE, LONG, When, YesNo, texts
from agency_client.record.places import Place
from agency_client.record.tables import Many, One, said


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """``[decision]``: what was decided, by whom and why. Stays with the sender's agency."""

    outcome: str | None = said(CODE, codes="decision_outcome")
    decided_by: str | None = said(LINE)
    decided_at: str | None = said(When(or_why_not=True))
    welfare: str | None = said(LONG)
    consequence_of_not_sharing: str | None = said(LONG)
    if_shared: str | None = said(LONG)
    if_not_shared: str | None = said(LONG)
    more_harm: str | None = said(LINE, codes="more_harm")
    relevance: str | None = said(LONG)
    may_facilitate: str | None = said(LONG)
    why_this_much: str | None = said(LONG)
    why_enough: str | None = said(LONG)
    withheld: tuple[str, ...] = said(texts(LONG, 16), default=())
    conditions: str | None = said(LONG)
    public_interest_reasons: str | None = said(LONG)
    relationship_impact: str | None = said(LONG)
    information_known_at: str | None = said(When(or_why_not=True))
    labels_checked_by: str | None = said(LINE)
    review_at: str | None = said(When(or_why_not=True))
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """``[onward]``: why something is passed on that its agency controls and has not released. Its agency is told."""

    safety_override: str | None = said(LONG)
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Legal:
    """``[legal]``: by what right this is shared, and what every recipient must know. Reaches all of them."""

    regime: str | None = said(LINE, codes="regime")
    article_6: tuple[str, ...] = said(texts(LINE, 8), default=(), codes="article_6")
    article_6_condition: tuple[str, ...] = said(
        texts(LINE, 8), default=(), codes="article_6_condition"
    )
    article_9: tuple[str, ...] = said(texts(LINE, 8), default=(), codes="article_9")
    article_10: tuple[str, ...] = said(texts(LINE, 8), default=(), codes="article_10")
    schedule_1: tuple[str, ...] = said(texts(LINE, 8), default=(), codes="schedule_1")
    safeguarding_reason: tuple[str, ...] = said(
        texts(LINE, 4), default=(), codes="safeguarding_reason"
    )
    part3_purpose: tuple[str, ...] = said(texts(LINE, 8), default=(), codes="part3_purpose")
    part3_lawful: str | None = said(LINE, codes="part3_lawful")
    part3_sensitive: str | None = said(LINE, codes="part3_sensitive")
    schedule_8: tuple[str, ...] = said(texts(LINE, 9), default=(), codes="schedule_8")
    other_use_authority: str | None = said(LONG)
    gateway: tuple[str, ...] = said(texts(LINE, 16), default=(), codes="gateway")
    acting_for: str | None = said(LINE)
    court_order: str | None = said(LONG)
    confidence_basis: tuple[str, ...] = said(texts(LINE, 8), default=(), codes="confidence_basis")
    public_interest_ground: tuple[str, ...] = said(
        texts(LINE, 8), default=(), codes="public_interest_ground"
    )
    article_8: str | None = said(LONG)
    legitimate_interests_assessment: str | None = said(LINE)
    policy_document: str | None = said(LINE)
    consent: str | None = said(LINE, codes="consent")
    consent_not_sought_reason: tuple[str, ...] = said(
        texts(LINE, 16), default=(), codes="consent_not_sought_reason"
    )
    informed: str | None = said(LINE, codes="informed")
    informed_how: str | None = said(LONG)
    inform_by: str | None = said(When(or_why_not=True))
    not_informed_reason: tuple[str, ...] = said(
        texts(LINE, 16), default=(), codes="not_informed_reason"
    )
    inform_review: str | None = said(When(or_why_not=True))
    do_not_alert: tuple[str, ...] = said(texts(LINE, 64), default=())
    privacy_notice: str | None = said(LINE)
    retention: str | None = said(LINE, codes="retention")
    retention_trigger: str | None = said(LINE)
    retention_review: str | None = said(When(or_why_not=True))
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Informing:
    """``[[informing]]``: who was told or not, and why. Recipients see the person's role, never the name."""

    person: str | None = said(CODE)
    status: str | None = said(LINE, codes="informed")
    how: str | None = said(LONG)
    inform_by: str | None = said(When(or_why_not=True))
    reason: tuple[str, ...] = said(texts(LINE, 16), default=(), codes="not_informed_reason")
    review: str | None = said(When(or_why_not=True))
    note: str | None = said(LONG)
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """``[quality]``: how far the statements can be relied on. Reaches every recipient."""

    accuracy: str | None = said(LONG)
    completeness: str | None = said(LONG)
    reliability: str | None = said(LONG)
    up_to_date: str | None = said(LONG)
    known_gaps: str | None = said(LONG)
    checked_on: str | None = said(When(or_why_not=True))
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """``[consent.explained]``: how each of the four things was explained to whoever gave consent."""

    why: str | None = said(LONG)
    who: str | None = said(LONG)
    how_much: str | None = said(LONG)
    implications: str | None = said(LONG)
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenBy:
    """``[[consent.given_by]]``: one person whose consent it is."""

    who: str | None = said(LINE)
    capacity: str | None = said(LINE, codes="consent_capacity")
    evidence: str | None = said(LONG)
    given_at: str | None = said(When(or_why_not=True))
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """``[[consent.position]]``: what one person says about sharing, whether or not the consent is theirs to give."""

    who: str | None = said(LINE)
    capacity: str | None = said(LINE, codes="consent_capacity")
    says: str | None = said(LINE, codes="consent_position")
    words: str | None = said(LONG)
    said_at: str | None = said(When(or_why_not=True))
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """``[consent.scope]``: what the consent covers."""

    purposes: tuple[str, ...] = said(texts(LINE, 16), default=())
    recipients: tuple[str, ...] = said(texts(LINE, 64), default=())
    data_types: tuple[str, ...] = said(texts(LINE, 16), default=())
    expires: str | None = said(When(or_why_not=True))
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """``[consent]``: how consent was given. Stays with the sender's agency, but ``limits`` reach everybody."""

    needed: str | None = said(LINE, codes="consent_needed")
    evidence: str | None = said(LONG)
    limits: str | None = said(LONG)
    explained: Explained | None = said(One(Explained))
    freely_given: str | None = said(LONG)
    others_present: str | None = said(LINE)
    understanding: str | None = said(LONG)
    given_by: tuple[GivenBy, ...] = said(Many(GivenBy, 16), default=())
    parental_responsibility: str | None = said(LONG)
    scope: Scope | None = said(One(Scope))
    position: tuple[Position, ...] = said(Many(Position, 16), default=())
    disagreement: str | None = said(LONG)
    seeking_would_risk: str | None = said(LINE, codes="three_way")
    seeking_would_prejudice: str | None = said(LINE, codes="three_way")
    seeking_would_delay: str | None = said(LINE, codes="three_way")
    seeking_reason: str | None = said(LONG)
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """``[[capacity]]``: whether somebody can decide for themselves. Stays with the sender's agency."""

    person: str | None = said(CODE)
    outcome: str | None = said(LINE, codes="capacity_outcome")
    assessed_by: str | None = said(LINE)
    assessed_at: str | None = said(When(or_why_not=True))
    basis: str | None = said(LONG)
    jurisdiction: str | None = said(LINE, codes="jurisdiction")
    how_explained: str | None = said(LONG)
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildVoice:
    """``[child_voice]``: what the child wants, in the child's words where possible. Stays with the sender's agency."""

    sought: bool | None = said(YesNo())
    words: str | None = said(LONG)
    not_sought_reason: str | None = said(LONG)
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """``[[advice]]``: advice asked for and given. Stays with the sender's agency."""

    asked_of: str | None = said(LINE)
    role: str | None = said(LINE)
    asked_at: str | None = said(When(or_why_not=True))
    question: str | None = said(LONG)
    answer: str | None = said(LONG)
    at: Place = ()
