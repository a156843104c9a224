"""A package on the page: what ``phoenix open`` prints, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agency_client.cli.telling import spoken, tell
from agency_client.record.catalogue import Catalogue
from agency_client.record.opened import ReadSection, section_json
from agency_client.record.page import numbers_of, person_lines, statement_lines
from agency_client.record.plain import plain
from agency_client.record.shipped import shipped_catalogue
from agency_client.record.wording import answer_lines, in_words
from agency_client.use_cases.reading import ReadPackage
from phoenix_protocol.identifiers import ItemId


def package_json(
    opened: ReadPackage, sections: Sequence[ReadSection], written: Mapping[bytes, Path]
) -> dict[str, Any]:
    """An opened package; attachments say where they were written, if they were."""
    shown = [section_json(section) for section in sections]
    paths = {digest.hex(): str(path) for digest, path in written.items()}
    for section in shown:
        for file in section["attachments"]:
            if file["digest"] in paths:
                file["path"] = paths[file["digest"]]
    return {
        "package": opened.package.package.hex(),
        "from": opened.cover.sent_from,
        "sections": shown,
    }


def tell_package(
    opened: ReadPackage, sections: Sequence[ReadSection], written: Mapping[bytes, Path]
) -> None:
    """An opened package for a person. Everything that others wrote is made safe for a terminal."""
    catalogue = shipped_catalogue()
    _tell_cover(opened, catalogue)
    for line in dict.fromkeys(line for section in sections for line in section.do_not_alert):
        tell(f"DO NOT ALERT: {plain(line)}")
    numbers = numbers_of(sections)
    for section in sections:
        tell()
        _tell_section(section, numbers, written, catalogue)


def _tell_cover(opened: ReadPackage, catalogue: Catalogue) -> None:
    cover = opened.cover
    tell(f"From {cover.sent_from}, sent {spoken(opened.package.created)}")
    tell(f"{plain(cover.classification)}. Confidential: share it only for its purpose.")
    tell(f"Purpose: {plain(cover.purpose)}")
    tell(f"Urgency: {plain(in_words(catalogue, 'urgency', cover.urgency))}")
    for line in cover.handling:
        tell(f"Handling: {plain(in_words(catalogue, 'handling', line))}")
    for name, value in cover.contact.items():
        tell(f"Contact {plain(name).replace('_', ' ')}: {plain(value)}")


def _tell_section(
    section: ReadSection,
    numbers: Mapping[ItemId, int],
    written: Mapping[bytes, Path],
    catalogue: Catalogue,
) -> None:
    tell(f"{plain(section.title)}  [{plain(section.marking)}]")
    for line in section.handling:
        tell(f"  Handling: {plain(in_words(catalogue, 'handling', line))}")
    for person in section.people:
        for line in person_lines(person, catalogue):
            tell(f"  {line}")
    names = {person.said.label: person.said.name for person in section.people}
    for statement in section.statements:
        for line in statement_lines(statement, names, numbers, catalogue):
            tell(f"  {line}")
    for file in section.attachments:
        where = written.get(file.said.digest)
        tell(f"  Attached: {plain(file.said.name)}, {file.said.size} bytes")
        tell(f"    {where}" if where else "    Use --attachments DIR to write it to a folder.")
    for question, answer in answer_lines(section.answers, catalogue):
        tell(f"  {plain(question)}: {plain(answer)}")
    for line in section.do_not_alert:
        tell(f"  Do not alert: {plain(line)}")
