"""An answer that nothing is held, or that nobody looked: the shortest way through what must be said all the same.

Even that tells somebody something, so that the decision, the lawful basis and a rule for keeping stand in it (hard
blocks 5 to 7). They are on one page. What is owed can follow, and what is about things that are shared is not asked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from agency_client.record.responses import Answered as Answer
from agency_client.web.fields import Field
from agency_client.web.writing import consent_questions as consent
from agency_client.web.writing import cover_questions as cover
from agency_client.web.writing import decision_questions as decision
from agency_client.web.writing import law_questions as law
from agency_client.web.writing.answer_questions import SEARCHED, answer_steps
from agency_client.web.writing.steps import Group, Setting, Step

_NOTHING: Final = frozenset({Answer.NOT_HELD.value, Answer.NOT_SEARCHED.value})
#: What stands against sending as long as it is not said.
_NEEDED: Final = (
    "decision.outcome",
    "decision.decided_by",
    "legal.regime",
    "legal.article_6",
    "legal.part3_lawful",
    "legal.retention",
)


def shares_nothing(setting: Setting) -> bool:
    """Whether every answer that was given is that nothing is held or searched, and nothing is written to share."""
    given = [each["answer"] for each in setting.document.get("answer") or () if each.get("answer")]
    return bool(given) and set(given) <= _NOTHING and not setting.document.get("section")


def _needed(setting: Setting) -> tuple[Field, ...]:
    steps = (decision.DECISION, law.LAW, law.KEEPING)
    fields = [f for step in steps if step.fields is not None for f in step.fields(setting)]
    return tuple(field for field in fields if field.name in _NEEDED)


NEEDED: Final = Step(
    slug="needed",
    title="Your decision, the lawful basis and how long it is kept",
    places=_NEEDED,
    intro="An answer tells them something even when nothing is held. This is all that must be said.",
    fields=_needed,
)


def _rest(step: Step) -> Step:
    """A page without what stands on the one page that must be filled in: nothing is asked, or shown, twice."""

    def fields(setting: Setting) -> tuple[Field, ...]:
        every = step.fields(setting) if step.fields is not None else ()
        return tuple(field for field in every if field.name not in _NEEDED)

    places = tuple(place for place in step.places if place not in _NEEDED)
    return replace(step, fields=fields, places=places)


def short_groups(setting: Setting) -> tuple[Group, ...]:
    """The task list: what must be said first, and what can follow. Nothing is asked about what is not shared."""
    return (
        Group(title="What you were asked", steps=(*answer_steps(setting), SEARCHED)),
        Group(title="What is needed to send it", steps=(NEEDED, cover.CONTACT)),
        Group(
            title="What can follow later",
            steps=(
                replace(_rest(decision.DECISION), title="More about the decision"),
                decision.WEIGHING,
                consent.CONSENT,
                consent.VOICE,
                consent.INFORMING,
                replace(_rest(law.LAW), title="More about the lawful basis"),
                law.CONFIDENCE,
                replace(_rest(law.KEEPING), title="More about how long it is kept"),
                cover.REFERENCE,
            ),
            may_follow=True,
            intro="You share nothing, so what is about sharing is not needed. Another answer brings it back.",
        ),
    )
