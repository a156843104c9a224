"""A package on the page: what ``phoenix open`` prints, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agency_client.cli.notice_pages import (
    Beside,
    marks_of,
    rests_on_withdrawn,
    tell_beside,
    with_notices,
)
from agency_client.cli.replaced_pages import replaced_json, replaced_lines
from agency_client.cli.restricting import restricted_json, restricted_text
from agency_client.cli.section_readers import (
    protected_lines,
    reader_lines,
    readers_json,
    readers_of,
)
from agency_client.cli.telling import spoken, tell, warn
from agency_client.ports.vault import SentPackage
from agency_client.record.catalogue import Catalogue
from agency_client.record.date_words import written_day
from agency_client.record.noticed import as_corrected
from agency_client.record.opened import (
    ReadAttachment,
    ReadSection,
    ReadStatement,
    section_json,
)
from agency_client.record.page import marked, person_lines, statement_lines
from agency_client.record.plain import plain
from agency_client.record.pointing import called
from agency_client.record.wording import answer_lines, handling_in_words, in_words
from agency_client.use_cases.notice_views import Shown
from agency_client.use_cases.reading import ReadPackage
from phoenix_protocol.identifiers import ItemId
from phoenix_protocol.record import Statement


def package_json(
    opened: ReadPackage, sections: Sequence[ReadSection], written: Mapping[bytes, Path]
) -> dict[str, Any]:
    """An opened package with the notices beside its statements; attachments say where they were written, if so.

    Of what is restricted nothing but that is said, unless somebody said why they read it.
    """
    shown = [section_json(section) for section in sections]
    paths = {digest.hex(): str(path) for digest, path in written.items()}
    for section in shown:
        for file in section["attachments"]:
            if file["digest"] in paths:
                file["path"] = paths[file["digest"]]
    with_notices(shown, sections, opened.notices)
    _mark_restricted(shown, sections, opened.covered)
    readers = readers_of(opened)
    for told, read in zip(shown, sections, strict=True):
        told["readers"] = readers_json(readers.get(read.item, ()))
    return {
        "package": opened.package.package.hex(),
        "from": opened.cover.sent_from,
        "thread": thread_of(opened),
        "reference": opened.cover.reference,
        "sections": shown,
        "restricted": [restricted_json(part) for part in opened.restricted],
        "unread_notices": opened.unread,
        **replaced_json(opened.replaced),
    }


def _mark_restricted(
    shown: Sequence[dict[str, Any]], sections: Sequence[ReadSection], covered: frozenset[ItemId]
) -> None:
    """Say of each section, statement and file whether it is restricted."""
    ids = {item.hex() for item in covered}
    for said, section in zip(shown, sections, strict=True):
        said["restricted"] = section.item in covered
        for inner in (*said["statements"], *said["attachments"]):
            inner["restricted"] = inner["id"] in ids


def tell_package(
    opened: ReadPackage,
    sections: Sequence[ReadSection],
    written: Mapping[bytes, Path],
    catalogue: Catalogue,
) -> None:
    """An opened package for a person, in the words of ``catalogue``. What others wrote is made safe for a terminal."""
    if opened.unread:
        warn(_UNREAD)
    _tell_cover(opened, catalogue)
    for part in opened.restricted:
        tell(restricted_text(part))
    if not opened.is_shown:
        tell(
            "Who has to read what is restricted says why: phoenix open ID --restricted --reason TEXT"
        )
    for line in dict.fromkeys(line for section in sections for line in section.do_not_alert):
        tell(f"DO NOT ALERT: {plain(line)}")
    for line in dict.fromkeys(protected_lines(sections)):
        tell(line)
    places = Places(
        beside=opened.notices,
        resting=rests_on_withdrawn(sections, opened.notices),
        called={pointed.item: pointed.called for pointed in called(sections)},
        hidden=frozenset() if opened.is_shown else opened.covered,
    )
    readers, is_own = readers_of(opened), isinstance(opened.package, SentPackage)
    for section in sections:
        tell()
        _tell_section(section, places, written, catalogue)
        for line in reader_lines(readers.get(section.item, ()), is_own=is_own):
            tell(f"  {line}")


_UNREAD = (
    "Somebody said something of this package that this machine has no key for: a correction, perhaps. "
    "Look at another machine of your desk, or ask the sender."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What stands beside the items of a package, and what people call them."""

    beside: Beside
    resting: Mapping[ItemId, Sequence[ItemId]]
    called: Mapping[ItemId, str]
    hidden: frozenset[ItemId] = frozenset()


