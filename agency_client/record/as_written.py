"""What every document that people write keeps of its file: where its values stand, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from agency_client.record.faults import Faults
from agency_client.record.fields import LONG, MapOf
from agency_client.record.places import Lines, Place
from agency_client.record.syntax import Parsed, parse
from agency_client.record.tables import read_table, said
from phoenix_protocol import limits

#: The most questions of an agency's own that one document answers.
LOCAL_QUESTIONS: Final = 64

D = TypeVar("D", bound="AsWritten")


@dataclass(frozen=True, slots=True, kw_only=True)
class AsWritten:
    """A document as it was read. Its class adds the fields, each made with ``said``."""

    at: Place = ()
    lines: Lines = field(default_factory=dict)
    faults: Faults = field(default_factory=lambda: Faults({}))

    def entry(self, at: Place, position: int) -> Place:
        """The place of one entry of a list, or of the only one where the author wrote no list."""
        inside = (*at, position)
        return inside if inside in self.lines or not self.lines else at


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedHere(AsWritten):
    """A document that can answer what an agency or partnership asks besides: ``[local]``, by the questions' ids."""

    local: Mapping[str, str] = said(MapOf(LONG, LOCAL_QUESTIONS, limits.CODE), default={})


def read_written(kind: type[D], data: bytes) -> D:
    """The document of class ``kind`` in the bytes of a file. What is wrong inside it is in its ``faults``.

    Raises UsageError ``E_DOC_SYNTAX``, with the line, for bytes that are neither TOML nor a JSON object.
    """
    return written_from(kind, parse(data))


def written_from(kind: type[D], parsed: Parsed) -> D:
    """The same out of values that are parsed already."""
    faults = Faults(parsed.lines)
    document = read_table(kind, parsed.values, (), faults)
    return replace(document, lines=parsed.lines, faults=faults)
