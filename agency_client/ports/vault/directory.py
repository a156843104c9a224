"""The partnership's log as this home has verified it, with openings beside it and checkpoints kept
as proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from phoenix_protocol.identifiers import Seconds

if TYPE_CHECKING:
    from phoenix_protocol.api import LogEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCheckpoint:
    """A checkpoint note kept as proof, and the code of why (``E_DIR_FORK``, ``E_DIR_ROLLBACK``)."""

    note: str
    why: str
    time: Seconds


class Directory(Protocol):
    """Statements by their index in the log: only ever appended."""

    def size(self) -> int:
        """How many statements are kept: the index of the next one."""
        ...

    def append(self, first: int, entries: Sequence[LogEntry]) -> None:
        """Keep statements ``first``, ``first + 1``, … with their openings.

        A statement that is kept already must be the same; new openings of it are added. Raises
        TamperError ``E_DIR_FORK`` when it is another, ``E_DIR_CHAIN`` when ``first`` would leave a
        gap.
        """
        ...

    def entries(self, first: int = 0, count: int | None = None) -> tuple[LogEntry, ...]:
        """Statements from index ``first`` on, in order, with the openings that are still there."""
        ...

    def erase_openings(self, index: int) -> None:
        """Forget what the commitments of one statement hide. The statement stays and verifies as
        before.
        """
        ...

    def keep_checkpoint(self, checkpoint: KeptCheckpoint) -> None:
        """Keep a checkpoint note as proof; the same note is kept once."""
        ...

    def checkpoints(self) -> tuple[KeptCheckpoint, ...]:
        """All that were kept as proof, oldest first."""
        ...
