"""A request for information as questions: who asks and why, by when, the questions themselves, and who stands in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from agency_client.record.places import Place
from agency_client.record.rules.victims import CHAPTER_APPLIES
from agency_client.web.fields import Field, Shape, Word, value_at
from agency_client.web.writing.decision_questions import long
from agency_client.web.writing.steps import Answered, Setting, Step

Tree = dict[str, Any]


def questions_of(document: Mapping[str, Any]) -> list[Tree]:
    """The questions that a request has by now."""
    found = document.get("question")
    return found if isinstance(found, list) else []


def asked_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Everybody who is asked something, in the order in which they are named."""
    return tuple(dict.fromkeys(name for q in questions_of(document) for name in q.get("ask") or {}))


# -- pages of fields ---------------------------------------------------------------------------------------------------


def _asking(setting: Setting) -> tuple[Field, ...]:
    at: Place = ("request",)
    return (
        Field(at=(*at, "made_by"), shape=Shape.LINE, label="Who asks?", hint="A role is enough."),
        Field(
            at=(*at, "on_behalf_of"),
            shape=Shape.LINE,
            label="On whose behalf?",
            hint="For example, Quillmere Council Children's Services.",
        ),
        Field(
            at=(*at, "threshold"),
            shape=Shape.ONE,
            label="At which threshold do you ask?",
            hint="As it is today. It is recorded with the request.",
            words=setting.words("threshold"),
        ),
        long((*at, "why"), "Why do you need the answers?"),
        long(
            (*at, "public_task"),
            "For which public task do you need them?",
            "Charities and housing associations rely on this when they answer (UK GDPR Article 6(1)(e)).",
            rows=3,
        ),
    )


def _due(setting: Setting) -> tuple[Field, ...]:
    own = Word(code=setting.own.address, label="This address")
    others = tuple(
        Word(code=each.address, label=f"{each.name}, {each.agency}") for each in setting.known
    )
    return (
        Field(
            at=("request", "due"),
            shape=Shape.LINE,
            label="By when do you need the answers? (optional)",
            hint=f"For example, 4 hours, 2 working days, {setting.soon_in_words}. "
            "Working time counts only while people work. Left open, your urgency says it: four hours by the clock when "
            "it is red, one working day when it is amber, three when it is green, unless your partnership says "
            "otherwise.",
        ),
        Field(
            at=("request", "reply_to"),
            shape=Shape.MANY,
            label="Who else gets the answers? (optional)",
            words=(own, *others),
        ),
    )


def _victim(_setting: Setting) -> tuple[Field, ...]:
    at: Place = ("victim",)
    return (
        long((*at, "believed_held"), "Why do you believe that they hold this information?", rows=3),
        long((*at, "relevant_to_enquiry"), "To which reasonable line of enquiry is it relevant?"),
        long(
            (*at, "necessary_and_proportionate"),
            "Why is asking necessary and proportionate?",
        ),
        Field(
            at=(*at, "notice_given"),
            shape=Shape.DAY,
            label="When was the victim given written notice?",
            may_be_open=True,
        ),
        long((*at, "notice_how"), "How was the notice given?", rows=2),
        long((*at, "no_notice_reason"), "If no notice was given, why?", rows=2),
        long(
            (*at, "probative_value"),
            "If you ask for counselling records: what substantial probative value are they likely to have?",
            "The law presumes that they are not necessary.",
            rows=3,
        ),
    )


def question_fields(setting: Setting, position: int) -> tuple[Field, ...]:
    """What is asked about one question, beside who is asked."""
    at: Place = ("question", position)
    return (
        long(
            (*at, "text"), "What do you want to know?", "One question. Write another for the next."
        ),
        Field(
            at=(*at, "about"),
            shape=Shape.MANY,
            label="Whom is it about?",
            words=setting.people(),
        ),
        Field(
            at=(*at, "period_from"),
            shape=Shape.DAY,
            label="From when on?",
            may_be_open=True,
        ),
        Field(at=(*at, "period_until"), shape=Shape.DAY, label="Until when?", may_be_open=True),
        long((*at, "why"), "Why must you know this, and not less?", rows=3),
        *_counselling(setting, at),
    )


