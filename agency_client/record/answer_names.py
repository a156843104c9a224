"""In what order people read answers, and what is called how that has no list of words (docs/document.md). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from agency_client.record.document import Document
from agency_client.record.requests import RequestDocument
from agency_client.record.responses import ResponseDocument
from agency_client.record.statements import SECTION_ANSWERS
from agency_client.record.tables import declared

#: By place without positions. Others are called as their list of words is, or by their place with blanks.
TITLES: Final = {
    "quality": "How far this can be relied on",
    "subject_access": "If the person asks to see it",
    "next_review": "The sender's next review",
    "section.confider": "Who gave this in confidence",
    "legal.acting_for": "On behalf of which public body",
    "legal.article_8": "Why this respects private and family life",
    "legal.other_use_authority": "What law allows another use than law enforcement",
    "legal.informed_how": "How they were told",
    "legal.inform_by": "When they will be told",
    "legal.inform_review": "When it is looked at again whether they can be told",
    "legal.privacy_notice": "Privacy notice",
    "legal.retention_trigger": "Kept from",
    "legal.retention_review": "When it is looked at again",
    "informing.person": "Who is told of this, or not told",
    "informing.how": "How they were told",
    "informing.inform_by": "When they will be told",
    "informing.review": "When it is looked at again whether they can be told",
    "informing.note": "Note",
    "decision.decided_by": "Who decided",
    "decision.decided_at": "When it was decided",
    "decision.welfare": "How the child's welfare was the first consideration",
    "decision.consequence_of_not_sharing": "What not sharing would leave unknown",
    "decision.if_shared": "What might happen if it is shared",
    "decision.if_not_shared": "What might happen if it is not shared",
    "decision.relevance": "Why it is relevant",
    "decision.may_facilitate": "What it may help with",
    "decision.why_this_much": "Why this much, and not less",
    "decision.why_enough": "Why it is enough",
    "decision.withheld": "What is not shared, and why",
    "decision.conditions": "On what condition",
    "decision.public_interest_reasons": "Why the public interest overrides confidence",
    "decision.relationship_impact": "What it does to the relationship with the person",
    "decision.information_known_at": "Known since",
    "decision.labels_checked_by": "Who else looked whether the kinds are right",
    "decision.review_at": "When the decision is looked at again",
    "consent.seeking_would_risk": "Would seeking consent place somebody at risk?",
    "consent.seeking_would_prejudice": "Would seeking consent prejudice a police investigation?",
    "consent.seeking_would_delay": "Would seeking consent lead to an unjustified delay?",
    "consent.seeking_reason": "Why, for these three",
    "capacity.person": "Whose capacity to decide this is about",
    "capacity.assessed_by": "Who assessed it",
    "capacity.assessed_at": "When it was assessed",
    "capacity.basis": "What shows it",
    "capacity.how_explained": "How it was explained",
    "child_voice.sought": "Was the child asked?",
    "child_voice.words": "What the child wants",
    "child_voice.not_sought_reason": "Why the child was not asked",
    "advice.asked_of": "Who was asked for advice",
    "advice.role": "In what role",
    "advice.asked_at": "When",
    "advice.question": "Question",
    "advice.answer": "Answer",
    "urgent": "Sent as urgent",
    "quality.accuracy": "How accurate it is",
    "quality.completeness": "How complete it is",
    "quality.reliability": "How reliable it is",
    "quality.up_to_date": "How up to date it is",
    "quality.known_gaps": "Known gaps",
    "quality.checked_on": "Last checked",
}

_PART: Final = re.compile(r"([^.\[\]]+)(?:\[(\d+)\])?")
#: After everything that has its place.
_LAST: Final = 1 << 30


def reading_order(name: str) -> tuple[tuple[int, int], ...]:
    """Sorts answers as the document asks for them, a person's together; what it does not know comes last."""
    if name in SECTION_ANSWERS:
        return ((SECTION_ANSWERS.index(name), 0),)
    place, found = "", []
    for part, number in _PART.findall(name):
        place = f"{place}.{part}" if place else part
        found.append((known_places().get(place, _LAST), int(number or 0)))
    return tuple(found)


@lru_cache(maxsize=1)
def known_places() -> dict[str, int]:
    """Every place of a document that an answer can have, in order."""
    found: dict[str, int] = {}
    for document in (Document, RequestDocument, ResponseDocument):
        for place in _places(document, ""):
            found.setdefault(place, len(found))
    return found


def _places(table: type[Any], at: str) -> Iterator[str]:
    for entry in declared(table):
        yield at + entry.name
        inner = getattr(entry.reader, "table", None)
        if inner is not None:
            yield from _places(inner, f"{at}{entry.name}.")
