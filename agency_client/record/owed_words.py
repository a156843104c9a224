"""An answer that is owed, as the question that it is, and the command that gives it (docs/records.md). Pure.

What is owed is kept as its clause and its place alone; the words are found again when somebody looks.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import Final

from agency_client.record.amending import field_at, place_of
from agency_client.record.breaches import BreachDocument
from agency_client.record.catalogue import Catalogue
from agency_client.record.decisions import DecisionDocument
from agency_client.record.document import Document
from agency_client.record.requests import RequestDocument
from agency_client.record.responses import ResponseDocument
from agency_client.record.wording import title_of
from phoenix_protocol.errors import RefusedError

#: In words that ask, by place without positions. Others are called as they are where they are read.
_QUESTIONS: Final = {
    "purpose": "What was the information wanted for?",
    "people": "Whom is it about?",
    "people.part3_category": "Which category is this person in?",
    "section.confidential": "Why is this section confidential, or is it not?",
    "section.confider": "Who gave this in confidence?",
    "section.sensitivity": "What kind of information does this section hold?",
    "section.permitted_action": "What may recipients do with this?",
    "section.statement.about": "Whom is this statement about?",
    "section.statement.as_of": "As of when does this hold?",
    "section.statement.author": "Who saw, heard or was told this?",
    "section.statement.basis": "Which statements does this assessment rest on?",
    "section.statement.grade": "What is the police grade of this intelligence?",
    "quality": "How accurate, complete, reliable and up to date is this?",
    "asked.by": "Who asked for it, and for whom?",
    "decision.detriment": "Why would sharing be more detrimental to the child than not sharing?",
    "decision.refer_to": "To whom was it referred?",
    "decision.searched": "Where was it looked for, and where not?",
    "decision.originator_view": "What does the agency say that shared it with you?",
    "decision.outcome": "What was decided?",
    "legal.acting_for": "Which public body commissioned this work, or did none?",
    "legal.policy_document": "Where is your policy document?",
    "legal.court_order": "What is the reference of the court order?",
    "legal.legitimate_interests_assessment": "Where is the assessment of the legitimate interests?",
    "consent.evidence": "Where is the consent recorded?",
    "consent.limits": "What are the limits of the consent?",
    "consent.given_by": "Whose consent is it?",
    "consent.understanding": "How do you know that the person understood the consequences?",
    "consent.parental_responsibility": "What shows that the person has parental responsibility?",
    "question.about": "Whom is this question about?",
    "question.why": "Why do you need to know this?",
    "question.period_from": "For which period do you ask?",
    "request.made_by": "Who asks?",
    "request.why": "Why do you need the answers?",
    "request.public_task": "For which public task do you need the answers?",
    "victim.notice_given": "When was the victim given written notice, or why not?",
    "answer.what": "What is meant?",
    "answer.reason": "Why is this not shared, or not searched?",
    "response.involvement": "How long and how closely were you involved?",
}
_POSITION: Final = re.compile(r"\[\d+\]")
_KINDS: Final = (Document, RequestDocument, ResponseDocument, DecisionDocument, BreachDocument)
#: Tables of which each entry is told apart by its number.
_COUNTED: Final = re.compile(r"(section|statement|question|people|answer|informing)\[(\d+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A question that is not answered yet: the place of its answer, and the list that it is chosen from, if any."""

    place: str
    question: str
    words: str | None = None

    def command(self, of: str) -> str:
        """What answers it, of a package or record that is called ``of``."""
        said = "--code WORD" if self.words else '--text "..."'
        see = f"   (words: phoenix catalogue {self.words})" if self.words else ""
        return f"phoenix answer {of} {shlex.quote(self.place)} {said}{see}"


def owed_of(name: str, catalogue: Catalogue) -> Owed:
    """The question that stands behind an owed answer's clause and place (``CO6:child_voice.words``)."""
    place = name.partition(":")[2] or name
    plain = _POSITION.sub("", place)
    words = _list_of(place)
    asked = _asked_here(plain, catalogue) or _QUESTIONS.get(plain) or _why(plain)
    question = asked or title_of(place, words, catalogue)
    where = ", ".join(f"{table} {number}" for table, number in _COUNTED.findall(place))
    return Owed(place=place, question=f"{question} ({where})" if where else question, words=words)


def _why(plain: str) -> str | None:
    """Why somebody is sent or asked something: the place ends with their address, in quotes."""
    found = _READER.fullmatch(plain)
    return _READERS[found[1]].format(who=found[2]) if found else None


_READER: Final = re.compile(r'(section\.need_to_know|question\.ask)\."?([^"]+)"?')
_READERS: Final = {
    "section.need_to_know": "Why does {who} need this section?",
    "question.ask": "Why do you ask {who}?",
}


def _list_of(place: str) -> str | None:
    """The list of words that the answer at a place is chosen from."""
    try:
        found = field_at(_KINDS, place_of(place))
    except RefusedError:
        return None
    return found.codes if found is not None else None


def _asked_here(plain: str, catalogue: Catalogue) -> str | None:
    """The words in which an agency or partnership asks."""
    table, _, id_ = plain.partition(".")
    if table == "local" and id_ in catalogue.questions:
        return catalogue.questions[id_].text
    return next((each.text for each in catalogue.required if each.answer == plain), None)
