"""What the statements and files of a package are called, and where each stands: links from one to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agency_client.record.opened import ReadSection
from agency_client.record.pointing import called
from phoenix_protocol.identifiers import ItemId


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A statement that another rests on. ``part`` is the page it is on; None where it is not among what is here.

    ``words`` is what people read, ``called`` the reference that a command line uses.
    """

    called: str
    words: str
    anchor: str
    part: int | None = None


def links_of(parts: Sequence[Sequence[ReadSection]]) -> dict[ItemId, Link]:
    """What every statement and file is called, and on which page of several it stands (counted from 1)."""
    sections = {section.item: section for part in parts for section in part}
    place: dict[ItemId, int] = {}
    for number, section in ((n, each) for n, part in enumerate(parts, 1) for each in part):
        place |= {statement.id: number for statement in section.statements}
        place |= {file.id: number for file in section.attachments}
    whole = list(_whole(parts, sections))
    return {
        pointed.item: Link(
            called=pointed.called,
            words=pointed.words,
            anchor=f"s-{pointed.item.hex()}",
            part=place.get(pointed.item),
        )
        for pointed in called(whole)
    }


def _whole(
    parts: Sequence[Sequence[ReadSection]], sections: Mapping[ItemId, ReadSection]
) -> Iterator[ReadSection]:
    """Sections that were cut for several pages, together again: names count through the whole."""
    for id_, first in sections.items():
        cut = [each for part in parts for each in part if each.item == id_]
        yield replace(
            first,
            statements=tuple(s for each in cut for s in each.statements),
            attachments=tuple(a for each in cut for a in each.attachments),
        )


def link_to(item: ItemId, links: Mapping[ItemId, Link]) -> Link:
    """A statement by its name; one that this reader may not see by the beginning of its id."""
    start = item.hex()[:8]
    return links.get(item, Link(called=start, words=f"A statement ({start})", anchor=""))
