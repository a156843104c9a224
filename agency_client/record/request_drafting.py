"""The sections that make a package a request: one for all who are asked, and one for each question (docs/requests.md).

The id of a question's section is the question's id for ever: answers refer to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from agency_client.record.drafting import More, Setting, entry_items, head_of, readers_of
from agency_client.record.items import Ids, new_id, person_item
from agency_client.record.placement import answers_of, entries_of
from agency_client.record.requests import Question, RequestDocument
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.sealing.drafts import SectionDraft

#: The kind of these sections, as their heads say it, and the id of the one for all.
REQUEST: Final = "request"
#: The entry of the cover that says by when an answer is asked for, in seconds.
DUE_ON_COVER: Final = "request_due"
#: Why somebody reads the section for all.
ASKED: Final = "Everybody who is asked must know on whose behalf, by what right and by when"


def request_sections(
    document: RequestDocument, due: Seconds, setting: Setting, randomness: Randomness
) -> More:
    """What makes the sections of a request whose answers are due at ``due``."""

    def more(ids: Ids) -> Iterator[SectionDraft]:
        yield _for_all(document, due, setting, randomness)
        for question in document.question:
            yield _question(question, document, setting, ids, randomness)

    return more


def iso(moment: Seconds) -> str:
    """A moment as answers hold it."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _for_all(
    document: RequestDocument, due: Seconds, setting: Setting, randomness: Randomness
) -> SectionDraft:
    asking = dict(answers_of(document.request)) | {"request.due": (iso(due),)}
    victim = dict(answers_of(document.victim)) if document.victim is not None else {}
    deputies = (dict(answers_of(deputy)) for deputy in document.deputy)
    everybody = dict.fromkeys(document.asked, ASKED)
    return SectionDraft(
        head=head_of(REQUEST, "Request", document.classification, document.handling, REQUEST),
        head_id=new_id(randomness),
        items=tuple(entry_items(entries_of((asking, victim, *deputies)), randomness)),
        readers=readers_of(everybody, setting),
    )


def _question(
    question: Question,
    document: RequestDocument,
    setting: Setting,
    ids: Ids,
    randomness: Randomness,
) -> SectionDraft:
    named = [person for name, person in document.persons.items() if name in question.about]
    said = {
        "question.text": question.text,
        "question.why": question.why,
        "question.period_from": question.period_from,
        "question.period_until": question.period_until,
        "question.counselling": "yes" if question.counselling else None,
    }
    answers = {name: (text,) for name, text in said.items() if text}
    return SectionDraft(
        head=head_of(
            REQUEST,
            question.id or "",
            document.classification,
            document.handling,
            question.id,
        ),
        head_id=new_id(randomness),
        items=(
            *(person_item(person, ids) for person in named),
            *entry_items(entries_of([answers]), randomness),
        ),
        readers=readers_of(question.ask, setting),
    )
