"""What an agency or partnership asks besides, and the answers that it requires: owed or asked, and never a block."""

from __future__ import annotations

from collections.abc import Iterator

from agency_client.record.as_written import AskedHere
from agency_client.record.document_kinds import kind_of, unanswered
from agency_client.record.facts import WordFacts
from agency_client.record.faults import did_you_mean
from agency_client.record.findings import ASKED_HERE, Finding, owed, prompt, warning
from agency_client.record.unanswerable import lacks_reason


def questions(document: AskedHere, facts: WordFacts) -> Iterator[Finding]:
    """Each question that is asked here and has no answer yet: owed if it is required, else for judgement."""
    kind = kind_of(document)
    for question in facts.catalogue.questions.values():
        answer = document.local.get(question.id, "")
        if kind not in question.documents or (answer.strip() and not lacks_reason(answer)):
            continue
        asks = owed if question.required else prompt
        yield asks(ASKED_HERE, ("local", question.id), question.text)


def required(document: AskedHere, facts: WordFacts) -> Iterator[Finding]:
    """Each answer of the document's own that is required here."""
    kind = kind_of(document)
    for wanted in facts.catalogue.required:
        if kind in wanted.documents:
            for at in unanswered(document, wanted.answer.split(".")):
                yield owed(ASKED_HERE, at, wanted.text)


def known(document: AskedHere, facts: WordFacts) -> Iterator[Finding]:
    """An answer to a question that nobody asks may be one to another question."""
    for id_ in document.local:
        if id_ not in facts.catalogue.questions:
            message = "No question of this id is asked here."
            message += did_you_mean(id_, facts.catalogue.questions)
            yield warning("W_DOC_LOCAL", ("local", id_), message, clause=ASKED_HERE)


RULES = (questions, required, known)
