"""What became of requests and questions, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from agency_client.record.responses import Answered
from agency_client.use_cases.request_lines import (
    Asked,
    AskedLine,
    OwedLine,
    Recipient,
    Stands,
    Told,
)
from agency_client.web.when import due, moment
from phoenix_protocol.package.lifecycle import State

#: How far one of those asked is: what it is called, and the colour of its tag.
STANDS: Final = {
    Stands.ANSWERED: ("Answered", "green"),
    Stands.COME: ("An answer has come", "blue"),
    Stands.RETURNED: ("Not theirs, they said", "red"),
    Stands.ESCALATED: ("No answer: the deputy was asked", "red"),
    Stands.OVERDUE: ("No answer in time", "red"),
    Stands.PART: ("Answered in part", "yellow"),
    Stands.WAITING: ("No answer yet", "grey"),
}
#: The same for what this desk owes.
OWED: Final = {
    Stands.ANSWERED: ("You have answered", "green"),
    Stands.PART: ("You have answered in part", "yellow"),
    Stands.OVERDUE: ("Overdue", "red"),
    Stands.WAITING: ("To be answered", "blue"),
}
#: What an answer is called, and the colour of its tag. The four are different things.
ANSWERS: Final = {
    Answered.SHARED: ("Held and shared", "green"),
    Answered.WITHHELD: ("Held, and not shared", "yellow"),
    Answered.NOT_HELD: ("Looked for, and not held", "grey"),
    Answered.NOT_SEARCHED: ("Not looked for", "purple"),
}
_NOT_ACCEPTED: Final = frozenset({State.HELD, State.OFFERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWords:
    """One answer to a question. ``href`` is the package that it came in."""

    label: str
    colour: str
    by: str
    time: int
    what: str = field(repr=False)
    reason: str = field(repr=False)
    review: str
    shared: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionWords:
    """One question with its answers. The text is empty when it was erased here."""

    text: str = field(repr=False)
    why: str = field(repr=False)
    about: str = field(repr=False)
    period: str
    counselling: bool
    answers: tuple[AnswerWords, ...]


def question_words(asked: Asked, *, root: str) -> QuestionWords:
    """A question; ``root`` is where the packages of its answers are: ``/inbox`` or ``/sent``."""
    said = asked.said
    return QuestionWords(
        text=said.text if said else "",
        why=(said.why or "") if said else "",
        about=", ".join(said.about) if said else "",
        period=_period(said.period_from, said.period_until) if said else "",
        counselling=bool(said and said.counselling),
        answers=tuple(_answer(told, root) for told in asked.answers),
    )


def _period(since: str | None, until: str | None) -> str:
    return f"{since or 'any time'} to {until or 'now'}" if since or until else ""


def _answer(told: Told, root: str) -> AnswerWords:
    label, colour = ANSWERS[Answered(told.answer.answer)]
    said = told.said
    return AnswerWords(
        label=label,
        colour=colour,
        by=told.answer.by,
        time=told.answer.time,
        what=(said.what or "") if said else "",
        reason=(said.reason or "") if said else "",
        review=(said.review_at or "") if said else "",
        shared=_shared(len(said.statements), len(said.sections)) if said else "",
        href=f"{root}/{told.answer.response.hex()}" if told.package else "",
    )


def _shared(statements: int, sections: int) -> str:
    counted = ((statements, "statement"), (sections, "section with a file"))
    plural = {"statement": "statements", "section with a file": "sections with files"}
    return ", ".join(f"{n} {word if n == 1 else plural[word]}" for n, word in counted if n)


def of_recipient(recipient: Recipient) -> Iterator[str]:
    """What happened with one of those asked, in plain sentences."""
    if recipient.state in _NOT_ACCEPTED and recipient.stands is not Stands.ANSWERED:
        yield "They have not accepted the request yet."
    if recipient.stands is Stands.RETURNED:
        yield "They said that the request is not theirs. Ask whoever it belongs to."
    if recipient.come is not None:
        yield "Their answer is in your inbox. Accept it to read it."
    if recipient.escalation is not None:
        at = moment(recipient.escalation.time)
        yield f"They did not answer in time. Their deputy, {recipient.escalation.deputy}, was asked at {at}."
    elif recipient.stands is Stands.OVERDUE and recipient.deputy is None:
        yield "They did not answer in time, and nobody stands in for them. Phone them."
    elif recipient.stands is Stands.OVERDUE:
        yield f"They did not answer in time. {recipient.deputy} stands in and is asked when the relay answers."
    elif recipient.deputy is not None and recipient.stands in (Stands.WAITING, Stands.PART):
        yield f"If they do not answer in time, {recipient.deputy} is asked by itself."


def due_words(line: AskedLine | OwedLine, now: int) -> str:
    """By when answers are wanted, in words."""
    at = due(line.request.due, now)
    if line.is_overdue:
        return f"Due {at}, which has passed"
    return f"Due {at}" if line.request.due > now else f"Was due {at}"


def is_answered(line: AskedLine | OwedLine) -> bool:
    """Whether every question has an answer: what has not stands first."""
    if isinstance(line, OwedLine):
        return line.stands is Stands.ANSWERED
    return all(each.stands is Stands.ANSWERED for each in line.recipients)


def is_unread(line: OwedLine) -> bool:
    """Whether the request has to be accepted before its questions are seen."""
    return line.said is None and line.state in (State.OFFERED, State.ACCEPTED)
