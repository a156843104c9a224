"""What a command adds to a document: its attachments, how long, whether it is urgent, what it answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from phoenix_protocol.identifiers import ObjectHash


class AttachedSource(Protocol):
    """A file that was attached: which section it belongs to, its shown name and size, its bytes."""

    @property
    def section(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int | None:
        """Bytes, or None for a file that cannot be read."""
        ...

    def read(self) -> Iterator[bytes]:
        """The bytes in pieces of at most 1 MiB, from the beginning, each time it is called."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command adds to the document.

    ``answers`` is the core, in hex, of the request that it answers; ``speaks_of`` the packages that its words are
    about.
    """

    attachments: tuple[AttachedSource, ...] = ()
    expires: str | None = None
    urgent: bool = False
    answers: str | None = None
    speaks_of: tuple[ObjectHash, ...] = ()

    def as_text(self) -> tuple[str, ...]:
        """The options that make two sends different, besides the attachments' bytes."""
        named = tuple(f"attach:{a.section}:{a.name}" for a in self.attachments)
        answered = (f"answers:{self.answers}",) if self.answers else ()
        return (*named, f"expires:{self.expires}", f"urgent:{self.urgent}", *answered)
