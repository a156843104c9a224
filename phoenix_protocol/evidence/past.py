"""What a bundle's log said at each of its sizes, as far as the bundle shows it (docs/protocol.md §4.7, §4.8, §6.11)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from phoenix_protocol.commitments import Commitment
from phoenix_protocol.directory.checkpoints import check_age, claimed_size
from phoenix_protocol.directory.openings import by_commitment
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.directory.statements import Member, Opening, Statement
from phoenix_protocol.directory.versions import GrowingTree
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Anchor, EndpointId, ObjectHash, Seconds
from phoenix_protocol.notes import NoteKey, OpenedCheckpoint, open_checkpoint
from phoenix_protocol.signed import Signed


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStatement:
    """A statement of the log that the bundle shows, with its place in the log."""

    index: int
    hash: ObjectHash
    signed: Signed = field(repr=False)
    statement: Statement
    openings: tuple[Opening, ...]


class Past:
    """What a bundle's log said at each of its sizes. Only what is shown is known of; its root covers all.

    ``directory`` is the fold of the shown statements; ``whole`` says that no other statement of the log is about those
    who are in it.
    """

    def __init__(
        self,
        directory: Directory,
        shown: Sequence[ShownStatement],
        tree: GrowingTree,
        *,
        whole: bool,
    ) -> None:
        self.directory: Final = directory
        self.shown: Final = tuple(shown)
        self.tree: Final = tree
        self.whole: Final = whole
        self.openings: Final[Mapping[Commitment, Opening]] = by_commitment(
            opening for statement in shown for opening in statement.openings
        )
        self._indexes: Final = [statement.index for statement in shown]
        self._opened: Final[dict[str, OpenedCheckpoint]] = {}

    @property
    def anchor(self) -> Anchor:
        """The partnership."""
        return self.directory.anchor

    def view(self, size: int) -> Directory:
        """What the log said when it had ``size`` statements."""
        return self.directory.at(max(bisect_left(self._indexes, size), 1))

    def relied_on(self, note: str, made: Seconds | None = None) -> int:
        """The size of the log that something relied on; of something made by an endpoint also its age (§4.8).

        Raises TamperError ``E_PARSE``, ``E_LIMIT``, ``E_DIR_STALE`` (of a longer log than this, or too old), ``E_SIG``,
        ``E_DIR_FORK``, ``E_TIME``.
        """
        opened = self._opened.get(note)
        if opened is None:
            opened = self._opened[note] = self._open(note)
        if made is not None:
            check_age(opened, made)
        return opened.checkpoint.size

    def certified(self, endpoint: EndpointId, size: int, time: Seconds) -> Member:
        """What a log of ``size`` statements certified of an endpoint for ``time``. Raises ``E_KEY_UNCERTIFIED``."""
        member = self.view(size).endpoint_at(endpoint, size, time)
        if member is None:
            raise TamperError("E_KEY_UNCERTIFIED", "The log did not certify its maker then.")
        return member

    def receipt_key(self, size: int) -> bytes:
        """What the relay signed receipts with when the log had ``size`` statements."""
        return self.view(size).relay.receipt_key

    def _open(self, note: str) -> OpenedCheckpoint:
        size = claimed_size(note)
        if size > self.tree.size:
            raise TamperError("E_DIR_STALE", "It relies on a longer log than the one shown here.")
        opened = open_checkpoint(note, log_key=self.log_key(size))
        if opened.checkpoint.root != self.tree.frontier(size).root():
            raise TamperError("E_DIR_FORK", "It relies on another log than the one shown here.")
        return opened

    def log_key(self, size: int) -> NoteKey:
        """The key that signs checkpoints of ``size`` statements."""
        relay = self.view(size).relay
        return NoteKey(name=relay.origin, public=relay.log_key)
