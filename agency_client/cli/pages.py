"""A package on the page: what ``phoenix open`` prints, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agency_client.cli.telling import spoken, tell
from agency_client.ports.vault import ReceivedPackage
from agency_client.record.catalogue import Catalogue
from agency_client.record.opened import ReadSection, ReadStatement, section_json
from agency_client.record.plain import plain
from agency_client.record.shipped import shipped_catalogue
from agency_client.record.wording import answer_lines, in_words
from phoenix_protocol.sealing.contents import Cover


def package_json(
    package: ReceivedPackage, sections: Sequence[ReadSection], written: Mapping[bytes, Path]
) -> dict[str, Any]:
    """An opened package; attachments say where they were written, if they were."""
    shown = [section_json(section) for section in sections]
    paths = {digest.hex(): str(path) for digest, path in written.items()}
    for section in shown:
        for file in section["attachments"]:
            if file["digest"] in paths:
                file["path"] = paths[file["digest"]]
    return {"package": package.package.hex(), "from": package.sent_from, "sections": shown}


def tell_package(
    package: ReceivedPackage,
    cover: Cover,
    sections: Sequence[ReadSection],
    written: Mapping[bytes, Path],
) -> None:
    """An opened package for a person. Everything that others wrote is made safe for a terminal."""
    tell(f"From {package.sent_from}, sent {spoken(package.created)}")
    tell(f"{plain(package.classification)}. Confidential: share it only for its purpose.")
    catalogue = shipped_catalogue()
    tell(f"Purpose: {plain(package.purpose)}")
    tell(f"Urgency: {plain(in_words(catalogue, 'urgency', package.urgency))}")
    for line in cover.handling:
        tell(f"Handling: {plain(in_words(catalogue, 'handling', line))}")
    for name, value in cover.contact.items():
        tell(f"Contact {plain(name).replace('_', ' ')}: {plain(value)}")
    for section in sections:
        tell()
        tell(f"{plain(section.title)}  [{plain(section.marking)}]")
        for line in section.handling:
            tell(f"  Handling: {plain(in_words(catalogue, 'handling', line))}")
        for person in section.people:
            tell(f"  {plain(person.said.name)} ({plain(person.said.role)})")
        for statement in section.statements:
            _tell_statement(statement, catalogue)
        for file in section.attachments:
            where = written.get(file.said.digest)
            tell(f"  Attached: {plain(file.said.name)}, {file.said.size} bytes")
            tell(f"    {where}" if where else "    Use --attachments DIR to write it to a folder.")
        for question, answer in answer_lines(section.answers, catalogue):
            tell(f"  {plain(question)}: {plain(answer)}")
        for line in section.do_not_alert:
            tell(f"  Do not alert: {plain(line)}")


def _tell_statement(statement: ReadStatement, catalogue: Catalogue) -> None:
    said = statement.said
    tell(f"  {statement.class_.value:<8}  {plain(said.text)}")
    notes = [said.kind.value.replace("_", " ")]
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


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
