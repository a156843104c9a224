"""One person and one statement, as questions: each kind of statement with an example, in plain words."""

from __future__ import annotations

from typing import Any, Final

from agency_client.record.places import Place
from agency_client.web.fields import Field, Shape, Word, value_at
from agency_client.web.writing.editing import every_statement
from agency_client.web.writing.steps import Setting
from phoenix_protocol.record import CLASS_OF, Kind

#: How somebody knows what they write, in the words of somebody who has never done it, with an example of each.
KINDS: Final[dict[Kind, tuple[str, str]]] = {
    Kind.OBSERVED: (
        "I, or the author, saw or heard it",
        "For example, she got into a dark blue car at 3:20pm.",
    ),
    Kind.RECORD: (
        "It is in a register, log or system",
        "For example, absent 11 of 30 sessions since 2 November.",
    ),
    Kind.CHILD_SAID: (
        "The child said it",
        "Use the child's own words. For example, “I'm fine, he just gives me lifts.”",
    ),
    Kind.REPORTED: (
        "Somebody told the author",
        "For example, a friend said that there is a new phone.",
    ),
    Kind.HEARSAY: (
        "Somebody told the author what another person had said",
        "For example, a neighbour heard from the landlord about visitors at night.",
    ),
    Kind.INTELLIGENCE: (
        "It is graded police intelligence",
        "Only police use this. Give the grade as it is, and never the source.",
    ),
    Kind.PROFESSIONAL_ASSESSMENT: (
        "It is a judgement within the author's profession",
        "It says what it rests on. For example, the change since October is out of character.",
    ),
    Kind.PROFESSIONAL_CONCERN: (
        "It is a worry, even if nothing can be pointed to",
        "For example, I am uneasy and cannot say why.",
    ),
    Kind.HYPOTHESIS: (
        "It is a possible explanation that should be tested",
        "For example, it may have to do with a change at home.",
    ),
}
_POLICE: Final = "police"


def _known(setting: Setting, chosen: Any) -> tuple[Word, ...]:
    """Everybody who can be written to, and whoever was chosen before."""
    others = chosen if isinstance(chosen, list) else ()
    names = {str(each): str(each) for each in others if each != setting.own.address} | {
        address: f"{name} ({address})" for address, name in setting.names.items()
    }
    return tuple(Word(code=address, label=label) for address, label in names.items())


def person_fields(setting: Setting, position: int) -> tuple[Field, ...]:
    """What is asked about one person."""
    at: Place = ("people", position)
    fields = (
        Field(at=(*at, "name"), shape=Shape.LINE, label="Name"),
        Field(
            at=(*at, "role"),
            shape=Shape.LINE,
            label="Who are they?",
            hint="For example, child, parent, carer, sibling, adult, peer or professional.",
        ),
        Field(
            at=(*at, "born"), shape=Shape.DAY, label="Date of birth (optional)", example="9 6 2012"
        ),
        Field(
            at=(*at, "identifiers", "nhs_number"),
            shape=Shape.LINE,
            label="NHS number (optional)",
        ),
        Field(
            is_rare=True,
            at=(*at, "identifier_absent_reason"),
            shape=Shape.ONE,
            label="If there is no NHS number, why?",
            words=setting.words("identifier_absent_reason"),
        ),
        Field(
            is_rare=True,
            at=(*at, "identifiers", "upn"),
            shape=Shape.LINE,
            label="Unique pupil number (optional)",
        ),
        Field(
            is_rare=True,
            at=(*at, "location_sensitive"),
            shape=Shape.YES,
            label="Nobody may learn where this person is",
        ),
        Field(
            at=(*at, "source_known_to"),
            shape=Shape.KNOWN_TO,
            label="If this person told you something: may others learn who it is?",
            hint="Leave it open for everybody who is no source.",
            own=setting.own.address,
            words=_known(setting, value_at(setting.document, (*at, "source_known_to"))),
        ),
        Field(
            is_rare=True,
            at=(*at, "notes"),
            shape=Shape.LONG,
            label="Anything else that readers must know about this person (optional)",
            rows=2,
        ),
    )
    if setting.own.kind != _POLICE:
        return fields
    category = Field(
        at=(*at, "part3_category"),
        shape=Shape.MANY,
        label="Category of person",
        words=setting.words("person_category_part3"),
    )
    return (*fields, category)


def section_fields(setting: Setting, section: int) -> tuple[Field, ...]:
    """What is asked about one section beside its statements."""
    at: Place = ("section", section)
    return (
        Field(at=(*at, "title"), shape=Shape.LINE, label="Title"),
        Field(
            at=(*at, "confidential"),
            shape=Shape.MANY,
            label="Is it confidential, and how?",
            words=setting.words("confidential"),
        ),
        Field(
            is_rare=True,
            at=(*at, "confider"),
            shape=Shape.LINE,
            label="If it was given in confidence, by whom? (optional)",
            hint="This stays with your agency.",
        ),
        Field(
            at=(*at, "sensitivity"),
            shape=Shape.MANY,
            label="Is it sensitive and personal?",
            words=setting.words("sensitivity"),
        ),
        Field(
            at=(*at, "permitted_action"),
            shape=Shape.MANY,
            label="What may its readers do with it?",
            words=setting.words("permitted_action"),
        ),
        Field(
            is_rare=True,
            at=(*at, "handling"),
            shape=Shape.LINES,
            label="How must it be handled, if not as the package? (optional)",
            hint="C keeps control: nobody passes it on before you release it. One on each line.",
            rows=2,
        ),
        Field(
            is_rare=True,
            at=(*at, "subject_access"),
            shape=Shape.LONG,
            label="What should they consider if the person asks to see it? (optional)",
            rows=2,
        ),
    )


