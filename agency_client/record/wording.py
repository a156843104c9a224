"""Answers and codes in the words of the catalogue, for people to read; programs get the codes (docs/document.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from agency_client.record.answer_names import TITLES, reading_order
from agency_client.record.catalogue import Catalogue
from agency_client.record.document import Document
from agency_client.record.placement import LOCAL, LOCAL_QUESTION
from agency_client.record.requests import RequestDocument
from agency_client.record.responses import ResponseDocument
from agency_client.record.statements import SECTION_ANSWERS, Section
from agency_client.record.tables import declared
from agency_client.record.zones import clock_words

#: What only a program can do anything with.
_FOR_PROGRAMS: Final = frozenset(
    {
        "catalogue.digest",
        "catalogue.local_digest",
        "catalogue.agency_digest",
        "answer.question_id",
        "answer.statement_ids",
        "response.core",
    }
    | {"escalation.core"}
)
_POSITION: Final = re.compile(r"\[\d+\]")


def in_words(catalogue: Catalogue, enumeration: str | None, text: str) -> str:
    """The label of a code, or the text itself where it is no code of this enumeration."""
    found = catalogue.find(enumeration, text) if enumeration is not None else None
    return found.label if found is not None else text


def handling_in_words(catalogue: Catalogue, code: str) -> str:
    """A handling instruction by its label, and by its letter where people call it so."""
    words = in_words(catalogue, "handling", code)
    return f"{words} ({code})" if len(code) == 1 and words != code else words


def answer_lines(
    answers: Mapping[str, Sequence[str]],
    catalogue: Catalogue,
    dated: Callable[[str], str] = clock_words,
) -> Iterator[tuple[str, str]]:
    """Each answer as a question in words and what was answered, in the order in which a document asks.

    ``dated`` writes what is a day or time as people read it, and gives anything else back.
    Texts are literal: make them safe to show.
    """
    for name in sorted(answers, key=reading_order):
        values = answers[name]
        place = _POSITION.sub("", name)
        if place in _FOR_PROGRAMS or name.startswith(f"{LOCAL_QUESTION}."):
            continue
        enumeration = _enumerations().get(place)
        said = ", ".join(dated(in_words(catalogue, enumeration, value)) for value in values)
        yield _asked(name, answers) or title_of(name, enumeration, catalogue), said


def _asked(name: str, answers: Mapping[str, Sequence[str]]) -> str | None:
    """The question of an agency's own that an answer answers, as it was asked then."""
    table, _, id_ = name.partition(".")
    return next(iter(answers.get(f"{LOCAL_QUESTION}.{id_}", ())), None) if table == LOCAL else None


def title_of(name: str, enumeration: str | None, catalogue: Catalogue) -> str:
    """What an answer is called, by its place."""
    if (place := _POSITION.sub("", name)) in TITLES:
        return TITLES[place]
    if enumeration is not None and enumeration in catalogue.titles:
        return catalogue.titles[enumeration]
    table, _, field = name.rpartition(".")
    words = f"{_POSITION.sub('', table)} {field}".replace("_", " ").replace(".", " ").strip()
    return words[:1].upper() + words[1:]


@lru_cache(maxsize=1)
def _enumerations() -> dict[str, str]:
    """The enumeration of every answer whose words are codes, by its place without positions."""
    own = {entry.name: entry.codes for entry in declared(Section) if entry.name in SECTION_ANSWERS}
    found = {name: codes for name, codes in own.items() if codes}
    for document in (Document, RequestDocument, ResponseDocument):
        found |= dict(_of_table(document, ""))
    return found


def _of_table(table: type[Any], at: str) -> Iterator[tuple[str, str]]:
    for entry in declared(table):
        inner = getattr(entry.reader, "table", None)
        if entry.codes:
            yield at + entry.name, entry.codes
        elif inner is not None:
            yield from _of_table(inner, f"{at}{entry.name}.")
