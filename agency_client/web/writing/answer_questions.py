"""What became of each question that was put here: four different answers, each with what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from agency_client.record.places import Place
from agency_client.record.responses import Answered as Answer
from agency_client.web.fields import Field, Shape, Word, in_words_of, value_at
from agency_client.web.writing.decision_questions import long
from agency_client.web.writing.editing import every_statement, sections_of
from agency_client.web.writing.steps import Answered, Setting, Step

#: The four answers in their order, which is that of their places in a draft: what is chosen, and an example.
ANSWERS: Final[Mapping[Answer, tuple[str, str]]] = {
    Answer.SHARED: ("We hold it, and share it here", "Write it under what you know first."),
    Answer.WITHHELD: ("We hold it, and do not share it", "You say why. Whoever asked reads it."),
    Answer.NOT_HELD: ("We looked, and do not hold it", "You say where you looked."),
    Answer.NOT_SEARCHED: ("We have not looked", "You say why. It is not the same as not held."),
}
_EACH: Final = len(ANSWERS)


def first_answers(words: list[str]) -> list[dict[str, Any]]:
    """The answers of a new draft: to each question each of the four, none of them given."""
    return [{"question": word} for word in words for _ in ANSWERS]


def place_of(question: int, answer: Answer) -> Place:
    """Where an answer to a question is kept; questions count from 0."""
    return ("answer", question * _EACH + list(ANSWERS).index(answer))


def is_given(setting: Setting, question: int, answer: Answer) -> bool:
    """Whether an answer was chosen."""
    found = value_at(setting.document, (*place_of(question, answer), "answer"))
    return bool(found == answer.value)


def is_both_ways(setting: Setting, question: int) -> bool:
    """Whether it says that somebody looked and that nobody did, and not where the one holds and where the other."""
    both = (Answer.NOT_HELD, Answer.NOT_SEARCHED)
    found = [value_at(setting.document, (*place_of(question, each), "what")) for each in both]
    return all(is_given(setting, question, each) for each in both) and not all(found)


def inside(setting: Setting, question: int, answer: Answer) -> tuple[Field, ...]:
    """What is asked besides, once an answer is chosen."""
    at = place_of(question, answer)
    why = long((*at, "reason"), "Why?", "Whoever asked reads this.", rows=3)
    review = Field(
        at=(*at, "review_at"),
        shape=Shape.DAY,
        label="When will somebody look again? (optional)",
        may_be_open=True,
        example=setting.soon,
    )
    match answer:
        case Answer.SHARED:
            return _shared(setting, at)
        case Answer.WITHHELD:
            return (long((*at, "what"), "What is it that you do not share?", rows=2), why, review)
        case Answer.NOT_HELD:
            return (long((*at, "what"), "Where did you look?", rows=2),)
        case Answer.NOT_SEARCHED:
            return (long((*at, "what"), "What was not looked for?", rows=2), why, review)


def _shared(setting: Setting, at: Place) -> tuple[Field, ...]:
    document = dict(setting.document)
    statements = tuple(
        Word(code=str(n), label=f"{n}. {str(each.get('text') or 'No words yet')[:120]}")
        for n, (_, _, each) in enumerate(every_statement(document), 1)
    )
    sections = tuple(
        Word(code=str(each.get("id")), label=str(each.get("title") or "No title yet"))
        for each in sections_of(document)
    )
    return (
        Field(
            at=(*at, "statements"),
            shape=Shape.NUMBERS,
            label="Which statements answer it?",
            words=statements,
        ),
        Field(
            at=(*at, "sections"),
            shape=Shape.MANY,
            label="Which sections with a file answer it? (optional)",
            words=sections,
        ),
    )


def every_field(setting: Setting, question: int) -> tuple[Field, ...]:
    """All that the page of a question asks, but for the answers themselves."""
    return tuple(field for answer in ANSWERS for field in inside(setting, question, answer))


def put_here(setting: Setting) -> list[dict[str, Any]]:
    """The questions that were put to this address, as the draft keeps them."""
    found = setting.beside.get("questions")
    return found if isinstance(found, list) else []


def answer_steps(setting: Setting) -> tuple[Step, ...]:
    """One page for each question."""
    return tuple(_step(n, question) for n, question in enumerate(put_here(setting)))


def _step(n: int, question: dict[str, Any]) -> Step:
    places = tuple(f"answer[{n * _EACH + m + 1}]" for m in range(_EACH))

    def is_begun(document: Mapping[str, Any]) -> bool:
        found = (document.get("answer") or [])[n * _EACH : (n + 1) * _EACH]
        return any(each.get("answer") for each in found)

    def said(setting: Setting) -> tuple[Answered, ...]:
        given = [answer for answer in ANSWERS if is_given(setting, n, answer)]
        lines = tuple(line for answer in given for line in _lines(setting, n, answer))
        return (Answered(label=str(question.get("text")), lines=lines or ("No answer yet",)),)

    return Step(
        slug=f"answer/{n + 1}",
        title=f"Question {n + 1}",
        places=places,
        is_begun=is_begun,
        said=said,
    )


def _lines(setting: Setting, question: int, answer: Answer) -> list[str]:
    lines = [ANSWERS[answer][0]]
    for field in inside(setting, question, answer):
        value = value_at(setting.document, field.at)
        if value not in (None, "", [], {}):
            lines += [f"{field.label} {each}" for each in in_words_of(field, value)]
    return lines


def _searched(_setting: Setting) -> tuple[Field, ...]:
    at: Place = ("response",)
    return (
        long((*at, "searched"), "Where did you look?", "Systems, files and people.", rows=3),
        long((*at, "involvement"), "How are you involved, and how often?", rows=3),
        Field(at=(*at, "involved_from"), shape=Shape.DAY, label="Since when?", may_be_open=True),
        Field(at=(*at, "involved_until"), shape=Shape.DAY, label="Until when?", may_be_open=True),
        long((*at, "conditions"), "What must they keep to? (optional)", rows=2),
    )


SEARCHED: Final = Step(
    slug="searched",
    title="Where you looked, and how you are involved",
    places=("response",),
    intro="Whoever asked reads this.",
    fields=_searched,
)
