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

#: By place without positions. Others are called by their place, with blanks.
TITLES: Final = {
    "quality": "How far this can be relied on",
    "subject_access": "If the person asks to see it",
    "legal.acting_for": "On behalf of which public body",
    "legal.article_8": "Why this respects private and family life",
    "legal.other_use_authority": "What law allows another use than law enforcement",
    "legal.informed_how": "How they were told",
    "legal.inform_by": "When they will be told",
    "legal.inform_review": "When it is looked at again whether they can be told",
    "legal.privacy_notice": "Privacy notice",
    "legal.retention_trigger": "Kept from",
    "legal.retention_review": "When it is looked at again",
    "informing.person": "Of whom it is said whether they know",
    "informing.how": "How they were told",
    "informing.inform_by": "When they will be told",
    "informing.review": "When it is looked at again whether they can be told",
    "informing.note": "Note",
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
        found.append((_order().get(place, _LAST), int(number or 0)))
    return tuple(found)


@lru_cache(maxsize=1)
def _order() -> dict[str, int]:
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
