"""Who may read a section of an opened package and why, and whom it protects as a source: for people and programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from agency_client.record.copied import source_known_to
from agency_client.record.opened import ReadSection
from agency_client.record.page import only_these
from agency_client.record.plain import plain
from agency_client.use_cases.reading import ReadPackage
from phoenix_protocol.identifiers import Address, ItemId

#: Who may read a section, each with the reason why, where this home knows it.
Readers = tuple[tuple[Address, str | None], ...]


def readers_of(opened: ReadPackage) -> dict[ItemId, Readers]:
    """By section who may read it and why: the own reason of what was received, all of what was sent from here.

    The reason of what is restricted is left out with its words.
    """
    hidden = frozenset[ItemId]() if opened.is_shown else opened.covered
    found: dict[ItemId, Readers] = {}
    for stored in opened.contents.sections:
        item = stored.items[0].id
        reasons = {} if item in hidden else stored.reasons
        found[item] = tuple((a, reasons.get(a) or None) for a in sorted(stored.entry.audience))
    return found


def readers_json(readers: Readers) -> list[dict[str, Any]]:
    """The same for programs."""
    return [{"address": address, "reason": reason} for address, reason in readers]


def protected_lines(sections: Sequence[ReadSection]) -> Iterator[str]:
    """Who is a protected source, and which addresses alone may know. Safe to show."""
    for person in (person for section in sections for person in section.people):
        if known_to := source_known_to(person.said):
            yield plain(f"PROTECTED SOURCE: {person.said.name}. {only_these(known_to)}")


def reader_lines(readers: Readers, *, is_own: bool) -> Iterator[str]:
    """Who may read a section, and why: of what was received the own reason, of what was sent each reader's."""
    if readers:
        yield plain(f"Who may read it: {', '.join(address for address, _ in readers)}")
    for address, reason in readers:
        if reason:
            yield plain(f"Why {f'{address} gets' if is_own else 'you get'} it: {reason}")
