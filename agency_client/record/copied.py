"""A statement of a received package that goes on in another: what it said, of whom, and what became of it since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from phoenix_protocol import record
from phoenix_protocol.identifiers import Address, ItemId, ObjectHash

#: What a document calls a statement of another package: the package's id, and the statement's number or id.
Named = tuple[str, str]

#: The longest chain that a statement can have.
LONGEST: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A statement as it was received.

    ``people`` are those of its section whom it is about, in its order. ``handling`` is that of its section, ``marks``
    what notices have made of it since: "withdrawn", "corrected", "disputed".
    """

    core: ObjectHash
    item: ItemId
    sent_from: Address
    said: record.Statement
    people: tuple[tuple[ItemId, record.Person], ...]
    handling: tuple[str, ...]
    marks: tuple[str, ...] = ()


#: What was found under each name, or in a sentence why nothing was.
Copies = Mapping[Named, Copied | str]
