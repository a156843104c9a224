"""Files that are named on the command line: documents to read, attachments to seal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agency_client.named_files import open_named
from agency_client.use_cases.document_options import Options
from phoenix_protocol.errors import UsageError

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PathSource:
    """An attachment on this disk."""

    section: str
    name: str
    path: Path
    size: int | None

    def read(self) -> Iterator[bytes]:
        """The bytes in pieces."""
        with self.path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece


def read_document_file(path: Path) -> bytes:
    """A document's bytes; ``-`` reads standard input. Raises UsageError ``E_FILE``."""
    from agency_client.record.syntax import LARGEST

    if str(path) == "-":
        data = sys.stdin.buffer.read(LARGEST + 1)
    else:
        with open_named(path, "The document", take_stdin=True) as file:
            data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise UsageError(
            "E_FILE", "The document is over 4 MiB.", next="Attach long texts as files."
        )
    return data


def read_file(path: Path, limit: int = 1 << 24) -> bytes:
    """A file's bytes. Raises UsageError ``E_FILE`` for one that cannot be read."""
    with open_named(path) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise UsageError("E_FILE", "The file is too large to be what it should be.")
    return data


def read_options(attach: tuple[str, ...], expires: str | None, urgent: bool) -> Options:
    """The options of ``check`` and ``send``. Raises UsageError ``E_USAGE`` for a malformed ``--attach``."""
    return Options(
        attachments=tuple(_attached(text) for text in attach), expires=expires, urgent=urgent
    )


def _attached(text: str) -> PathSource:
    section, separator, name = text.partition("=")
    if not separator or not section or not name:
        raise UsageError(
            "E_USAGE",
            "An attachment needs its section and its file.",
            next="Write it as --attach SECTION=PATH, with the id of a section of the document.",
        )
    path = Path(name)
    try:
        size: int | None = path.stat().st_size if path.is_file() else None
        if size is not None:
            with path.open("rb"):
                pass
    except OSError:
        size = None
    return PathSource(section=section, name=path.name, path=path, size=size)
