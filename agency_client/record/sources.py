"""Sources whose identity is protected, and whether words name them to somebody who may not know. Pure.

A name is looked for as it is written, as whole words. That a text gives somebody away in other words, only a person
can see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from agency_client.record.copied import source_known_to
from agency_client.record.opened import ReadSection
from agency_client.record.statements import Person

#: The shortest part of a name that is looked for by itself: anything less is in every sentence.
_SHORTEST: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """A source that is protected, and the only addresses that may learn who it is.

    ``label`` is the author's word for them. ``ours``: this address protects them itself, and may decide anew.
    """

    label: str
    name: str = field(repr=False)
    known_to: frozenset[str]
    ours: bool = True

    def unknown_to(self, readers: Iterable[str]) -> bool:
        """Whether one of these addresses may not know who it is."""
        return not self.known_to.issuperset(readers)


def protected_in(people: Iterable[Person]) -> list[Protected]:
    """The sources that the author of a document protects."""
    return [
        Protected(
            label=person.id or "",
            name=person.name or "",
            known_to=frozenset(person.source_known_to),
        )
        for person in people
        if person.source_known_to
    ]


def protected_by(sections: Iterable[ReadSection], knowing: Iterable[str]) -> list[Protected]:
    """The sources that the sections of a package protect; ``knowing`` are others who know them, such as its sender."""
    also = frozenset(knowing)
    return [
        Protected(
            label=person.said.label,
            name=person.said.name,
            known_to=also | frozenset(source_known_to(person.said)),
            ours=False,
        )
        for section in sections
        for person in section.people
        if source_known_to(person.said)
    ]


def is_named(name: str, text: str) -> bool:
    """Whether a text has a name in it, as whole words in any case."""
    name = name.strip()
    return (
        bool(name)
        and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None
    )


def is_named_in_part(name: str, text: str, besides: Iterable[str] = ()) -> bool:
    """Whether a part of a name, such as the first name, stands in a text as a word of its own.

    A part that one of the names ``besides`` has too tells nobody whom it means.
    """
    return part_in(name, text, besides) is not None


def part_in(name: str, text: str, besides: Iterable[str] = ()) -> str | None:
    """The first part of a name that stands in a text as a word of its own, also as whose something is (Jordan's).

    ``besides`` as in :func:`is_named_in_part`.
    """
    shared = {part for other in besides for part in _parts(other)}
    found = (word for part, word in _parts(name).items() if part not in shared)
    return next((word for word in found if is_named(word, text)), None)


def _parts(name: str) -> dict[str, str]:
    """The words of a name that are long enough, in any case the same, with how the name writes them."""
    words = re.findall(r"\w+(?:[-'’]\w+)*", name)
    return {word.casefold(): word for word in words if len(word) >= _SHORTEST}


def tells_source(
    sources: Iterable[Protected], texts: Iterable[str], readers: Iterable[str]
) -> bool:
    """Whether one of these texts names a source to a reader who may not know who it is (hard block 9)."""
    said, audience = tuple(texts), frozenset(readers)
    return any(
        source.unknown_to(audience) and any(is_named(source.name, text) for text in said)
        for source in sources
    )


def hints_at_source(
    sources: Iterable[Protected], texts: Iterable[str], readers: Iterable[str]
) -> bool:
    """Whether one of these texts has a part of such a name in it: a person has to look whom it means."""
    said, audience = tuple(texts), frozenset(readers)
    return any(
        source.unknown_to(audience) and any(is_named_in_part(source.name, text) for text in said)
        for source in sources
    )
