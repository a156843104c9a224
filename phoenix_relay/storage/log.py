"""The directory's log: statements in their order, and the openings kept beside it (docs/protocol.md §4)."""

from __future__ import annotations

from collections.abc import Sequence

from phoenix_protocol.directory.statements import Opening
from phoenix_protocol.identifiers import ObjectHash
from phoenix_relay.storage.rows import Leaf


class Log:
    """Statements, never changed nor removed."""

    def size(self) -> int:
        """How many statements there are."""
        raise NotImplementedError

    def append(
        self,
        first: int,
        entries: Sequence[tuple[ObjectHash, bytes, Sequence[Opening]]],
        root: bytes,
    ) -> None:
        """Append statements (object hash, Signed bytes, openings) from index ``first`` on; ``root`` is the tree's then.

        Raises RefusedError ``E_DIR_CHAIN`` when the log's size is not ``first``: somebody else appended.
        """
        raise NotImplementedError

    def page(self, first: int, limit: int = 256, *, openings: bool) -> tuple[Leaf, ...]:
        """Up to ``limit`` statements from index ``first`` on (fewer when they are large), with openings if asked."""
        raise NotImplementedError

    def leaf_hashes(self, first: int = 0) -> tuple[ObjectHash, ...]:
        """The leaf hashes from index ``first`` to the end."""
        raise NotImplementedError

    def erase_opening(self, commitment: bytes) -> bool:
        """Forget what a commitment hides. False when it was not kept."""
        raise NotImplementedError