def kind_words(setting: Setting) -> tuple[Word, ...]:
    """The kinds of statement as choices: the class in words first. Graded intelligence is for the police alone."""
    return tuple(
        Word(code=kind.value, label=f"{CLASS_OF[kind].value.upper()}: {label}", help=example)
        for kind, (label, example) in KINDS.items()
        if kind is not Kind.INTELLIGENCE or setting.own.kind == _POLICE
    )


def statement_fields(setting: Setting, section: int, position: int) -> tuple[Field, ...]:
    """What is asked about one statement. Only what its kind needs stands at the top."""
    at: Place = ("section", section, "statement", position)
    kind = value_at(setting.document, (*at, "kind"))
    return (*_first(setting, at), *_of_kind(setting, at, kind), *_more(setting, at))


def _first(setting: Setting, at: Place) -> tuple[Field, ...]:
    return (
        Field(
            at=(*at, "text"),
            shape=Shape.LONG,
            label="What do you know?",
            hint="One thing only. Write another statement for the next.",
            rows=5,
        ),
        Field(
            at=(*at, "kind"),
            shape=Shape.ONE,
            label="How do you, or the author, know it?",
            words=kind_words(setting),
        ),
        Field(
            at=(*at, "about"),
            shape=Shape.MANY,
            label="Whom does it tell something about?",
            hint="Not who told you, unless it is about them too. Readers of the statement get the names that you tick.",
            words=setting.people(),
        ),
        Field(
            at=(*at, "source", "type"),
            shape=Shape.SELECT,
            label="Where does it come from?",
            words=setting.words("source_type"),
        ),
        Field(
            at=(*at, "source", "detail"),
            shape=Shape.LINE,
            label="More about the source (optional)",
            hint="For example, register extract of 20 November. Write no name here if the source is to be protected.",
        ),
        Field(
            at=(*at, "source", "identity_protected"),
            shape=Shape.YES,
            label="Protect who the source is",
            hint="Readers see PROTECTED SOURCE beside the statement. Say who may learn it under who it concerns.",
        ),
        Field(
            at=(*at, "author"),
            shape=Shape.LINE,
            label="Who is the author?",
            hint="Whose words or opinion it is. A role is enough. An opinion must have one.",
        ),
        Field(
            at=(*at, "event_from"),
            shape=Shape.DAY,
            label="When did it happen, or begin?",
            may_have_time=True,
        ),
        Field(
            at=(*at, "as_of"),
            shape=Shape.DAY,
            label="As of when does it hold?",
            may_be_open=True,
        ),
    )


def _of_kind(setting: Setting, at: Place, kind: Any) -> tuple[Field, ...]:
    if kind == Kind.HYPOTHESIS.value:
        label = "What would confirm it, or rule it out? (optional)"
        return (Field(at=(*at, "test"), shape=Shape.LONG, label=label, rows=2),)
    if kind == Kind.INTELLIGENCE.value:
        schemes = setting.words("grade_scheme")
        return (
            Field(at=(*at, "grade", "scheme"), shape=Shape.ONE, label="Grading", words=schemes),
            Field(at=(*at, "grade", "code"), shape=Shape.LINE, label="Grade, as it is"),
        )
    if kind == Kind.PROFESSIONAL_ASSESSMENT.value:
        return (_basis(setting, at),)
    return ()


def _basis(setting: Setting, at: Place) -> Field:
    document = dict(setting.document)
    own = (at[1], at[3])
    words = tuple(
        Word(
            code=str(number), label=f"{number}. {str(statement.get('text') or 'No words yet')[:80]}"
        )
        for number, (s, n, statement) in enumerate(every_statement(document), 1)
        if (s, n) != own
    )
    hint = "Its readers must get those statements too."
    label = "Which statements does it rest on?"
    return Field(at=(*at, "basis"), shape=Shape.NUMBERS, label=label, hint=hint, words=words)


def _more(setting: Setting, at: Place) -> tuple[Field, ...]:
    return (
        Field(
            at=(*at, "event_to"),
            shape=Shape.DAY,
            label="When did it end?",
            may_have_time=True,
            is_rare=True,
        ),
        Field(
            at=(*at, "source", "relation"),
            shape=Shape.LINE,
            label="What is the source to the person?",
            hint="For example, friend or neighbour.",
            is_rare=True,
        ),
        Field(
            at=(*at, "source", "first_hand"),
            shape=Shape.YES,
            label="The source saw or heard it at first hand",
            is_rare=True,
        ),
        Field(
            at=(*at, "verification"),
            shape=Shape.ONE,
            is_rare=True,
            label="How far was it checked?",
            words=setting.words("verification"),
        ),
        Field(
            at=(*at, "verified_by"), shape=Shape.LINE, label="By whom was it checked?", is_rare=True
        ),
        Field(
            at=(*at, "special_category"),
            shape=Shape.MANY,
            is_rare=True,
            label="Does it say anything about these?",
            words=setting.words("special_category"),
        ),
        Field(
            at=(*at, "flags"),
            shape=Shape.MANY,
            is_rare=True,
            label="What must readers know about it?",
            words=setting.words("statement_flag"),
        ),
    )
