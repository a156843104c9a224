"""Rules on words out of the catalogue: known, in force, and open to this agency."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from agency_client.record.as_written import AsWritten
from agency_client.record.catalogue import ANYONE, Code
from agency_client.record.facts import WordFacts
from agency_client.record.faults import did_you_mean
from agency_client.record.findings import Finding, problem, warning
from agency_client.record.places import Place
from agency_client.record.tables import declared
from agency_client.record.unanswerable import is_open
from agency_client.record.word_lists import open_to, see

#: Lists of words that an answer may also be given in other words, in a sentence.
IN_WORDS: Final = frozenset({"retention"})
#: Enumerations with a rule of their own.
_ELSEWHERE: Final = frozenset({"classification"})
#: So many words that are near are named.
MOST_NEAR: Final = 3
_SENTENCE: Final = re.compile(r"\S+\s+\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A word that a document takes from an enumeration of the catalogue."""

    enumeration: str
    code: str
    at: Place


def chosen(document: AsWritten) -> Iterator[Choice]:
    """Every word of the document that the catalogue must know."""
    yield from _chosen_in(document, document)


def _chosen_in(table: Any, document: AsWritten) -> Iterator[Choice]:
    if getattr(table, "copied", None):  # the words of another agency, kept as they are
        return
    for entry in declared(type(table)):
        value = getattr(table, entry.name)
        at = (*table.at, entry.name)
        if entry.codes and isinstance(value, str):
            yield Choice(enumeration=entry.codes, code=value, at=at)
        elif entry.codes:
            for n, code in enumerate(value or ()):
                yield Choice(enumeration=entry.codes, code=code, at=document.entry(at, n))
        elif hasattr(entry.reader, "table"):
            for inner in value if isinstance(value, tuple) else (value,):
                if inner is not None:
                    yield from _chosen_in(inner, document)


def known(document: AsWritten, facts: WordFacts) -> Iterator[Finding]:
    """Every word is one of its enumeration."""
    for choice in chosen(document):
        words = facts.catalogue.enumerations[choice.enumeration]
        if not choice.code or choice.code in words or _is_free(choice):
            continue
        offered = _open_to(words, facts)
        message = "This is not one of the words that can stand here."
        message += did_you_mean(choice.code, offered, MOST_NEAR)
        remedy = _instead(choice.enumeration, offered, _kept_from(words, offered, facts))
        yield problem("E_DOC_CODE", choice.at, message, remedy=remedy, clause="LG1")


def _open_to(words: Mapping[str, Code], facts: WordFacts) -> tuple[str, ...]:
    """The words of a list that apply where this agency is, and that the law does not keep from its kind."""
    own = facts.own
    return open_to(words, own.kind, own.jurisdiction if own.jurisdiction in _places(facts) else "")


def _kept_from(
    words: Mapping[str, Code], offered: Sequence[str], facts: WordFacts
) -> tuple[str, ...]:
    """The words that apply where this agency is, and are not for its kind: the template names them too."""
    own = facts.own
    place = own.jurisdiction if own.jurisdiction in _places(facts) else ""
    return tuple(name for name in open_to(words, "", place) if name not in offered)


def _is_free(choice: Choice) -> bool:
    if choice.enumeration in IN_WORDS and _SENTENCE.search(choice.code):
        return True
    return choice.at[:1] != ("people",) and is_open(choice.code)


def _instead(enumeration: str, words: Sequence[str], kept: Sequence[str]) -> str:
    if not words:
        return "Remove it: no word of this list applies where your agency is."
    if len(words) <= 12:
        rest = f"Not for your kind of agency: {', '.join(kept)}. " if kept else ""
        return f"Use one of: {', '.join(words)}. {rest}{see(enumeration)}"
    return f"Use one of the words of that list. {see(enumeration)}"


def usable(document: AsWritten, facts: WordFacts) -> Iterator[Finding]:
    """A word that is not in force, or not meant for this agency, is worth a second look."""
    today = datetime.fromtimestamp(facts.now, UTC).date()
    for choice in chosen(document):
        code = facts.catalogue.find(choice.enumeration, choice.code)
        for message in _doubts(code, today, facts) if code else ():
            yield warning("W_DOC_CODE", choice.at, message, clause="LG1")


def _doubts(code: Code, today: date, facts: WordFacts) -> Iterator[str]:
    own = facts.own
    kinds = facts.catalogue.enumerations["agency_kind"]
    if not code.in_force(today):
        yield f"{code.label}: not in force today, as far as the catalogue knows."
    elif own.jurisdiction in _places(facts) and own.jurisdiction not in code.jurisdiction:
        yield f"{code.label}: does not apply where your agency is."
    elif own.kind in kinds and not code.who_may_use & {own.kind, ANYONE}:
        yield f"{code.label}: not meant for your kind of agency."
    elif code.warn:
        yield code.warn


def _places(facts: WordFacts) -> Any:
    return facts.catalogue.enumerations["jurisdiction"]


RULES = (known, usable)