def _tell_cover(opened: ReadPackage, catalogue: Catalogue) -> None:
    cover = opened.cover
    tell(f"From {cover.sent_from}, sent {spoken(opened.package.created)}")
    for line in replaced_lines(opened.replaced):
        tell(f"This package {line}.")
    tell(f"{plain(cover.classification)}. Confidential: share it only for its purpose.")
    tell(f"Purpose: {plain(cover.purpose)}")
    for name, value in _references(opened):
        tell(f"{name}: {plain(value)}")
    tell(f"Urgency: {plain(in_words(catalogue, 'urgency', cover.urgency))}")
    for line in cover.handling:
        tell(f"Handling: {plain(handling_in_words(catalogue, line))}")
    for name, value in cover.contact.items():
        tell(f"Contact {plain(name).replace('_', ' ')}: {plain(value)}")


def _references(opened: ReadPackage) -> Iterator[tuple[str, str]]:
    """By what its sender calls the matter, and by what the cover does: people quote both on the phone."""
    if (thread := thread_of(opened)) is not None:
        yield "Sender's reference", thread
    if opened.cover.reference:
        yield "Reference on the cover", opened.cover.reference


def thread_of(opened: ReadPackage) -> str | None:
    """The sender's own reference; None where there is none, and where all of the package is restricted unread."""
    hidden = not opened.is_shown and any(part.place is None for part in opened.restricted)
    return None if hidden else opened.contents.manifest.thread or None


def _tell_section(
    section: ReadSection, places: Places, written: Mapping[bytes, Path], catalogue: Catalogue
) -> None:
    tell(f"{plain(section.title)}  [{plain(section.marking)}]")
    for line in section.handling:
        tell(f"  Handling: {plain(handling_in_words(catalogue, line))}")
    for person in section.people:
        for line in person_lines(person, catalogue):
            tell(f"  {line}")
    names = {person.said.label: person.said.name for person in section.people}
    for statement in section.statements:
        _tell_statement(statement, names, places, catalogue)
    for file in (file for file in section.attachments if file.id in places.hidden):
        tell(f"  {plain(places.called[file.id])}  restricted")
    for file in (file for file in section.attachments if file.id not in places.hidden):
        _tell_file(file, written.get(file.said.digest), places.beside.get(file.id, ()))
    for question, answer in answer_lines(section.answers, catalogue):
        tell(f"  {plain(question)}: {plain(written_day(answer))}")
    for line in section.do_not_alert:
        tell(f"  Do not alert: {plain(line)}")


def _tell_statement(
    statement: ReadStatement, names: Mapping[str, str], places: Places, catalogue: Catalogue
) -> None:
    notices = places.beside.get(statement.id, ())
    if statement.id in places.hidden:
        tell(f"  {plain(places.called[statement.id])}  restricted")
    else:
        marks, now = marks_of(notices), _stands(statement.said, notices)
        for line in statement_lines(statement, names, places.called, catalogue, marks, now):
            tell(f"  {line}")
    tell_beside(notices, _UNDER)
    _tell_resting(places.resting.get(statement.id, ()), places.called)


def _stands(said: Statement, notices: Sequence[Shown]) -> Statement | None:
    """What stands in the place of a statement; None where nothing does, and where it was withdrawn."""
    now = as_corrected(said, [notice.noticed for notice in notices])
    return None if now is said or "withdrawn" in marks_of(notices) else now


_UNDER = " " * 12


def _tell_resting(withdrawn: Sequence[ItemId], names: Mapping[ItemId, str]) -> None:
    if withdrawn:
        called_ = ", ".join(plain(names.get(item, item.hex())) for item in withdrawn)
        tell(f"{_UNDER}Rests on what was withdrawn: {called_}")


def _tell_file(file: ReadAttachment, where: Path | None, notices: Sequence[Shown]) -> None:
    tell(f"  {marked(marks_of(notices))}Attached: {plain(file.said.name)}, {file.said.size} bytes")
    tell_beside(notices, "    ")
    tell(f"    {where}" if where else "    Use --attachments DIR to write it to a folder.")
