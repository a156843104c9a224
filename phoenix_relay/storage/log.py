"""The directory's log: statements in their order, and the openings kept beside it (docs/protocol.md §4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select

from phoenix_protocol import limits
from phoenix_protocol.commitments import commit
from phoenix_protocol.directory.statements import Opening
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import ObjectHash
from phoenix_relay.storage.rows import Leaf
from phoenix_relay.storage.tables import LEAVES, OPENINGS, ROOTS

#: A page ends early rather than grow beyond this.
PAGE_BYTES: Final = 4 * limits.MIB

_SIZE: Final = select(func.coalesce(func.max(LEAVES.c.place) + 1, 0))
_FROM: Final = select(LEAVES).where(LEAVES.c.place >= bindparam("first")).order_by(LEAVES.c.place)


class Log:
    """Statements, never changed nor removed."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection: Final = connection

    def size(self) -> int:
        """How many statements there are."""
        return int(self._connection.execute(_SIZE).scalar_one())

    def append(
        self,
        first: int,
        entries: Sequence[tuple[ObjectHash, bytes, Sequence[Opening]]],
        root: bytes,
    ) -> None:
        """Append statements (object hash, Signed bytes, openings) from index ``first`` on; ``root`` is the tree's then.

        Raises RefusedError ``E_DIR_CHAIN`` when the log's size is not ``first`` (somebody else appended), or when a
        statement stands in it already.
        """
        if self.size() != first or self._present([entry[0] for entry in entries]):
            raise RefusedError("E_DIR_CHAIN", "The log has changed since it was looked at.")
        for index, (leaf, statement, openings) in enumerate(entries, first):
            self._connection.execute(
                insert(LEAVES), {"place": index, "hash": leaf, "statement": statement}
            )
            for opening in openings:
                self._connection.execute(insert(OPENINGS), _opening_row(index, opening))
        self._connection.execute(insert(ROOTS), {"size": first + len(entries), "root": root})

    def page(self, first: int, limit: int = 256, *, openings: bool) -> tuple[Leaf, ...]:
        """Up to ``limit`` statements from index ``first`` on (fewer when they are large), with openings if asked."""
        rows: list[Row[Any]] = []
        octets = 0
        result = self._connection.execute(_FROM.limit(limit), {"first": first})
        while (row := result.fetchone()) is not None:
            octets += len(row.statement)
            if rows and octets > PAGE_BYTES:
                break
            rows.append(row)
        result.close()
        beside = self._openings(first, len(rows)) if openings else {}
        return tuple(
            Leaf(
                index=row.place,
                hash=ObjectHash(row.hash),
                statement=row.statement,
                openings=tuple(beside.get(row.place, ())),
            )
            for row in rows
        )

    def leaf_hashes(self, first: int = 0) -> tuple[ObjectHash, ...]:
        """The leaf hashes from index ``first`` to the end."""
        wanted = select(LEAVES.c.hash).where(LEAVES.c.place >= first).order_by(LEAVES.c.place)
        return tuple(ObjectHash(row.hash) for row in self._connection.execute(wanted))

    def roots(self) -> tuple[tuple[int, bytes], ...]:
        """Size and root after each append, smallest first."""
        rows = self._connection.execute(select(ROOTS).order_by(ROOTS.c.size))
        return tuple((row.size, row.root) for row in rows)

    def erase_opening(self, commitment: bytes) -> bool:
        """Forget what a commitment hides. False when it was not kept."""
        gone = delete(OPENINGS).where(OPENINGS.c.commitment == commitment)
        return self._connection.execute(gone).rowcount > 0

    def _present(self, hashes: Sequence[ObjectHash]) -> bool:
        wanted = select(LEAVES.c.place).where(LEAVES.c.hash.in_(hashes)).limit(1)
        return self._connection.execute(wanted).first() is not None

    def _openings(self, first: int, count: int) -> dict[int, list[Opening]]:
        wanted = (
            select(OPENINGS)
            .where(OPENINGS.c.place >= first, OPENINGS.c.place < first + count)
            .order_by(OPENINGS.c.place, OPENINGS.c.kind)
        )
        found: dict[int, list[Opening]] = {}
        for row in self._connection.execute(wanted):
            opening = Opening(kind=row.kind, salt=row.salt, text=row.text)
            found.setdefault(row.place, []).append(opening)
        return found


def _opening_row(index: int, opening: Opening) -> dict[str, object]:
    return {
        "place": index,
        "commitment": commit(opening.kind, opening.salt, opening.text.encode()),
        "kind": opening.kind,
        "salt": opening.salt,
        "text": opening.text,
    }
