"""From what a person types to a statement: its number, its section and number there, or its id.

Numbers count from 1: through everything that is read of the package, as a document counts them, or within a section
(``attendance.2``). Ids, and enough of their first characters, find files too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from agency_client.record import listed
from agency_client.record.opened import ReadSection
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import ItemId

#: How much of a file's id its name shows; fewer characters of an id than this mean a number, or nothing.
_SHORTEST_ID: Final = 6
_ID: Final = re.compile(r"[0-9a-f]{6,32}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointed:
    """A statement or file of a package: in which section, counted from 0, and by which word a command line names it.

    ``words`` is what people read: the section's title and the number in it. Files have no ``number``.
    """

    section: int
    item: ItemId
    called: str
    words: str = field(repr=False)
    number: str | None = None


def find_item(sections: Sequence[ReadSection], text: str) -> Pointed:
    """The one statement or file that ``text`` means.

    Raises RefusedError ``E_NOT_FOUND``, and ``E_AMBIGUOUS`` where an id's beginning fits several.
    """
    wanted = text.strip().lower()
    everything = called(sections)
    named = [p for p in everything if wanted in (p.called.lower(), p.number)]
    if not named and _ID.fullmatch(wanted):
        named = [p for p in everything if p.item.hex().startswith(wanted)]
    if len(named) > 1:
        raise RefusedError(
            "E_AMBIGUOUS",
            "Several statements begin with these characters.",
            next="Give more of the statement's id.",
        )
    if not named:
        raise RefusedError(
            "E_NOT_FOUND",
            "There is no such statement in this package.",
            next=listed.STATEMENTS,
        )
    return named[0]


def called(sections: Sequence[ReadSection]) -> tuple[Pointed, ...]:
    """Every statement and file with its name: ``attendance.2``, of a file ``attendance/`` and the start of its id."""
    found: list[Pointed] = []
    through = count(1)
    for n, section in enumerate(sections):
        found += [
            Pointed(
                section=n,
                item=statement.id,
                called=f"{section.id}.{within}",
                words=f"{section.title or section.id}, {within}",
                number=str(next(through)),
            )
            for within, statement in enumerate(section.statements, 1)
        ]
        found += [
            Pointed(
                section=n,
                item=file.id,
                called=f"{section.id}/{file.id.hex()[:_SHORTEST_ID]}",
                words=f"{section.title or section.id}, file {within}",
            )
            for within, file in enumerate(section.attachments, 1)
        ]
    return tuple(found)
