"""A statement of a received package that goes on in another: what it said, of whom, and what became of it since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from phoenix_protocol import record
from phoenix_protocol.identifiers import Address, ItemId, ObjectHash, PackageId

#: What a document calls a statement of another package: the package's id, and the statement's number or id.
Named = tuple[str, str]

#: The handling word by which an agency keeps control of what it sent: nobody passes it on before it says so.
CONTROLLED: Final = "C"
#: The one by which it lets others pass it on where that is lawful: a permission, which binds nobody.
PERMITTED: Final = "P"
#: The longest chain that a statement can have.
LONGEST: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A statement as it was received.

    ``called`` is its section and number there. ``people`` are those of its section whom it is about, in its order.
    ``handling`` is that of its section and of its package, ``released`` what of that its agency has ended since.
    ``do_not_alert``, ``quality`` and ``subject_access`` are what its readers were told besides: they go on with it.
    ``marks`` is what other notices have made of it: "withdrawn", "corrected", "disputed".
    """

    core: ObjectHash
    package: PackageId
    item: ItemId
    called: str
    sent_from: Address
    said: record.Statement
    people: tuple[tuple[ItemId, record.Person], ...]
    handling: tuple[str, ...]
    released: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    do_not_alert: tuple[str, ...] = ()
    quality: str | None = None
    subject_access: str | None = None

    @property
    def conditions(self) -> tuple[str, ...]:
        """The handling that still holds."""
        ended = {*self.released, PERMITTED}
        return tuple(line for line in self.handling if line not in ended)

    @property
    def is_controlled(self) -> bool:
        """Whether its agency has kept control of it, and not released it."""
        return CONTROLLED in self.conditions


#: What was found under each name, or in a sentence why nothing was.
Copies = Mapping[Named, Copied | str]


def source_known_to(said: record.Person) -> tuple[str, ...]:
    """Who may know a person that is a protected source; nobody is named of any other."""
    named = said.optional.get("source_known_to")
    return tuple(n for n in named if isinstance(n, str)) if isinstance(named, list) else ()
