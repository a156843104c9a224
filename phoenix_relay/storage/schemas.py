"""Making the tables, and knowing which version of them a database has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from phoenix_protocol.errors import RefusedError, UnavailableError, UsageError
from phoenix_relay.storage.facts import Fact, Facts
from phoenix_relay.storage.sqlite import create_database_file, reader_engine, transaction
from phoenix_relay.storage.tables import METADATA, SCHEMA_VERSION


def create(database: Path, facts: Mapping[Fact, bytes] | None = None) -> None:
    """Make a database of this version with nothing in it but ``facts``.

    Raises FileExistsError when there is one, UnavailableError ``E_RELAY`` when it cannot be made.
    """
    create_database_file(database)
    with transaction(database) as connection:
        METADATA.create_all(connection)
        kept = Facts(connection)
        kept.put(Fact.SCHEMA, str(SCHEMA_VERSION).encode())
        for fact, value in (facts or {}).items():
            kept.put(fact, value)


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
            version = Facts(connection).get(Fact.SCHEMA)
            if version is not None:
                return int(version)
    except (SQLAlchemyError, ValueError):
        pass
    raise UnavailableError(
        "E_RELAY",
        "The relay's database cannot be read.",
        next="Run phoenix-relay check. If the database is damaged, restore a backup.",
    )


def upgrade(database: Path) -> int:
    """Bring a database to this program's schema; the version that it has then.

    Version 1 is the first, so there is nothing older to bring up. Raises as :func:`require_current`.
    """
    require_current(database)
    return SCHEMA_VERSION


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
