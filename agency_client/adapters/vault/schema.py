"""The tables of the vault, as the steps that lead from an empty file to the newest version."""

from __future__ import annotations

from typing import Final

from sqlcipher3 import dbapi2

from agency_client.adapters.vault.record_tables import RECORD_TABLES
from agency_client.adapters.vault.session import damaged, translated
from phoenix_protocol.errors import RefusedError

_FIRST: Final = """
CREATE TABLE head (
    one INTEGER PRIMARY KEY CHECK (one = 1), generation INTEGER NOT NULL,
    audit_count INTEGER NOT NULL, audit_hash BLOB NOT NULL, clock_floor INTEGER NOT NULL
) STRICT;
INSERT INTO head VALUES (1, 0, 0, zeroblob(32), 0);

CREATE TABLE settings (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT;

CREATE TABLE audit (
    number INTEGER PRIMARY KEY, time INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
    object BLOB NOT NULL, outcome TEXT NOT NULL, detail BLOB NOT NULL, previous BLOB NOT NULL
) STRICT;
CREATE TRIGGER audit_stays_as_written BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'append only'); END;

CREATE TABLE statements (number INTEGER PRIMARY KEY, statement BLOB NOT NULL) STRICT;
CREATE TRIGGER statements_stay_as_written BEFORE UPDATE ON statements
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER statements_stay BEFORE DELETE ON statements
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TABLE openings (
    statement INTEGER NOT NULL REFERENCES statements (number), kind TEXT NOT NULL,
    salt BLOB NOT NULL, text TEXT NOT NULL, PRIMARY KEY (statement, kind, salt)
) STRICT;
CREATE TABLE checkpoints (
    number INTEGER PRIMARY KEY, note TEXT NOT NULL UNIQUE, why TEXT NOT NULL, time INTEGER NOT NULL
) STRICT;

CREATE TABLE received (
    number INTEGER PRIMARY KEY, core BLOB NOT NULL UNIQUE, package BLOB NOT NULL,
    sender BLOB NOT NULL, sent_from TEXT NOT NULL, purpose TEXT NOT NULL,
    classification TEXT NOT NULL, urgency TEXT NOT NULL, created INTEGER NOT NULL,
    expires INTEGER NOT NULL, offered INTEGER NOT NULL, state TEXT NOT NULL, since INTEGER NOT NULL,
    UNIQUE (package, sender)
) STRICT;
CREATE INDEX received_by_state ON received (state, offered);
CREATE INDEX received_by_time ON received (offered);
CREATE TABLE offers (
    core BLOB PRIMARY KEY REFERENCES received (core), core_bytes BLOB NOT NULL,
    delivery BLOB NOT NULL, held BLOB NOT NULL, capsule BLOB NOT NULL, cover BLOB NOT NULL,
    cover_key BLOB NOT NULL, grant_key BLOB NOT NULL, sequence INTEGER NOT NULL, released BLOB
) STRICT;

CREATE TABLE seen_packages (
    sender BLOB NOT NULL, package BLOB NOT NULL, core BLOB NOT NULL, PRIMARY KEY (sender, package)
) STRICT, WITHOUT ROWID;
CREATE TABLE seen_sequences (
    sender BLOB NOT NULL, sequence INTEGER NOT NULL, core BLOB NOT NULL,
    PRIMARY KEY (sender, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE contents (
    core BLOB PRIMARY KEY, manifest BLOB NOT NULL, manifest_salt BLOB NOT NULL, granted BLOB
) STRICT;
CREATE TABLE sections (
    number INTEGER PRIMARY KEY, core BLOB NOT NULL REFERENCES contents (core) ON DELETE CASCADE,
    segment BLOB NOT NULL, entry BLOB NOT NULL, salt BLOB NOT NULL, reasons BLOB NOT NULL,
    UNIQUE (core, segment)
) STRICT;
CREATE TABLE items (
    number INTEGER PRIMARY KEY, section INTEGER NOT NULL REFERENCES sections (number)
    ON DELETE CASCADE, type TEXT NOT NULL, id BLOB NOT NULL, salt BLOB NOT NULL,
    content BLOB NOT NULL
) STRICT;
CREATE INDEX items_by_section ON items (section);
CREATE INDEX items_by_id ON items (id);
CREATE TABLE attachments (
    number INTEGER PRIMARY KEY, core BLOB NOT NULL REFERENCES contents (core) ON DELETE CASCADE,
    segment BLOB NOT NULL, section BLOB NOT NULL, item BLOB NOT NULL, entry BLOB NOT NULL,
    salt BLOB NOT NULL, reasons BLOB NOT NULL, name TEXT NOT NULL, media_type TEXT NOT NULL,
    size INTEGER NOT NULL, digest BLOB NOT NULL, blob BLOB NOT NULL, key BLOB NOT NULL,
    stored INTEGER NOT NULL, UNIQUE (core, segment)
) STRICT;
CREATE INDEX attachments_by_blob ON attachments (blob);

CREATE TABLE sent (
    number INTEGER PRIMARY KEY, core BLOB NOT NULL UNIQUE, package BLOB NOT NULL UNIQUE,
    fingerprint BLOB NOT NULL, outbox TEXT NOT NULL, thread TEXT NOT NULL, purpose TEXT NOT NULL,
    classification TEXT NOT NULL, urgency TEXT NOT NULL, created INTEGER NOT NULL,
    expires INTEGER NOT NULL, progress TEXT NOT NULL, since INTEGER NOT NULL, owed BLOB NOT NULL,
    warned INTEGER
) STRICT;
CREATE INDEX sent_by_time ON sent (created);
CREATE INDEX sent_by_expiry ON sent (expires);
CREATE INDEX sent_by_fingerprint ON sent (fingerprint);
CREATE INDEX sent_unfinished ON sent (number) WHERE progress = 'sealed';
CREATE TABLE sent_records (
    core BLOB PRIMARY KEY REFERENCES sent (core), core_bytes BLOB NOT NULL, cover BLOB NOT NULL,
    document BLOB NOT NULL
) STRICT;
CREATE TABLE sent_deliveries (
    core BLOB NOT NULL REFERENCES sent (core), number INTEGER NOT NULL, delivery BLOB NOT NULL,
    held BLOB, PRIMARY KEY (core, number)
) STRICT;
CREATE TABLE sent_endpoints (
    number INTEGER PRIMARY KEY, core BLOB NOT NULL REFERENCES sent (core), endpoint BLOB NOT NULL,
    address TEXT NOT NULL, why TEXT NOT NULL, records INTEGER NOT NULL, delivery INTEGER NOT NULL,
    sequence INTEGER NOT NULL, epoch_key BLOB NOT NULL, state TEXT NOT NULL, since INTEGER NOT NULL,
    UNIQUE (core, endpoint)
) STRICT;
CREATE TABLE sent_addresses (
    number INTEGER PRIMARY KEY, core BLOB NOT NULL REFERENCES sent (core), address TEXT NOT NULL,
    why TEXT NOT NULL, state TEXT NOT NULL, since INTEGER NOT NULL, UNIQUE (core, address)
) STRICT;

CREATE TABLE sequences (recipient BLOB PRIMARY KEY, last INTEGER NOT NULL) STRICT;
CREATE TABLE sequence_uses (
    recipient BLOB NOT NULL, sequence INTEGER NOT NULL, core BLOB, voided TEXT,
    PRIMARY KEY (recipient, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX sequence_uses_without_package ON sequence_uses (recipient, sequence)
    WHERE core IS NULL AND voided IS NULL;

CREATE TABLE events (
    hash BLOB PRIMARY KEY, core BLOB NOT NULL, endpoint BLOB NOT NULL, kind TEXT NOT NULL,
    counter INTEGER NOT NULL, time INTEGER NOT NULL, signed BLOB NOT NULL, detail BLOB,
    UNIQUE (core, endpoint, counter)
) STRICT;
CREATE TABLE objects (
    hash BLOB PRIMARY KEY, kind TEXT NOT NULL, core BLOB, time INTEGER NOT NULL,
    signed BLOB NOT NULL, detail BLOB
) STRICT;
CREATE INDEX objects_by_core ON objects (core, time);
CREATE TABLE postings (
    number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, route TEXT NOT NULL, core BLOB,
    body BLOB, made INTEGER NOT NULL
) STRICT;
CREATE INDEX postings_waiting ON postings (number) WHERE body IS NOT NULL;

CREATE TABLE alerts (
    number INTEGER PRIMARY KEY, code TEXT NOT NULL, core BLOB NOT NULL, about TEXT NOT NULL,
    time INTEGER NOT NULL, detail BLOB NOT NULL, seen INTEGER, UNIQUE (core, code, about)
) STRICT;
CREATE INDEX alerts_unseen ON alerts (number) WHERE seen IS NULL;
CREATE TABLE quarantine (
    number INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, code TEXT NOT NULL,
    time INTEGER NOT NULL, content BLOB
) STRICT;
"""

