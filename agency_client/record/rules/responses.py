"""Rules on responses: every answer belongs to a question that was put here, and the four answers stay apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from agency_client.record.facts import Facts
from agency_client.record.faults import did_you_mean
from agency_client.record.findings import Finding, Findings, gather, owed, problem, warning
from agency_client.record.places import Place
from agency_client.record.responses import Answer, Answered, ResponseDocument
from agency_client.record.rules import RULES
from agency_client.record.unanswerable import is_open
from phoenix_protocol.identifiers import ItemId

ADDED: Final = frozenset({"legal", "decision", "response"})
#: The flag of a statement out of counselling records.
_COUNSELLING: Final = "counselling"
_ANSWERS: Final = {answer.value: answer for answer in Answered}


@dataclass(frozen=True, slots=True, kw_only=True)
class PutHere:
    """A question that was put to this address: its id for ever, and whether it is about counselling records."""

    id: ItemId
    counselling: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseFacts(Facts):
    """What the rules must know, and the request that is answered: its names, who asked, what was asked here."""

    request: frozenset[str]  # the ids by which the document may name it
    asker: str
    questions: Mapping[str, PutHere] = field(default_factory=dict)


def check_response(document: ResponseDocument, facts: ResponseFacts) -> Findings:
    """Everything there is to say about a response, all at once: what is said of every package, and of responses."""
    return gather(document, (*_of_packages(document, facts), *_of_responses(document, facts)))


def _of_packages(document: ResponseDocument, facts: ResponseFacts) -> Iterator[Finding]:
    for rule in RULES:
        yield from rule(document, facts)


def _of_responses(document: ResponseDocument, facts: ResponseFacts) -> Iterator[Finding]:
    for rule in RESPONSE_RULES:
        yield from rule(document, facts)


def same_request(document: ResponseDocument, facts: ResponseFacts) -> Iterator[Finding]:
    """A document that names a request names the one that is answered."""
    named = document.response.request
    if named is not None and not any(known.startswith(named.lower()) for known in facts.request):
        message = "This document is an answer to another request."
        yield problem("E_DOC_REQUEST", (*document.response.at, "request"), message)


def to_whoever_asked(document: ResponseDocument, facts: ResponseFacts) -> Iterator[Finding]:
    """The answer goes to whoever asked."""
    if document.to and facts.asker not in document.to:
        message = "The address that asked is not among the recipients."
        remedy = "Add it to 'to', or leave 'to' out."
        yield problem("E_DOC_AUDIENCE", ("to",), message, remedy=remedy)


def something(document: ResponseDocument, facts: ResponseFacts) -> Iterator[Finding]:
    """There is an answer, and no section has the id of the part that holds it."""
    if not document.answer:
        message = "The response answers nothing."
        yield problem("E_DOC_EMPTY", ("answer",), message, remedy="Write an [[answer]].")
    for section in document.section:
        if section.id == "response":
            message = "This id belongs to a section that is added by itself."
            remedy = "Choose another id."
            yield problem("E_DOC_DUPLICATE", (*section.at, "id"), message, remedy=remedy)


def of_questions(document: ResponseDocument, facts: ResponseFacts) -> Iterator[Finding]:
    """Every answer names a question that was put to this address."""
    for answer in document.answer:
        at = (*answer.at, "question")
        if answer.question is None:
            yield problem(
                "E_DOC_MISSING", at, "This answer does not say which question it answers."
            )
        elif answer.question not in facts.questions:
            message = "No question of this id was put to you."
            message += did_you_mean(answer.question, facts.questions)
            yield problem("E_DOC_QUESTION", at, message)


def one_of_four(document: ResponseDocument, facts: ResponseFacts) -> Iterator[Finding]:
    """Every answer is one of the four words: "not known" is none of them."""
    for answer in document.answer:
        if answer.answer is None or is_open(answer.answer):
            message = "This does not say whether it is shared, withheld, not held or not searched."
            yield problem("E_DOC_ANSWER", (*answer.at, "answer"), message, clause="SH6")


def agrees_with_what_is_sent(document: ResponseDocument, facts: ResponseFacts) -> Iterator[Finding]:
    """Whoever shares names what; whoever does not names nothing that is sent."""
    for answer in document.answer:
        named = bool(answer.statements or answer.sections)
        word = _ANSWERS.get(answer.answer or "")
        if word is Answered.SHARED and not named:
            message = "This says that something is shared, and not what."
            remedy = "Write statements = with their numbers, or sections = with the ids of sections that hold a file."
            at: Place = (*answer.at, "statements")
            yield problem("E_DOC_ANSWER", at, message, remedy=remedy, clause="SH6")
        elif word is not None and word is not Answered.SHARED and named:
            message = "This says that nothing is shared, and names what is."
            remedy = "Write an answer of its own for what is shared."
            yield problem("E_DOC_ANSWER", answer.at, message, remedy=remedy, clause="SH6")


def names_what_is_there(document: ResponseDocument, facts: ResponseFacts) -> Iterator[Finding]:
    """Statements and sections that an answer names exist, and everybody who gets the answer gets them."""
    everybody = frozenset(document.to)
    sections = {section.id: section for section in document.section}
    for answer in document.answer:
        for at, section, what in _named(document, answer):
            if section is None:
                yield problem("E_DOC_ANSWER", at, f"There is no such {what} in this document.")
            elif not everybody <= sections[section].readers:
                message = f"Not everybody who gets the answer gets this {what}."
                yield problem("E_DOC_BASIS", at, message, clause="SH5")


def _named(document: ResponseDocument, answer: Answer) -> Iterator[tuple[Place, str | None, str]]:
    """What an answer names: its place, the section that it is in (None: it is not there), what it is."""
    known = document.statements
    for n, number in enumerate(answer.statements):
        if number:
            found = known.get(number)
            at = document.entry((*answer.at, "statements"), n)
            yield at, found[0].id if found else None, "statement"
    ids = {section.id for section in document.section}
    for n, name in enumerate(answer.sections):
        if name:
            at = document.entry((*answer.at, "sections"), n)
            yield at, name if name in ids else None, "section"


def every_question(document: ResponseDocument, facts: ResponseFacts) -> Iterator[Finding]:
    """A question without an answer is owed one. It can be given later, in another response."""
    answered = {answer.question for answer in document.answer}
    missing = [name for name in facts.questions if name not in answered]
    if missing and document.answer:
        message = f"Questions without an answer: {len(missing)}."
        yield owed("SH6", ("answer",), message, in_words=False)


def reasons(document: ResponseDocument, facts: ResponseFacts) -> Iterator[Finding]:
    """Why something is withheld, or was not looked for, is owed; where one looked should be said."""
    for answer in document.answer:
        word = _ANSWERS.get(answer.answer or "")
        at: Place = (*answer.at, "reason")
        if word is Answered.WITHHELD and answer.reason is None:
            yield owed("SH6", at, "Say why this is not shared. Whoever asked will read it.")
        elif word is Answered.NOT_SEARCHED and answer.reason is None:
            yield owed("SH6", at, "Say why nobody looked, and whether somebody will.")
        elif word is Answered.NOT_HELD and not (answer.what or document.response.searched):
            message = "This says that nothing is held, and not where somebody looked."
            yield warning("W_DOC_SEARCHED", (*answer.at, "what"), message)


def counselling(document: ResponseDocument, facts: ResponseFacts) -> Iterator[Finding]:
    """Sharing counselling records is worth a second look: the presumption is against it."""
    for answer in document.answer:
        question = facts.questions.get(answer.question or "")
        is_asked = question is not None and question.counselling
        if _ANSWERS.get(answer.answer or "") is not Answered.SHARED:
            continue
        if is_asked or _COUNSELLING in _flags(document, answer):
            message = "This shares counselling records. The presumption is against it."
            yield warning("W_DOC_COUNSELLING", (*answer.at, "answer"), message)


def _flags(document: ResponseDocument, answer: Answer) -> frozenset[str]:
    """What is flagged of the statements that an answer names."""
    known = document.statements
    named = [known[number][1] for number in answer.statements if number in known]
    return frozenset(flag for statement in named for flag in statement.flags)


RESPONSE_RULES = (
    same_request,
    to_whoever_asked,
    something,
    of_questions,
    one_of_four,
    agrees_with_what_is_sent,
    names_what_is_there,
    every_question,
    reasons,
    counselling,
)
