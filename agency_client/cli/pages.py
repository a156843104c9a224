"""A package on the page: what ``phoenix open`` prints, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agency_client.cli.notice_pages import (
    Beside,
    marked,
    rests_on_withdrawn,
    tell_beside,
    with_notices,
)
from agency_client.cli.telling import spoken, tell, warn
from agency_client.ports.vault import ReceivedPackage
from agency_client.record.catalogue import Catalogue
from agency_client.record.opened import (
    ReadAttachment,
    ReadSection,
    ReadStatement,
    section_json,
)
from agency_client.record.plain import plain
from agency_client.record.pointing import called
from agency_client.record.shipped import shipped_catalogue
from agency_client.record.wording import answer_lines, in_words
from agency_client.use_cases.notice_views import Shown
from phoenix_protocol.identifiers import ItemId
from phoenix_protocol.sealing.contents import Cover


def package_json(
    package: ReceivedPackage,
    sections: Sequence[ReadSection],
    written: Mapping[bytes, Path],
    beside: Beside,
    unread: int,
) -> dict[str, Any]:
    """An opened package with the notices beside its statements; attachments say where they were written, if so."""
    shown = [section_json(section) for section in sections]
    paths = {digest.hex(): str(path) for digest, path in written.items()}
    for section in shown:
        for file in section["attachments"]:
            if file["digest"] in paths:
                file["path"] = paths[file["digest"]]
    with_notices(shown, sections, beside)
    return {
        "package": package.package.hex(),
        "from": package.sent_from,
        "sections": shown,
        "unread_notices": unread,
    }


def tell_package(
    package: ReceivedPackage,
    cover: Cover,
    sections: Sequence[ReadSection],
    written: Mapping[bytes, Path],
    beside: Beside,
    unread: int,
) -> None:
    """An opened package for a person. Everything that others wrote is made safe for a terminal."""
    if unread:
        warn(_UNREAD)
    catalogue = shipped_catalogue()
    _tell_cover(package, cover, catalogue)
    resting = rests_on_withdrawn(sections, beside)
    names = {pointed.item: pointed.called for pointed in called(sections)}
    for section in sections:
        _tell_head(section, catalogue)
        for statement in section.statements:
            notices = beside.get(statement.id, ())
            _tell_statement(statement, catalogue, names[statement.id], notices)
            _tell_resting(resting.get(statement.id, ()), names)
        for file in section.attachments:
            _tell_file(file, written.get(file.said.digest), beside.get(file.id, ()))
        for question, answer in answer_lines(section.answers, catalogue):
            tell(f"  {plain(question)}: {plain(answer)}")
        for line in section.do_not_alert:
            tell(f"  Do not alert: {plain(line)}")


def _tell_cover(package: ReceivedPackage, cover: Cover, catalogue: Catalogue) -> None:
    tell(f"From {package.sent_from}, sent {spoken(package.created)}")
    tell(f"{plain(package.classification)}. Confidential: share it only for its purpose.")
    tell(f"Purpose: {plain(package.purpose)}")
    tell(f"Urgency: {plain(in_words(catalogue, 'urgency', package.urgency))}")
    for line in cover.handling:
        tell(f"Handling: {plain(in_words(catalogue, 'handling', line))}")
    for name, value in cover.contact.items():
        tell(f"Contact {plain(name).replace('_', ' ')}: {plain(value)}")


def _tell_head(section: ReadSection, catalogue: Catalogue) -> None:
    tell()
    tell(f"{plain(section.title)}  [{plain(section.marking)}]")
    for line in section.handling:
        tell(f"  Handling: {plain(in_words(catalogue, 'handling', line))}")
    for person in section.people:
        tell(f"  {plain(person.said.name)} ({plain(person.said.role)})")


def _tell_file(file: ReadAttachment, where: Path | None, notices: Sequence[Shown]) -> None:
    tell(f"  {marked(notices)}Attached: {plain(file.said.name)}, {file.said.size} bytes")
    tell_beside(notices, "    ")
    tell(f"    {where}" if where else "    Use --attachments DIR to write it to a folder.")


_UNREAD = (
    "Somebody said something of this package that this machine has no key for: a correction, perhaps. "
    "Look at another machine of your desk, or ask the sender."
)


def _tell_resting(withdrawn: Sequence[ItemId], names: Mapping[ItemId, str]) -> None:
    if withdrawn:
        called_ = ", ".join(plain(names.get(item, item.hex())) for item in withdrawn)
        tell(f"            Rests on what was withdrawn: {called_}")


def _tell_statement(
    statement: ReadStatement, catalogue: Catalogue, name: str, notices: Sequence[Shown]
) -> None:
    said = statement.said
    tell(f"  {statement.class_.value:<8}  {marked(notices)}{plain(said.text)}")
    notes = [f"{name}: {said.kind.value.replace('_', ' ')}"]
    if said.author:
        notes.append(f"by {said.author}")
    if said.source is not None:
        notes.append(f"source: {in_words(catalogue, 'source_type', said.source.type)}")
        if said.source.detail:
            notes.append(said.source.detail)
    if said.as_of:
        notes.append(f"as of {said.as_of}")
    if said.chain_depth:
        notes.append(f"first said by {said.origin}, passed on {_times(said.chain_depth)}")
    tell(f"            {plain(', '.join(notes))}")
    tell_beside(notices, "            ")


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