def _counselling(setting: Setting, at: Place) -> tuple[Field, ...]:
    """Only where the law says something of it."""
    if setting.own.jurisdiction not in CHAPTER_APPLIES:
        return ()
    return (
        Field(
            at=(*at, "counselling"),
            shape=Shape.YES,
            label="It asks for counselling records",
            hint="There is a presumption against asking for them.",
        ),
    )


def deputy_fields(setting: Setting, position: int, asked: str) -> tuple[Field, ...]:
    """Who is asked when ``asked`` has not answered in time. ``position`` is that of ``asked`` among the asked."""
    at: Place = ("deputy", position)
    words = tuple(
        Word(code=each.address, label=f"{each.name}, {each.agency}")
        for each in setting.known
        if each.address != asked
    )
    name = setting.names.get(asked, asked)
    return (
        Field(
            at=(*at, "address"),
            shape=Shape.SELECT,
            label=f"Who is asked when {name} has not answered in time?",
            words=words,
        ),
        Field(at=(*at, "why"), shape=Shape.LINE, label="Why them? (optional)"),
    )


# -- for the last look -------------------------------------------------------------------------------------------------


def _said_questions(setting: Setting) -> tuple[Answered, ...]:
    return tuple(
        Answered(label=f"Question {n}", lines=tuple(_lines(question, setting)))
        for n, question in enumerate(questions_of(setting.document), 1)
    )


def _lines(question: Tree, setting: Setting) -> list[str]:
    people = {word.code: word.label for word in setting.people()}
    about = [people.get(name, name) for name in question.get("about") or ()]
    period = [question.get(name) for name in ("period_from", "period_until")]
    asked = question.get("ask") or {}
    return [
        str(question.get("text") or "Nothing is asked yet"),
        *([f"About {', '.join(about)}"] if about else []),
        *([" to ".join(each or "open" for each in period)] if any(period) else []),
        *(
            f"Put to {setting.names.get(address, address)}{f': {why}' if why else ''}"
            for address, why in asked.items()
        ),
        *([f"Why: {question['why']}"] if question.get("why") else []),
        *(["It asks for counselling records"] if question.get("counselling") else []),
    ]


def _said_deputies(setting: Setting) -> tuple[Answered, ...]:
    names = setting.names
    return tuple(
        Answered(
            label=f"If {names.get(each['instead_of'], each['instead_of'])} does not answer",
            lines=(names.get(str(each.get("address")), str(each.get("address"))),),
        )
        for each in setting.document.get("deputy") or ()
        if each.get("address")
    )


QUESTIONS: Final = Step(
    slug="questions",
    title="What you ask, and whom",
    places=("question",),
    said=_said_questions,
)
ASKING: Final = Step(
    slug="asking",
    title="Who asks, and why",
    places=tuple(
        f"request.{name}" for name in ("made_by", "on_behalf_of", "threshold", "why", "public_task")
    ),
    intro="Everybody who is asked reads this.",
    fields=_asking,
)
DUE: Final = Step(
    slug="due",
    title="By when, and who gets the answers",
    places=("request.due", "request.reply_to"),
    intro="They read that you wait for an answer, and until when. Nothing else stops until it comes: you are "
    "reminded when it is not there in time.",
    fields=_due,
)
DEPUTIES: Final = Step(
    slug="deputies",
    title="Who is asked when somebody does not answer",
    places=("deputy",),
    is_begun=lambda document: any(each.get("address") for each in document.get("deputy") or ()),
    said=_said_deputies,
)
VICTIM: Final = Step(
    slug="victim",
    title="The victim: three tests and a notice",
    places=("victim",),
    intro="In England and Wales: Police, Crime, Sentencing and Courts Act 2022, Chapter 3A. "
    "Everybody who is asked reads this.",
    fields=_victim,
    is_begun=lambda document: any(value_at(document, ("victim",)) or {}),
)
