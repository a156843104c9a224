"""By what right something is shared, as questions: each agency is asked about its own law alone."""

from __future__ import annotations

from typing import Final

from agency_client.web.fields import Field, Shape, value_at
from agency_client.web.writing.decision_questions import long
from agency_client.web.writing.steps import Setting, Step

_ENFORCEMENT: Final = "dpa2018_part3_law_enforcement"
_RECOGNISED: Final = "ea_recognised_legitimate_interest"
#: Kinds of agency that may write under the law-enforcement regime.
_POLICE: Final = frozenset({"police", "justice", "probation"})


def _basis(setting: Setting) -> tuple[Field, ...]:
    regime = (
        Field(
            at=("legal", "regime"),
            shape=Shape.ONE,
            label="Which part of the law applies?",
            words=setting.words("regime"),
        ),
    )
    return (*regime, *(_enforcement(setting) if _is_enforcement(setting) else _general(setting)))


def _is_enforcement(setting: Setting) -> bool:
    return bool(value_at(setting.document, ("legal", "regime")) == _ENFORCEMENT)


def _many(setting: Setting, name: str, label: str, hint: str = "") -> Field:
    return Field(
        at=("legal", name), shape=Shape.MANY, label=label, hint=hint, words=setting.words(name)
    )


def _general(setting: Setting) -> tuple[Field, ...]:
    return (
        _many(setting, "article_6", "What is your lawful basis?", "UK GDPR Article 6."),
        *_recognised(setting),
        _many(setting, "gateway", "Which duty or power lets you share?"),
        _many(
            setting,
            "article_9",
            "If something is special category data, which condition applies?",
            "UK GDPR Article 9. Special category data is, for example, about health.",
        ),
        _many(setting, "schedule_1", "Which condition of Schedule 1 goes with it?"),
        _many(
            setting,
            "safeguarding_reason",
            "If you rely on safeguarding without consent, why?",
        ),
        _many(
            setting, "article_10", "If something is criminal-offence data, which condition applies?"
        ),
    )


def _recognised(setting: Setting) -> tuple[Field, ...]:
    """Which interest it is, for those who can choose that basis, or have chosen: in its own words."""
    basis = next((w for w in setting.words("article_6") if w.code == _RECOGNISED), None)
    is_said = bool(value_at(setting.document, ("legal", "article_6_condition")))
    if basis is None and not is_said:
        return ()
    label = basis.label if basis is not None else "Recognised legitimate interest"
    return (_many(setting, "article_6_condition", f"If it is “{label}”, which?"),)


def _enforcement(setting: Setting) -> tuple[Field, ...]:
    return (
        _many(setting, "part3_purpose", "For which law-enforcement purpose?"),
        Field(
            at=("legal", "part3_lawful"),
            shape=Shape.ONE,
            label="Why is it lawful?",
            words=setting.words("part3_lawful"),
        ),
        Field(
            at=("legal", "part3_sensitive"),
            shape=Shape.ONE,
            label="If it is sensitive processing, on what ground?",
            words=setting.words("part3_sensitive"),
        ),
        _many(setting, "schedule_8", "Which condition of Schedule 8 goes with it?"),
        long(
            ("legal", "other_use_authority"),
            "If recipients use it for another purpose, what law allows that?",
            "Data Protection Act 2018 section 36(4).",
        ),
        _many(setting, "gateway", "Which duty or power lets you share?"),
    )


def _confidence(setting: Setting) -> tuple[Field, ...]:
    return (
        _many(
            setting,
            "confidence_basis",
            "What lifts the duty of confidence?",
            "This is separate from data protection.",
        ),
        _many(setting, "public_interest_ground", "If it is the public interest, on which grounds?"),
        long(
            ("decision", "public_interest_reasons"),
            "Why does the public interest override confidence in this case?",
            "In your own words, for this case.",
        ),
        long(("legal", "court_order"), "If a court or inquiry orders it, which order?", rows=2),
        long(
            ("legal", "article_8"),
            "Why is it a necessary and proportionate interference with private and family life?",
            "Human Rights Act 1998, Article 8.",
        ),
        Field(
            at=("legal", "acting_for"),
            shape=Shape.LINE,
            label="If you act for another body under contract, for which? (optional)",
        ),
    )


def _keeping(setting: Setting) -> tuple[Field, ...]:
    return (
        Field(
            at=("legal", "retention"),
            shape=Shape.ONE,
            label="By which rule is it kept?",
            words=setting.words("retention"),
            may_be_open=True,
        ),
        Field(
            at=("legal", "retention_trigger"),
            shape=Shape.LINE,
            label="From when does it count? (optional)",
            hint="For example, the last contact.",
        ),
        Field(
            at=("legal", "retention_review"),
            shape=Shape.DAY,
            label="When does somebody look whether it is still needed?",
            example=setting.soon,
            may_be_open=True,
        ),
    )


def _quality(_setting: Setting) -> tuple[Field, ...]:
    return (
        *(
            long(("quality", name), label, rows=2)
            for name, label in (
                ("accuracy", "How accurate is it?"),
                ("completeness", "How complete is it?"),
                ("reliability", "How reliable are its sources?"),
                ("up_to_date", "How up to date is it?"),
                ("known_gaps", "What is not known?"),
            )
        ),
        Field(
            at=("quality", "checked_on"),
            shape=Shape.DAY,
            label="When did somebody last look whether it still holds?",
            may_be_open=True,
        ),
    )


LAW = Step(
    slug="law",
    title="Lawful basis",
    places=(
        "legal.regime",
        "legal.article_6",
        "legal.article_6_condition",
        "legal.gateway",
        "legal.article_9",
        "legal.schedule_1",
        "legal.safeguarding_reason",
        "legal.article_10",
        "legal.part3_purpose",
        "legal.part3_lawful",
        "legal.part3_sensitive",
        "legal.schedule_8",
        "legal.other_use_authority",
        "legal",
    ),
    intro="Every recipient reads this after they accept, and nobody else. You see what your kind of agency can use.",
    fields=_basis,
)
CONFIDENCE = Step(
    slug="confidence",
    title="Confidence and private life",
    places=(
        "legal.confidence_basis",
        "legal.public_interest_ground",
        "decision.public_interest_reasons",
        "legal.court_order",
        "legal.article_8",
        "legal.acting_for",
    ),
    fields=_confidence,
)
KEEPING = Step(
    slug="keeping",
    title="How long it is kept",
    places=("legal.retention", "legal.retention_trigger", "legal.retention_review"),
    fields=_keeping,
)
QUALITY = Step(
    slug="quality",
    title="How far it can be relied on",
    places=("quality",),
    intro="Every recipient reads this.",
    fields=_quality,
)
