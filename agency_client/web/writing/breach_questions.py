"""A breach as questions: what happened, to whom, with what effect, what was done. Little has to be known at first."""

from __future__ import annotations

from agency_client.record.places import Place
from agency_client.web.fields import Field, Shape
from agency_client.web.writing.steps import Setting


def _line(at: Place, label: str, hint: str = "") -> Field:
    return Field(at=at, shape=Shape.LINE, label=label, hint=hint)


def _long(at: Place, label: str, hint: str = "") -> Field:
    return Field(at=at, shape=Shape.LONG, label=label, hint=hint)


def _lines(at: Place, label: str, hint: str = "") -> Field:
    return Field(at=at, shape=Shape.LINES, label=label, hint=f"One on each line. {hint}".strip())


def _day(at: Place, label: str, hint: str = "") -> Field:
    return Field(at=at, shape=Shape.DAY, label=label, hint=hint, may_be_open=True)


def happened(setting: Setting) -> tuple[Field, ...]:
    """What happened, and since when the agency knows."""
    return (
        _line(("title",), "What is it called?", "A few words for lists."),
        _long(("breach", "what_happened"), "What happened?"),
        Field(
            at=("breach", "kind"),
            shape=Shape.MANY,
            label="What kind of breach is it?",
            words=setting.words("breach_kind"),
        ),
        _day(("breach", "happened_at"), "When did it happen?"),
        _day(
            ("breach", "aware_at"),
            "When did your agency become aware of it?",
            "The 72 hours to tell the regulator run from here: from the beginning of the day if you give no time.",
        ),
        _line(
            ("aware_time",),
            "At what time? (optional)",
            "Such as 2:30pm or 14:30, UK time.",
        ),
        _line(("breach", "aware_who"), "Who became aware of it?"),
    )


def effects(_setting: Setting) -> tuple[Field, ...]:
    """Whom it affects, and what was done about it."""
    return (
        _long(("breach", "effects"), "What are its effects, or what may they be?"),
        _long(("breach", "remedy"), "What was done about it?"),
        _line(("affected", "how_many"), "How many people does it affect?", "A whole number."),
        _lines(("affected", "who"), "Who are they?"),
        _lines(("affected", "what"), "What of theirs is it?"),
        _line(("thread",), "Your reference (optional)"),
    )


def misdirection(_setting: Setting) -> tuple[Field, ...]:
    """Who got what was not theirs."""
    return (
        _lines(
            ("misdirection", "wrong_recipient"),
            "Who got it and should not have?",
            "Whole addresses: the receipts then say whether it was opened there.",
        ),
        _long(("misdirection", "keys_ended"), "Which keys were ended?"),
        _line(("misdirection", "attested_by"), "Who attests that every copy is destroyed?"),
        _day(("misdirection", "attested_at"), "When did they say so?"),
        _long(("misdirection", "attestation"), "What did they say?"),
    )


def notified(setting: Setting) -> tuple[Field, ...]:
    """Who was told."""
    return (
        Field(
            at=("notified", "regulator"),
            shape=Shape.ONE,
            label="Was the regulator told?",
            words=setting.words("breach_regulator"),
        ),
        _day(("notified", "regulator_at"), "When?"),
        _line(("notified", "regulator_reference"), "Under which reference?"),
        _long(("notified", "regulator_reason"), "If not, or late: why?"),
        Field(
            at=("notified", "people"),
            shape=Shape.ONE,
            label="Were the people told?",
            words=setting.words("breach_people"),
        ),
        _day(("notified", "people_at"), "When were they told?"),
        _long(("notified", "people_reason"), "If not: why?"),
        _long(("notified", "originator"), "What was the agency told that it came from?"),
        _lines(("notified", "information_managers"), "Which information managers were told?"),
    )


def breach_fields(setting: Setting) -> tuple[Field, ...]:
    """Every question of a breach."""
    return (*happened(setting), *effects(setting), *misdirection(setting), *notified(setting))
