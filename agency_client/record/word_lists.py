"""The lists of words that documents choose from, as people look them up: what each means, where it can stand. Pure.

Lists have the names of the catalogue. They are found by the fields that take them too (docs/document.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from agency_client.record.catalogue import Catalogue, Code
from agency_client.record.catalogue_file import DOCUMENTS
from agency_client.record.localising import applies
from agency_client.record.tables import declared
from phoenix_protocol.record import CLASS_OF, Kind

#: The kinds of statement are the protocol's own and in no catalogue; people look for them in the same place.
KIND_LIST: Final = "kind"
_KIND_TITLE: Final = "Kind of statement: how its author knows it"
_KINDS: Final[Mapping[Kind, str]] = {
    Kind.OBSERVED: "The author saw or heard it",
    Kind.RECORD: "It is in a register, log or system",
    Kind.CHILD_SAID: "The child said it: in the child's own words",
    Kind.REPORTED: "Somebody told the author",
    Kind.HEARSAY: "Somebody told the author what another had said",
    Kind.INTELLIGENCE: "Graded police intelligence",
    Kind.PROFESSIONAL_ASSESSMENT: "A judgement inside the author's profession",
    Kind.PROFESSIONAL_CONCERN: "A worry, even if nothing can be pointed to",
    Kind.HYPOTHESIS: "A possible explanation that should be tested",
}
#: Fields that take words of a list by a rule of their own, or words and sentences alike.
_ALSO: Final[Mapping[str, tuple[str, ...]]] = {
    "classification": ("classification", "section.marking"),
    "handling": ("handling", "section.handling"),
    "agency_kind": ("consent.scope.recipients",),
    KIND_LIST: ("section.statement.kind",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedWord:
    """A word, what it means in plain English, and what to know before it is used."""

    code: str
    label: str
    help: str | None = None
    warn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WordList:
    """A list by its name: what it is of, the fields that take its words, and the words that are open here."""

    name: str
    title: str
    fields: tuple[str, ...]
    words: tuple[ListedWord, ...]


def open_to(words: Mapping[str, Code], kind: str, place: str) -> tuple[str, ...]:
    """The words of a list that apply in ``place`` and that the law does not keep from a kind of agency.

    Where either is empty or not known, nothing is left out for it.
    """
    return tuple(n for n, c in words.items() if applies(c, place) and kind not in c.not_for)


def word_lists(catalogue: Catalogue, kind: str = "", place: str = "") -> tuple[WordList, ...]:
    """Every list with the words that are open to an agency of this kind there."""
    known = place if place in catalogue.enumerations["jurisdiction"] else ""
    lists = (_listed(catalogue, name, kind, known) for name in catalogue.enumerations)
    return (_kinds(), *lists)


def _kinds() -> WordList:
    words = tuple(
        ListedWord(code=kind.value, label=f"{CLASS_OF[kind].value}: {label}")
        for kind, label in _KINDS.items()
    )
    return WordList(name=KIND_LIST, title=_KIND_TITLE, fields=_ALSO[KIND_LIST], words=words)


def _listed(catalogue: Catalogue, name: str, kind: str, place: str) -> WordList:
    words = catalogue.enumerations[name]
    return WordList(
        name=name,
        title=catalogue.titles.get(name, name),
        fields=tuple(dict.fromkeys((*_taken().get(name, ()), *_ALSO.get(name, ())))),
        words=tuple(_word(words[code]) for code in open_to(words, kind, place)),
    )


def _word(code: Code) -> ListedWord:
    return ListedWord(code=code.code, label=code.label, help=code.help, warn=code.warn)


def found_by(lists: Sequence[WordList], asked: str) -> tuple[WordList, ...]:
    """The lists of a name, or those that a field of this name takes: ``purpose``, ``legal.gateway``, ``says``."""
    wanted = asked.strip().casefold()
    by_name = tuple(each for each in lists if each.name == wanted)
    return by_name or tuple(each for each in lists if wanted in _called(each.fields))


def names(lists: Iterable[WordList]) -> tuple[str, ...]:
    """Everything by which a list can be asked for."""
    return tuple(dict.fromkeys(n for each in lists for n in (each.name, *_called(each.fields))))


def _called(fields: Iterable[str]) -> set[str]:
    """Fields by their whole place and by their own name alone."""
    return {name for field in fields for name in (field, field.rpartition(".")[2])}


@lru_cache(maxsize=1)
def _taken() -> dict[str, tuple[str, ...]]:
    """The fields of all documents that take the words of each list, by their places without positions."""
    found: dict[str, dict[str, None]] = {}
    for document in DOCUMENTS:
        for place, name in _fields(document, ""):
            found.setdefault(name, {})[place] = None
    return {name: tuple(places) for name, places in found.items()}


def _fields(table: type[Any], at: str) -> Iterator[tuple[str, str]]:
    for entry in declared(table):
        if entry.codes:
            yield f"{at}{entry.name}", entry.codes
        inner = getattr(entry.reader, "table", None)
        if inner is not None:
            yield from _fields(inner, f"{at}{entry.name}.")


def see(name: str) -> str:
    """Where somebody finds the words of a list."""
    return f"See: phoenix catalogue {name}"
