"""``check``: every stored row, part, block and statement against its digest, the log, and the relay's key files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from phoenix_protocol.errors import Problem, TamperError, UnavailableError
from phoenix_protocol.randomness import Randomness
from phoenix_relay.maintenance.findings import DAMAGED, Finding
from phoenix_relay.maintenance.key_check import check_day_keys, check_keys
from phoenix_relay.maintenance.log_check import check_documents, check_log, check_signatures
from phoenix_relay.maintenance.package_check import (
    check_bodies,
    check_details,
    check_packages,
    check_strays,
)
from phoenix_relay.settings import DAY
from phoenix_relay.storage import schemas
from phoenix_relay.storage.bodies import Bodies
from phoenix_relay.storage.day_keys import DayKeys
from phoenix_relay.storage.sqlite import DATABASE, reader_engine
from phoenix_relay.storage.store import BODIES, DAY_KEYS

#: So many findings are told; beyond that their number.
MOST: Final = 100

_UNREADABLE: Final = Finding(
    place="database", name=DATABASE, what="Its rows cannot be read to the end."
)
_NEXT: Final = "Stop the relay, keep its folder as evidence, and restore a backup into a new one."
_MEND: Final = "Do what stands beside each file, then run phoenix-relay check again."


def find_damage(home: Path, randomness: Randomness) -> tuple[Finding, ...]:
    """Everything that is damaged in a relay's home, whether it is served from or not. Changes nothing.

    Raises UsageError ``E_NOT_FOUND`` when there is no relay, RefusedError ``E_STORE_VERSION`` for another schema.
    """
    try:
        schemas.require_current(home / DATABASE)
    except UnavailableError:
        return (_UNREADABLE, *check_keys(None, home))
    day_keys = DayKeys(home / DAY_KEYS, DAY, randomness)
    bodies = Bodies(home / BODIES, day_keys)
    try:
        with reader_engine(home / DATABASE).connect() as connection:
            stored = tuple(_findings(connection, day_keys, bodies))
            return stored + tuple(check_keys(connection, home))
    finally:
        bodies.close()


def damage(findings: tuple[Finding, ...]) -> TamperError:
    """Findings as an error for people and programs: ``E_STORE_INTEGRITY``, with each as a problem."""
    problems = [
        Problem(
            code=finding.code,
            message=finding.what,
            next=finding.next,
            place=f"{finding.place} {finding.name}",
        )
        for finding in findings[:MOST]
    ]
    what = f"The relay's folder is damaged in {len(findings)} place{'s' * (len(findings) > 1)}."
    beyond_mending = any(finding.code == DAMAGED for finding in findings)
    return TamperError(DAMAGED, what, next=_NEXT if beyond_mending else _MEND, problems=problems)


def _findings(connection: Connection, day_keys: DayKeys, bodies: Bodies) -> Iterator[Finding]:
    try:
        yield from _check_file(connection)
        yield from check_log(connection)
        yield from check_signatures(connection)
        yield from check_documents(connection)
        yield from check_day_keys(connection, day_keys)
        yield from check_packages(connection, day_keys)
        yield from check_strays(connection)
        yield from check_details(connection, day_keys)
        yield from check_bodies(connection, bodies)
    except (SQLAlchemyError, ValueError, TypeError):
        # A page that SQLite cannot make sense of, or a value of another type than its column's.
        yield _UNREADABLE


def _check_file(connection: Connection) -> Iterator[Finding]:
    lines = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(20)")]
    if lines != ["ok"]:
        what = f"SQLite finds the file damaged ({len(lines)} findings)."
        yield Finding(place="database", name=DATABASE, what=what)
