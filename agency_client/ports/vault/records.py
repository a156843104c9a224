"""The record: what an agency writes down beside packages, and what falls due. Both appended, neither rewritten.

A record is a numbered row of a kind (a decision, advice, a breach, an answer, a hold, a request …), the document as
its author wrote it, and the packages that it is about. A due is a moment by which somebody has to look or act; it is
closed when that is done, and never removed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from phoenix_protocol.identifiers import ObjectHash, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row. ``kind`` is a code of the family that writes it; ``about`` is the number of the record that it follows.

    ``summary`` is one line for lists; ``signed`` the Signed object of whoever recorded it. Both go when the texts are
    erased. ``number`` is given by the vault, from 1.
    """

    kind: str
    time: Seconds
    about: int | None = None
    cores: tuple[ObjectHash, ...] = ()
    summary: str = field(repr=False, default="")
    signed: bytes | None = field(repr=False, default=None)
    number: int = 0


class Records(Protocol):
    """Records by number. What was written is never changed: what comes later is a record of its own."""

    def add(self, record: Record, document: bytes) -> int:
        """Keep a record with its document, byte for byte; gives its number.

        Raises RefusedError ``E_NOT_FOUND`` when ``about`` names no record.
        """
        ...

    def get(self, number: int) -> Record | None:
        """One record."""
        ...

    def document(self, number: int) -> bytes | None:
        """The document as it was written; None when there is no such record, or its texts are erased."""
        ...

    def of(self, core: ObjectHash, kinds: Collection[str] | None = None) -> tuple[Record, ...]:
        """The records that name a package, of these kinds or of all, oldest first."""
        ...

    def following(self, number: int, kinds: Collection[str] | None = None) -> tuple[Record, ...]:
        """The records that are about record ``number``, oldest first."""
        ...

    def listing(
        self,
        kinds: Collection[str] | None = None,
        *,
        since: Seconds | None = None,
        until: Seconds | None = None,
    ) -> tuple[Record, ...]:
        """Records of these kinds or of all, made from ``since`` on and before ``until``, oldest first."""
        ...

    def erase(self, number: int) -> None:
        """Forget the texts of a record. That there was one, when, of which kind and about what stays.

        What the file still holds of them goes with ``vault.settle()``.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something to be done or looked at by the time ``at``.

    ``kind`` is a code of the family that wants it; ``core``, ``record`` and ``place`` (a section's id, the place of an
    answer: codes only) say of what. At most one of the same four is open at a time. ``closed`` says since when it is
    done, ``closed_by`` by which record. ``number`` is given by the vault.
    """

    kind: str
    at: Seconds
    made: Seconds
    core: ObjectHash | None = None
    record: int | None = None
    place: str = ""
    closed: Seconds | None = None
    closed_by: int | None = None
    number: int = 0


class Dues(Protocol):
    """What falls due, of every kind: `phoenix review` lists it, whoever wants it closes it."""

    def put(self, due: Due) -> int:
        """Keep a due; gives its number. When the same is open for another time, that one is closed."""
        ...

    def close(self, number: int, at: Seconds, by: int | None = None) -> None:
        """It is done since ``at``, by record ``by``. Closing twice is once: the first time stays."""
        ...

    def find(
        self,
        kind: str,
        *,
        core: ObjectHash | None = None,
        record: int | None = None,
        place: str = "",
    ) -> Due | None:
        """The open one of exactly these, if there is one."""
        ...

    def open(
        self,
        kinds: Collection[str] | None = None,
        *,
        until: Seconds | None = None,
        limit: int | None = None,
    ) -> tuple[Due, ...]:
        """What is not done, due at ``until`` or before (None: ever), soonest first."""
        ...

    def count(self, until: Seconds) -> int:
        """How much is not done and due at ``until`` or before."""
        ...

    def of(self, *, core: ObjectHash | None = None, record: int | None = None) -> tuple[Due, ...]:
        """Everything that is or was due for a package or for a record, open and closed, soonest first."""
        ...
