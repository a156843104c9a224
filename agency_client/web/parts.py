"""A long package over several pages: sections cut where a page would grow too large. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from markupsafe import escape

from agency_client.record.opened import ReadSection, ReadStatement
from agency_client.record.plain import plain
from agency_client.use_cases.notice_views import Shown
from phoenix_protocol.identifiers import ItemId

#: About how many bytes of a page its sections may take.
MOST: Final = 90_000
#: What an item takes on a page besides its own words.
_AROUND: Final = 1_800

Notices = Mapping[ItemId, tuple[Shown, ...]]


@dataclass(slots=True)
class _Pages:
    """Pages that fill one after the other."""

    most: int
    done: list[tuple[ReadSection, ...]] = field(default_factory=list)
    here: list[ReadSection] = field(default_factory=list)
    size: int = 0

    def room_for(self, size: int) -> bool:
        """Whether so much still fits."""
        return self.size + size <= self.most

    def turn(self) -> None:
        """Begin the next page."""
        self.done.append(tuple(self.here))
        self.here, self.size = [], 0

    def put(self, section: ReadSection, size: int) -> None:
        """Put a section, or a part of one, on the page."""
        self.here.append(section)
        self.size += size


def parts_of(
    sections: Sequence[ReadSection], notices: Notices, most: int = MOST
) -> tuple[tuple[ReadSection, ...], ...]:
    """The sections of each page; at least one page. A section's people and answers stand on its first page."""
    pages = _Pages(most)
    for section in sections:
        _place(section, notices, pages)
    pages.turn()
    return tuple(pages.done)


def _place(section: ReadSection, notices: Notices, pages: _Pages) -> None:
    sizes = [_statement(each, notices) for each in section.statements]
    head = _head(section)
    if pages.room_for(head + sum(sizes)):
        pages.put(section, head + sum(sizes))
        return
    if pages.here and not pages.room_for(head + sum(sizes[:1])):
        pages.turn()
    part = replace(section, statements=())
    size = head
    for statement, more in zip(section.statements, sizes, strict=True):
        if part.statements and pages.size + size + more > pages.most:
            pages.put(part, size)
            pages.turn()
            part, size = _rest(section), _AROUND
        part = replace(part, statements=(*part.statements, statement))
        size += more
    pages.put(part, size)


def _rest(section: ReadSection) -> ReadSection:
    return replace(section, people=(), statements=(), attachments=(), answers={}, do_not_alert=())


def _head(section: ReadSection) -> int:
    people = sum(_AROUND + _words(person.said.notes) for person in section.people)
    answers = sum(300 + _words(text) for said in section.answers.values() for text in said)
    return _AROUND * (1 + len(section.attachments)) + people + answers


def _statement(statement: ReadStatement, notices: Notices) -> int:
    said = statement.said
    source = said.source.detail if said.source is not None else ""
    beside = sum(
        _AROUND
        + _words(notice.noticed.words)
        + (_words(notice.correction.said.text) if notice.correction else 0)
        for notice in notices.get(statement.id, ())
    )
    return _AROUND + _words(said.text) + _words(said.test) + _words(source) + beside


def _words(text: str | None) -> int:
    """Bytes that a text takes on a page."""
    return len(str(escape(plain(text, lines=True))).encode()) if text else 0
