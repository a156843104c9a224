"""The decision and what was weighed, as questions. Nothing here is scored, and nothing is chosen beforehand."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from agency_client.record.places import Place
from agency_client.web.fields import Field, Shape, Word
from agency_client.web.writing.steps import Setting, Step


def long(at: Place, label: str, hint: str = "", rows: int = 4) -> Field:
    """A question that is answered in sentences."""
    return Field(at=at, shape=Shape.LONG, label=label, hint=hint, rows=rows)


#: What was decided, where nobody asked for anything: the same codes in words that fit.
_UNASKED: Final = {"share_all_requested": "Share it", "share_part": "Share part of it"}


def outcomes(setting: Setting) -> tuple[Word, ...]:
    """What can be decided. What was asked for is named where somebody asked alone."""
    words = setting.words("decision_outcome")
    if "reply_to" in setting.beside or "asked" in setting.document:
        return words
    return tuple(replace(word, label=_UNASKED.get(word.code, word.label)) for word in words)


def _decision(setting: Setting) -> tuple[Field, ...]:
    return (
        long(
            ("decision", "welfare"),
            "How was the child's welfare the first consideration?",
        ),
        Field(
            at=("decision", "outcome"),
            shape=Shape.ONE,
            label="What was decided?",
            words=outcomes(setting),
        ),
        Field(
            at=("decision", "decided_by"),
            shape=Shape.LINE,
            label="Who decided?",
            hint="A role is enough.",
        ),
        Field(
            at=("decision", "decided_at"),
            shape=Shape.DAY,
            label="When was it decided?",
            may_be_open=True,
        ),
        Field(
            at=("decision", "conditions"),
            shape=Shape.LONG,
            label="On what conditions, if you share on condition?",
            rows=2,
        ),
        Field(
            at=("decision", "review_at"),
            shape=Shape.DAY,
            label="When will you look at this decision again?",
            example=setting.soon,
            may_be_open=True,
        ),
    )


def _weighing(setting: Setting) -> tuple[Field, ...]:
    return (
        long(("decision", "if_shared"), "What might happen if this is shared?", rows=6),
        long(("decision", "if_not_shared"), "What might happen if it is not shared?", rows=6),
        long(
            ("decision", "consequence_of_not_sharing"),
            "What would not sharing leave unknown?",
        ),
        Field(
            at=("decision", "more_harm"),
            shape=Shape.ONE,
            label="Would sharing without consent cause more harm than not sharing?",
            words=setting.words("more_harm"),
        ),
        *_duty(setting),
    )


def _duty(setting: Setting) -> tuple[Field, ...]:
    """The test of the duty to share, for those whom it binds (Children Act 2004 s.16LA)."""
    if setting.own.jurisdiction != "england" or setting.own.legal_scope in ("", "none"):
        return ()
    return (
        long(
            ("decision", "relevance"),
            "Is it relevant to safeguarding or promoting the welfare of a child?",
        ),
        long(
            ("decision", "may_facilitate"),
            "May it help those who get it in their work, and how?",
        ),
    )


def _how_much(_setting: Setting) -> tuple[Field, ...]:
    return (
        long(("decision", "why_this_much"), "Why is this much necessary?"),
        long(("decision", "why_enough"), "Why is it enough?"),
        Field(
            at=("decision", "withheld"),
            shape=Shape.LINES,
            label="What did you leave out, and why?",
            hint="One on each line. For example, sibling's records: not necessary. It stays with your agency.",
        ),
        long(
            ("decision", "relationship_impact"),
            "What will sharing do to your relationship with the person? (optional)",
            rows=2,
        ),
        Field(
            at=("decision", "information_known_at"),
            shape=Shape.DAY,
            label="Since when has your agency known this?",
            may_be_open=True,
        ),
        Field(
            at=("decision", "labels_checked_by"),
            shape=Shape.LINE,
            label="Who else looked whether fact and opinion are told apart?",
        ),
    )


DECISION = Step(
    slug="decision",
    title="The decision",
    places=(
        "decision.welfare",
        "decision.outcome",
        "decision.decided_by",
        "decision.decided_at",
        "decision.conditions",
        "decision.review_at",
        "decision",
    ),
    intro="This stays with your agency. Recipients do not see it.",
    fields=_decision,
)
WEIGHING = Step(
    slug="weighing",
    title="Weighing",
    places=(
        "decision.if_shared",
        "decision.if_not_shared",
        "decision.consequence_of_not_sharing",
        "decision.more_harm",
        "decision.relevance",
        "decision.may_facilitate",
    ),
    intro="Write both sides. Phoenix does not weigh them for you.",
    fields=_weighing,
)
HOW_MUCH = Step(
    slug="how-much",
    title="How much is necessary",
    places=(
        "decision.why_this_much",
        "decision.why_enough",
        "decision.withheld",
        "decision.relationship_impact",
        "decision.information_known_at",
        "decision.labels_checked_by",
    ),
    fields=_how_much,
)
