"""Rules on attached files: readable, for a section that exists, within the partnership's bounds."""

from __future__ import annotations

from collections.abc import Iterator

from agency_client.record.document import Document
from agency_client.record.facts import AttachedFile, Facts
from agency_client.record.faults import did_you_mean
from agency_client.record.findings import Finding, problem
from agency_client.record.places import Place
from phoenix_protocol import limits


def files(document: Document, facts: Facts) -> Iterator[Finding]:
    """Every file can be read, sealed and named, and belongs to a section."""
    ids = [section.id for section in document.section if section.id]
    for n, file in enumerate(facts.attachments):
        at: Place = ("--attach", n)
        if file.section not in ids:
            message = "No section has the id that this file is attached to."
            message += did_you_mean(file.section, ids)
            yield _refused(at, message)
        if file.size is None:
            yield _refused((*at, "file"), "This file is not there or cannot be read.")
        elif file.size > facts.bounds.attachment:
            limit = _size(facts.bounds.attachment)
            yield _refused(
                (*at, "file"), f"This file is larger than the partnership allows ({limit})."
            )
        if not _is_name(file):
            yield _refused((*at, "name"), "The name of this file cannot be sent. Rename the file.")


def _refused(at: Place, message: str) -> Finding:
    return problem("E_DOC_ATTACHMENT", at, message)


def _is_name(file: AttachedFile) -> bool:
    try:
        length = len(file.name.encode())
    except UnicodeEncodeError:
        return False
    return 0 < length <= limits.LINE and "\0" not in file.name


def together(document: Document, facts: Facts) -> Iterator[Finding]:
    """All files together are within the bounds of a package."""
    at: Place = ("--attach",)
    if len(facts.attachments) > limits.ATTACHMENTS:
        yield _refused(at, f"There are more than {limits.ATTACHMENTS} files.")
    if sum(file.size or 0 for file in facts.attachments) > facts.bounds.package:
        limit = _size(facts.bounds.package)
        message = f"The files together are larger than the partnership allows ({limit})."
        yield _refused((*at, "files"), message)


def _size(count: int) -> str:
    for unit, size in (("GiB", limits.GIB), ("MiB", limits.MIB), ("KiB", limits.KIB)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count} bytes"


RULES = (files, together)
