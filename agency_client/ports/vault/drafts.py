"""Drafts: documents that somebody is still writing, with the files that go with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from phoenix_protocol.identifiers import Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document as far as it is written: JSON of the shape of its kind. ``about`` is what it answers, or empty."""

    id: str
    kind: str
    about: str = ""
    made: Seconds
    changed: Seconds
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFile:
    """A file of a draft: the section it is for, its name, and how its encrypted copy opens."""

    id: str
    draft: str
    section: str
    name: str = field(repr=False)
    size: int
    key: bytes = field(repr=False)


class Drafts(Protocol):
    """Drafts may change and go at any time: nobody else has ever seen them."""

    def put(self, draft: Draft) -> None:
        """Keep a draft, in place of the one of its id."""
        ...

    def get(self, id_: str) -> Draft | None:
        """One draft."""
        ...

    def listing(self, kind: str | None = None) -> tuple[Draft, ...]:
        """All drafts, or those of a kind, the one changed last first."""
        ...

    def remove(self, id_: str) -> None:
        """Forget a draft and what is known of its files."""
        ...

    def add_file(self, file: DraftFile) -> None:
        """Keep what opens a file."""
        ...

    def files(self, draft: str) -> tuple[DraftFile, ...]:
        """The files of a draft, in the order in which they came."""
        ...

    def remove_file(self, id_: str) -> None:
        """Forget a file."""
        ...

    def file_ids(self) -> frozenset[str]:
        """Every file that a draft has."""
        ...
