"""How people, numbers and references are found again: the terms of the register's index. Pure.

Case, accents, blanks and punctuation do not count, so that ``999 041 7008``, ``qm-0417`` and ``Zoë`` are found however
they are typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from agency_client.ports.vault.register import Term, TermKind

_WORD: Final = re.compile(r"[^\W_]+")
#: The longest term, in characters: a text of any length is found by its beginning.
_LONGEST: Final = 80


def folded(text: str) -> str:
    """``text`` without what does not count but with its blanks."""
    apart = unicodedata.normalize("NFKD", text)
    kept = "".join(c for c in apart if not unicodedata.combining(c))
    return unicodedata.normalize("NFKC", kept.casefold())


def words(name: str) -> tuple[str, ...]:
    """The words of a name, as the index has them."""
    return tuple(word[:_LONGEST] for word in _WORD.findall(folded(name)))


def reference(text: str) -> str:
    """A whole name, number or reference, as the index has it; empty when nothing in it counts."""
    return "".join(_WORD.findall(folded(text)))[:_LONGEST]


def is_named(name: str, wanted: Iterable[str]) -> bool:
    """Whether every one of the ``wanted`` words begins a word of this one name."""
    own = words(name)
    return all(any(word.startswith(beginning) for word in own) for beginning in wanted)


def has_any(name: str, wanted: Iterable[str]) -> bool:
    """Whether one of the ``wanted`` words is a whole word of this one name."""
    return not frozenset(words(name)).isdisjoint(wanted)


def terms(
    *,
    names: Iterable[str] = (),
    references: Iterable[str] = (),
    parties: Iterable[str] = (),
) -> frozenset[Term]:
    """Everything that finds a line: people's names, their labels and numbers and threads, and the parties' agencies."""
    named = list(names)
    return frozenset(
        {
            *(Term(TermKind.WORD, word) for name in named for word in words(name)),
            *(Term(TermKind.REFERENCE, reference(text)) for text in (*named, *references)),
            *(Term(TermKind.AGENCY, agency) for agency in _agencies(parties)),
        }
    )


def _agencies(parties: Iterable[str]) -> Iterator[str]:
    for party in parties:
        _, at, agency = party.partition("@")
        yield agency if at else party.strip().casefold()


def people_terms(people: Iterable[tuple[str, str, Mapping[str, str]]]) -> frozenset[Term]:
    """The terms of people: of each the label, the name and the identifiers."""
    known = list(people)
    return terms(
        names=[name for _, name, _ in known],
        references=[text for label, _, numbers in known for text in (label, *numbers.values())],
    )
