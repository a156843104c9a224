"""Reading a package document from the bytes of a file: TOML, or JSON of the same shape (docs/document.md)."""

from __future__ import annotations

from dataclasses import replace

from agency_client.record.as_written import written_from
from agency_client.record.document import Document
from agency_client.record.statements import Section
from agency_client.record.syntax import Parsed, parse


def read_document(data: bytes) -> Document:
    """The document in ``data``. What is wrong inside it is in its ``faults``, each with its line.

    Raises UsageError ``E_DOC_SYNTAX``, with the line, for bytes that are neither TOML nor a JSON object.
    """
    return document_from(parse(data))


def document_from(parsed: Parsed) -> Document:
    """The document out of values that are parsed already."""
    document = written_from(Document, parsed)
    return replace(document, section=numbered(document.section))


def numbered(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """``sections`` with their statements numbered from one through the whole document."""
    written = []
    number = 0
    for section in sections:
        statements = []
        for statement in section.statement:
            number += 1
            statements.append(replace(statement, number=number))
        written.append(replace(section, statement=tuple(statements)))
    return tuple(written)
