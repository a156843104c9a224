"""What the cover of a package says, as questions: purpose, marking, urgency, how to reach the sender."""

from __future__ import annotations

from agency_client.web.fields import Field, Shape, Word
from agency_client.web.writing.steps import Setting, Step

_MARKINGS = (
    Word(
        code="OFFICIAL-SENSITIVE",
        label="Official, sensitive",
        help="Harm could follow if it were lost or seen by others.",
    ),
    Word(code="OFFICIAL", label="Official", help="Everyday information about people."),
)


def _purpose(setting: Setting) -> tuple[Field, ...]:
    return (
        Field(
            at=("purpose",),
            shape=Shape.LINE,
            label="What is it for?",
            hint="One sentence, without names. Every recipient reads it before they accept. "
            "For example, ask for a strategy discussion about missing episodes.",
        ),
        Field(
            at=("purpose_code",),
            shape=Shape.MANY,
            label="Which of these is it?",
            hint="You can choose several, or none.",
            words=setting.words("purpose"),
        ),
        Field(
            at=("urgency",),
            shape=Shape.ONE,
            label="How soon must it be dealt with?",
            hint="This says nothing about how great the risk is.",
            words=setting.words("urgency"),
        ),
        Field(
            at=("expires",),
            shape=Shape.LINE,
            label="When does it end for those who have not accepted it?",
            hint=f"For example, 36 hours, 2 weeks, {setting.soon_in_words}. "
            "Without an answer: 14 days.",
        ),
        Field(
            at=("thread",),
            shape=Shape.LINE,
            label="Your case reference (optional)",
            hint="It is sealed, and not on the cover.",
        ),
    )


def _reference(setting: Setting) -> tuple[Field, ...]:
    return tuple(field for field in _purpose(setting) if field.name in ("thread", "expires"))


def _marking(setting: Setting) -> tuple[Field, ...]:
    return (
        Field(
            at=("classification",),
            shape=Shape.ONE,
            label="What is its marking?",
            hint="Anything higher must not be sent this way.",
            words=_MARKINGS,
        ),
        Field(
            at=("handling",),
            shape=Shape.LINES,
            label="How must it be handled? (optional)",
            hint="RECIPIENTS_ONLY, ORGANISATION_USE_ONLY, or an instruction in your own words. One on each line.",
            rows=3,
        ),
        Field(
            at=("permitted_action",),
            shape=Shape.MANY,
            label="What may recipients do with it?",
            words=setting.words("permitted_action"),
        ),
    )


def _contact(_setting: Setting) -> tuple[Field, ...]:
    return tuple(
        Field(at=("contact", name), shape=Shape.LINE, label=label, hint=hint)
        for name, label, hint in (
            ("name", "Who can they ask?", "A person or a role, such as duty safeguarding lead."),
            ("role", "Role (optional)", ""),
            ("phone", "Phone number", "For example, 01632 960 001."),
            ("out_of_hours", "Phone number out of hours (optional)", ""),
            ("email", "Email address (optional)", ""),
        )
    )


PURPOSE = Step(
    slug="purpose",
    title="Purpose and urgency",
    places=("purpose", "purpose_code", "urgency", "expires", "thread"),
    intro="Every recipient reads this before they accept the package. Leave names out.",
    fields=_purpose,
)
MARKING = Step(
    slug="marking",
    title="Marking and handling",
    places=("classification", "handling", "permitted_action"),
    fields=_marking,
)
CONTACT = Step(
    slug="contact",
    title="How to reach you",
    places=("contact",),
    intro="This stands on the cover, so that every recipient can phone you.",
    fields=_contact,
)
REFERENCE = Step(
    slug="reference",
    title="Your reference, and when it ends",
    places=("expires", "thread"),
    intro="What it is for, and how soon, are those of the request.",
    fields=_reference,
)
