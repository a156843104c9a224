"""Consent, what the child wants, and who has been told, as questions: three different things."""

from __future__ import annotations

from agency_client.web.fields import Field, Shape
from agency_client.web.writing.decision_questions import long
from agency_client.web.writing.steps import Setting, Step

_HELD = frozenset({"yes_explicit", "yes_limited"})


def _consent(setting: Setting) -> tuple[Field, ...]:
    return (
        Field(
            at=("consent", "needed"),
            shape=Shape.ONE,
            label="Do you need consent?",
            words=setting.words("consent_needed"),
        ),
        Field(
            at=("legal", "consent"),
            shape=Shape.ONE,
            label="Do you already have informed consent?",
            hint="Sharing does not wait for consent where a child is at risk.",
            words=setting.words("consent"),
        ),
        Field(
            at=("legal", "consent_not_sought_reason"),
            shape=Shape.MANY,
            label="If it was not sought, why?",
            words=setting.words("consent_not_sought_reason"),
        ),
        *(
            Field(
                at=("consent", name),
                shape=Shape.ONE,
                label=label,
                words=setting.words("three_way"),
            )
            for name, label in (
                ("seeking_would_risk", "Would asking for consent put somebody at risk?"),
                ("seeking_would_prejudice", "Would asking prejudice an investigation?"),
                ("seeking_would_delay", "Would asking delay protection without good reason?"),
            )
        ),
        long(("consent", "seeking_reason"), "Why do you think so?"),
        long(
            ("consent", "disagreement"),
            "Do those concerned disagree? What does each of them say?",
            "For example, a child who can decide refuses and a parent agrees. Phoenix does not decide between them.",
        ),
    )


def _given(setting: Setting) -> tuple[Field, ...]:
    return (
        long(
            ("consent", "explained", "why"),
            "How was it explained why information is shared?",
            rows=2,
        ),
        long(("consent", "explained", "who"), "How was it explained who gets it?", rows=2),
        long(
            ("consent", "explained", "how_much"), "How was it explained how much is shared?", rows=2
        ),
        long(
            ("consent", "explained", "implications"),
            "How were its purposes and consequences explained?",
            rows=2,
        ),
        long(("consent", "freely_given"), "How do you know that it was given freely?", rows=2),
        Field(
            at=("consent", "others_present"),
            shape=Shape.LINE,
            label="Who else was there?",
        ),
        long(
            ("consent", "understanding"),
            "How do you know that they understood?",
            "For example, they said it back in their own words.",
            rows=2,
        ),
        long(
            ("consent", "limits"), "What limits did they set? Every recipient reads them.", rows=2
        ),
        long(("consent", "evidence"), "Where is it recorded?", rows=2),
        Field(at=("consent", "given_by", 0, "who"), shape=Shape.LINE, label="Who gave it?"),
        Field(
            at=("consent", "given_by", 0, "capacity"),
            shape=Shape.ONE,
            label="As whom?",
            words=setting.words("consent_capacity"),
        ),
        Field(
            at=("consent", "given_by", 0, "given_at"),
            shape=Shape.DAY,
            label="When?",
            may_be_open=True,
        ),
        Field(
            at=("consent", "scope", "expires"),
            shape=Shape.DAY,
            label="Until when does it hold? (optional)",
            example=setting.soon,
            may_be_open=True,
        ),
    )


def _voice(_setting: Setting) -> tuple[Field, ...]:
    return (
        Field(
            at=("child_voice", "sought"),
            shape=Shape.YES,
            label="The child's view was sought",
        ),
        long(
            ("child_voice", "words"),
            "What does the child say?",
            "In the child's own words where you can.",
        ),
        long(("child_voice", "not_sought_reason"), "If it was not sought, why?", rows=2),
    )


def _capacity(setting: Setting) -> tuple[Field, ...]:
    people = setting.people()
    at = ("capacity", 0)
    return (
        Field(at=(*at, "person"), shape=Shape.ONE, label="Who was it about?", words=people),
        Field(
            at=(*at, "outcome"),
            shape=Shape.ONE,
            label="Can they decide about this for themselves?",
            hint="There is no age at which this begins.",
            words=setting.words("capacity_outcome"),
        ),
        long((*at, "basis"), "What shows it?", rows=2),
        Field(at=(*at, "assessed_by"), shape=Shape.LINE, label="Who says so?"),
        Field(
            at=(*at, "assessed_at"),
            shape=Shape.DAY,
            label="When was it assessed?",
            may_be_open=True,
        ),
        long(
            (*at, "how_explained"),
            "How was it explained to them?",
            "Language, interpreter, pictures or other help.",
            rows=2,
        ),
    )


def _informing(setting: Setting) -> tuple[Field, ...]:
    return (
        Field(
            at=("legal", "informed"),
            shape=Shape.ONE,
            label="Do they know that you share this?",
            words=setting.words("informed"),
        ),
        long(("legal", "informed_how"), "How were they told, and by whom?", rows=2),
        Field(
            at=("legal", "inform_by"),
            shape=Shape.DAY,
            label="If they are to be told later, by when?",
            example=setting.soon,
            may_be_open=True,
        ),
        Field(
            at=("legal", "not_informed_reason"),
            shape=Shape.MANY,
            label="If they were not told, why?",
            words=setting.words("not_informed_reason"),
        ),
        Field(
            at=("legal", "inform_review"),
            shape=Shape.DAY,
            label="When will you look again whether they can be told?",
            example=setting.soon,
            may_be_open=True,
        ),
        Field(
            at=("legal", "do_not_alert"),
            shape=Shape.LINES,
            label="Who must not learn of this?",
            hint="One on each line. Every recipient reads it prominently.",
            rows=3,
        ),
        Field(
            at=("legal", "privacy_notice"),
            shape=Shape.LINE,
            label="Which privacy notice was the family given, and when? (optional)",
        ),
    )


CONSENT = Step(
    slug="consent",
    title="Consent",
    places=(
        "consent",
        "legal.consent",
        "legal.consent_not_sought_reason",
    ),
    intro="Consent is good practice where it is safe to ask. Nothing here stops you sharing to protect a child.",
    fields=_consent,
)
GIVEN = Step(
    slug="consent-given",
    title="How consent was given",
    places=(
        "consent.explained",
        "consent.freely_given",
        "consent.given_by",
        "consent.understanding",
    ),
    intro="Answer this if you rely on consent. It stays with your agency, but for the limits.",
    fields=_given,
)
VOICE = Step(
    slug="child",
    title="What the child says",
    places=("child_voice",),
    intro="This stays with your agency.",
    fields=_voice,
)
CAPACITY = Step(
    slug="capacity",
    title="Whether somebody can decide for themselves",
    places=("capacity",),
    intro="This stays with your agency.",
    fields=_capacity,
)
INFORMING = Step(
    slug="informing",
    title="Telling the people concerned",
    places=(
        "legal.informed",
        "legal.informed_how",
        "legal.inform_by",
        "legal.not_informed_reason",
        "legal.inform_review",
        "legal.do_not_alert",
        "legal.privacy_notice",
        "informing",
    ),
    fields=_informing,
)


def is_relied_on(setting: Setting) -> bool:
    """Whether the document says that there is consent."""
    legal = setting.document.get("legal")
    return isinstance(legal, dict) and legal.get("consent") in _HELD