#: The record: what an agency keeps beside packages. Each family has its own part.
_SECOND: Final = "".join(RECORD_TABLES)

#: Step N leads from version N to N + 1. A step that was ever released is never changed.
STEPS: Final[tuple[str, ...]] = (_FIRST, _SECOND)


def make_tables(connection: dbapi2.Connection) -> None:
    """All tables in an empty file."""
    _take_missing_steps(connection)


def bring_up_to_date(connection: dbapi2.Connection) -> None:
    """Take the steps that the file has not taken yet, all or none.

    Raises RefusedError ``E_STORE_VERSION`` for a file made by a later program, TamperError
    ``E_STORE_INTEGRITY`` for one without tables: a file cut to nothing is no new vault.
    """
    version = _version(connection)
    if version == 0:
        raise damaged()
    if version != len(STEPS):
        _take_missing_steps(connection)


def require_newest(connection: dbapi2.Connection) -> None:
    """For a file that cannot be written: raises as :func:`bring_up_to_date`, and for one that has steps to take."""
    version = _version(connection)
    if version == 0:
        raise damaged()
    if version != len(STEPS):
        raise _another_version("another")


def _take_missing_steps(connection: dbapi2.Connection) -> None:
    with translated():
        connection.execute("BEGIN IMMEDIATE")
        try:
            _take_steps(connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise


def _take_steps(connection: dbapi2.Connection) -> None:
    version = _version(connection)
    if version > len(STEPS):
        raise _another_version("a later")
    for step in STEPS[version:]:
        for statement in _statements(step):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(STEPS)}")


def _another_version(which: str) -> RefusedError:
    return RefusedError(
        "E_STORE_VERSION",
        f"This vault was made by {which} version of this program.",
        next="Update this program. Nothing was changed.",
    )


def _version(connection: dbapi2.Connection) -> int:
    with translated():
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(step: str) -> list[str]:
    """Its statements one by one: running a script at once would commit on its own."""
    found: list[str] = []
    pending = ""
    for line in step.splitlines():
        pending += line + "\n"
        if dbapi2.complete_statement(pending):
            found.append(pending)
            pending = ""
    return found
