"""An opened package as values for a page: everything that was said, in words, with what became of it since.

Labels stand in place of codes. Texts are literal: templates make them safe to show. A test compares what a page shows
with the fields of each message, because a reader acts on what it says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from agency_client.ports.vault import PassedOn, StoredAttachment, StoredSection
from agency_client.record.catalogue import Catalogue
from agency_client.record.copied import CONTROLLED, source_known_to
from agency_client.record.noticed import is_withdrawn, marks, resting_on
from agency_client.record.opened import ReadAttachment, ReadPerson, ReadSection, ReadStatement
from agency_client.record.pointing import called
from agency_client.record.wording import answer_lines, in_words
from agency_client.use_cases.notice_views import Shown
from agency_client.web.statement_words import Said, person_facts, standing, statement_facts
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A statement that another rests on. ``part`` is the page it is on; None where it is not among what is here."""

    called: str
    anchor: str
    part: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownItem:
    """What statements and files share: an anchor, a name, what was said since, to whom it went on."""

    anchor: str
    called: str
    marks: tuple[str, ...]
    notices: tuple[Shown, ...]
    passed: tuple[PassedOn, ...]
    is_restricted: bool
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
            called=pointed.called, anchor=f"s-{pointed.item.hex()}", part=place.get(pointed.item)
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
    is_controlled = CONTROLLED in read.handling
    return ShownSection(
        anchor=f"section-{read.item.hex()}",
        title=read.title,
        kind=read.kind,
        marking=in_words(catalogue, "classification", read.marking),
        handling=tuple(in_words(catalogue, "handling", line) for line in read.handling),
        is_controlled=is_controlled,
        readers=tuple((a, stored.reasons.get(a)) for a in stored.entry.audience),
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
        answers=tuple(_answers(read.answers, catalogue)),
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
    restricted = any(
        holder.address == given.own and holder.done is Done.RESTRICTED
        for notice in notices
        for holder in notice.holders
    )
    return ShownItem(
        anchor=f"s-{id_.hex()}",
        called=links[id_].called,
        marks=marks(notice.noticed for notice in notices),
        notices=notices,
        passed=given.passed.get(id_, ()),
        is_restricted=restricted,
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
        basis=tuple(_link(other, links) for other in read.said.basis),
        resting=tuple(_link(other, links) for other in resting.get(read.id, ())),
    )


def _link(item: ItemId, links: Mapping[ItemId, Link]) -> Link:
    """A statement by its name; one that this reader may not see by the beginning of its id."""
    return links.get(item, Link(called=item.hex()[:8], anchor=""))


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
        facts=person_facts(person.said, source_known_to(person.said), catalogue),
    )


#: Answers under headings of their own, by how their names begin. What nothing claims comes first.
_HEADINGS: Final = (
    ("legal.", "By what right it was shared"),
    ("informing[", "Who was told that it is shared"),
    ("quality.", "How far it can be relied on"),
)


def _answers(
    answers: Mapping[str, tuple[str, ...]], catalogue: Catalogue
) -> Iterator[tuple[str, tuple[Said, ...]]]:
    """Answers under headings, as questions in words with what was answered."""
    claimed = tuple(begins for begins, _ in _HEADINGS)
    rest = {
        name: said
        for name, said in answers.items()
        if not name.startswith(claimed) and name != "permitted_action"
    }
    groups = [("", rest)]
    groups += [
        (heading, {name: said for name, said in answers.items() if name.startswith(begins)})
        for begins, heading in _HEADINGS
    ]
    for heading, group in groups:
        lines = tuple(Said(name, said) for name, said in answer_lines(_sorted(group), catalogue))
        if lines:
            yield heading, lines


def _sorted(answers: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """What belongs to one person stays together, the person first."""

    def key(name: str) -> tuple[str, bool, str]:
        table, _, last = name.rpartition(".")
        return (table, last != "person", last) if table.startswith("informing") else ("", True, "")

    return {name: answers[name] for name in sorted(answers, key=key)}


# -- what nobody may miss ---------------------------------------------------------------------------------------------

_NOT_TOLD: Final = frozenset({"not_informed", "will_inform_by"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Warnings:
    """What stands above everything: whom nobody may alert, and who has not been told."""

    do_not_alert: tuple[str, ...] = field(repr=False)
    not_told: tuple[str, ...] = field(repr=False)
    is_not_told: bool


def warnings_of(sections: Sequence[ReadSection], catalogue: Catalogue) -> Warnings:
    """See :class:`Warnings`."""
    alert = dict.fromkeys(line for section in sections for line in section.do_not_alert)
    told: list[str] = []
    is_not_told = False
    for section in sections:
        for name, said in section.answers.items():
            if name.startswith("informing[") and name.endswith(".status"):
                person = section.answers.get(name.removesuffix("status") + "person", ("somebody",))
                told += _unaware(person, said, catalogue)
            is_not_told = is_not_told or (name == "legal.informed" and bool(_NOT_TOLD & {*said}))
    return Warnings(
        do_not_alert=tuple(alert),
        not_told=tuple(dict.fromkeys(told)),
        is_not_told=is_not_told or bool(told),
    )


def _unaware(person: Sequence[str], said: Sequence[str], catalogue: Catalogue) -> Iterator[str]:
    for code in said:
        if code in _NOT_TOLD:
            who = ", ".join(person).replace("_", " ")
            yield f"{who[:1].upper()}{who[1:]}: {in_words(catalogue, 'informed', code).lower()}"
