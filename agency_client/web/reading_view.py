"""An opened package as values for a page: everything that was said, in words, with what became of it since.

Labels stand in place of codes. Texts are literal: templates make them safe to show. A test compares what a page shows
with the fields of each message, because a reader acts on what it says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agency_client.ports.vault import PassedOn, StoredAttachment, StoredSection
from agency_client.record.catalogue import Catalogue
from agency_client.record.copied import CONTROLLED, source_known_to
from agency_client.record.noticed import is_withdrawn, marks, resting_on
from agency_client.record.opened import ReadAttachment, ReadPerson, ReadSection, ReadStatement
from agency_client.record.wording import in_words
from agency_client.use_cases.notice_views import Shown
from agency_client.web.answer_words import answers_of
from agency_client.web.item_links import Link, link_to
from agency_client.web.statement_words import (
    Said,
    is_protected,
    person_facts,
    standing,
    statement_facts,
)
from phoenix_protocol.identifiers import Address, ItemId
from phoenix_protocol.record import StatementClass
from phoenix_protocol.sealing.contents import Done


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a page is made of beside the sections: by item, what was said of it, and to whom it was passed on."""

    own: str
    notices: Mapping[ItemId, tuple[Shown, ...]]
    passed: Mapping[ItemId, tuple[PassedOn, ...]]
    catalogue: Catalogue
    #: The handling of the whole package, out of its cover.
    handling: tuple[str, ...] = ()
    #: What this desk has restricted, and whether its words are left out.
    restricted: frozenset[ItemId] = frozenset()
    is_hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownItem:
    """What statements and files share: an anchor, a name, what was said since, to whom it went on."""

    anchor: str
    called: str
    words: str = field(repr=False)
    marks: tuple[str, ...]
    notices: tuple[Shown, ...]
    passed: tuple[PassedOn, ...]
    is_restricted: bool
    is_hidden: bool
    is_controlled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStatement:
    """A statement with its class in words and every other thing that its author said."""

    item: ShownItem
    class_: StatementClass
    text: str = field(repr=False)
    standing: str | None
    is_withdrawn: bool
    facts: tuple[Said, ...] = field(repr=False)
    basis: tuple[Link, ...]
    resting: tuple[Link, ...]
    is_protected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    """A file that belongs to a section. Its name is the sender's and is only shown."""

    item: ShownItem
    name: str = field(repr=False)
    media_type: str
    size: int
    digest: str
    is_stored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPerson:
    """Somebody whom a section names."""

    name: str = field(repr=False)
    role: str
    is_location_sensitive: bool
    is_protected: bool
    facts: tuple[Said, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSection:
    """A section with who may see it and why. ``readers`` have a reason only where this home knows it."""

    anchor: str
    title: str = field(repr=False)
    kind: str
    marking: str
    handling: tuple[str, ...]
    is_controlled: bool
    readers: tuple[tuple[Address, str | None], ...] = field(repr=False)
    people: tuple[ShownPerson, ...]
    statements: tuple[ShownStatement, ...]
    files: tuple[ShownFile, ...]
    permitted: tuple[str, ...]
    answers: tuple[tuple[str, tuple[Said, ...]], ...] = field(repr=False)
    do_not_alert: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A section as it is in the vault, and as it was read: None where its form does not hold."""

    stored: StoredSection
    read: ReadSection | None


def shown_section(
    stored: StoredSection,
    read: ReadSection,
    files: Mapping[ItemId, StoredAttachment],
    given: Given,
    links: Mapping[ItemId, Link],
    resting: Mapping[ItemId, Sequence[ItemId]],
) -> ShownSection:
    """One section, or the part of it that stands on one page."""
    catalogue = given.catalogue
    names = {person.said.label: person.said.name for person in read.people}
    is_controlled = CONTROLLED in (*read.handling, *given.handling)
    return ShownSection(
        anchor=f"section-{read.item.hex()}",
        title=read.title,
        kind=read.kind,
        marking=in_words(catalogue, "classification", read.marking),
        handling=tuple(in_words(catalogue, "handling", line) for line in read.handling),
        is_controlled=is_controlled,
        readers=tuple(
            (address, stored.reasons.get(address))
            for address in sorted(stored.entry.audience, key=lambda each: each != given.own)
        ),
        people=tuple(_person(person, catalogue) for person in read.people),
        statements=tuple(
            _statement(each, names, given, links, resting, is_controlled=is_controlled)
            for each in read.statements
        ),
        files=tuple(
            _file(each, files.get(each.id), given, links, is_controlled=is_controlled)
            for each in read.attachments
        ),
        permitted=tuple(
            in_words(catalogue, "permitted_action", code)
            for code in read.answers.get("permitted_action", ())
        ),
        answers=tuple(answers_of(read.answers, catalogue)),
        do_not_alert=read.do_not_alert,
    )


def withdrawn_under(
    read: Sequence[ReadSection], notices: Mapping[ItemId, tuple[Shown, ...]]
) -> dict[ItemId, tuple[ItemId, ...]]:
    """Which statements rest on withdrawn ones, and on which."""
    withdrawn = {
        item for item, each in notices.items() if is_withdrawn(notice.noticed for notice in each)
    }
    basis = {each.id: each.said.basis for section in read for each in section.statements}
    return resting_on(basis, withdrawn) if withdrawn else {}


def _item(
    id_: ItemId, given: Given, links: Mapping[ItemId, Link], *, is_controlled: bool
) -> ShownItem:
    notices = given.notices.get(id_, ())
    released = any(CONTROLLED in notice.noticed.conditions for notice in notices)
    restricted = id_ in given.restricted or any(
        holder.address == given.own and holder.done is Done.RESTRICTED
        for notice in notices
        for holder in notice.holders
    )
    return ShownItem(
        anchor=f"s-{id_.hex()}",
        called=links[id_].called,
        words=links[id_].words,
        marks=marks(notice.noticed for notice in notices),
        notices=notices,
        passed=given.passed.get(id_, ()),
        is_restricted=restricted,
        is_hidden=given.is_hidden and id_ in given.restricted,
        is_controlled=is_controlled and not released,
    )


def _statement(
    read: ReadStatement,
    names: Mapping[str, str],
    given: Given,
    links: Mapping[ItemId, Link],
    resting: Mapping[ItemId, Sequence[ItemId]],
    *,
    is_controlled: bool,
) -> ShownStatement:
    item = _item(read.id, given, links, is_controlled=is_controlled)
    return ShownStatement(
        item=item,
        class_=read.class_,
        text=read.said.text,
        standing=standing(read.said, given.catalogue),
        is_withdrawn="withdrawn" in item.marks,
        facts=statement_facts(read, names, given.catalogue),
        basis=tuple(link_to(other, links) for other in read.said.basis),
        resting=tuple(link_to(other, links) for other in resting.get(read.id, ())),
        is_protected=is_protected(read),
    )


def _file(
    read: ReadAttachment,
    stored: StoredAttachment | None,
    given: Given,
    links: Mapping[ItemId, Link],
    *,
    is_controlled: bool,
) -> ShownFile:
    return ShownFile(
        item=_item(read.id, given, links, is_controlled=is_controlled),
        name=read.said.name,
        media_type=read.said.media_type,
        size=read.said.size,
        digest=read.said.digest.hex(),
        is_stored=stored is not None and stored.stored,
    )


def _person(person: ReadPerson, catalogue: Catalogue) -> ShownPerson:
    return ShownPerson(
        name=person.said.name,
        role=person.said.role.replace("_", " "),
        is_location_sensitive=person.said.optional.get("location_sensitive") is True,
        is_protected=bool(source_known_to(person.said)),
        facts=person_facts(person.said, source_known_to(person.said), catalogue),
    )
