"""Finding in the vault what a document copies from received packages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agency_client.ports.vault import Families, ReceivedPackage
from agency_client.record import listed
from agency_client.record.copied import Copied, Copies
from agency_client.record.document import Document
from agency_client.record.noticed import Noticed, marks, read_notice
from agency_client.record.opened import ReadSection, read_section
from agency_client.record.pointing import find_item
from agency_client.use_cases.home import Home
from agency_client.use_cases.reading import not_open
from agency_client.use_cases.restricting import require_unrestricted
from phoenix_protocol import limits, record, schema
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import ItemId, ObjectHash, PackageId
from phoenix_protocol.sealing.contents import Cover

#: Characters of a whole package id.
_WHOLE: Final = 32


def find_copies(home: Home, document: Document) -> Copies:
    """Every statement that ``document`` copies, or in a sentence why it is not to be had."""
    wanted = {
        (s.copy_of.package or "", s.copy_of.statement or "")
        for _, s in document.statements.values()
        if s.copy_of is not None
    }
    if not wanted:
        return {}
    with home.vault.reading() as view:
        return {named: _found(view, *named) for named in sorted(wanted)}


def _found(view: Families, package: str, statement: str) -> Copied | str:
    try:
        held = _package(view, package.strip().lower())
        return _copied(view, held, statement)
    except RefusedError as error:
        return error.what


def _package(view: Families, wanted: str) -> ReceivedPackage:
    matches: Sequence[ReceivedPackage]
    if len(wanted) == _WHOLE and set(wanted) <= set("0123456789abcdef"):
        matches = view.received.by_package(PackageId(bytes.fromhex(wanted)))
    else:
        every = view.received.inbox() if wanted else ()
        matches = [p for p in every if p.package.hex().startswith(wanted)]
    if not matches:
        raise RefusedError(
            "E_NOT_FOUND", "This home has received no package of this id.", next=listed.RECEIVED
        )
    if len(matches) > 1:
        raise RefusedError("E_AMBIGUOUS", "Several packages begin with these characters.")
    return matches[0]


def _copied(view: Families, package: ReceivedPackage, statement: str) -> Copied:
    contents = view.contents.get(package.core)
    if contents is None:
        raise not_open(package.state)
    sections = [read_section(section.items) for section in contents.sections]
    pointed = find_item(sections, statement)
    section = sections[pointed.section]
    said = next((s.said for s in section.statements if s.id == pointed.item), None)
    if said is None:
        raise RefusedError("E_NOT_FOUND", "This is a file. Open it, and attach it to a section.")
    require_unrestricted(view, package.core, [pointed.item, section.item])
    people = _people(section)
    notices = _notices(view, package.core, pointed.item)
    return Copied(
        core=package.core,
        package=package.package,
        item=pointed.item,
        called=pointed.called,
        sent_from=package.sent_from,
        said=said,
        people=tuple((id_, people[id_]) for id_ in said.about if id_ in people),
        handling=(*section.handling, *_handling(view, package.core)),
        released=tuple(line for notice in notices for line in notice.conditions),
        marks=marks(notices),
        do_not_alert=tuple(line for each in sections for line in each.do_not_alert),
        quality=_answer(section, "quality"),
        subject_access=_answer(section, "subject_access"),
    )


def _answer(section: ReadSection, name: str) -> str | None:
    return next(iter(section.answers.get(name, ())), None)


def _people(section: ReadSection) -> dict[ItemId, record.Person]:
    return {person.id: person.said for person in section.people}


def _handling(view: Families, core: ObjectHash) -> tuple[str, ...]:
    """What the cover says of the whole package."""
    offer = view.received.offer(core)
    if offer is None:
        return ()
    return schema.decode(Cover, offer.cover, limit=limits.COVER_BYTES).handling


def _notices(view: Families, core: ObjectHash, item: ItemId) -> list[Noticed]:
    """What was said of a statement since. A release counts: only who controls it can have made it (check N8)."""
    said = [notice for about, notice in view.notices.of(core) if about == item]
    return [read_notice(n.hash, n.maker, n.signed) for n in said]
