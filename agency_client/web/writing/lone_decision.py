"""A decision that goes with no package, above all one not to share: its pages, its rules, and recording it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from agency_client.record.findings import Findings
from agency_client.use_cases.drafts import tree_of
from agency_client.web.fields import Field, Shape, Word
from agency_client.web.writing import consent_questions as consent
from agency_client.web.writing import decision_questions as decision
from agency_client.web.writing import law_questions as law
from agency_client.web.writing.advice_questions import ADVICE
from agency_client.web.writing.decision_questions import long
from agency_client.web.writing.documents import document_bytes
from agency_client.web.writing.kinds import Kind
from agency_client.web.writing.package import PEOPLE
from agency_client.web.writing.steps import Group, Setting, Step

if TYPE_CHECKING:
    from agency_client.client import Client
    from agency_client.ports.vault.drafts import Draft
    from agency_client.web.jobs import Progressed

NAME: Final = "decision"
ROOT: Final = "/decisions"
#: What sending a package records by itself.
_BY_SENDING: Final = "share_all_requested"


def _asked(_setting: Setting) -> tuple[Field, ...]:
    return (
        Field(
            at=("purpose",),
            shape=Shape.LINE,
            label="What was the information wanted for?",
            hint="One sentence, for the register.",
        ),
        Field(
            at=("asked", "by"),
            shape=Shape.LINE,
            label="Who asked for it?",
            hint="An address, or in words. If nobody did, say so.",
        ),
        Field(at=("asked", "for_whom"), shape=Shape.LINE, label="For whom? (optional)"),
        Field(
            at=("asked", "asked_at"),
            shape=Shape.DAY,
            label="When were you asked?",
            may_be_open=True,
        ),
        Field(at=("asked", "how"), shape=Shape.LINE, label="How were you asked? (optional)"),
        long(("asked", "what"), "What were you asked for?", rows=3),
        Field(at=("thread",), shape=Shape.LINE, label="Your case reference (optional)"),
    )


def _decision(setting: Setting) -> tuple[Field, ...]:
    words = tuple(w for w in setting.words("decision_outcome") if w.code != _BY_SENDING)
    fields = decision.DECISION.fields(setting) if decision.DECISION.fields is not None else ()
    return (
        *(_with(each, words) if each.name == "decision.outcome" else each for each in fields),
        long(("decision", "refer_to"), "If you refer them on: to whom?", rows=2),
        long(
            ("decision", "searched"),
            "If it is not held: where was it looked for, and where not?",
            "Not held and not searched are different.",
            rows=2,
        ),
    )


def _with(field: Field, words: tuple[Word, ...]) -> Field:

    return replace(field, words=words)


def _weighing(setting: Setting) -> tuple[Field, ...]:
    fields = decision.WEIGHING.fields(setting) if decision.WEIGHING.fields is not None else ()
    detriment = long(
        ("decision", "detriment"),
        "Why would sharing be more detrimental to the child than not sharing?",
        "Children Act 2004 section 16LA(3). Or why the duty to share does not apply to you.",
    )
    return (*fields, detriment)


ASKED: Final = Step(
    slug="asked",
    title="What was asked, and by whom",
    places=("purpose", "asked", "thread", "packages"),
    fields=_asked,
)
DECISION: Final = Step(
    slug="decision",
    title="The decision",
    places=(*decision.DECISION.places, "decision.refer_to", "decision.searched"),
    intro="It weighs as much as a decision to share.",
    fields=_decision,
)
WEIGHING: Final = Step(
    slug="weighing",
    title="Weighing",
    places=(*decision.WEIGHING.places, "decision.detriment"),
    intro=decision.WEIGHING.intro,
    fields=_weighing,
)


def groups(setting: Setting) -> tuple[Group, ...]:
    """The task list: the same questions as of a decision to share."""
    given = (consent.GIVEN,) if consent.is_relied_on(setting) else ()
    return (
        Group(title="What you were asked", steps=(ASKED, PEOPLE)),
        Group(title="Your decision", steps=(DECISION, WEIGHING, decision.HOW_MUCH, ADVICE)),
        Group(
            title="Consent and telling people",
            steps=(consent.CONSENT, *given, consent.VOICE, consent.CAPACITY, consent.INFORMING),
        ),
        Group(title="The law", steps=(law.LAW, law.CONFIDENCE)),
    )


async def look(client: Client, draft: Draft) -> Findings:
    """What the rules say of a draft by now."""
    looked = await client.look_at_decision(document_bytes(tree_of(draft)))
    found: Findings = looked.findings
    return found


async def record(client: Client, draft: Draft, _progressed: Progressed) -> str:
    """Record it: signed, numbered, in the register. Nobody is sent it."""
    decided = await client.decide(document_bytes(tree_of(draft)))
    client.drop_draft(draft.id)
    return f"{ROOT}/recorded/{decided.record}"


LONE_DECISION: Final = Kind(
    name=NAME,
    root=ROOT,
    home=ROOT,
    title="A decision not to share",
    finish="Record it",
    doing="Recording",
    groups=groups,
    look=look,
    act=record,
    may_be_urgent=False,
    intro="It stays with your agency. No partner is sent it, or can see that it is there.",
)
