"""What ``check`` finds, and walking through a table without keeping anybody from writing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, select, tuple_

#: Rows read in one snapshot.
PORTION: Final = 100

#: The code of what a backup mends.
DAMAGED: Final = "E_STORE_INTEGRITY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One damaged thing: the table or folder, which of it (the beginning of its key), what is wrong and what to do."""

    place: str
    name: str
    what: str
    code: str = DAMAGED
    next: str = "Restore a backup."


def rows_of(connection: Connection, table: Table) -> Iterator[Row[Any]]:
    """Every row in the order of its key, a portion at a time: no snapshot stays open for long."""
    keys = list(table.primary_key.columns)
    last: tuple[Any, ...] | None = None
    while True:
        wanted = select(table).order_by(*keys).limit(PORTION)
        if last is not None:
            wanted = wanted.where(tuple_(*keys) > tuple_(*last))
        rows = connection.execute(wanted).all()
        yield from rows
        if len(rows) < PORTION:
            return
        last = tuple(rows[-1]._mapping[key] for key in keys)


def name_of(key: object) -> str:
    """A key as findings name it."""
    return key[:8].hex() if isinstance(key, bytes) else str(key)
