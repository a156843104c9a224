"""Making the tables, and knowing which version of them a database has."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from phoenix_protocol.errors import RefusedError, UnavailableError, UsageError
from phoenix_relay.storage.facts import Fact, Facts
from phoenix_relay.storage.sqlite import create_database_file, reader_engine, writer_engine
from phoenix_relay.storage.tables import METADATA, SCHEMA_VERSION

UP_TO_DATE: Final = "The database is up to date."


def create(database: Path) -> None:
    """Make an empty database of this version. Raises FileExistsError when there is one."""
    create_database_file(database)
    with writer_engine(database).connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        METADATA.create_all(connection)
        Facts(connection).put(Fact.SCHEMA, str(SCHEMA_VERSION).encode())
        connection.exec_driver_sql("COMMIT")


def version_of(database: Path) -> int:
    """The schema version of a database.

    Raises UsageError ``E_NOT_FOUND`` when there is none, UnavailableError ``E_RELAY`` when it cannot be read.
    """
    if not database.is_file():
        raise UsageError(
            "E_NOT_FOUND",
            "There is no relay in this folder.",
            next="Name the relay's folder with --home, or make a relay with: phoenix-relay init",
        )
    try:
        with reader_engine(database).connect() as connection:
            return Facts(connection).number(Fact.SCHEMA)
    except (SQLAlchemyError, ValueError):
        raise UnavailableError(
            "E_RELAY",
            "The relay's database cannot be read.",
            next="Run phoenix-relay check. If the database is damaged, restore a backup.",
        ) from None


def require_current(database: Path) -> None:
    """Raise RefusedError ``E_STORE_VERSION`` unless this program and the database are of one version."""
    found = version_of(database)
    if found < SCHEMA_VERSION:
        raise RefusedError(
            "E_STORE_VERSION",
            f"The relay's database has schema {found}; this program needs {SCHEMA_VERSION}.",
            next="Take a backup, then run: phoenix-relay upgrade",
        )
    if found > SCHEMA_VERSION:
        raise RefusedError(
            "E_STORE_VERSION",
            f"The relay's database has schema {found}; this program knows only {SCHEMA_VERSION}.",
            next="Run the newer version of this program that the database was used with.",
        )
