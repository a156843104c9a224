"""The section that makes a package a response: what became of each question, by its id (docs/requests.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from agency_client.record.drafting import More, Setting, entry_items, head_of, readers_of
from agency_client.record.items import Ids, new_id
from agency_client.record.placement import answers_of, entries_of
from agency_client.record.places import Place, written
from agency_client.record.responses import Answer, ResponseDocument
from agency_client.record.rules.responses import PutHere
from phoenix_protocol.identifiers import ObjectHash
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.sealing.drafts import SectionDraft

#: The kind of the section, as its head says it, and its id.
RESPONSE: Final = "response"
#: The entry of the cover that says which request this answers: the hash of its core.
ANSWERS_ON_COVER: Final = "response_to"
#: Why somebody reads it.
ANSWERED: Final = "The answer to a request"


def response_section(
    document: ResponseDocument,
    request: ObjectHash,
    questions: Mapping[str, PutHere],
    setting: Setting,
    randomness: Randomness,
) -> More:
    """What makes the section of a response to the request with the core ``request``."""

    def more(ids: Ids) -> Iterator[SectionDraft]:
        said = dict(answers_of(document.response)) | {"response.core": (request.hex(),)}
        answers = (_answer(answer, questions, ids) for answer in document.answer)
        yield SectionDraft(
            head=head_of(RESPONSE, "Answer", document.classification, document.handling, RESPONSE),
            head_id=new_id(randomness),
            items=tuple(entry_items(entries_of((said, *answers)), randomness)),
            readers=readers_of(dict.fromkeys(document.to, ANSWERED), setting),
        )

    return more


def _answer(
    answer: Answer, questions: Mapping[str, PutHere], ids: Ids
) -> dict[str, tuple[str, ...]]:
    """An answer by its place: the question by word and id, statements by their ids."""

    def at(name: str) -> str:
        place: Place = (*answer.at, name)
        return written(place)

    question = answer.question or ""
    return {
        at("question"): (question,),
        at("question_id"): (questions[question].id.hex(),),
        at("statement_ids"): tuple(ids.statements[n].hex() for n in answer.statements),
        **{
            at(name): _texts(getattr(answer, name))
            for name in ("answer", "what", "sections", "reason", "review_at")
        },
    }


def _texts(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    return (value,) if value else ()
