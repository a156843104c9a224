"""What is shown of something that is restricted: that it is, since when and why, and none of its words. Pure.

Whom not to alert is shown all the same: that protects somebody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from agency_client.ports.vault.restrictions import Restriction, RestrictReason
from agency_client.record.opened import ReadAttachment, ReadSection, ReadStatement
from agency_client.record.pointing import called
from phoenix_protocol.identifiers import ItemId

#: What is restricted of a package, by the ids of its items; None is all of it.
Live = Mapping[ItemId | None, Restriction]

#: Why, in words.
REASONS: Final = {
    RestrictReason.EVIDENCE: "kept as evidence alone",
    RestrictReason.CONTESTED: "it is contested, and nobody can tell whether it is right",
    RestrictReason.UNLAWFUL: "its use was unlawful, and the person wants it kept",
    RestrictReason.LEGAL_CLAIMS: "kept for legal claims",
    RestrictReason.OBJECTION: "somebody objects, and that is being looked at",
}
#: Stands in place of a title.
RESTRICTED: Final = "Restricted"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedPart:
    """One thing that is restricted, by what people call it: a section or statement; None for the whole package."""

    place: str | None
    restriction: Restriction


def in_words(restriction: Restriction) -> str:
    """That something is restricted, since when and why. The words of whoever restricted it are literal."""
    words = f": {restriction.words}" if restriction.words else ""
    reason = REASONS[restriction.reason]
    since = datetime.fromtimestamp(restriction.since, UTC)
    return f"{RESTRICTED} since {since.day} {since:%B %Y}, {reason}{words}"


def covered(sections: Sequence[ReadSection], live: Live) -> frozenset[ItemId]:
    """The id of every section (its head's), statement and file that is restricted, by itself or by what holds it."""
    return frozenset(_covered(sections, live))


def _covered(sections: Sequence[ReadSection], live: Live) -> Iterator[ItemId]:
    for section in sections:
        if None in live or section.item in live:
            yield section.item
            yield from (statement.id for statement in section.statements)
            yield from (file.id for file in section.attachments)
        else:
            yield from (s.id for s in section.statements if s.id in live)
            yield from (file.id for file in section.attachments if file.id in live)


def parts(sections: Sequence[ReadSection], live: Live) -> tuple[RestrictedPart, ...]:
    """Everything that is restricted, in the order of the package. What is not there any more is left out."""
    names: dict[ItemId | None, str | None] = {None: None}
    pointed = called(sections)
    for n, section in enumerate(sections):
        names[section.item] = section.id
        names |= {each.item: each.called for each in pointed if each.section == n}
    return tuple(
        RestrictedPart(place=place, restriction=live[item])
        for item, place in names.items()
        if item in live
    )


def without_words(section: ReadSection, hidden: frozenset[ItemId]) -> ReadSection:
    """``section`` with none of the words of what is ``hidden``; everything keeps its place and id."""
    if section.item in hidden:
        return replace(
            section,
            title=RESTRICTED,
            people=(),
            statements=tuple(map(_blank, section.statements)),
            attachments=tuple(map(_nameless, section.attachments)),
            answers={},
        )
    left = [s for s in section.statements if s.id not in hidden]
    gone = {person for s in section.statements if s.id in hidden for person in s.said.about}
    kept = {person for s in left for person in s.said.about}
    return replace(
        section,
        people=tuple(p for p in section.people if p.id not in gone - kept),
        statements=tuple(_blank(s) if s.id in hidden else s for s in section.statements),
        attachments=tuple(_nameless(f) if f.id in hidden else f for f in section.attachments),
    )


def _blank(statement: ReadStatement) -> ReadStatement:
    said = replace(
        statement.said,
        text="",
        about=(),
        author=None,
        author_role=None,
        source=None,
        basis=(),
        as_of=None,
        event_from=None,
        event_to=None,
        recorded_at=None,
        verification=None,
        verified_by=None,
        test=None,
        grade=None,
        special_category=(),
        flags=(),
        optional={},
    )
    return replace(statement, said=said, about=())


def _nameless(file: ReadAttachment) -> ReadAttachment:
    return replace(file, said=replace(file.said, name="", media_type=""))
