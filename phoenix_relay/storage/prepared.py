"""Statements of the hot path, compiled once: SQLAlchemy writes the SQL, the driver runs it.

Running a statement through SQLAlchemy costs several times what SQLite needs for it, on the one thread where all changes
queue. So what every package and event runs is compiled when a module is imported; rare statements are not worth it.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import Insert
from sqlalchemy.sql.elements import ClauseElement

Values = Mapping[str, object]

_DIALECT: Final = sqlite.dialect(paramstyle="named")


class Prepared:
    """One statement. Rows come as named tuples of its columns; values are those of its bound parameters.

    What the driver raises (sqlite3.Error) goes up to the writer or reader, which know whose it is.
    """

    __slots__ = ("_fixed", "_row", "_sql")

    def __init__(self, statement: ClauseElement, *, columns: Iterable[str] | None = None) -> None:
        """``columns`` are those that an insert gives values for; all but an automatic key unless said."""
        keys = list(columns) if columns is not None else _insert_columns(statement)
        compiled = cast(SQLCompiler, statement.compile(dialect=_DIALECT, column_keys=keys))
        self._sql: Final = str(compiled)
        self._fixed: Final = {
            name: bound.effective_value
            for name, bound in compiled.binds.items()
            if not bound.required
        }
        self._row: Final = _row_type(compiled)

    def run(self, connection: Connection, values: Values) -> int:
        """Run it; how many rows it changed."""
        return self._execute(connection, values).rowcount

    def many(self, connection: Connection, rows: Iterable[Values]) -> None:
        """Run it for each of ``rows``."""
        _driver(connection).executemany(self._sql, [{**self._fixed, **row} for row in rows])

    def first(self, connection: Connection, values: Values) -> Any | None:
        """The first row, or None."""
        # Reading to the end is what finishes a statement; all that ask for one row match few.
        rows = self._execute(connection, values).fetchall()
        return self._row(*rows[0]) if rows else None

    def all(self, connection: Connection, values: Values) -> list[Any]:
        """All rows."""
        return [self._row(*row) for row in self._execute(connection, values).fetchall()]

    def each(self, connection: Connection, values: Values) -> Iterable[Any]:
        """Row by row, for what may be large; the statement ends when the iteration is closed."""
        cursor = self._execute(connection, values)
        try:
            for row in cursor:
                yield self._row(*row)
        finally:
            cursor.close()

    def _execute(self, connection: Connection, values: Values) -> sqlite3.Cursor:
        return _driver(connection).execute(self._sql, {**self._fixed, **values})


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast(sqlite3.Connection, connection.connection.driver_connection)


def _insert_columns(statement: ClauseElement) -> list[str] | None:
    if not isinstance(statement, Insert):
        return None
    table = statement.table
    return [column.key for column in table.columns if column is not table.autoincrement_column]  # type: ignore[attr-defined]


def _row_type(compiled: SQLCompiler) -> Any:
    names = [entry.keyname for entry in compiled._result_columns]
    return namedtuple("_Row", names) if names else tuple
