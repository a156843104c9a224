"""Advice that was asked for and given, as questions. It stays with the agency that asked."""

from __future__ import annotations

from typing import Final

from agency_client.record.places import Place
from agency_client.web.fields import Field, Shape
from agency_client.web.writing.decision_questions import long
from agency_client.web.writing.steps import Setting, Step

_AT: Final[Place] = ("advice", 0)


def _advice(_setting: Setting) -> tuple[Field, ...]:
    return (
        Field(
            at=(*_AT, "asked_of"),
            shape=Shape.LINE,
            label="Who was asked?",
            hint="For example, your information manager or Caldicott Guardian.",
        ),
        Field(at=(*_AT, "role"), shape=Shape.LINE, label="In which role?"),
        Field(
            at=(*_AT, "asked_at"),
            shape=Shape.DAY,
            label="When?",
            may_be_open=True,
        ),
        long((*_AT, "question"), "What were they asked?", rows=3),
        long((*_AT, "answer"), "What did they advise?", rows=3),
    )


ADVICE: Final = Step(
    slug="advice",
    title="Advice (optional)",
    places=("advice",),
    intro="This stays with your agency. Nothing waits for advice.",
    fields=_advice,
)
