"""What a person wants left out of a bundle, by the names that people see: sections, and statements of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from agency_client.ports.vault import Contents, StoredSection
from agency_client.record.opened import ReadSection, read_section
from agency_client.record.pointing import find_item
from phoenix_protocol.errors import RefusedError, UsageError
from phoenix_protocol.evidence.redaction import Redaction
from phoenix_protocol.identifiers import ItemId, SegmentId

#: What can be left out of a bundle beside sections and statements.
COVER: Final = "cover"
WORDS: Final = "words"
#: The fewest characters of an id that say what is meant.
_SHORTEST_ID: Final = 6

_Item = tuple[SegmentId, ItemId]


def redaction(contents: Contents, names: Iterable[str], without: Iterable[str]) -> Redaction:
    """``names`` are a section's id or segment, or a statement's or file's as ``phoenix correct`` takes them.

    Any other item of a section (a person) can be named by section and id. Raises RefusedError ``E_NOT_FOUND``,
    ``E_AMBIGUOUS``, UsageError ``E_USAGE``.
    """
    read = [read_section(section.items) for section in contents.sections]
    left = frozenset(without)
    sections: set[SegmentId] = set()
    items: set[_Item] = set()
    for position, name in enumerate(names, 1):
        number = _section(contents.sections, read, name)
        if number is not None:
            sections.add(contents.sections[number].entry.segment)
        else:
            items.add(_item(contents.sections, read, name, position))
    return Redaction(
        sections=frozenset(sections),
        items=frozenset(items),
        cover=COVER in left,
        words=WORDS in left,
    )


def _section(
    sections: Sequence[StoredSection], read: Sequence[ReadSection], name: str
) -> int | None:
    exact = [n for n, section in enumerate(sections) if section.entry.segment.hex() == name]
    found = exact or [n for n, section in enumerate(read) if section.id == name]
    if len(found) > 1:
        raise RefusedError("E_AMBIGUOUS", "Several sections have this id.")
    return found[0] if found else None


def _item(
    sections: Sequence[StoredSection], read: Sequence[ReadSection], name: str, position: int
) -> _Item:
    try:
        pointed = find_item(read, name)
    except RefusedError as error:
        if error.code != "E_NOT_FOUND":
            raise
        return _other(sections, read, name, position)
    return sections[pointed.section].entry.segment, pointed.item


def _other(
    sections: Sequence[StoredSection], read: Sequence[ReadSection], name: str, position: int
) -> _Item:
    """A person, or a set of answers, by section and id."""
    before, _, wanted = name.rpartition(".")
    number = _section(sections, read, before)
    items = sections[number].items if number is not None else ()
    enough = len(wanted) >= _SHORTEST_ID
    found = [item for item in items if enough and item.id.hex().startswith(wanted.lower())]
    if number is None or not found:
        raise RefusedError(
            "E_NOT_FOUND",
            f"Nothing in this package is called what number {position} of --redact says.",
            next="Give a section's id, or SECTION.NUMBER of a statement in it, or SECTION.ID: "
            "'phoenix open ID' shows them.",
        )
    if len(found) > 1:
        raise RefusedError("E_AMBIGUOUS", "Several ids begin so.", next="Give more of the id.")
    if found[0].id == read[number].item:
        raise UsageError(
            "E_USAGE",
            "A section's title cannot be left out by itself.",
            next="Leave out the whole section.",
        )
    return sections[number].entry.segment, found[0].id
